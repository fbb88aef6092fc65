"""What blogs in the wild have that the themes at hand do not; each case is the structure of one, in our own words."""

from __future__ import annotations

import pytest

from archiver.engines.wordpress_page import PostPage
from archiver.model import CommentKind
from tests.unit import test_unseen_themes as unseen
from tests.unit.test_unseen_themes import HOME, WORDS, comments

LONG = "<p>The tide went out before the boats came home, and nobody saw it turn.</p>" * 3
ITEM = "<li id='comment-{0}' class='comment even depth-1'><cite class='fn'>Ann</cite><div class='comment-content'>"
THREAD = "".join(f"{ITEM.format(n)}<p>Words {n}.</p></div></li>" for n in (11, 12))


def post(body: str) -> PostPage:
    return unseen.post(body, head="<title>Tides</title>")


def text(page: PostPage) -> str:
    content = page.read().content
    return content.text if content else ""


def shown(page: PostPage) -> list[tuple[str | None, str]]:
    return [(c.native_id, c.content.text if c.content else "") for c in page.thread.comments]


# -- where the thread stands ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "around",
    [
        "<article class='hentry'>{words}</article><aside><div id='comments'><ol>{thread}</ol></div></aside>",
        # A sidebar whose list was never closed holds all that follows it.
        (
            "<div id='sidebar'><ul><li class='widget'><ul><li><a href='/x/'>X</a></li></ul>"
            "<div id='content'><h2>Tides</h2>{words}<div id='comments'><ol>{thread}</ol></div></div></li></ul></div>"
        ),
        # The frame around both is called as the words are, and says where it ends.
        (
            "<div class='contentarea'><article class='contentarea'>{words}</article>"
            "<div><div id='comments'><ol>{thread}</ol></div></div><!-- .contentarea --></div>"
        ),
    ],
)
def test_a_thread_in_what_looks_like_a_sidebar_or_the_words(around: str) -> None:
    page = post(f"<h1>Tides</h1>{around.format(words=LONG, thread=THREAD)}")
    assert shown(page) == [("11", "Words 11."), ("12", "Words 12.")]
    assert text(page).startswith("The tide went out")
    assert "Words 11" not in text(page)


def test_a_sidebar_of_recent_comments_is_no_thread() -> None:
    aside = (
        "<aside class='widget'><ul><li class='recentcomments'>Ann on <a href='/y/#comment-5'>Y</a></li></ul></aside>"
    )
    page = post(f"<article id='post-7' class='hentry'><h1>Tides</h1>{WORDS}</article>{aside}")
    assert shown(page) == []


# -- where the words stand --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        f"<div class='hentry post-7'><h2 id='post-7'>Tides</h2><div class='main'>{LONG}</div></div>",
        (
            f"<div id='post-7' class='hentry'><h1>Tides</h1><div class='post-meta'>May 5, 2020 in News</div>{LONG}"
            "<div id='respond'><form id='commentform'></form></div></div>"
        ),
        (
            f"<article id='post-7'><h1>Tides</h1><nav class='page-links'><a href='{HOME}2/'>2</a></nav>{LONG}"
            "<nav><a href='/z/'>Next</a></nav><div id='respond'></div></article>"
        ),
        (
            f"<section id='post-7' class='hentry'><h1>Tides</h1><article class='article'><div><span>{LONG[3:-4]}</span>"
            "</div></article></section>"
        ),
        (
            "<div id='row'>"
            + "".join(
                f"<article class='card'><h3><a href='/{n}/'>Post {n}</a></h3><p>Teaser.</p></article>" for n in "ab"
            )
            + f"</div><section><h2>Tides</h2><div class='block'>{LONG}</div></section>"
        ),
    ],
)
def test_the_words_are_found(body: str) -> None:
    found = text(post(body))
    assert found.startswith("The tide went out")
    assert not any(word in found for word in ("May 5", "Next", "Teaser"))


def test_a_header_with_the_byline_is_none_of_the_words() -> None:
    header = f"<header class='bar'><a rel='author' href='{HOME}author/ann/'>Ann Lee</a> <b>18 May</b></header>"
    page = post(f"<article class='box'>{header}{LONG}</article>")
    assert text(page).startswith("The tide went out")
    assert [author.name for author in page.read().authors or ()] == ["Ann Lee"]


