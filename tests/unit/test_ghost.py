"""Ghost: keys, answers that are cut or closed, sitemaps."""

from __future__ import annotations

import json

import pytest

from archiver.engines._ghost_api import key_of, thread_target
from archiver.engines.dom import Dom
from archiver.engines.ghost import Ghost
from archiver.errors import PageError
from archiver.model import Site, Target, TargetKind
from archiver.page import Page

HOME = "https://quay.example/"
SITE = Site(key="quay.example", home=HOME)
ENGINE = Ghost()
THREAD = Target(url=f"{HOME}members/api/comments/post/1/", kind=TargetKind.API, hint={"route": "thread", "post": "1"})
POSTS = Target(url=f"{HOME}ghost/api/content/posts/", kind=TargetKind.API, hint={"route": "posts"})


@pytest.mark.parametrize("asked", [THREAD, POSTS])
@pytest.mark.parametrize("body", [b"", b'{"posts": [', b"<html>", b'{"errors": [{"message": "Unknown key"}]}', b"[]"])
def test_what_is_no_answer_is_a_page_error_in_a_line(asked: Target, body: bytes) -> None:
    page = Page(asked.url, body)
    with pytest.raises(PageError) as caught:
        ENGINE.extract(page, asked, SITE)
    assert "\n" not in str(caught.value)
    assert ENGINE.discover(page, asked, SITE).targets == ()


@pytest.mark.parametrize("status", [401, 403, 404])
def test_comments_that_are_closed_to_visitors_are_told(status: int) -> None:
    extract = ENGINE.extract(Page(THREAD.url, b"{}", status=status), THREAD, SITE)
    assert [note.kind for note in extract.notes] == ["comments_closed_to_visitors"]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("<script data-key='ab12' data-api='https://quay.example/ghost/api/content/'>", ("ghost/api/content/", "ab12")),
        ("<script data-key='ab12' data-sodo-search='https://quay.example/'>", ("ghost/api/content/", "ab12")),
        ("<script data-key='' data-api='https://quay.example/ghost/api/content/'>", None),
        ("<script data-key='a&b=c' data-api='https://quay.example/ghost/api/content/'>", None),
        ("<script data-key='ab12'>", None),
        ("", None),
    ],
)
def test_the_key_is_the_one_that_the_page_states(script: str, expected: tuple[str, str] | None) -> None:
    dom = Dom(Page(HOME, f"<html><head>{script}</script></head></html>".encode()))
    assert key_of(dom) == (expected and (HOME + expected[0], expected[1]))


def test_of_the_sitemaps_those_of_posts_and_pages_are_read() -> None:
    names = ("pages", "posts", "posts-2", "authors", "tags")
    locs = "".join(f"<sitemap><loc>{HOME}sitemap-{name}.xml</loc></sitemap>" for name in names)
    xml = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{locs}</sitemapindex>'
    target = Target(url=f"{HOME}sitemap.xml", kind=TargetKind.SITEMAP)
    found = ENGINE.discover(Page(target.url, xml.encode()), target, SITE).targets
    assert [(t.url.removeprefix(HOME), t.hint["kind"]) for t in found] == [
        ("sitemap-pages.xml", "page"),
        ("sitemap-posts.xml", "post"),
        ("sitemap-posts-2.xml", "post"),
    ]


def asked_in(
    rows: list[dict[str, object]], page: int, pages: int, target: Target, total: int = 3
) -> tuple[list[tuple[int, bool]], list[Target]]:
    """Part and whether it is the last, of one answer; what is asked for next. total: comments, as Ghost states."""
    meta = {"pagination": {"page": page, "pages": pages, "total": total}}
    answer = Page(target.url, json.dumps({"comments": rows, "meta": meta}).encode())
    found = [(one.part, one.last) for one in ENGINE.extract(answer, target, SITE).answers]
    return found, list(ENGINE.discover(answer, target, SITE).targets)


def test_parts_of_a_thread_are_counted_with_the_lists_of_replies() -> None:
    whole, long = {"id": "a", "count": {"replies": 0}}, {"id": "b", "count": {"replies": 5}, "replies": [{"id": "c"}]}
    first = thread_target(SITE, "1", HOME)
    found, (second, replies) = asked_in([whole, long], 1, 2, first)
    assert found == [(1, False)]
    assert asked_in([whole], 1, 1, replies)[0] == [(2, False)]
    found, (more,) = asked_in([long], 2, 2, second)
    assert found == [(3, False)]
    assert asked_in([whole], 1, 1, more)[0] == [(4, True)]
    assert asked_in([whole], 1, 2, more)[0] == []  # goes on: not whole, since what follows is not counted
    assert asked_in([whole], 2, 2, second)[0] == [(3, True)]
    assert asked_in([whole], 2, 2, second, total=4)[0] == [(3, False)]  # one was skipped between two pages
    assert [target.hint["last"] for target in asked_in([long], 2, 2, second, total=4)[1]] == ["0"]
    assert asked_in([{"html": "no id"}], 2, 2, second)[0] == []
