"""Blogs of platforms that have no server to be had: their golden documents, served and crawled as a user does it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urljoin, urlsplit

import pytest

from tests.crawl.running import Ran, crawl, sound
from tests.crawl.scripted import Answers, Scripted, serve
from tests.crawl.test_platforms import GOLDEN

PLATFORMS = ("typepad", "movabletype", "drupal", "squarespace", "tumblr", "medium")
TYPES = {".html": "text/html; charset=utf-8", ".json": "application/json", ".xml": "application/xml"}
TELLING = ("page", "start", "from_c", "format")
"""Parameters by which the pages of one path differ."""


@dataclass(frozen=True)
class Case:
    """A golden page: its document, what is expected of it, and where it is served."""

    document: Path
    expected: dict[str, Any]

    @property
    def home(self) -> SplitResult:
        """The front page; the root of the host where none is named."""
        return urlsplit(self.expected.get("home", urljoin(self.expected["url"], "/")))

    @property
    def path(self) -> str:
        """As the server knows it."""
        parts = urlsplit(self.expected["url"])
        given = dict(parse_qsl(parts.query))
        return parts.path + "".join(f"?{name}={given[name]}" for name in TELLING if name in given)

    @property
    def text(self) -> str:
        """The document, its own host replaced by the server's."""
        text = self.document.read_text("utf-8")
        for scheme in ("https", "http"):
            text = text.replace(f"{scheme}://{self.home.netloc}", "{home}")
        return text


def cases(engine: str) -> list[Case]:
    """The golden pages of an engine."""
    folders = sorted((GOLDEN / engine).iterdir())
    return [Case(next(one.glob("page.*")), json.loads((one / "expected.json").read_text("utf-8"))) for one in folders]


def answers(engine: str) -> Answers:
    """The golden pages as a site, its front page with headings that lead to every post."""
    known = cases(engine)
    served = {case.path: (TYPES[case.document.suffix], case.text) for case in known}
    posts = [case.path for case in known if case.expected.get("target", "post") == "post"]
    links = "".join(f"<article><h2><a href='{path}'>Of old</a></h2></article>" for path in posts)
    (front,) = (case.path for case in known if case.expected.get("target") == "home")
    if engine == "squarespace":  # any page as JSON
        served["/?format=json"] = served["/blog?format=json"]
    kind, text = served[front]
    return {**served, front: (kind, text.replace("</body>", f"{links}</body>"))}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ran, dict[str, Scripted]]]:
    """All of them in one run, as a list of blogs is crawled."""
    with ExitStack() as stack:
        servers = {engine: stack.enter_context(serve(answers(engine))) for engine in PLATFORMS}
        homes = [server.home + cases(engine)[0].home.path for engine, server in servers.items()]
        yield crawl(tmp_path_factory.mktemp("platforms") / "a", *homes), servers


Served = tuple[Ran, dict[str, Scripted]]


@pytest.mark.parametrize("engine", PLATFORMS)
def test_what_the_golden_pages_hold_is_in_the_archive(ran: Served, engine: str) -> None:
    archive, servers = ran
    asked = servers[engine].asked
    assert len(asked) == len(set(asked))
    assert archive.rows("SELECT engine FROM blogs WHERE url LIKE ?", f"{servers[engine].home}/%") == [(engine,)]
    posts = [case.expected["post"] for case in cases(engine) if "post" in case.expected]
    posts += [post for case in cases(engine) for post in case.expected.get("posts", ())]
    held = dict(
        archive.rows(
            "SELECT p.native_id, p.text FROM posts p JOIN blogs b ON b.id = p.blog_id WHERE b.engine = ?", engine
        )
    )
    for native in {post["native_id"] for post in posts if post.get("native_id")}:
        told = {post["text"] for post in posts if post.get("native_id") == native and "text" in post}
        assert held[native] in told or not told  # by one of the documents that tell it
    comments = [tuple(row) for case in cases(engine) for row in case.expected.get("comments", ())]
    rows = archive.rows(
        "SELECT c.native_id, p.native_id, a.name, c.published_at, c.text FROM comments c JOIN blogs b"
        " ON b.id = c.blog_id LEFT JOIN comments p ON p.id = c.parent_id LEFT JOIN authors a ON a.id = c.author_id"
        " WHERE b.engine = ?",
        engine,
    )
    expected = [(row[0], row[1], row[3], row[5], row[6]) for row in comments]
    assert sorted(rows, key=str) == sorted(expected, key=str)


def test_they_are_one_sound_archive(ran: Served) -> None:
    archive, _ = ran
    assert archive.code == 4  # not all that is claimed is there
    assert sound(archive.archive)