# -- who wrote the post -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "<div class='entry-author-text'>von <a href='/about'>Ann Lee</a></div>",
        "<div class='single--header_author'><span>von</span> <a href='/creator/ann/'>Ann Lee</a></div>",
        "<h4 class='vcard author'>vom <span class='fn'>Ann Lee</span></h4>",
        "<span class='meta-author author vcard'><i></i>Ann Lee</span>",
        f"<p><a rel='author' href='{HOME}author/ann/'>Zeige alle Beiträge von Ann Lee</a></p>",
        f"<p><a rel='author' href='{HOME}author/ann/'>View all posts by Ann Lee</a></p>",
    ],
)
def test_bylines_by_other_names(line: str) -> None:
    page = post(
        f"<article id='post-7' class='hentry'><h1>Tides</h1>{line}<div class='entry-content'>{LONG}</div></article>"
    )
    assert [author.name for author in page.read().authors or ()] == ["Ann Lee"]


@pytest.mark.parametrize(
    "behind", ["", "<div class='share'>Share this</div>", "<div class='more'><p>Related: Ebb</p></div>"]
)
def test_a_short_post_in_a_frame_with_its_title_keeps_its_words(behind: str) -> None:
    frame = "<div class='inner'><h2>Tides</h2><p>The tide went out.</p></div>"
    assert "The tide went out." in text(post(f"<div id='post-7' class='entry hentry'>{frame}{behind}</div>"))


def test_a_box_whose_paragraph_is_not_closed() -> None:
    """Plugins that shorten pages leave such end tags out: the link becomes a part of the words about the author."""
    words = f"<p class='author-bio'>Rows by night. <a rel='author' href='{HOME}author/ann/'>All of Ann Lee's posts</a>"
    box = f"<div class='author-box'><h2>By Ann Lee</h2>{words}</div>"
    page = post(
        f"<article id='post-7' class='hentry'><h1>Tides</h1><div class='entry-content'>{LONG}</div>{box}</article>"
    )
    assert [author.name for author in page.read().authors or ()] == ["Ann Lee"]


@pytest.mark.parametrize(
    "head",
    [
        f"<h1>Tides</h1><div class='i'><p>Posted by <a rel='author' href='{HOME}author/ann/'>Ann Lee</a></p></div>",
        "<h1>May 5, 2020</h1><h2>Tides</h2><p class='i'>Posted in <a rel='category tag' href='/c/'>Sea</a></p>",
        f"<h2>Tides</h2><p class='i'><em>May 5, 2020</em> <a href='{HOME}7/#comments'>12 comments</a></p>",
        f"<div class='t'><h3>Tides</h3><div>By <a href='{HOME}author/ann/'>Ann Lee</a> on May 5, 2020</div></div>",
        f"<h1><a href='{HOME}7/'>Tides</a> : <small>2020-05-05</small></h1>",
        "<div class='t'><h2>Tides</h2><h3>May 5, 2020</h3></div>",
    ],
)
@pytest.mark.parametrize("inner", [LONG, f"<div class='entrybody'>{LONG}</div>"])
def test_the_head_of_a_post_is_none_of_its_words(head: str, inner: str) -> None:
    """Themes of the first years have no element for the words, or call the whole post "entry"."""
    page = post(f"<div id='post-7' class='entry hentry'>{head}{inner}</div>")
    assert text(page).startswith("The tide went out")
    assert page.read().title == "Tides"


@pytest.mark.parametrize(
    "beside",
    [
        "<ul class='links'><li><a href='https://people.example.com/author/crime'>Crime Corner</a></li></ul>",
        f"<div class='postcount'><a href='{HOME}author/ann/'>257 posts</a></div>",
        f"<div><a href='{HOME}author/ann/'>network.example.com/ann</a></div>",
    ],
)
def test_what_is_no_byline(beside: str) -> None:
    page = post(
        f"<article id='post-7' class='hentry'><h1>Tides</h1><div class='entry-content'>{LONG}</div>{beside}</article>"
    )
    assert not {author.name for author in page.read().authors or ()} & {"Crime Corner", "257 posts"}


