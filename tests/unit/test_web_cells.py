"""Cells: what strangers wrote is shown, and does nothing; keys lead to rows, and long texts do not fill the page."""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

import nh3
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archiver.web import cells
from tests.unit.archive_sample import LONG, key
from tests.unit.web_client import get


@pytest.mark.parametrize(
    "path",
    ["comments", "comment_list", "threads", "thread?post=" + key("p", "diet"), "comments/" + key("c", "d2"), "authors",
     "authors/" + key("a", "eve"), "reply_network"],
)  # fmt: skip
def test_what_strangers_wrote_does_nothing(site, path):
    page = get(site, f"/archive/{path}").text
    assert "<script>alert" not in page
    assert "tracker.example/p.gif&#34;" in page or "tracker" not in page
    assert not re.search(r"""(href|src)=["']?\s*javascript:""", page, re.IGNORECASE)
    assert not re.search(r"<[^>]*\sonerror=", page)


class Tags(HTMLParser):
    """The tags of a piece of HTML with their attributes."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


HARMLESS = {"href", "title", "data-picture", "rel", "colspan", "rowspan"}
HARMFUL = {
    "img",
    "script",
    "style",
    "iframe",
    "form",
    "input",
    "button",
    "svg",
    "math",
    "object",
    "embed",
    "link",
    "meta",
    "base",
}


@given(st.text(st.sampled_from("<>/=\"' aimgscriptonerhf:jv&;x\x00\n"), max_size=60) | st.text())
@example('<img src="https://t.example/x.gif" alt="dot" onerror="x()">')
@example('<a href="javascript:alert(1)" style="x">x</a><iframe src="//x"></iframe><style>*{}</style>')
@example('<svg onload="x()"><form action="/x"><input autofocus onfocus="x()"></form></svg>')
@example('<td background="//x" colspan="2"><video src="//x" poster="//x"></video></td>')
def test_cleaned_html_loads_and_runs_nothing(html):
    for tag, attributes in Tags(str(cells.clean_html(html))).found:
        assert tag not in HARMFUL
        assert attributes.keys() <= HARMLESS
        assert re.match(r"https?:|[^:]*$", attributes.get("href") or "", re.IGNORECASE)


def test_html_keeps_its_structure_and_its_words():
    html = (
        '<p>One <em>two</em> <a href="https://x.example/">three</a></p><ul><li>four</li></ul><img alt="five" src="x">'
    )
    cleaned = cells.clean_html(html)
    assert '<a href="https://x.example/" rel="noopener noreferrer nofollow ugc">three</a>' in cleaned
    assert cleaned.startswith("<p>One <em>two</em> ")
    assert cleaned.endswith('<ul><li>four</li></ul><span data-picture="">Picture: five</span>')


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ('<img src="x" alt="A &lt;b&gt; &amp; c">', '<span data-picture="">Picture: A &lt;b&gt; &amp; c</span>'),
        ('<img src="x" title="Said by it">', '<span data-picture="">Picture: Said by it</span>'),
        ('<img src="x" alt="">', '<span data-picture="">Picture</span>'),
        ('Nice <img src="x" alt="👍"> one', "Nice 👍 one"),
        ('a <img src="x" alt=":-)">', "a :-)"),
        ("<p data-picture>not one</p>", "<p>not one</p>"),
    ],
)
def test_in_the_place_of_a_picture_stand_its_words(html, shown):
    assert cells.clean_html(html) == shown


@pytest.mark.parametrize(
    "picture", ['<img alt="x">', "<img>", "<img alt=' onx=y '>", '"><img alt="', "<img title='> <img>'>"]
)
def test_a_picture_within_an_attribute_is_none(picture):
    """Its words would end the attribute."""
    cleaned = str(cells.clean_html(f'<p title="no"><a href="https://x.example/" title="{escape(picture)}">x</a></p>'))
    (p, _), (a, attributes) = Tags(cleaned).found
    assert (p, a, attributes["title"]) == ("p", "a", picture)
    assert attributes.keys() == {"href", "title", "rel"}


def test_long_texts_are_shortened_in_tables_and_whole_in_rows(site):
    table, row = get(site, "/archive/comments").text, get(site, f"/archive/comments/{key('c', 't6')}").text
    assert LONG.strip() in row
    assert LONG.strip() not in table
    assert "so is this comment. The study was long…" in table


def test_links_lead_away_safely(site):
    page = get(site, "/archive/works").text
    assert 'rel="noopener noreferrer nofollow ugc">doi.org/10.1234/trial.2021(05)7</a>' in page


def test_keys_lead_to_rows(site):
    page = get(site, "/archive/comment_list").text
    assert f'<a href="/archive/authors/{key("a", "ada")}">Ada Lind</a>' in page
    assert f'<a href="/archive/posts/{key("p", "trial")}">The trial post</a>' in page
    posts = get(site, "/archive/post_list").text
    assert f'<a href="/archive/posts/{key("p", "untitled")}">untitled</a>' in posts
    assert f'<a href="/archive/thread?post={key("p", "trial")}" title="Read the thread">5</a>' in posts


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("comments", f'<a href="/archive/posts/{key("p", "trial")}" title="{key("p", "trial")}">The trial post</a>'),
        ("comments/" + key("c", "t2"), f'title="{key("c", "t1")}">Has anybody read'),
        ("post_authors", f'title="{key("a", "pro")}">Prof. Quill</a>'),
        ("citations", f'title="{key("w", "nct")}">NCT01234567</a>'),
        ("post_terms", f'title="{key("t", "cells")}">Cells</a>'),
        ("widget_links", f'title="{key("s", "links")}">Friends</a>'),
        ("claims", 'title="fetch000000000000001">stemcells.example/trial/</a>'),
        ("claims", f'title="{key("p", "lost")}">untitled</a>'),
    ],
)
def test_foreign_keys_are_shown_by_name(site, path, link):
    assert link in get(site, f"/archive/{path}").text


def test_a_row_is_shown_from_top_to_bottom(site):
    page = get(site, f"/archive/comments/{key('c', 't2')}").text
    assert '<th scope="row">parent_source</th>' in page
    assert "how the parent is known" in page
    assert f'<a href="/-/comment/{key("c", "t2")}">Read it in its thread</a>' in page
    assert "Empty: published_text" in page


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [
        ("short", 10, "short"),
        ("one two three", 9, "one two…"),
        ("onetwothree", 6, "onetwo…"),
        ("", 5, ""),
        ("12345", 5, "12345"),
    ],
)
def test_shorten(text, length, expected):
    assert cells.shorten(text, length) == expected


PIECES = [
    "<p>",
    "</p>",
    "\n",
    "a",
    " ",
    "é",
    '"',
    "'",
    "&",
    "<",
    ">",
    "\0",
    "\r",
    "\xa0",
    "<br>",
    "漢",
    "\u2028",
    "\x0b",
    "\x1b",
]


@given(
    st.lists(st.sampled_from(PIECES)).map("".join)
    | st.lists(st.sampled_from(["<p>a</p>", "<p></p>", "\n"])).map("".join)
)
@example("<a\n<p>")
def test_plain_paragraphs_are_as_the_cleaner_would_leave_them(html):
    # "<a\n<p>" is the tag of a link, with an attribute of that name.
    cleaned = nh3.clean(html, tags={"p", "br", "a"}, attributes={}, link_rel=cells.REL)
    assert cells.clean_html(html) == cleaned
