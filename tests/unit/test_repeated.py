"""Comment lists on home-made markup that no engine knows: found by what repeats, read with names, times and parents."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.engines.generic import GenericEngine
from archiver.model import Comment, Extract, Site, Target, TargetKind
from archiver.page import Page

URL = "https://quay.example/oil.html"
SITE = Site(key="quay.example", home="https://quay.example/")
WORDS = "The lamps of the quay burn an hour less, since oil is dear this year and the keeper is poor. " * 2
PEOPLE = (
    ("Anna Berg", "3 March 2020, 10:15", "Dear indeed. My lamp has been dark since Candlemas."),
    ("Bo Wharf", "3 March 2020, 11:40", "So has mine, Anna; we sit by the stove and talk."),
    ("Moll Quay", "4 March 2020, 08:05", "At the chandler's it is cheaper by a third."),
    ("Anna Berg", "5 March 2020, 21:30", "He has none left, I asked him yesterday."),
)
AT = ["2020-03-03T10:15:00Z", "2020-03-03T11:40:00Z", "2020-03-04T08:05:00Z", "2020-03-05T21:30:00Z"]
FORM = "<form action='/say'><textarea name='words'></textarea><input type='submit'></form>"


def read(comments: str, *, body: str = "", form: str = FORM) -> tuple[tuple[Comment, ...], Extract]:
    post = body or f"<div id='text'><p>{WORDS}</p><p>{WORDS}</p></div>"
    html = f"<html lang='en'><head><title>Oil</title></head><body><h1>Oil</h1>{post}{comments}{form}</body></html>"
    page = Page(URL, html.encode(), headers={"content-type": "text/html; charset=utf-8"})
    extract = GenericEngine().extract(page, Target(url=URL, kind=TargetKind.POST), SITE)
    return extract.comments, extract


def each(pattern: str, *, between: str = "") -> str:
    made = [
        pattern.format(n=n, name=name, date=date, text=text, level=(0, 1, 0, 1)[n - 1], pixels=(0, 40, 0, 40)[n - 1])
        for n, (name, date, text) in enumerate(PEOPLE, 1)
    ]
    return between.join(made)


FLAT = {
    "divs": each("<div class=x><b>{name}</b> <small>{date}</small><p>{text}</p></div>"),
    "a table of rows": "<table>"
    + each("<tr><td>{name}<br><small>{date}</small></td><td>{text}</td></tr>")
    + "</table>",
    "rows in pairs": "<table>"
    + each("<tr><th>{name}</th><td>{date}</td></tr><tr><td colspan=2>{text}</td></tr>")
    + "</table>",
    "a definition list": "<dl>" + each("<dt>{name}, {date}</dt><dd>{text}</dd>") + "</dl>",
    "paragraphs and rules": each("<p><strong>{name}</strong> ({date})</p><p>{text}</p>", between="<hr>"),
    "numbered lines": each("<div><p>#{n} {name} wrote on {date}:</p><p>{text}</p></div>"),
    "the date first": each("<div><div>{date} by {name}</div><div>{text}</div></div>"),
    "a list with links": "<ol>"
    + each("<li><a href='https://{n}.example/'>{name}</a> <a href='#c{n}'>{date}</a><div>{text}</div></li>")
    + "</ol>",
    "headings": each(
        "<section><h4>{name}</h4><p><em>{date}</em></p><p>{text}</p><p><a href='#f'>Reply</a></p></section>"
    ),
    "times for machines": each("<div><span>{name}</span><time>{date}</time><div>{text}</div></div>"),
    "the words first": each("<div><p>{text}</p><p>{name}, {date}</p></div>"),
}


@pytest.mark.parametrize("shape", FLAT)
def test_a_flat_list_is_read(shape: str) -> None:
    comments, extract = read(f"<h3>4 comments</h3><div>{FLAT[shape]}</div>")
    assert [c.author.name for c in comments if c.author] == [name for name, _, _ in PEOPLE]
    assert [c.published.at for c in comments if c.published] == AT
    assert [c.content.text for c in comments if c.content] == [text for _, _, text in PEOPLE]
    assert {(c.parent, c.depth, c.parent_source.value) for c in comments} == {(None, None, "unknown")}
    assert len({c.key for c in comments}) == 4
    (post,) = extract.posts
    assert post.content is not None
    assert post.content.text.split() == (WORDS * 2).split()  # and nothing of the comments


TREES = {
    "margins": (each("<div style='margin-left: {pixels}px'><b>{name}</b> {date}<p>{text}</p></div>"), "inferred"),
    "all four margins": (
        each("<div style='margin: 0 0 1em {pixels}px'><b>{name}</b> <i>{date}</i><p>{text}</p></div>"),
        "inferred",
    ),
    "classes of levels": (each("<div class='box level-{level}'><b>{name}</b> <i>{date}</i><p>{text}</p></div>"), "dom"),
    "attributes": (each("<div data-depth='{level}'><b>{name}</b> <i>{date}</i><p>{text}</p></div>"), "dom"),
    "empty pictures": (
        "<table>"
        + each("<tr><td><img src='s.gif' width='{pixels}'></td><td><b>{name}</b> <i>{date}</i><p>{text}</p></td></tr>")
        + "</table>",
        "inferred",
    ),
    "empty cells": (
        "<table>"
        + each("<tr><td width='{pixels}'></td><td><b>{name}</b> <i>{date}</i><p>{text}</p></td></tr>")
        + "</table>",
        "inferred",
    ),
}


def box(number: int, inner: str = "", tag: str = "div") -> str:
    name, date, text = PEOPLE[number]
    return f"<{tag}><p><b>{name}</b> {date}</p><p>{text}</p>{inner}</{tag}>"


TREES["quotations in quotations"] = (
    box(0, box(1, tag="blockquote"), "blockquote") + box(2, box(3, tag="blockquote"), "blockquote"),
    "dom",
)
TREES["boxes in boxes"] = (
    box(0, f"<div class=answers>{box(1)}</div>") + box(2, f"<div class=answers>{box(3)}</div>"),
    "dom",
)
TREES["lists in lists"] = (
    "<ul>" + "".join(box(n, f"<ul>{box(n + 1, tag='li')}</ul>", "li") for n in (0, 2)) + "</ul>",
    "dom",
)
TREES["answers behind"] = (
    f"{box(0)}<div class=more>{box(1)}</div>{box(2)}<div class=more>{box(3)}</div>",
    "dom",
)


@pytest.mark.parametrize("shape", TREES)
def test_a_thread_is_read_with_its_parents(shape: str) -> None:
    markup, source = TREES[shape]
    comments, _ = read(f"<div id=comments>{markup}</div>")
    assert [c.author.name for c in comments if c.author] == [name for name, _, _ in PEOPLE]
    assert [c.published.at for c in comments if c.published] == AT
    assert [c.content.text for c in comments if c.content] == [text for _, _, text in PEOPLE]
    keys = [c.key for c in comments]
    assert [c.parent for c in comments] == [None, keys[0], None, keys[2]]
    assert [c.depth for c in comments] == [1, 2, 1, 2]
    assert {c.parent_source.value for c in comments} == {source}


@pytest.mark.parametrize(
    "markup",
    [
        each("<div><h4><a href='/other-{n}.html'>{name}</a></h4><small>{date}</small><p>{text}</p></div>"),
        each("<div><a href='/other-{n}.html'>{date}</a> <b>{name}</b><p>{text}</p></div>"),
        "<nav>" + each("<div><b>{name}</b> <small>{date}</small><p>{text}</p></div>") + "</nav>",
        "<aside>" + each("<div><b>{name}</b> <small>{date}</small><p>{text}</p></div>") + "</aside>",
        box(0),  # nothing repeats
        each("<p>{date}</p>"),
    ],
    ids=["related posts", "dates that lead on", "navigation", "aside", "one box", "dates alone"],
)
def test_other_lists_are_none(markup: str) -> None:
    assert read(f"<div>{markup}</div>")[0] == ()


def test_without_a_word_of_comments_nothing_is_believed() -> None:
    assert read(FLAT["divs"], form="")[0] == ()
    assert len(read(f"<div class='kommentare'>{FLAT['divs']}</div>", form="")[0]) == 4


def test_comments_in_what_was_taken_for_the_body_are_no_part_of_it() -> None:
    body = f"<div id=all><p>{WORDS}</p><p>{WORDS}</p><h3>Comments</h3>{FLAT['paragraphs and rules']}</div>"
    comments, extract = read("", body=body)
    assert len(comments) == 4
    (post,) = extract.posts
    assert post.content is not None
    assert "Candlemas" not in post.content.text
    assert "burn an hour less" in post.content.text


def test_equal_comments_keep_their_own_places() -> None:
    twice = box(0) + box(0)
    comments, _ = read(f"<div id=comments>{twice}</div>")
    assert len(comments) == 2


@pytest.mark.parametrize(
    "inner",
    [
        "<ol>"
        + "".join(
            f"<li><a href='https://tide.example/{n}'>Of oil and its price, part {n}</a>. The keeper's own paper, which"
            f" comes from the south by boat, if it comes at all. <span>Read on 3 March 20{n}</span></li>"
            for n in range(11, 16)
        )
        + "</ol>",
        "".join(
            f"<blockquote><p>The new lamp is lit, dear people.</p>Moll ({n}) <a>{n} March 2020</a></blockquote>"
            for n in (3, 4)
        ),
        "".join(f"<p>Market: {n} March 2020, 7 pm</p><ul><li>Where: the quay</li></ul>" for n in range(11, 16)),
        "".join(f"<div><h3>Papers</h3><p>Written on {n} March 2020</p><p>By the keeper</p></div>" for n in (3, 3)),
    ],
)
def test_sources_quotations_and_labels_are_no_comments(inner: str) -> None:
    comments, extract = read("", body=f"<div id='text'><p>{WORDS}</p>{inner}<p>{WORDS}</p></div>")
    assert comments == ()
    assert extract.posts


def test_two_comments_are_believed_under_a_heading_that_counts_them() -> None:
    said = "".join(f"<div><b>{name}</b> <i>{when}</i><p>{words}</p></div>" for name, when, words in PEOPLE[:2])
    assert len(read(f"<h3>2 comments</h3>{said}")[0]) == 2


SHORT = ("Thanks!", "+1", "Great post Ann", "Me too.", "\N{GRINNING FACE}", "^^", "Lovely", "ありがとう", "Ditto", "Ok")
LONG = tuple(text for _, _, text in PEOPLE)
SHAPES = {
    **{
        f"divs {n}": shape
        for n, shape in enumerate(
            (
                "<div class=x><b>{name}</b> <small>{date}</small><p>{text}</p></div>",
                "<div class=x><div class=w>{name} wrote on {date}:</div><div class=t>{text}</div></div>",
                "<div class=x>{text}<br><i>Posted by {name} on {date}</i></div>",
                "<div class=x><span>{name}</span><span>{date}</span><span>{text}</span></div>",
                "<div class=x><div>{name}</div><div>{text}</div><div><small>{date}</small></div></div>",
                "<div class=x><p>{text}</p><p>\N{EM DASH} {name}, {date}</p></div>",
                "<div class=x>{name} | {date}<br>{text}</div>",
                "<div class=x><h4>{name}</h4><em>{date}</em><div>{text}</div></div>",
            )
        )
    },
    "paragraphs": "<p><strong>{name}</strong> ({date}) {text}</p>",
    "paragraphs in pairs": "<p><b>{name}</b> {date}</p><p>{text}</p>",
    "names below": "<p>{text}</p><p class=s>{name} \N{MIDDLE DOT} {date}</p>",
    "quotations": "<blockquote><p><em>{name}</em> said on {date}</p>{text}</blockquote>",
    "terms": "<dl><dt>{name}, {date}</dt><dd>{text}</dd></dl>",
}


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(sorted(SHAPES)),
    st.lists(st.sampled_from(SHORT), min_size=2, max_size=6)
    | st.lists(st.sampled_from(SHORT + LONG), min_size=2, max_size=6),
)
def test_a_comment_of_a_word_or_two_is_no_part_of_its_byline(shape: str, texts: list[str]) -> None:
    people = [(PEOPLE[n % 4][0], f"{n + 1} March 2020, 10:15", text) for n, text in enumerate(texts)]
    made = "".join(SHAPES[shape].format(name=name, date=date, text=text) for name, date, text in people)
    comments, _ = read(f"<h3>{len(texts)} comments</h3><div>{made.replace('</dl><dl>', '')}</div>")
    assert [(c.author and c.author.name, c.content and c.content.text) for c in comments] == [
        (name, text) for name, _, text in people
    ]


def test_short_labels_under_no_word_of_comments_are_none() -> None:
    rows = "".join(
        f"<tr><td>{name}</td><td>{n} March 2020</td><td>{what}</td></tr>"
        for n, (name, what) in enumerate((("Concert", "Hall"), ("Fair", "Quay"), ("Ball", "Inn")), 1)
    )
    assert read(f"<h3>What is on</h3><table>{rows}</table>")[0] == ()
