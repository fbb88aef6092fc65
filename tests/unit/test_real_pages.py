"""What real blogs put around their words and threads; each case is the structure of one, in words of our own."""

from __future__ import annotations

import pytest

from archiver.model import CommentKind
from tests.unit import test_unseen_themes as unseen
from tests.unit.test_themes_in_the_wild import LONG, THREAD, post, shown, text
from tests.unit.test_threads import read
from tests.unit.test_unseen_themes import HOME, POST, comments

ARTICLE = "<article id='post-7' class='post-7 hentry'><h1>Tides</h1><div class='entry-content'>{}</div></article>"
LIST = f"<div id='comments'><ol class='comment-list'>{THREAD}</ol></div>"

# -- threads ----------------------------------------------------------------------------------------


def test_a_name_beside_its_date_is_no_badge_of_it() -> None:
    frame = (
        "<div class='comment-author meta'><strong>Judy H</strong>19. Juni 2018 um 20:41 Uhr <a href='#'>Reply</a></div>"
    )
    item = f"<li id='comment-2' class='comment byuser bypostauthor even depth-1'><div class='the-comment'>{frame}"
    (comment,) = comments(f"{item}<div class='comment-text'><p>Words.</p></div></div></li>")
    assert comment.author
    assert comment.published
    assert (comment.author.name, comment.published.at[:10]) == ("Judy H", "2018-06-19")


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Pingback von <a href='//j.example/'>Judy's log</a>", "Judy's log"),
        ("Trackback: <a href='//j.example/'>Judy's log</a>", "Judy's log"),
        ("<a href='//j.example/'>Pingbacks are back</a>", "Pingbacks are back"),
    ],
)
def test_a_ping_is_called_as_the_page_it_came_from(said: str, name: str) -> None:
    (ping,) = comments(f"<li id='comment-2'><cite>{said}</cite><p>[…] the tide went out […]</p></li>")
    assert ping.kind is CommentKind.PINGBACK or ping.kind is CommentKind.TRACKBACK
    assert ping.author
    assert ping.author.name == name


def test_comments_that_are_lists() -> None:
    head = "<div><cite>Judy H</cite> says:<small class='commentmetadata'>May 5, 2021</small></div>"
    item = "<ul class='plain' id='comment-{0}'>" + head + "<div class='txt'><p>Words {0}.</p></div></ul>"
    thread = read(f"<body class='single'><div class='commentlist'>{item.format(2)}{item.format(3)}</div></body>")
    assert [(c.native_id, c.content.text if c.content else "") for c in thread.comments] == [
        ("2", "Words 2."),
        ("3", "Words 3."),
    ]


def test_a_thread_that_a_plugin_keeps_in_step_in_words_that_nobody_closes() -> None:
    item = (
        "<li class='comment even depth-1' id='dsq-comment-{0}'>"
        "<div class='dsq-comment-header'><cite>Judy H</cite></div>"
        "<div class='dsq-comment-body'><p>Words {0}.</p></div></li><!-- #comment-## -->"
    )
    thread = f"<div id='disqus_thread'><ul id='dsq-comments'>{item.format(11)}{item.format(12)}</ul></div>"
    page = post(f"<article id='post-7' class='hentry'><h1>Tides</h1><div class='entry-content'>{LONG}<div>{thread}")
    assert shown(page) == [("11", "Words 11."), ("12", "Words 12.")]
    assert "Words 11" not in text(page)


@pytest.mark.parametrize(
    ("around", "count"),
    [
        # The link to the thread by the title says it, in words of the blog's own, where no heading does.
        (f"<p><a href='{POST}#comments'>91 additions</a></p>{{}}", 91),
        ("<p><a href='#comments'><i></i> 3</a></p>{}", 3),
        ("<p><a href='#comments'>Join in</a></p>{}", None),
        # Another post's does not.
        (f"<p><a href='{HOME}2021/02/other/#comments'>91 comments</a></p>{{}}", None),
        # The anchor of the thread stands above its heading.
        ("<div><a id='comments'></a><h3 class='reply'>2 Antworten</h3>{}</div>", 2),
        # It is in the heading.
        ("<div><h4><span id='comments'>50</span> Respuestas a «Tides»</h4>{}</div>", 50),
        ("<div id='comments'><h3>33 LESER-KOMMENTARE</h3>{}</div>", 33),
    ],
)
def test_how_many_comments_there_are(around: str, count: int | None) -> None:
    thread = f"<ol class='commentlist'>{THREAD}</ol>"
    assert post(f"{ARTICLE.format(LONG)}{around.format(thread)}").comment_count == count


# -- words ------------------------------------------------------------------------------------------


def test_a_form_for_addresses_is_none_of_the_words() -> None:
    form = (
        "<form action='#'><p>Have every new post sent to you. We write once a week, and never give it away.</p>"
        "<input type='email' name='email'><button>Send</button></form>"
    )
    said = text(post(ARTICLE.format(f"{LONG}{form}<p>The end of it.</p>")))
    assert "sent to you" not in said
    assert said.endswith("The end of it.")


def test_a_vote_in_a_form_stays() -> None:
    form = "<form action='#'><p>Who is right about the tide?</p><input type='radio' name='who' value='1'> Ann</form>"
    assert "Who is right" in text(post(ARTICLE.format(f"{LONG}{form}")))


