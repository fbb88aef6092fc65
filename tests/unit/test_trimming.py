"""What sites print among a post's words is left out, and what only looks like it is kept."""

from __future__ import annotations

import pytest

from archiver.engines.generic import GenericEngine
from archiver.model import Note, Site, Target, TargetKind
from archiver.page import Page

URL = "https://quay.example/oil.html"
SITE = Site(key="quay.example", home="https://quay.example/")
ONE = "The lamps of the quay burn an hour less, since oil is dear this year and the keeper is poor."
TWO = "Nothing is done about it, as far as anybody between the pier and the church has heard this week."
THREE = "The moths are glad of it, and so are the thieves, who come by water and leave by land at three."
FOUR = "Of the four casks that came with the last boat, two were salt water, and nobody knows whose they are."
LEAD = "Why the keeper of the quay has lit one lamp in three since the boat from the south came in late."
REST = f"<p>{TWO}</p><p>{THREE}</p><p>{FOUR}</p>"


def text(body: str) -> str:
    page = Page(URL, f"<html><head><title>Oil | Quay</title></head><body>{body}</body></html>".encode())
    (post,) = GenericEngine().extract(page, Target(url=URL, kind=TargetKind.POST), SITE).posts
    assert post.content is not None
    return " ".join(post.content.text.split())


def within(inner: str) -> str:
    return f"<div class='main'><h1>Oil</h1><p>{ONE}</p>{inner}{REST}</div>"


@pytest.mark.parametrize(
    "inner",
    [
        "<div class='ArticleTeaser-box'><p>What the master had to say about it last week.</p><a href='/7'>7</a></div>",
        "<div class='story-promo'><a href='/7.html'>What he said</a><p>And why nobody there believed it.</p></div>",
        "<div class='NewsletterBox'><p>Our letter from the quay comes to you every Friday, if you wish.</p></div>",
        "<div class='box--toolbar'><span>Print</span> <span>Louder</span></div>",
        "<div class='credits'>Picture: Ned Wharf, who has asked us to name him in full and with his street.</div>",
        "<a href='/8.html'><h3>The salt of the south</h3><p>An old story, told once more by one who was there.</p></a>",
        "<div style='display:none'><p>This stands here for those whose lamps are out, and for nobody else.</p></div>",
        "<figure><img src='/a.png'><figcaption>Photo: Ned Wharf / Quay Pictures</figcaption></figure>",
        "<h3>Read on</h3><div class='related'><ul><li><a href='/7.html'>Day 7</a></li></ul></div><h3>More oil</h3>",
    ],
)
def test_what_sites_put_between_paragraphs_is_left_out(inner: str) -> None:
    kept = "More oil " if "More oil" in inner else ""
    assert text(within(inner)) == f"{ONE} {kept}{TWO} {THREE} {FOUR}"


@pytest.mark.parametrize(
    ("inner", "kept"),
    [
        ("<p>On <span class='date'>Friday</span> it rained.</p>", "On Friday it rained."),
        ("<p>So said <a class='author' href='/ned'>Ned</a> himself.</p>", "So said Ned himself."),
        ("<pre><span class='hljs-meta'>#!oil</span> <div class='print'>go</div></pre>", "#!oil go"),
        (f"<section id='related-work'><h2>Related work</h2><p>{LEAD}</p></section>", f"Related work {LEAD}"),
        ("<div class='box'><p>So it is, and so be it.</p></div>", "So it is, and so be it."),
        ("<div class='parts'><ul><li>One cask</li><li>Two wicks</li></ul></div>", "One cask Two wicks"),
        ("<div>Dark.</div><div>Darker.</div>", "Dark. Darker."),
        ("<div class='note'>Dark.</div><div class='note'>Of the lamps I say nothing, for they say all.</div>", None),
        (f"<div class='elementor-widget elementor-widget-text'><p>{LEAD}</p></div>", LEAD),
        ("<figure><img src='/a.png'><figcaption>The pier by night, seen from the church.</figcaption></figure>", None),
    ],
)
def test_what_only_looks_like_it_is_kept(inner: str, kept: str | None) -> None:
    expected = kept or " ".join(part.strip() for part in inner.replace("<", ">").split(">")[::2] if part.strip())
    assert f"{ONE} {expected} {TWO}" in text(within(inner))


def test_names_that_fit_most_of_a_post_are_no_names_of_what_stands_beside_it() -> None:
    parts = "".join(f"<div class='part part--ads'><p>{words}</p></div>" for words in (ONE, TWO, THREE, FOUR, LEAD))
    marked = f"<article class='h-entry'><h1 class='p-name'>Oil</h1><div class='e-content'>{parts}</div></article>"
    assert text(marked) == f"{ONE} {TWO} {THREE} {FOUR} {LEAD}"


