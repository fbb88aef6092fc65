"""Words that are read off the page's own tree; the parser must make the same of their markup."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml.html import document_fromstring, fragment_fromstring

from archiver import content
from archiver.content import _tree_words
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
@example("<p>one &#1;</p>")
@example("<blockquote><p>&#1; \n</p></blockquote> <p></p>")
@example("<ul><li>one</li><li>&#1;<b> </b>two</li></ul>")
def test_plain_words_are_the_parsers(body: str) -> None:
    element = fragment_fromstring(f"<div>{body}</div>")
    assert _words.of_element(element, BASE) == content.from_html(inner_html(element), BASE)


TAGS = st.sampled_from(sorted(_tree_words._TAME - {"br", "hr", "img", "wbr"}))
ATTRIBUTES = st.sampled_from(
    ['class="x"', 'href="/x"', 'href="#a"', 'href=" https://e.example/a b"', 'href="https://doi.org/10.5555/x.1?a=1&amp;b=2"',
     'title="A &quot;b&quot; &lt;c&gt;"', 'class="wp-caption"', 'class="wp-caption-text"', "id", "nowrap", 'href="/é"',
     'title="a\nb"', 'data-x="&{y}"', 'xml:lang="e"', 'href=""']
)  # fmt: skip
LOOSE = st.sampled_from(
    ["<br>", "<hr>", '<img src="/i.png" alt="">', '<img src="/i.png" class="avatar">', '<img data-src="/l.png">',
     '<img class="wp-smiley" alt=":)">', "<!-- c -->", "<iframe src='/v'></iframe>", "</div>", "</p>", "</li>", "</td>",
     "&#13;", "&#12;", "&lt;x&gt;", "\u2003"]
)  # fmt: skip


def tree(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    parts = st.lists(st.one_of(inner, INLINE, LOOSE), max_size=4).map("".join)
    attributes = st.lists(ATTRIBUTES, max_size=2, unique=True).map(" ".join)
    return st.builds(lambda tag, has, part: f"<{tag} {has}>{part}</{tag}>", TAGS, attributes, parts)


TREES = st.lists(st.recursive(INLINE, tree, max_leaves=12), min_size=1, max_size=3).map("".join)


@settings(max_examples=300)
@given(TAGS, TREES, st.data())
def test_the_tree_is_read_as_its_markup_is(tag: str, body: str, data: st.DataObject) -> None:
    holder = document_fromstring(f"<section><{tag} id=it>{body}").get_element_by_id("it")
    inner = list(holder.iterdescendants("*"))
    dropped = data.draw(st.lists(st.sampled_from(inner), max_size=2)) if inner else []
    found = content.from_element(holder, BASE, dropped)
    assert found is None or found == content.from_html(_words.markup(holder, dropped), BASE)


def test_posts_are_read_off_the_tree() -> None:
    figure = "<figure class='wp-caption'><img src='/a.png' alt=''><figcaption>b</figcaption></figure>"
    body = f"<h2>A</h2>{figure}<ul><li>c</li></ul><p>d <a href='/x?y=1&amp;z'>e</a></p>"
    holder = fragment_fromstring(f"<div>{body}</div>")
    found = content.from_element(holder, BASE)
    assert found is not None
    assert found == content.from_html(inner_html(holder), BASE)
    assert [medium.caption for medium in found.media] == ["b"]


def test_control_characters_behind_what_is_dropped_do_no_harm() -> None:
    holder = fragment_fromstring("<div><p>words&#1;<b>share</b>&#2; and more</p></div>")
    assert _words.of_element(holder, BASE, [holder[0][0]]).text == "words and more"


@given(st.lists(BLOCKS, min_size=1, max_size=4))
def test_blocks_are_read_as_if_they_stood_together(blocks: list[str]) -> None:
    elements = [fragment_fromstring(block) for block in blocks]
    plain = _words.of_blocks(elements, BASE)
    assert plain is None or plain == content.from_html("".join(map(_words.outer_markup, elements)), BASE)


def test_most_comments_are_plain() -> None:
    body = "<p>Hello<br>you &amp; me, <a href='/x'>see</a>.</p>\n<ul>\n<li>one</li>\n<li>two <em>three</em></li></ul>"
    assert _words._plain(fragment_fromstring(f"<div>{body}</div>"), BASE) is not None
