"""WordPress themes that call little by the names WordPress knows: cards that are one link, lines without a name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archiver.dates import from_printed
from archiver.engines._comment_when import not_before
from archiver.engines.wordpress import WordPress
from archiver.model import Comment, Extract, Moment, ParentSource, Precision, Site, Target, TargetKind
from archiver.page import Page

HOME = "https://blog.example.org/"
POST = f"{HOME}a-walk.html"
SITE = Site(key="blog.example.org", home=HOME)


def a_page(body: str, url: str = POST, head: str = "", classes: str = "single postid-7") -> Page:
    html = f"<html lang=en><head><title>A walk</title>{head}</head><body class='{classes}'>{body}</body></html>"
    return Page(url, html.encode(), status=200, headers={"content-type": "text/html; charset=utf-8"})


def read(page: Page, kind: TargetKind = TargetKind.POST) -> Extract:
    return WordPress().extract(page, Target(url=page.url, kind=kind), SITE)


def a_post(beside: str = "", thread: str = "") -> str:
    words = "<p>We walked a long way along the river, and nobody was tired in the evening.</p>"
    return (
        f'<article class="post-7 post type-post" id="post-7"><h1 class="entry-title">A walk</h1>{beside}'
        f'<div class="entry-content">{words}</div></article>{thread}'
    )


# -- lists ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("inner", ["article", "div"])
def test_cards_that_are_one_link_name_their_posts(inner: str) -> None:
    cards = "".join(
        f'<a class="card-wrap" href="/walk-{n}/"><{inner} id="post-{n}" class="card post-{n} post type-post hentry">'
        f"<figure><img src=x.png></figure><div><h2>Walk {n}</h2><p>Some words.</p></div></{inner}></a>"
        for n in (1, 2)
    )
    page = a_page(f"<main>{cards}<a href='/page/3/'>Next</a></main>", f"{HOME}page/2/", classes="home blog paged")
    found = WordPress().discover(page, Target(url=page.url, kind=TargetKind.LIST), SITE).targets
    posts = {target.url: target.hint for target in found if target.kind is TargetKind.POST}
    assert posts == {f"{HOME}walk-1/": {"post": "1"}, f"{HOME}walk-2/": {"post": "2"}}


def a_card(number: int) -> str:
    return (
        f'<div class="u-card u-{number}"><div><a href="/walk-{number}/" class="u-link"><h1>Walk {number}</h1></a>'
        f'<p>Some words, and a <a href="/walk-9/">link</a>.</p><a href="/walk-{number}/">Read more</a></div></div>'
    )


def test_headings_that_are_links_name_the_posts_where_nothing_else_does() -> None:
    beside = '<h2 class="site"><a href="/">The blog</a></h2><h1><a href="/about-us/">About</a></h1>'
    sidebar = "".join(f'<h3><a href="/popular-{n}/">Popular {n}</a></h3>' for n in range(5))
    cards = "".join(map(a_card, (1, 2, 3)))
    body = f"{beside}<main>{cards}</main><aside>{sidebar}</aside><footer>{sidebar}</footer>"
    page = a_page(body, f"{HOME}page/2/", classes="home blog paged")
    found = WordPress().discover(page, Target(url=page.url, kind=TargetKind.LIST), SITE).targets
    posts = [target.url for target in found if target.kind is TargetKind.POST]
    assert posts == [f"{HOME}walk-1/", f"{HOME}walk-2/", f"{HOME}walk-3/"]


# -- posts ----------------------------------------------------------------------------------------


def test_a_date_that_microdata_calls_a_change_is_no_publication() -> None:
    published = '<meta property="article:published_time" content="2012-06-01T12:00:00+00:00">'
    shown = (
        '<div class="date-tags"><span class="post-date"><span class="entry-date published">2012.06.01</span></span>'
        '<span class="post-update"><time class="entry-date updated" datetime="2020-02-02T20:20:20+00:00"'
        ' itemprop="dateModified">2020.02.02</time></span></div>'
    )
    (post,) = read(a_page(a_post(shown), head=published)).posts
    assert post.published
    assert post.modified
    assert (post.published.at, post.modified.at) == ("2012-06-01T12:00:00Z", "2020-02-02T20:20:20Z")


def test_a_post_without_a_title_is_not_called_like_its_blog() -> None:
    """Its <title> is the name of the blog alone, and so is the link to the front page."""
    brand = '<p class="brand"><a href="/" rel="home">A walk</a></p>'
    (post,) = read(a_page(brand + a_post().replace('<h1 class="entry-title">A walk</h1>', ""))).posts
    assert post.title == ""


def test_the_only_date_is_that_of_publication_whatever_microdata_calls_it() -> None:
    shown = '<time datetime="2020-02-02T20:20:20+00:00" itemprop="dateModified">2 February 2020</time>'
    (post,) = read(a_page(a_post(shown))).posts
    assert post.published
    assert post.published.at == "2020-02-02T20:20:20Z"


def test_a_part_of_a_post_belongs_to_the_post_as_the_page_writes_it() -> None:
    parts = f'<p class="pages">Parts: <a href="{POST}">1</a> 2 <a href="{POST}/3">3</a></p>'
    target = Target(url=f"{POST}/2", kind=TargetKind.POST_PART, hint={"part": "2"})
    page = a_page(a_post(thread=parts), url=f"{POST}/2")
    (post,) = WordPress().extract(page, target, SITE).posts
    assert post.ref.url == POST


@pytest.mark.parametrize(
    "words", ["<p>Short.</p>", "<figure><img src='a.png' alt=''></figure>", "<p>Long words. </p>" * 40]
)
def test_what_is_called_the_content_and_follows_the_title_holds_the_words(words: str) -> None:
    """Where no class tells the article. A list of comments that it quotes is none."""
    quoted = '<ol class="commentlist"><li id="comment-99" class="comment even depth-1"><p>No comment.</p></li></ol>'
    body = (
        '<h1 class="brand"><a href="/">The blog</a></h1><div class="k-main"><div class="article">'
        '<div class="header"><h1 class="title">A walk</h1><div class="meta">'
        f'<span>May 5, 2020</span></div></div><div class="content">{words}{quoted}</div>'
        '<div class="foot"><span>Last updated: May 6, 2020</span></div></div></div>'
    )
    extract = read(a_page(body))
    assert extract.comments == ()
    assert extract.posts[0].content
    assert extract.posts[0].content.text.endswith("No comment.")
    assert "updated" not in extract.posts[0].content.text


def test_the_content_of_a_page_is_its_words_where_nothing_else_is() -> None:
    main = (
        '<main class="post-7 post type-post hentry"><div class="page-header"><h1 class="entry-title">A walk</h1></div>'
    )
    page = a_page(
        f'{main}<div class="page-content"><p>Short.</p><h2>Ends</h2></div><form id="commentform"></form></main>'
    )
    (post,) = read(page).posts
    assert post.content
    assert post.content.text == "Short.\n\nEnds"


@pytest.mark.parametrize(
    ("name", "slug"), [("Clinical trials", "clinical-trials-post"), ("Guest post", "guest-post")], ids=["added", "own"]
)
def test_what_a_theme_adds_to_the_slugs_of_terms_is_none_of_them(name: str, slug: str) -> None:
    cats = f'<p><a rel="category tag" href="/?cat=2">{name}</a></p>'
    body = a_post(cats).replace('type-post"', f'type-post status-publish hentry category-{slug}"')
    (post,) = read(a_page(body)).posts
    assert [term.name for term in post.terms or ()] == [name]


def test_how_many_posts_have_a_tag_is_none_of_its_name() -> None:
    tags = '<p>Tags: <a rel="tag" href="/tag/sleep/">Sleep[12]</a> <a rel="tag" href="/tag/c/">C (2)</a></p>'
    (post,) = read(a_page(a_post(tags))).posts
    assert [term.name for term in post.terms or ()] == ["Sleep", "C (2)"]


# -- threads --------------------------------------------------------------------------------------


def said(number: int, name: str, words: str, ago: str = "6 years ago") -> str:
    return (
        f'<li class="u-item" id="li-comment-{number}"><div class="u-avatar"><img class="avatar" src="a.png"></div>'
        f'<div class="u-box" id="comment-{number}"><div class="u-title">{name}</div><div class="u-text">{words}</div>'
        f'<span class="u-time">{ago}</span><a class="comment-reply-link" href="?replytocom={number}#respond">Reply</a>'
        f'</div></li><li class="u-line"></li>'
    )


def thread(*items: str) -> tuple[Comment, ...]:
    stated = '<meta property="article:published_time" content="2021-02-10T07:30:00+00:00">'
    comments = f'<div id="comments"><h3>Comments</h3><ul class="u-list">{"".join(items)}</ul></div>'
    return read(a_page(a_post(thread=comments), head=stated)).comments


def test_the_only_line_above_the_words_is_the_name() -> None:
    linked = '<a href="https://ann.example.org" rel="external nofollow" class="url">Ann Lee</a>'
    comments = thread(
        said(1, linked, "<p>Hello.</p>"),
        said(2, "Bo 2nd", "<p>Hi.</p>"),
        said(3, "花子", "<p>You and I.</p>"),
        said(4, "A <b>bold</b> name", "<p>Yes.</p>"),
    )
    names = [c.author.name if c.author else None for c in comments]
    assert names == ["Ann Lee", "Bo 2nd", "花子", "A bold name"]
    assert comments[0].author
    assert comments[0].author.url == "https://ann.example.org"
    assert [c.content.text if c.content else None for c in comments] == ["Hello.", "Hi.", "You and I.", "Yes."]


@pytest.mark.parametrize("line", ["#3", "May 5, 2020", "https://example.org"])
def test_another_line_is_none(line: str) -> None:
    comments = thread(said(1, line, "<p>Hello.</p>"), said(2, "Bo</div><div>Member", "<p>Hi.</p>"))
    assert [c.author for c in comments] == [None, None]


def test_a_name_that_links_to_its_comment_tells_whom_a_reply_answers() -> None:
    """Themes put it before the words, with whatever their language writes behind a name."""
    at = '<p><a class="comment_at" href="#comment-{}">@{}：</a> yes.</p>'
    comments = thread(
        said(1, "Ann", "<p>Hello.</p>"), said(2, "Bo", at.format(1, "Ann")), said(3, "Cy", at.format(1, "Dee"))
    )
    told = {c.native_id: (c.parent, c.parent_source) for c in comments}
    assert told["2"] == ("1", ParentSource.FEED)
    assert told["3"] == (None, ParentSource.UNKNOWN), "the name and the link disagree"


# -- "6 years ago" --------------------------------------------------------------------------------

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def test_no_comment_was_written_in_the_year_before_its_post() -> None:
    """WordPress says six years from five and a half on."""
    (comment,) = thread(said(1, "Ann", "<p>Hello.</p>", "6 years ago"))
    assert comment.published
    assert comment.published.precision is Precision.YEAR
    assert comment.published.at >= "2021"


@pytest.mark.parametrize(
    ("printed", "post", "at"),
    [
        ("6 years ago", "2021-02-10T07:30:00Z", "2021-01-01T00:00:00Z"),
        ("6 years ago", "2020-12-31T07:30:00Z", "2020-01-01T00:00:00Z"),
        ("6 years ago", "2019-02-10T07:30:00Z", "2020-01-01T00:00:00Z"),
        ("9 years ago", "2021-02-10T07:30:00Z", "2017-01-01T00:00:00Z"),  # brought along from elsewhere
        ("8 months ago", "2026-04-10T07:30:00Z", "2026-04-01T00:00:00Z"),
        ("8 months ago", "2026-06-10T07:30:00Z", "2026-03-01T00:00:00Z"),
        ("11 months ago", "2026-01-10T07:30:00Z", "2026-01-01T00:00:00Z"),
        ("3 days ago", "2026-11-28T07:30:00Z", "2026-11-26T00:00:00Z"),
        ("March 2026", "2026-04-10T07:30:00Z", "2026-03-01T00:00:00Z"),  # what is printed so is meant so
    ],
)
def test_a_comment_is_not_older_than_its_post(printed: str, post: str, at: str) -> None:
    moment = from_printed(printed, language="en", now=NOW)
    assert moment
    assert not_before(moment, Moment(at=post, precision=Precision.SECOND)).at == at