def test_a_head_within_the_words_and_a_foot() -> None:
    head = (
        "<div class='picture'><a href='/t.jpg'><img src='/wp-content/uploads/2021/02/t.jpg'></a></div><div class='top'>"
        "<header><h1>Tides</h1><div class='by-line'>By <a rel='author' href='/author/ann/'>Ann</a></div></header></div>"
    )
    links = "<li><a href='#comments'>2 comments</a></li><li><a rel='category tag' href='/c/'>Sea</a></li>"
    words = f"<div class='entry-content'>{head}{LONG}<footer><ul>{links}</ul></footer></div>"
    said = text(post(f"<article id='post-7' class='hentry'>{words}</article>"))
    assert said.startswith("The tide went out")
    assert said.endswith("saw it turn.")


def test_links_that_hand_a_post_on_are_none_of_its_words() -> None:
    share = "<div class='tw_button'><a href='https://twitter.com/share?url=x'>Tweet</a></div>"
    assert text(post(ARTICLE.format(f"{LONG}{share}"))).endswith("saw it turn.")
    own = "<p>I said so <a href='https://twitter.com/share?url=x'>there</a>.</p>"
    assert text(post(ARTICLE.format(f"{LONG}{own}"))).endswith("I said so there.")


def test_the_teaser_of_another_post_is_not_the_body() -> None:
    own = f"<article class='hentry'><h1>Tides</h1><div class='text'>{LONG}</div></article>"
    teaser = "<div class='teaser'><div class='post-content'><a href='/2020/01/boats/'>Boats</a> by Bob</div></div>"
    assert text(post(f"{own}{LIST}{teaser}")).startswith("The tide went out")


def test_words_that_are_printed_row_by_row() -> None:
    rows = "".join(f"<div class='post-content'><p>Row {n} of the tide table.</p></div>" for n in (1, 2, 3))
    rows = rows.replace("<div class='post-content'><p>Row 2", "<hr><div class='post-content'><p>Row 2")
    found = post(f"<main class='main'>{rows}<div class='post-content'>{LONG}</div>{LIST}</main>")
    assert text(found).startswith("Row 1 of the tide table.\n\nRow 2 of the tide table.")
    assert text(found).endswith(text(post(f"<div class='entry-content'>{LONG}</div>")))  # and nothing of the thread
    assert found.thread.comments


# -- dates and titles -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "want"),
    [
        ("<p class='date'>21 August 2009</p>", "2021-02-10"),  # of something else, which stands first
        ("<p class='date'>9 February 2021, 23:30</p>", "2021-02-09"),  # a day may be another one elsewhere
        ("", "2021-02-10"),
    ],
)
def test_the_day_in_a_permalink(printed: str, want: str) -> None:
    head = "<link rel='canonical' href='https://blog.example.org/2021/02/10/tides/'>"
    page = unseen.post(f"{printed}<h1>Tides</h1><div class='entry-content'>{LONG}</div>", head=head)
    assert page.published
    assert page.published.at[:10] == want


def test_a_long_foot_tells_the_day() -> None:
    foot = (
        "This was written on February 9, 2021 at 2:48 pm by Ann and filed under Sea, with the words tide, moon and"
        " harbour. You can follow what is said about it by its own feed, and leave a reply or a trackback from a site."
    )
    page = post(f"{ARTICLE.format(LONG)}<div class='post-footer'>{foot}</div>")
    assert page.published
    assert page.published.at[:10] == "2021-02-09"


def test_what_is_done_for_seconds_is_no_date() -> None:
    # "Once" is the Turkish "önce" without its accent.
    step = "<p>Once the nets are dry and mended, haul them on board and wait for 15 seconds. Then cast off.</p>"
    page = post(ARTICLE.format(step))
    assert page.published is None
    turkish = post(f"<div class='post-date'>3 saat önce</div>{ARTICLE.format(LONG)}")
    assert turkish.published is None or turkish.published.printed == "3 saat önce"


def test_a_name_before_the_word_for_having_published() -> None:
    line = "<p class='post-meta'>Por Judy, publicado el 4 de febrero de 2021</p>"
    page = post(f"<div class='hentry' id='post-7'><h1>Tides</h1>{line}<div class='entry-content'>{LONG}</div></div>")
    authors, _ = page.byline
    assert [author.name for author in authors] == ["Judy"]


def test_a_link_to_log_in_is_none_of_a_comments_words() -> None:
    words = "<p>Words.</p> <a class='comment-reply-login' href='/wp-login.php'>Log in to Reply</a>"
    inner = f"<cite>Judy H</cite><div class='comment_text'>{words}</div>"
    (comment,) = comments(f"<li id='comment-2' class='comment even depth-1'>{inner}</li>")
    assert comment.content
    assert comment.content.text == "Words."


def test_a_title_that_only_sharing_names() -> None:
    head = "<title>Salt</title><meta property='og:title' content='Tides'><meta property='og:site_name' content='Salt'>"
    body = f"<div class='post-7 hentry' id='post-7'><h2>Tides</h2><div class='entry'>{LONG}</div></div>"
    assert unseen.post(body, head=head).title == "Tides"
