"""The floor, held against what real static generators make of posts that are known."""

from __future__ import annotations

from collections import deque
from functools import cached_property
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from archiver.engines.generic import GenericEngine
from archiver.model import Extract, Post, Site, Target, TargetKind
from archiver.page import Page
from tests.generators.more import BLOGS_AUTHOR, COMMENTS, IN_FEED_ONLY, MORE, ONE_AUTHOR
from tests.generators.sites import BUILDERS, HOME, POSTS, Written, missing

ENGINE = GenericEngine()
SITE = Site(key="quay.example", home=HOME)
TYPES = {".html": "text/html", ".xml": "application/xml", "": "text/html"}


class Built:
    """A site that was made, worked off from its front page as a crawl does it, without a network."""

    def __init__(self, name: str, out: Path) -> None:
        self.name, self.out = name, out

    def page(self, url: str) -> Page:
        path = self.out / unquote(urlsplit(url).path).lstrip("/")
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            return Page(url, b"", status=404)
        return Page(url, path.read_bytes(), headers={"content-type": TYPES.get(path.suffix, "")})

    @cached_property
    def read(self) -> list[tuple[Target, Extract]]:
        waiting = deque([Target(url=HOME, kind=TargetKind.HOME)])
        seen, found = set(), []
        while waiting:
            target = waiting.popleft()
            if (target.kind, target.url) in seen:
                continue
            seen.add((target.kind, target.url))
            page = self.page(target.url)
            found.append((target, ENGINE.extract(page, target, SITE)))
            waiting.extend(ENGINE.discover(page, target, SITE).targets)
        return found

    def posts(self, kind: TargetKind) -> dict[str, Post]:
        """The posts as sources of this kind tell them, by the end of their address."""
        every = [post for target, extract in self.read if target.kind is kind for post in extract.posts]
        return {post.url.rstrip("/").rpartition("/")[2].removesuffix(".html"): post for post in every}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The generators that are always there, and the others where they have been set up."""
    more = list(MORE) if metafunc.config.getoption("--generators") else []
    if "built" in metafunc.fixturenames:
        metafunc.parametrize("built", [*BUILDERS, *more], indirect=True, scope="module")


@pytest.fixture(scope="module")
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    name, folder = request.param, tmp_path_factory.mktemp(request.param)
    if name in MORE:
        return Built(name, MORE[name](folder, Path(request.config.getoption("--generators")).resolve()))
    if missing(name):
        pytest.skip(f"{name} is not installed")
    return Built(name, BUILDERS[name](folder))


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_front_page_is_known(built: Built) -> None:
    found = ENGINE.detect(built.page(HOME))
    assert found is not None


def test_every_post_is_found(built: Built) -> None:
    found = built.posts(TargetKind.POST)
    assert {post.slug for post in POSTS} <= set(found)
    assert len([post for post in found.values() if post.kind.value == "post"]) == len(POSTS)


@pytest.mark.parametrize("post", POSTS, ids=lambda post: post.slug)
@pytest.mark.parametrize("field", ["title", "author", "published", "tags", "text"])
def test_a_page_gives_what_was_written(built: Built, post: Written, field: str) -> None:
    kind = TargetKind.FEED if (built.name, field) in IN_FEED_ONLY else TargetKind.POST
    read = built.posts(kind)[post.slug]
    terms = [term.name for term in read.terms or () if term.taxonomy == "tag"]
    if read.terms is None:  # minima does not show them; its feed does
        terms = [term.name for term in built.posts(TargetKind.FEED)[post.slug].terms or ()]
    found = {
        "title": read.title,
        "author": ", ".join(author.name for author in read.authors or ()),
        "published": read.published.at if read.published else None,
        "tags": tuple(sorted(terms)),
        "text": words(read.content.text) if read.content else None,
    }
    expected = {
        "title": post.title,
        "author": BLOGS_AUTHOR if built.name in ONE_AUTHOR else post.author,
        "published": post.at,
        "tags": tuple(sorted(post.tags)),
        "text": post.text,
    }
    assert found[field] == expected[field]


@pytest.mark.parametrize("post", POSTS, ids=lambda post: post.slug)
def test_the_feed_gives_what_was_written(built: Built, post: Written) -> None:
    read = built.posts(TargetKind.FEED)[post.slug]
    when = read.published or read.modified  # Eleventy's feed has one time only
    assert (unescape(read.title or ""), when and when.at) == (post.title, post.at)  # Mezzanine escapes titles twice
    if read.content is not None:  # Hugo's own feed has summaries
        assert words(read.content.text) == post.text


def test_the_comments_are_those_that_were_made(built: Built) -> None:
    read = {
        c.native_id: c for target, extract in built.read if target.kind is TargetKind.POST for c in extract.comments
    }
    names = {native: c.author.name if c.author else None for native, c in read.items()}
    found = [
        (
            names[native],
            c.author and c.author.url,
            c.content and c.content.text,
            names.get(c.parent) if c.parent else None,
        )
        for native, c in read.items()
    ]
    expected = [(name, url, text, answered) for name, url, text, _, answered in COMMENTS.get(built.name, [])]
    assert sorted(found, key=str) == sorted(expected, key=str)
