"""Sets of strangers' pages with what people have written down of them, read from a folder in the layout of each.

None of them is part of this repository. Known are, by the file that tells:
- `ground-truth.json`            scrapinghub/article-extraction-benchmark: whole bodies
- `dev/ground-truth/`            WCXB: whole bodies of pages of several types, of which articles are taken
- `tests/evaldata.json`          adbar/trafilatura: passages of bodies, of comments, and of neither
- `test/test-pages/`             mozilla/readability: bodies as HTML
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archiver import content
from archiver.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A page and what is known of it. body: its whole words, None where only passages are known.

    within, outside: passages that are in the body, and that are neither there nor in a comment; comments: passages
    of comments.
    """

    name: str
    url: str
    html: bytes
    body: str | None = None
    within: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()


def sheets(folder: Path) -> Iterator[Sheet]:
    """The pages of a set, in the order of their names. Raises UsageError for a folder that is none of them."""
    for mark, reader in _LAYOUTS.items():
        if (folder / mark).exists():
            return reader(folder)
    known = ", ".join(_LAYOUTS)
    raise UsageError(f"{folder} is no set that is known: none of {known} is in it")


def _scrapinghub(folder: Path) -> Iterator[Sheet]:
    for name, row in sorted(_json(folder / "ground-truth.json").items()):
        page = folder / "html" / f"{name}.html.gz"
        if page.is_file():
            yield Sheet(name=name, url=row["url"], html=gzip.decompress(page.read_bytes()), body=row["articleBody"])


def _wcxb(folder: Path) -> Iterator[Sheet]:
    for path in sorted(folder.glob("*/ground-truth/*.json")):
        row = _json(path)
        if row["_internal"]["page_type"]["primary"] != "article":
            continue
        page = path.parents[1] / "html" / f"{path.stem}.html.gz"
        url, body = row.get("url") or "http://page.example/post", row["ground_truth"].get("main_content")
        if body is None:
            continue
        yield Sheet(name=path.stem, url=url, html=gzip.decompress(page.read_bytes()), body=body)


def _trafilatura(folder: Path) -> Iterator[Sheet]:
    tests = folder / "tests"
    for url, row in sorted(_json(tests / "evaldata.json").items()):
        page = next((path for part in ("cache", "eval") if (path := tests / part / row["file"]).is_file()), None)
        if page is not None:
            passages = {"within": row["with"], "outside": row["without"], "comments": row.get("comments") or ()}
            yield Sheet(
                name=row["file"],
                url=url,
                html=page.read_bytes(),
                **{key: tuple(rows) for key, rows in passages.items()},
            )


def _readability(folder: Path) -> Iterator[Sheet]:
    for path in sorted((folder / "test" / "test-pages").glob("*/expected.html")):
        body = content.from_html(path.read_text("utf-8"), "http://fakehost/").text
        source = (path.parent / "source.html").read_bytes()
        yield Sheet(name=path.parent.name, url=f"http://fakehost/{path.parent.name}", html=source, body=body)


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


_LAYOUTS: dict[str, Callable[[Path], Iterator[Sheet]]] = {
    "ground-truth.json": _scrapinghub,
    "dev/ground-truth": _wcxb,
    "tests/evaldata.json": _trafilatura,
    "test/test-pages": _readability,
}
