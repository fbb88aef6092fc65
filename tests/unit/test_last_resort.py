"""trafilatura as the last resort: asked only where nothing else finds a body, and never for comments."""

from __future__ import annotations

import pytest

from archiver.engines import _last_resort as last_resort
from archiver.engines.generic import GenericEngine
from archiver.model import Extract, Site, Target, TargetKind
from archiver.page import Page

URL = "https://quay.example/oil.html"
SITE = Site(key="quay.example", home="https://quay.example/")
LINE = "The keeper is poor and the moths are glad of it, as far as anybody on the quay knows. "
# No line of it is long enough to be told from a label.
VERSES = "".join(f"<p>The lamp of hour {n} is out, the moths are glad.</p>" for n in range(1, 9)).replace(
    ", the", "</p><p>The"
)
BODY = f"<div><p>The lamps burn an hour less.</p>{VERSES}<p>So it is.</p></div>"


def read(html: str) -> Extract:
    page = Page(URL, f"<html><head><title>Oil</title></head><body>{html}</body></html>".encode())
    return GenericEngine().extract(page, Target(url=URL, kind=TargetKind.POST), SITE)


def test_a_body_that_nothing_else_finds() -> None:
    extract = read(BODY)
    (post,) = extract.posts
    assert post.content is not None
    assert "The lamps burn an hour less." in post.content.text
    assert "So it is." in post.content.text
    assert [note.kind for note in extract.notes] == ["body_by_trafilatura"]


def test_it_is_not_asked_where_there_is_a_body(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_resort, "extractor", lambda: pytest.fail("it was asked"))
    extract = read(f"<article><p>{LINE * 2}</p></article>")
    assert [note.kind for note in extract.notes] == []
    assert len(extract.posts) == 1


def test_without_the_extra_the_page_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_resort, "extractor", lambda: None)
    extract = read(BODY)
    assert extract.posts == ()
    assert [note.kind for note in extract.notes] == ["no_text_found"]


MARKED = "".join(
    f"<div id='comment-{n}'><b class='comment-author'>Bo</b><div class='comment-text'>Candlemas {LINE * 3}</div></div>"
    for n in (7, 8)
)
HOME_MADE = "".join(f"<div><b>Bo Wharf</b> <i>{n} March 2020, 10:15</i><br>Candlemas {LINE * 3}</div>" for n in (7, 8))


@pytest.mark.parametrize("comments", [MARKED, f"<h3>2 comments</h3>{HOME_MADE}"], ids=["marked", "home-made"])
def test_no_comment_leaks_into_it(comments: str) -> None:
    extract = read(BODY + comments)
    assert len(extract.comments) == 2
    (post,) = extract.posts
    assert post.content is not None
    assert "So it is." in post.content.text
    assert "Candlemas" not in post.content.text


def test_nothing_is_made_of_a_page_without_words() -> None:
    assert read("<div>Hello</div>").posts == ()
