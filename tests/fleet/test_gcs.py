"""The server that stands for Google's in tests: conditions on generations, and pages of a list, as documented."""

from __future__ import annotations

import io
import re

import pytest

from tests.fleet import gcs
from tests.fleet.gcs import CloudStorage


def ask(server: CloudStorage, method: str, path: str, body: bytes = b"", match: str = "") -> tuple[int, str, str]:
    """Status, generation and body of an answer."""
    path, _, query = path.partition("?")
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "CONTENT_LENGTH": str(len(body))}
    environ |= {"HTTP_X_GOOG_IF_GENERATION_MATCH": match} if match else {}
    said: list[tuple[str, dict[str, str]]] = []
    told = server({**environ, "wsgi.input": io.BytesIO(body)}, lambda *one: said.append((one[0], dict(one[1]))))
    ((status, headers),) = said
    return int(status[:3]), headers.get("x-goog-generation", ""), b"".join(told).decode()


def test_a_condition_holds_for_the_generation_that_is_there() -> None:
    server = CloudStorage()
    assert ask(server, "GET", "/b/a")[0] == 404
    ask(server, "PUT", "/b")
    code, first, _ = ask(server, "PUT", "/b/a", b"one", "0")
    assert code == 200
    code, _, said = ask(server, "PUT", "/b/a", b"two", "0")
    assert (code, "<Code>PreconditionFailed</Code>" in said) == (412, True)
    _, second, _ = ask(server, "PUT", "/b/a", b"three")
    assert int(second) > int(first)
    assert ask(server, "PUT", "/b/a", b"four", first)[0] == 412
    assert ask(server, "DELETE", "/b/a", match=first)[0] == 412
    assert ask(server, "GET", "/b/a") == (200, second, "three")
    assert ask(server, "DELETE", "/b/a", match=second)[0] == 204
    assert ask(server, "PUT", "/b/a", b"five", second)[0] == 412
    assert ask(server, "PUT", "/b/a", b"five", "0")[0] == 200


def test_a_list_comes_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gcs, "PAGE", 2)
    server = CloudStorage()
    ask(server, "PUT", "/b")
    for name in ("x/a/1", "x/a/2", "x/b", "x/c/1", "x/d", "y"):
        ask(server, "PUT", f"/b/{name}", b"x")
    found, token = [], ""
    for _ in range(3):
        said = ask(server, "GET", f"/b?list-type=2&prefix=x/&delimiter=/{token}")[2]
        found += re.findall("<(?:Key|Prefix)>([^<]+)<", said)
        more = re.search("<NextContinuationToken>([^<]+)<", said)
        if more is None:
            break
        token = f"&continuation-token={more[1]}"
    assert found == ["x/a/", "x/b", "x/c/", "x/d"]
    assert ask(server, "GET", "/b?acl")[0] == 501