# -- comments ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "inner",
    [
        # All of it in what is called the author's.
        (
            "<div class='comment-author vcard'><img src='/a.png' class='avatar'><p>Words of it.</p><p><cite>Comment by "
            "<span class='fn'>Judy H</span> — 2021-02-10 @ <a href='#comment-2'>8:07</a></cite></p></div>"
        ),
        # The name in what is called the text.
        (
            "<div class='commenttext'><cite><strong>Judy H</strong> dijo:</cite><p>Words of it.</p>"
            "<div class='commentmetadata'>10 febrero 2021 a las 8:07</div></div>"
        ),
        # The date has no element of its own.
        "<div class='wrap'><span class='author'>Judy H</span><br>February 10, 2021 8:07 am<p>Words of it.</p></div>",
        # The picture in a figure, and the words beside a frame for the date.
        (
            "<figure class='user-avatar'><img src='/a.png' class='avatar'></figure><div class='comment-info'>"
            "<h3><a class='url' href='//j.example'>Judy H</a></h3><p>Words of it.</p>"
            "<div><b>10. 02. 2021</b> <b class='time-info'>8:07</b></div></div>"
        ),
        # A title that is called as the words are.
        (
            "<h6 class='comment-author'>Judy H</h6><time datetime='2021-02-10T08:07:00Z'>10 Feb 2021</time><div>"
            "<div class='comment-body'>A title</div><div class='comment-body field'><p>Words of it.</p></div></div>"
        ),
        # Day and month with points, and the year behind a comma.
        "<p>Words of it.</p><p><cite>Comment by Judy H — 10.02, 2021 @ <a href='#comment-2'>8:07</a></cite></p>",
    ],
)
def test_a_comment_whose_parts_stand_elsewhere(inner: str) -> None:
    (comment,) = comments(f"<li id='comment-2' class='comment even depth-1'>{inner}</li>")
    assert comment.author
    assert comment.content
    assert comment.published
    told = (comment.author.name, comment.content.text, comment.published.at[:10])
    assert told == ("Judy H", "Words of it.", "2021-02-10")


def test_words_may_cite() -> None:
    inner = "<cite class='fn'>Ann</cite><div class='comment-content'><p>As <cite>The Sea</cite> says: wait.</p></div>"
    (comment,) = comments(f"<li id='comment-2' class='comment even depth-1'>{inner}</li>")
    assert comment.content
    assert comment.content.text == "As The Sea says: wait."


def test_a_date_in_a_heading_is_no_count_of_comments() -> None:
    body = f"<article id='post-7' class='hentry'><h1>Tides</h1>{WORDS}</article><h2>2019-01-01</h2><div id='comments'>"
    page = post(f"{body}<h2>2 comments</h2><ol>{THREAD}</ol></div>")
    assert page.comment_count == 2


# -- titles -----------------------------------------------------------------------------------------

LINE = "<{tag}><a href='{url}'>Tides</a></{tag}>"
FEED = "<link rel='alternate' type='application/rss+xml' title='{0} Feed' href='/feed/'>"


@pytest.mark.parametrize(
    ("head", "tag", "want"),
    [
        # A title that was left empty tells nothing.
        ("<title></title>", "h1", "Tides"),
        # The blog's name follows without a sign, and no heading is called one.
        ("<title> &raquo; Tides Salt and Sand</title>", "h3", "Tides"),
        (f"<title> &raquo; Tides Salt</title>{FEED.format('Salt »')}", "b", "Tides"),
        # A title with a dash in it, between the blog's name and the word for the comments in the name of their feed.
        (f"<title>Salt » Tides – part 4</title>{FEED.format('Salt » Tides – part 4 Comments')}", "h2", "Tides"),
    ],
)
def test_titles_of_old_themes(head: str, tag: str, want: str) -> None:
    line = LINE.format(tag=tag, url=f"{HOME}2021/02/tides/")
    page = unseen.post(f"<div class='post' id='post-7'>{line}<div class='entry'>{LONG}</div></div>", head=head)
    assert page.read().title == want


