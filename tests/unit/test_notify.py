"""Who is told of a run: a command, a webhook on loopback; and what is said when that fails."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from archiver import notify as module
from archiver.config_runs import Notify
from archiver.notify import deliver, is_wanted

REPORT = {"text": "update of blog.example.org: done", "exit_code": 0, "title": "Wörter\ud800 & <b>"}


class Hook(HTTPServer):
    """Answers with the statuses it is given, one after the other, and keeps what it was sent."""

    def __init__(self, *statuses: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses = list(statuses)
        self.got: list[tuple[str, str, str, bytes]] = []


class _Handler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.command, self.path, self.headers["Content-Type"], body))
        status = self.server.statuses.pop(0)
        if status == 0:
            self.connection.close()  # hangs up
            return
        self.send_response(status)
        if status in {301, 302, 307, 308}:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST  # noqa: N815 - named by http.server

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def hook(*statuses: int) -> Iterator[Hook]:
    server = Hook(*statuses)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def posted(*statuses: int) -> tuple[list[str], list[tuple[str, str, str, bytes]], list[float]]:
    """Troubles, requests, and pauses of a delivery to a hook that answers so."""
    pauses: list[float] = []
    with hook(*statuses) as server:
        notice = Notify(webhook=f"http://127.0.0.1:{server.server_port}/secret")
        return list(deliver(notice, REPORT, pauses.append)), server.got, pauses


def test_a_report_is_posted():
    troubles, got, pauses = posted(204)
    assert (troubles, pauses) == ([], [])
    ((method, path, kind, body),) = got
    assert (method, path, kind) == ("POST", "/secret", "application/json")
    assert json.loads(body)["text"] == REPORT["text"]


@pytest.mark.parametrize(
    ("statuses", "tries", "said"),
    [
        ((500, 200), 2, None),
        ((0, 200), 2, None),
        ((429, 200), 2, None),
        ((500, 503), 2, "it answers 503 Service Unavailable"),
        ((404,), 1, "it answers 404 Not Found"),
        ((302,), 1, "it answers 302 Found"),
        ((307,), 1, "it answers 307"),
    ],
)
def test_a_hook_in_trouble_is_tried_twice_at_most(statuses, tries, said):
    troubles, got, pauses = posted(*statuses)
    assert len(got) == tries
    assert pauses == [module.PAUSE_SECONDS] * (tries - 1)
    if said is None:
        assert troubles == []
    else:
        (line,) = troubles
        assert said in line
        assert "secret" not in line


def test_a_hook_that_is_not_there():
    with hook() as server:
        address = f"http://127.0.0.1:{server.server_port}/"
    (line,) = deliver(Notify(webhook=address), REPORT, lambda _: None)
    assert "it cannot be reached" in line


def test_a_command_is_given_the_report(tmp_path):
    target = tmp_path / "got"
    script = f"import sys, pathlib; pathlib.Path({str(target)!r}).write_bytes(sys.stdin.buffer.read())"
    assert list(deliver(Notify(command=(sys.executable, "-c", script)), REPORT)) == []
    assert json.loads(target.read_bytes())["text"] == REPORT["text"]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (
            "import sys; print('a\\nno \\x1b[31mroom', file=sys.stderr); sys.exit(3)",
            r"it ended with exit code 3 (no [31mroom)",
        ),
        ("raise SystemExit(1)", "it ended with exit code 1"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "it ended with exit code -9"),
    ],
)
def test_a_command_that_fails(script, said):
    (line,) = deliver(Notify(command=(sys.executable, "-c", script)), REPORT)
    assert line == f"notify, command {sys.executable}: {said}"


def test_a_command_that_is_not_there_does_not_keep_the_hook_from_being_told():
    with hook(200) as server:
        notice = Notify(command=("/nowhere/tell",), webhook=f"http://127.0.0.1:{server.server_port}/")
        (line,) = deliver(notice, REPORT)
        assert len(server.got) == 1
    assert line == "notify, command /nowhere/tell: it cannot be run (No such file or directory)"


def test_a_command_that_hangs(monkeypatch):
    monkeypatch.setattr(module, "COMMAND_SECONDS", 0.2)
    (line,) = deliver(Notify(command=(sys.executable, "-c", "import time; time.sleep(60)")), REPORT)
    assert "it did not end within 0.2 s" in line


def test_what_a_command_leaves_running_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(module, "COMMAND_SECONDS", 20.0)  # else this would be over
    assert list(deliver(Notify(command=("/bin/sh", "-c", "sleep 25 & cat >/dev/null")), REPORT)) == []


@pytest.mark.parametrize(
    ("when", "exit_code", "changes", "wanted"),
    [
        ("always", 0, False, True),
        ("changes", 0, False, False),
        ("changes", 0, True, True),
        ("changes", 4, False, False),
        ("changes", 7, False, True),
        ("trouble", 4, True, False),
        ("trouble", 5, True, False),
        ("trouble", 130, True, False),
        ("trouble", 143, False, True),
        ("trouble", 3, False, True),
        ("trouble", 7, False, True),
    ],
)
def test_when_somebody_is_told(when, exit_code, changes, wanted):
    assert is_wanted(Notify(when=when), exit_code, changes=changes) is wanted
