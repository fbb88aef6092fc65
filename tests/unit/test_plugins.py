"""What plugins put into a post's page: their markup as they document it, the words are ours."""

from __future__ import annotations

import pytest

from archiver.engines import bylines
from archiver.engines.wordpress import WordPress
from archiver.model import PostKind, Site, Target, TargetKind
from archiver.page import Page
from tests.unit.test_unseen_themes import post

FIRST = "<p>The tide went out before the boats came home, and nobody saw it turn.</p>"
LAST = "<p>In the morning the nets were dry. We counted them twice, since one was missing.</p>"
WORDS = (
    "The tide went out before the boats came home, and nobody saw it turn.\n\n"
    "In the morning the nets were dry. We counted them twice, since one was missing."
)
AMONG = {
    "crumbs of an SEO plugin": "<nav class='rank-math-breadcrumb'><p><a href='/'>Home</a> - <b>Tides</b></p></nav>",
    "crumbs by their id": "<p id='breadcrumbs'><span><a href='/'>Home</a> » <strong>Tides</strong></span></p>",
    "a table of contents": (
        "<div id='ez-toc-container' class='ez-toc-v2_0'><p class='ez-toc-title'>Table of Contents</p><nav><ul>"
        "<li><a href='#nets'>Nets</a></li></ul></nav></div>"
    ),
    "other languages": (
        "<p class='wpml-ls-statics-post_translations wpml-ls'>This post is also available in:"
        " <a href='/de/netze/'>Deutsch</a></p>"
    ),
    "likes": "<div class='wpulike wpulike-default'><button></button><span class='count-box'>+2</span></div>",
    "something to repeat": (
        "<div class='bctt-click-to-tweet'><a href='//x.example/'>Nobody saw it turn</a><a>Click to Tweet</a></div>"
    ),
    "another post": "<div class='internal-linking-related-contents'><a href='/x/'>Read more <b>Other</b></a></div>",
    "advertisements": "<div class='ad-container'><p class='ad-label'>Advertisement</p></div>",
    "stars": "<div class='yasr-auto-insert-visitor'><div>Click to rate this post!</div><span>[Total: 0]</span></div>",
    "an inserted advertisement": "<div class='code-block code-block-3'>Buy a boat</div>",
    "a bar of buttons": "<ul id='sharebar'><li><a href='//x.example/'>Tweet</a></li></ul>",
    "the heading of a box": "<h2 class='widget-title box-header-title'>Author</h2>",
}


@pytest.mark.parametrize("added", AMONG.values(), ids=AMONG)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_plugins_add_is_none_of_the_words(added: str, place: int) -> None:
    parts = [FIRST, LAST]
    parts.insert(place, added)
    page = post(f"<article class='hentry'><h1>Tides</h1><div class='entry-content'>{''.join(parts)}</div></article>")
    content = page.read().content
    assert content is not None
    assert content.text == WORDS