@pytest.mark.parametrize(
    "inner",
    [
        "<p class='commentby'><img src='/a.png' class='avatar'>Judy H</p><p class='commentinfo'>Feb 10, 2021</p>",
        "<div class='commentname'>Judy H replied:</div><div class='commentinfo'>Feb 10, 2021 @ 8:07</div>",
    ],
)
def test_what_old_themes_call_name_and_date(inner: str) -> None:
    (comment,) = comments(f"<li id='comment-2' class='comment even depth-1'>{inner}<p>Words of it.</p></li>")
    assert comment.author
    assert comment.content
    assert comment.published
    told = (comment.author.name, comment.content.text, comment.published.at[:10])
    assert told == ("Judy H", "Words of it.", "2021-02-10")


# -- what stands above the words, in the frame that holds them ------------------------------------------


SEA = "<a rel='category tag' href='/category/sea/'>Sea</a>"
HEADS = {
    "labels": (
        "<span class='title'>Tides</span><span class='by-author'>by <a href='/author/ann/'>Ann Lee</a></span>"
        f"<div class='cite'>May 5, 2018, 6:00 am<br>Filed under: {SEA}</div>"
    ),
    "a paragraph": (
        "<h2><a href='/post/'>Tides</a></h2><p class='info'><em class='date'>May 5, 2018</em>"
        " <em class='author'>Ann Lee</em></p>"
    ),
    "small print": f"<h2>Tides</h2><small>Posted: May 5, 2018 by <strong>Ann Lee</strong> in {SEA}</small>",
    "a day for machines": (
        "<h2>Tides</h2><div class='published_sm' title='2018-05-05T06:00:00+00:00'><i>05</i><i>May</i></div>"
        f"<p class='meta'>Posted in {SEA} at 6:00 am by Ann Lee</p>"
    ),
}


@pytest.mark.parametrize("above", HEADS.values(), ids=HEADS)
def test_title_byline_and_day_in_the_frame_of_the_words(above: str) -> None:
    page = post(f"<div class='post-7 post hentry'>{above}{LONG}</div>")
    assert text(page).startswith("The tide went out")
    assert [author.name for author in page.byline[0]] == ["Ann Lee"]
    assert page.published is not None
    assert page.published.at[:10] == "2018-05-05"


def test_the_designer_of_a_theme_has_written_nothing() -> None:
    credit = "theme by <span class='vcard'><a class='url fn n' rel='follow designer' href='//x.example/'>Bob</a></span>"
    page = post(f"<div class='post-7 post hentry'><h2>Tides</h2>{LONG}</div><div id='footer'>{credit}</div>")
    assert page.byline[0] == ()


# -- pings that nothing but their list, or a name of the theme's own, tells ---------------------------------


PING = "<li{} ><a href='https://other.example/{}/' rel='external nofollow ugc' class='url'>Other » Tides</a></li>"
PINGS = {
    "a list of its own in the frame of the words": (
        "{words}<div class='entry'><h3>Trackbacks</h3><ol class='pinglist'>{pings}</ol></div>",
        " id='comment-{}'",
        ["2", "3"],
    ),
    "a name of the theme's own": (
        "<div class='entry-content'>{words}</div><ol class='commentlist'>{pings}</ol>",
        " class='article-pingback'",
        [None, None],
    ),
    "called comments in a list of trackbacks": (
        "<div class='entry-content'>{words}</div><ol class='trackbacklist'>{pings}</ol>",
        " class='comment'",
        [None, None],
    ),
}


@pytest.mark.parametrize(("around", "marks", "ids"), PINGS.values(), ids=PINGS)
def test_pings_alone(around: str, marks: str, ids: list[str | None]) -> None:
    pings = "".join(PING.format(marks.format(n), n) for n in (2, 3))
    page = post(f"<div id='content'><h2>Tides</h2>{around.format(words=LONG, pings=pings)}</div>")
    found = page.thread.comments
    assert [(ping.native_id, ping.author.name if ping.author else None) for ping in found] == [
        (id_, "Other » Tides") for id_ in ids
    ]
    assert all(ping.kind in {CommentKind.PINGBACK, CommentKind.TRACKBACK} for ping in found)
    assert text(page).endswith("saw it turn.")


def test_a_list_of_no_pings_holds_none() -> None:
    none = "<ol class='trackbacklist'><li class='comment'><p>No trackbacks yet.</p></li></ol>"
    assert shown(post(f"<h2>Tides</h2><div class='entry-content'>{LONG}</div>{none}")) == []
