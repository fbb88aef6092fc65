"""Where the words of a post stand on pages that do not mark them: shapes that strangers' blogs have."""

from __future__ import annotations

import pytest

from archiver.engines._prose import Prose
from archiver.engines.dom import Dom
from archiver.engines.generic import GenericEngine
from archiver.model import Site, Target, TargetKind
from archiver.page import Page

URL = "https://quay.example/oil.html"
SITE = Site(key="quay.example", home="https://quay.example/")
ONE = "The lamps of the quay burn an hour less, since oil is dear this year and the keeper is poor."
TWO = "Nothing is done about it, as far as anybody between the pier and the church has heard this week."
THREE = "The moths are glad of it, and so are the thieves, who come by water and leave by land at three."
POST = f"<p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>"
ABOUT = "<p>About the quay: we have written of tides, boats and lamps since the old keeper left us his log-books.</p>"
TEASERS = "".join(
    f"<div><h3><a href='/{n}.html'>Of day {n}</a></h3><p>What the harbour master said on day {n}, and why nobody on"
    f" the quay believed a word of what he had to say about it, then or later. <a href='/{n}.html'>More</a></p></div>"
    for n in range(1, 9)
)
RELATED = f"<div class='article-related'><h3>See also</h3>{TEASERS}</div>"
MENU = "<ul>" + "".join(f"<li><a href='/{n}/'>Part {n} of the town</a></li>" for n in range(30)) + "</ul>"

PAIR = f"<p>{TWO}</p><p>{THREE}</p>"
SECTION = "<section itemprop='articleBody'>"
BUILT = "<div class='elementor-widget-wrap'><div class='elementor-widget-container'>"


def said(number: int) -> str:
    words = f"<div class='comment-text'><p>Said {number}. {TEASERS}</p></div>"
    return f"<div id='comment-{number}'><b class='comment-author'>Ned</b>{words}</div>"


SHAPES = {
    "line breaks only": (
        f"<div id='a'>{MENU}</div><div id='b'>{ONE}<br><br>{TWO}<br><br>{THREE}</div><div>{ABOUT}</div>"
    ),
    "a cell of a table": f"<table><tr><td>{MENU}</td><td>{POST}</td><td>{ABOUT}</td></tr></table>",
    "an article with more than the post": (
        f"<article><div class='tools'>{MENU}</div><div>{POST}</div>{RELATED}</article>"
    ),
    "a form around everything": f"<form method='post'><div>{MENU}</div><div class='x'>{POST}</div></form>",
    "a frame that is named after its sidebar": (
        f"<div class='has-sidebar'><div>{POST}</div><div class='sidebar'>{ABOUT}</div></div>"
    ),
    "navigation that never ends": f"<nav>{MENU}<div><h1>Oil</h1>{POST}</div></nav>",
    "teasers longer than the post": f"<div><div><h1>Oil</h1><div>{POST}</div></div><div>{TEASERS}{TEASERS}</div></div>",
    "a beginning apart": f"<div><h1>Oil</h1><div class='in'><p>{ONE}</p></div><div class='on'>{PAIR}</div></div>",
    "columns of a page builder": (
        f"<div>{BUILT}<p>{ONE}</p></div></div>{BUILT}{PAIR}</div></div></div><div class='widget'>{ABOUT}</div>"
    ),
    "an entry that marks its head only": (
        f"<article><div class='hentry'><h1 class='entry-title'>Oil</h1></div><div>{POST}</div></article>{ABOUT}"
    ),
    "a teaser that is marked as the body": (
        f"<article class='hentry'><h1 class='entry-title'>Oil</h1><div class='entry-content'><p>Dear.</p></div>"
        f"<div><div class='entry-content'>{POST}{POST}</div></div></article>"
    ),
    "a body in several sections": (
        "<article itemscope itemtype='https://schema.org/BlogPosting'><h1 itemprop='headline'>Oil</h1>"
        f"<div class='parts'>{SECTION}<p>{ONE}</p></section>{SECTION}{PAIR}{POST}</section></div></article>"
    ),
    "lists of other posts among the words": (
        f"<div><h1>Oil</h1><p>{ONE}</p><ul><li><a href='/7.html'>Day 7</a></li><li><a href='/8.html'>Day 8</a></li>"
        f"</ul><p>{TWO}</p><h3><a href='/9.html'>What the master said</a></h3><p>{THREE}</p></div>"
    ),
    "comments longer than the post": f"<div><h1>Oil</h1>{POST}</div>{''.join(map(said, range(7)))}",
}


def read(body: str) -> str:
    page = Page(URL, f"<html><head><title>Oil | Quay</title></head><body>{body}</body></html>".encode())
    (post,) = GenericEngine().extract(page, Target(url=URL, kind=TargetKind.POST), SITE).posts
    assert post.content is not None
    return " ".join(dict.fromkeys(post.content.text.split("\n\n")))


@pytest.mark.parametrize("shape", SHAPES)
def test_the_post_is_all_that_is_read(shape: str) -> None:
    assert read(SHAPES[shape]).removeprefix("Dear. ") == f"{ONE} {TWO} {THREE}"


def test_a_line_that_leads_to_another_post_is_the_authors() -> None:
    line = "<p>More on <a href='/7.html'>day 7</a>.</p><ul><li><a href='https://tide.example/'>Tides</a></li></ul>"
    assert read(f"<div><h1>Oil</h1>{POST}{line}</div>").endswith("More on day 7. Tides")


def test_links_and_labels_are_no_prose() -> None:
    dom = Dom(Page(URL, f"<html><body><div>{MENU}</div></body></html>".encode()))
    assert Prose(dom).trunk(dom.root) is None


def test_a_paragraph_alone_is_never_the_body() -> None:
    dom = Dom(
        Page(URL, f"<html><body><div id='all'><p>Oil is dear.</p><p>{ONE}</p><p>So.</p></div></body></html>".encode())
    )
    trunk = Prose(dom).trunk(dom.root)
    assert trunk is not None
    assert trunk.get("id") == "all"
