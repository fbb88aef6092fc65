"""Words that are read off the page's own tree; the parser must make the same of their markup."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml.html import fragment_fromstring

from archiver import content
from archiver.engines import _words
from archiver.engines.dom import inner_html

BASE = "https://blog.example.org/post/"
INLINE = st.sampled_from(
    ["word", "Two words", " ", "\n", "\u00a0", "&amp;", "&lt;b&gt;", "&#1;", "é👍🏽", "<br>", "<em>very</em>",
     "<b> </b>", '<a href="/x" rel="nofollow">here</a>', '<a href="#a">top</a>', '<a href="https://doi.org/10.5555/x.1">doi</a>',
     "10.5555/y.2", "<code>x</code>"]
)  # fmt: skip
LINES = st.lists(INLINE, max_size=5).map("".join)
SPACE = st.sampled_from(["", "\n", " ", "\n\t", "loose"])


def tagged(tag: str, inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return inner.map(lambda text: f"<{tag}>{text}</{tag}>")


ITEMS = st.lists(st.tuples(tagged("li", LINES), SPACE).map("".join), max_size=3).map("".join)
PARAGRAPH = tagged("p", LINES)
BLOCKS = st.one_of(PARAGRAPH, PARAGRAPH, tagged("ul", ITEMS), tagged("ol", ITEMS), tagged("blockquote", PARAGRAPH))
BODIES = st.lists(st.tuples(BLOCKS, SPACE).map("".join), min_size=1, max_size=4).map("".join)


@given(BODIES)
def test_plain_words_are_the_parsers(body: str) -> None:
    element = fragment_fromstring(f"<div>{body}</div>")
    assert _words.of_element(element, BASE) == content.from_html(inner_html(element), BASE)


@given(st.lists(BLOCKS, min_size=1, max_size=4))
def test_blocks_are_read_as_if_they_stood_together(blocks: list[str]) -> None:
    elements = [fragment_fromstring(block) for block in blocks]
    plain = _words.of_blocks(elements, BASE)
    assert plain is None or plain == content.from_html("".join(map(_words.outer_markup, elements)), BASE)


def test_most_comments_are_plain() -> None:
    body = "<p>Hello<br>you &amp; me, <a href='/x'>see</a>.</p>\n<ul>\n<li>one</li>\n<li>two <em>three</em></li></ul>"
    assert _words._plain(fragment_fromstring(f"<div>{body}</div>"), BASE) is not None