@pytest.mark.parametrize(
    "pressed",
    [
        "<a href='javascript:void(0)'>Hearts</a> <span>0</span>",
        "<span data-acme-nonce='1f2e'></span> Hearts: 3",
        "<label>Hearts <input type='range'></label>",
        "<button>Hearts</button>",
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_what_readers_press_is_none_of_the_words(pressed: str, first: bool) -> None:
    added, words = f"<div class='acme'><div>{pressed}</div></div>", FIRST + LAST
    page = post(
        "<article class='hentry'><h1>Tides</h1>"
        f"<div class='entry-content'>{added + words if first else words + added}</div></article>"
    )
    content = page.read().content
    assert content is not None
    assert content.text == WORDS


def test_a_list_of_things_to_do_is_an_authors_words() -> None:
    tasks = "<ul class='tasks'><li><input type='checkbox' disabled> Mend the nets</li></ul>"
    page = post(f"<article class='hentry'><h1>Tides</h1><div class='entry-content'>{FIRST}{tasks}</div></article>")
    content = page.read().content
    assert content is not None
    assert content.text.endswith("Mend the nets")


def test_a_box_of_code_is_an_authors_words() -> None:
    code = "<div class='code-block'><pre>tide = 3</pre></div>"
    page = post(f"<article class='hentry'><h1>Tides</h1><div class='entry-content'>{FIRST}{code}{LAST}</div></article>")
    content = page.read().content
    assert content is not None
    assert "tide = 3" in content.text


def test_a_box_names_its_author_and_not_the_link_to_all_that_they_wrote() -> None:
    box = (
        "<div class='abh_box'><section class='abh_tab'><div class='fn'><a href='//ann.example/'>Ann Lee</a></div>"
        "</section><section class='abh_tab'><div class='abh_name'>Latest posts by Ann Lee"
        " <span class='abh_all'>(<a href='/author/ann/'>see all</a>)</span></div></section></div>"
    )
    page = post(f"<article class='hentry'><h1>Tides</h1><div class='entry-content'>{FIRST}{LAST}{box}</div></article>")
    assert [author.name for author in page.byline[0]] == ["Ann Lee"]


@pytest.mark.parametrize(
    "line",
    [
        "<span>Last updated: June 9, 2025</span> <span>Published May 3, 2024</span> <span>5 min read</span>",
        "Updated June 9, 2025 · Published May 3, 2024",
        "Published 3 May 2024 | Last modified 9 June 2025",
        "Updated on May 3, 2024",  # the only day there is
    ],
)
def test_the_day_of_a_change_is_not_that_of_the_post(line: str) -> None:
    page = post(f"<article class='hentry'><h1>Tides</h1><div class='entry-meta'>{line}</div>{FIRST}{LAST}</article>")
    assert page.published is not None
    assert page.published.at[:10] == "2024-05-03"


@pytest.mark.parametrize("name", ["elementor-author-box__bio", "abh_description"])
def test_words_about_the_author_in_a_box_of_a_plugin(name: str) -> None:
    box = f"<a rel='author' href='/author/ann/'>Ann Lee</a><div class='{name}'>Ann writes of nets.</div>"
    words = f"<div class='entry-content'>{FIRST}{LAST}</div>"
    page = post(f"<article class='hentry'><h1>Tides</h1>{words}</article><div class='box'>{box}</div>")
    (author,) = page.byline[0]
    found = bylines.bio(page.dom, author, outside=page.regions.outside)
    assert found is not None
    assert found.bio == "Ann writes of nets."


@pytest.mark.parametrize(
    ("classes", "kind"),
    [
        ("single single-recipe postid-9", PostKind.PAGE),
        ("single single-post postid-9 single-format-standard", PostKind.POST),
        ("page page-id-9", PostKind.PAGE),
    ],
)
def test_what_a_menu_leads_to_is_no_post_unless_it_says_so(classes: str, kind: PostKind) -> None:
    html = f"<body class='{classes}'><article class='hentry'><h1>A soup</h1>{FIRST}{LAST}</article></body>"
    url = "https://blog.example.org/recipes/soup/"
    target = Target(url=url, kind=TargetKind.POST, hint={"kind": "page"})
    site = Site(key="blog.example.org", home="https://blog.example.org/")
    (found,) = WordPress().extract(Page(url, html.encode()), target, site).posts
    assert found.kind is kind


ROLES = {
    "linked": (
        "Written by <a rel='author' href='/author/ann/'>Ann Lee</a> | Medically reviewed by"
        " <a rel='author' href='/author/bob/'>Dr Bob Ray</a>"
    ),
    "in spans": "<span class='byline'>By Ann Lee</span> <span class='reviewer'>Reviewed by Dr Bob Ray</span>",
    "in one line": "By Ann Lee, translated by Bob Ray",
    "before the author": "Edited by Bob Ray | By Ann Lee",
    "an editor's link": (
        "<span class='author'>Ann Lee</span> <i>Last edited by <a rel='author' href='/author/bob/'>Bob Ray</a></i>"
    ),
    "in German": "Von Ann Lee, medizinisch geprüft von Dr. Bob Ray",
}


@pytest.mark.parametrize("line", ROLES.values(), ids=ROLES)
def test_who_has_reviewed_or_translated_a_post_is_not_its_author(line: str) -> None:
    page = post(f"<article class='hentry'><h1>Tides</h1><div class='entry-meta'>{line}</div>{FIRST}{LAST}</article>")
    assert [author.name for author in page.byline[0]] == ["Ann Lee"]


def test_the_heading_of_a_list_of_other_posts_goes_with_it() -> None:
    other = "<h3>Related posts</h3><ul class='related-posts'><li><a href='/x/'>Other</a></li></ul>"
    page = post(
        f"<article class='hentry'><h1>Tides</h1><div class='entry-content'>{FIRST}{LAST}{other}</div></article>"
    )
    content = page.read().content
    assert content is not None
    assert content.text == WORDS


FACE = "<img alt='' src='//faces.example/a1?s=80' class='avatar avatar-80 photo' width='80' height='80'>"
PEOPLE = {
    "tabs": (
        "<div id='acme'><span>Two tabs.</span><ul><li><a href='#a'>Bio</a></li><li><a href='#b'>Latest</a></li></ul>"
        f"<div><div>{FACE}</div><div><h4>Ann Lee</h4><div>Ann writes of nets. She lives by the harbour.</div></div>"
        f"</div><div><div>{FACE}</div><h4>Latest by Ann</h4><ul><li><a href='/x/'>Other</a></li></ul></div></div>"
    ),
    "a name and a paragraph": (
        f"<section><a href='/author/ann/'>{FACE}</a><h3>Ann</h3><p>Ann writes of nets.</p></section>"
    ),
    "a heading above": f"<h3>About the author</h3><div>{FACE}<h4>Ann</h4><a href='/author/ann/'>All posts</a></div>",
}


@pytest.mark.parametrize("box", PEOPLE.values(), ids=PEOPLE)
@pytest.mark.parametrize("shell", ["{}", "<div>{}</div>"])
@pytest.mark.parametrize("first", [True, False])
def test_a_box_with_the_picture_of_a_person_is_none_of_the_words(box: str, shell: str, first: bool) -> None:
    words = shell.format(box + FIRST + LAST if first else FIRST + LAST + box)
    page = post(f"<article class='hentry'><h1>Tides</h1><div class='entry-content'>{words}</div></article>")
    content = page.read().content
    assert content is not None
    assert content.text == WORDS


@pytest.mark.parametrize(
    "said", [f"<div>{FIRST}<p>{FACE} Ann, who says so.</p></div>", f"<div>{FIRST}{FACE}<p>This is Ann.</p></div>"]
)
def test_a_picture_of_a_person_behind_words_is_the_authors(said: str) -> None:
    page = post(
        f"<article class='hentry'><h1>Tides</h1><div class='entry-content'><p>One.</p>{said}{LAST}</div></article>"
    )
    content = page.read().content
    assert content is not None
    assert "nobody saw it turn" in content.text
    assert "Ann" in content.text


def test_a_link_in_brackets_above_the_words_is_no_byline() -> None:
    box = f"<div>{FACE}<h4>Latest by Ann Lee (<a href='/author/ann/'>see all</a>)</h4></div>"
    line = "<span class='byline'>By <a class='url fn n' href='/author/ann/'>Ann Lee</a></span>"
    words = f"<div class='entry-content'>{box}{FIRST}{LAST}</div>"
    page = post(f"<article class='hentry'><h1>Tides</h1>{words}<footer>{line}</footer></article>")
    assert [author.name for author in page.byline[0]] == ["Ann Lee"]


@pytest.mark.parametrize("line", ["By <a href='/author/ann/' rel='author'></a>", "Von <a rel='author' href='#'> </a>"])
def test_where_a_plugin_takes_the_name_away_nobody_is_called_by(line: str) -> None:
    page = post(
        f"<article class='hentry'><h1>Tides</h1><span class='byline'>{line}</span>"
        f"<div class='entry-content'>{FIRST}{LAST}</div></article>"
    )
    assert page.byline[0] == ()
