"""The floor, held against what real static generators make of posts that are known."""

from __future__ import annotations

from collections import deque
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from archiver.engines.generic import GenericEngine
from archiver.model import Extract, Post, Site, Target, TargetKind
from archiver.page import Page
from tests.generators.sites import BUILDERS, HOME, POSTS, Written, missing

ENGINE = GenericEngine()
SITE = Site(key="quay.example", home=HOME)
TYPES = {".html": "text/html", ".xml": "application/xml", "": "text/html"}


class Built:
    """A site that was made, worked off from its front page as a crawl does it, without a network."""

    def __init__(self, out: Path) -> None:
        self.out = out

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


@pytest.fixture(scope="module", params=list(BUILDERS))
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    if missing(request.param):
        pytest.skip(f"{request.param} is not installed")
    return Built(BUILDERS[request.param](tmp_path_factory.mktemp(request.param)))


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
    read = built.posts(TargetKind.POST)[post.slug]
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
        "author": post.author,
        "published": post.at,
        "tags": tuple(sorted(post.tags)),
        "text": post.text,
    }
    assert found[field] == expected[field]


@pytest.mark.parametrize("post", POSTS, ids=lambda post: post.slug)
def test_the_feed_gives_what_was_written(built: Built, post: Written) -> None:
    read = built.posts(TargetKind.FEED)[post.slug]
    assert (read.title, read.published and read.published.at) == (post.title, post.at)
    if read.content is not None:  # Hugo's own feed has summaries
        assert words(read.content.text) == post.text
