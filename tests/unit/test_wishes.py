"""What pages ask of robots beyond robots.txt: read whatever the spelling, honoured where a person says so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.crawl.wishes import followed, notes_of, refused, wishes_of
from archiver.model import Discovery, Target
from archiver.model import TargetKind as Kind
from archiver.page import Page

URL = "https://blog.example.org/post/"
POST = Target(url=URL, kind=Kind.POST)
LINKS = Discovery(targets=(Target(url=f"{URL}comment-page-2/", kind=Kind.COMMENT_PAGE),))


def page(head: str = "", header: str | None = None, body: str = "", status: int = 200) -> Page:
    headers = {"X-Robots-Tag": header} if header is not None else {}
    text = f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"
    return Page(URL, text.encode(), status=status, headers=headers)


@pytest.mark.parametrize(
    ("head", "header", "wanted"),
    [
        ("", None, set()),
        ("<meta name='robots' content='noarchive'>", None, {"noarchive"}),
        ('<META CONTENT="NoIndex, NOFOLLOW" NAME="Robots" />', None, {"noindex", "nofollow"}),
        ("<meta name=robots content=noarchive>", None, {"noarchive"}),
        ("<meta name='robots' content='none'>", None, {"noindex", "nofollow"}),
        ("<meta name='robots' content='index, follow, max-image-preview:large'>", None, set()),
        ("<meta name='blog-archiver' content='noarchive'>", None, {"noarchive"}),
        ("<meta name='googlebot' content='noarchive'>", None, set()),
        ("<meta name='description' content='noarchive robots'>", None, set()),
        ("", "noarchive", {"noarchive"}),
        ("", "noindex, nofollow", {"noindex", "nofollow"}),
        ("", "otherbot: noindex, nofollow", set()),
        ("", "otherbot: noindex, blog-archiver: noarchive", {"noarchive"}),
        ("", "unavailable_after: 25 Jun 2010 15:00:00 PST, noindex", {"noindex"}),
        ("<meta name='robots' content='noindex'>", "noarchive", {"noindex", "noarchive"}),
    ],
)
def test_what_a_page_asks_for(head: str, header: str | None, wanted: set[str]) -> None:
    found = page(head, header)
    assert wishes_of(found) == wanted
    assert {note.kind for note in notes_of(found, POST)} == {f"page_says_{wish}" for wish in wanted}


def test_what_a_commenter_writes_is_no_wish_of_the_page() -> None:
    assert wishes_of(page(body="<p>&lt;meta&gt; robots <meta name='robots' content='noarchive'></p>")) == set()


def test_of_lists_and_errors_nothing_is_noted() -> None:
    said = "<meta name='robots' content='noindex'>"
    assert notes_of(page(said), Target(url=URL, kind=Kind.LIST)) == ()
    assert notes_of(page(said, status=404), POST) == ()


@pytest.mark.parametrize(
    ("honoured", "why", "leads"),
    [
        ((), None, True),
        (("nofollow",), None, False),
        (("noindex",), None, True),
        (("noarchive",), "the page says noarchive", True),
        (("noarchive", "nofollow", "noindex"), "the page says noarchive", False),
    ],
)
def test_what_is_honoured_is_for_a_person_to_say(honoured: tuple[str, ...], why: str | None, leads: bool) -> None:
    found = page("<meta name='robots' content='noarchive,nofollow'>")
    assert refused(found, POST, honoured) == why
    assert refused(found, Target(url=URL, kind=Kind.LIST), honoured) is None
    assert followed(found, POST, LINKS, honoured) == (LINKS if leads else Discovery())


@given(st.binary(max_size=300), st.text(max_size=80))
def test_no_page_is_too_strange(body: bytes, header: str) -> None:
    made = Page(URL, b"<meta name=robots content=" + body, headers={"X-Robots-Tag": header})
    assert wishes_of(made) <= {"noarchive", "nofollow", "noindex"}
