"""Comments read by their likeness to others: exactly what a thorough reading makes of the same page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from archiver.engines import _comment_alike, _words, threads
from archiver.engines.dom import Dom
from archiver.model import PostRef, Site
from archiver.page import Page
from benchmarks.thread_page import SHAPES, render, thread
from tests.unit.golden_wordpress import CASES, Case
from tests.unit.test_content_simple import PARAGRAPHS
from tests.unit.test_threads import trees
from tests.unit.thread_shapes import WITH_DEPTH, WITHOUT_DEPTH, Said, Shape, page

T = TypeVar("T")
URL = "https://blog.example.org/post/"
SITE = Site(key="blog.example.org", home="https://blog.example.org/", utc_offset=0, language="en-GB")
ALL = {**WITH_DEPTH, **WITHOUT_DEPTH}

# What themes, plugins and hands put where it does not belong.
ODD = st.sampled_from(
    [
        "<p>A paragraph between</p>",
        "<em class='says'>says</em>",
        "<span class='comment-date'>3 May 2018 at 10:00</span>",
        "<time datetime='2020-01-01T00:00:00Z'>once</time>",
        "<a href='#comment-3'>In reply to</a>",
        "<a class='url' href='https://other.example.org/'>Somebody else</a>",
        "<cite class='fn'>Another name</cite>",
        "<div class='comment-text'>Other words</div>",
        "<div class='comment-awaiting-moderation'>Wait</div>",
        "<div id='comment-7'>",
        "<ul class='children'><li>a</li></ul>",
        "<img class='photo' src='/b.png'>",
        "<b>bold</b>",
        "bare words",
        "</div>",
        "</li>",
        "<!-- <li id='comment-3'> -->",
        "<script>'<li id=\"comment-4\">'</script>",
        "<textarea><p>typed</p></textarea>",
    ]
)
ODDITIES = st.lists(st.tuples(st.floats(0, 1), ODD), max_size=5)


def read(html: str) -> threads.Thread:
    dom = Dom(Page(URL, html.encode(), headers={"content-type": "text/html; charset=utf-8"}))
    return threads.read(dom, PostRef(native_id="9", url=URL), SITE, outside=dom.classed("entry-content", "widget-area"))


@contextmanager
def nothing_learned() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_comment_alike, "MOST_FORMS", 0)
        yield


def thoroughly(work: Callable[[], T]) -> T:
    with nothing_learned():
        return work()


def with_oddities(html: str, oddities: list[tuple[float, str]]) -> str:
    """Markup put in front of tags, at these shares of the whole."""
    for share, odd in oddities:
        place = html.find("<", int(share * len(html)))
        html = html[:place] + odd + html[place:] if place >= 0 else html
    return html


@pytest.mark.parametrize("shape", ALL.values(), ids=ALL)
@settings(max_examples=25)
@given(roots=trees(pings=False, most=12), oddities=ODDITIES)
def test_the_same_comments_as_by_a_thorough_reading(
    shape: Shape, roots: list[Said], oddities: list[tuple[float, str]]
) -> None:
    html = page(with_oddities(shape(roots), oddities))
    assert read(html) == thoroughly(lambda: read(html))


@pytest.mark.parametrize("name", CASES)
def test_the_same_of_golden_pages(name: str) -> None:
    case, other = Case(name), thoroughly(lambda: Case(name))
    assert (case.extract, case.discovery) == (other.extract, other.discovery)


@pytest.mark.parametrize("shape", SHAPES)
def test_most_comments_of_a_thread_are_read_by_likeness(shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    body = render(shape, thread(300)).decode()
    whole = thoroughly(lambda: read(body))
    read_thoroughly = []
    monkeypatch.setattr(threads, "sort_out", _counted(threads.sort_out, read_thoroughly))
    assert read(body) == whole
    # In a theme without an element for the words only plain paragraphs are taken, and of seven comments one has others.
    assert len(read_thoroughly) < 50


def _counted(work: Callable[..., T], calls: list[object]) -> Callable[..., T]:
    def counted(*args: object) -> T:
        calls.append(args)
        return work(*args)

    return counted


@given(PARAGRAPHS, st.sampled_from(["", "\n", " ", "\n\n"]))
def test_plain_paragraphs_are_read_off_their_markup(paragraphs: list[str], gap: str) -> None:
    html = f"<div>{gap.join(f'<p>{paragraph}</p>' for paragraph in paragraphs)}</div>"
    element = Page(URL, html.encode()).root.find(".//div")
    assert element is not None
    markup = re.sub("^<div>|</div>$", "", etree.tostring(element, encoding="unicode", with_tail=False))
    found = _words.of_paragraphs(markup, "\n")
    assert found is None or found == _words.of_element(element, URL)
    blocks = _words.of_paragraphs(markup, "")
    assert blocks is None or blocks == _words.of_blocks(list(element), URL)


@pytest.mark.parametrize("markup", ["<p>One.</p>", "<p>One &amp; two.</p>\n<p>Three<br/>\nfour.</p>"])
def test_paragraphs_that_most_comments_are(markup: str) -> None:
    found = _words.of_paragraphs(markup, "\n")
    assert found is not None
    assert found.html == markup.replace("<br/>", "<br>")