def test_boxes_in_a_marked_body_are_left_out_by_their_names() -> None:
    added = "<div class='yarpp-related'><h3>You may like</h3><p>The salt of the south.</p></div>"
    marked = f"<article class='h-entry'><h1 class='p-name'>Oil</h1><div class='e-content'>{REST}{added}</div></article>"
    assert text(marked) == f"{TWO} {THREE} {FOUR}"


@pytest.mark.parametrize(
    "head",
    [
        f"<header><h1>Oil</h1><p class='teaser-text'>{LEAD}</p><p>By Ned</p><time>3 March</time></header>",
        f"<div class='top'><h1>Oil</h1><p class='intro'>{LEAD}</p></div>",
        f"<div class='top'><h1>Oil</h1><div class='author'><p>{FOUR}</p></div><p>{LEAD}</p></div>",
    ],
)
def test_a_standfirst_belongs_to_the_post(head: str) -> None:
    menu = "".join(f"<div><a href='/{n}/'>Part {n} of the town</a></div>" for n in range(9))
    page = f"<div class='all'>{head}<div class='tools'>{menu}</div><div class='words'><p>{ONE}</p>{REST}</div></div>"
    assert text(page) == f"{LEAD} {ONE} {TWO} {THREE} {FOUR}"


def test_lines_that_lead_away_and_captions_above_the_words_are_left_out() -> None:
    above = (
        "<figure><img src='/a.png'><figcaption>The pier by night, as it is seen from the church.</figcaption></figure>"
    )
    page = (
        f"<div><h1>Oil</h1>{above}<p><a href='/'>Back</a></p><p>{ONE}</p>{REST}<p><a href='/9.html'>Next</a></p>"
        "<p><a href='https://tide.example/'>Tides</a></p><h3>You may like</h3></div>"
    )
    assert text(page) == f"{ONE} {TWO} {THREE} {FOUR} Tides"


def test_trafilatura_is_asked_where_the_place_of_the_words_is_in_doubt() -> None:
    menu = "".join(f"<div>Part {n} of the town</div>" for n in range(90))
    page = Page(URL, f"<html><body><div>{menu}<p>{ONE}</p></div></body></html>".encode())
    extract = GenericEngine().extract(page, Target(url=URL, kind=TargetKind.POST), SITE)
    assert extract.notes == (Note(kind="body_by_trafilatura", detail=URL),)
    assert extract.posts[0].content is not None
    assert ONE in extract.posts[0].content.text


def test_parts_that_scripts_show_one_after_the_other_are_all_of_the_post() -> None:
    said = (TWO, THREE, FOUR) * 2
    hidden = "".join(f"<div class='p{n}' style='display: none'><p>{words}</p></div>" for n, words in enumerate(said))
    shown = text(f"<div class='main'><h1>Oil</h1><div><p>{ONE}</p></div>{hidden}</div>")
    assert shown == " ".join((ONE, *said))


def test_a_paragraph_in_large_letters_is_no_heading_over_nothing() -> None:
    large = f"<h4>{LEAD} Who knows it may say so, at the church or on the pier.</h4>"
    assert text(within(f"{large}<div class='related'><a href='/7.html'>Day 7</a></div><h4>More oil</h4>")).startswith(
        f"{ONE} {LEAD} Who knows"
    )


def test_words_that_are_shown_without_scripts_only_are_read() -> None:
    script = "<script type='text/template'>" + REST.replace("<", "&lt;") + "</script>"
    shown = f"<div class='post'>{script}<noscript><p>{ONE}</p>{REST}</noscript></div>"
    assert text(f"<h1>Oil</h1>{shown}") == f"{ONE} {TWO} {THREE} {FOUR}"
    plea = "<noscript><p>Please switch scripts on, since the lamps here are lit by them.</p></noscript>"
    assert text(f"<div><h1>Oil</h1>{plea}<p>{ONE}</p>{REST}</div>") == f"{ONE} {TWO} {THREE} {FOUR}"


def test_lines_that_say_much_in_few_characters_are_words() -> None:
    lines = [
        "码头的灯今年每晚少点一个时辰，因为油价太贵而看守又穷",
        "从栈桥到教堂没有人听说这星期会有什么办法来解决此事",
        "飞蛾和小偷都很高兴他们三点钟从水路来又从陆路悄悄离开",
    ]
    lines = [f"{line}。这是第{n}日的事" for n in range(3) for line in lines]
    about = "<p>This is the diary of Ned and Wen, who keep the lamps of the quay, since 1999.</p>"
    about += "<div>Visitors today: 7</div><div>All visitors: 1999</div>"
    body = "".join(f"<div><span>{line}</span></div>" for line in lines)
    assert text(f"<div class='all'><div>{body}</div></div><div class='who'>{about}</div>") == " ".join(lines)
