"""Paragraphs and line breaks are read without a parser; the parser must make the same of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import content

BASE = "https://blog.example.org/post/"
PIECES = st.sampled_from(
    ["word", "Two words", " ", "\n", "\t", "\u00a0", "<br>", "<br/>", "<br />\n", "&amp;", "&lt;b&gt;", "&nbsp;",
     "&#8217;", "&#8230;", "&#039;", "&#038;", "10.5555/x.1", "é", "花子", "👍🏽", "\u200b", "\u2028", "\x85", "\ufeff"]
)  # fmt: skip
PARAGRAPHS = st.lists(st.lists(PIECES, max_size=9).map("".join), min_size=1, max_size=4)


@given(PARAGRAPHS)
def test_simple_reading_is_the_parsers(paragraphs: list[str]) -> None:
    fragment = "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    simple = content._simple(fragment)
    assert simple is not None
    reading = content._read(fragment, BASE)
    assert (simple.html, simple.text) == (reading.html(), reading.text())
    assert simple.links == tuple(reading.links) == ()
    assert simple.media == tuple(reading.media) == ()


@pytest.mark.parametrize(
    "fragment",
    [
        '<p>A <a href="/x">link</a></p>',
        "<p>bold <b>word</b></p>",
        '<p class="x">a class</p>',
        "<p>open",
        "<p>a</p>loose",
        "<p>&#0;</p>",
        "<p>&#1;&#x1;</p>",
        "<p>&eacute;</p>",
        "<p>a & b</p>",
        "<p>5 > 4</p>",
        "<P>upper</P>",
        "",
    ],
)
def test_anything_else_is_left_to_the_parser(fragment: str) -> None:
    assert content._simple(fragment) is None
