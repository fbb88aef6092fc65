"""Comments that a line signs, not elements of their own: each shape is a theme's structure, in our own words."""

from __future__ import annotations

import pytest

from archiver.engines.wordpress_page import PostPage
from archiver.model import Precision
from tests.unit import test_unseen_themes as unseen

PEOPLE = (("11", "Ann Lee", "May 5, 2020", "8:30 am"), ("12", "bob", "May 6, 2020", "9:10 pm"))
DAYS = {"11": "2020-05-05", "12": "2020-05-06"}
MINUTES = {"11": "2020-05-05T08:30", "12": "2020-05-06T21:10"}
REPLY = "<a class='comment-reply-link' href='?replytocom={id}#respond'>Reply</a>"
IMAGE = "<img alt='' src='/a.png' class='avatar avatar-48 photo'>&nbsp;&nbsp;"


def page(shape: str, *, head: str = "<html lang='en-US'>", path: str = "") -> PostPage:
    """A page with the comments of `PEOPLE`, the second an answer to the first."""
    first, second = (
        shape.replace("{reply}", REPLY).format(id=id_, name=name, day=day, hour=hour, words=f"Words {id_}.", inner="{}")
        for id_, name, day, hour in PEOPLE
    )
    thread = first.format(f"<ul class='children'>{second.format('')}</ul>")
    return unseen.post(f"{head}<h1>Tides</h1><div class='entry-content'><p>Tide.</p></div><ol>{thread}</ol>{path}")


LI = "<li id='comment-{id}' class='comment even depth-1'>"
SHAPES = {
    "bare text before the words": LI + IMAGE + "{name} on {day} {hour} {reply}<div class='commenttext'><p>{words}</p>"
    "</div>{inner}</li>",
    "a paragraph among the words": LI
    + "<div class='entry'><p>By: <strong>{name}</strong> on {day} at {hour} {reply}</p>"
    "<p>{words}</p></div>{inner}</li>",
    "a paragraph behind the words": LI + "<div class='entry'>" + IMAGE + "<p>{words}</p></div><div class='postinfo'>"
    "<p>By: <strong>{name}</strong> on {day} <br> at {hour}</p><p>{reply}</p></div>{inner}</li>",
    "a line that the link to the comment ends": LI + "<div class='head'><p>Posted by {name} on <a href='#comment-{id}'>"
    "{day} at {hour}</a></p></div><div class='comment-text'><p>{words}</p><p>{reply}</p></div>{inner}</li>",
    "the name is the link to the comment": LI
    + "<p class='details'><a href='#comment-{id}'><em>{name}</em></a> &middot; "
    "{day} at {hour}</p><div class='comment-text'><p>{words}</p></div><p>{reply}</p>{inner}</li>",
    "a quotation with all of it": LI + "<div class='commentcontent'><p><cite>" + IMAGE + "{name} &#8212; {day} @ "
    "<a href='#comment-{id}'>{hour}</a> {reply}</cite></p><p>{words}</p></div>{inner}</li>",
    "a part of what is called the words": LI
    + "<div class='comment-content'><div class='comment-info'><span>{name}</span>"
    "{day} at {hour} {reply}</div><p>{words}</p></div>{inner}</li>",
    "lists": "<li id='comment-{id}' class='post'><div><ul><li class='pic'></li><li class='who'><em>By</em> {name}</li>"
    "<li class='when'><a href='#comment-{id}'>{day} at {hour}</a></li></ul></div><div><p>{words}</p></div>"
    "{inner}</li>",
    "words in what is called the author": LI + "<div id='div-comment-{id}' class='vcard'><p>{words}</p><p><small "
    "class='comment-meta'>Comment by <span class='fn'>{name}</span>&#8212; {day}, {hour} <a href='#comment-{id}'>#</a>"
    "</small></p>{reply}</div>{inner}</li>",
    "a date without a place": LI
    + "<div class='comment_author'>"
    + IMAGE
    + "{name} said,</div><br><p class='when'>on {day} "
    "at {hour} {reply}</p><p>{words}</p>{inner}</li>",
    "small print that is empty": LI + "<div><small class='commentmetadata'></small><cite>{name}</cite><em>on {day} at "
    "{hour} {reply}</em></div><p>{words}</p>{inner}</li>",
    "a frame around name, date and words": LI + "<div id='div-comment-{id}' class='comment-content'><span class='name'>"
    "{name} <span class='says'>says :</span></span><i class='date'><a href='#comment-{id}'>{day} at {hour}</a></i>"
    "<p>{words}</p><div class='reply'>{reply}</div></div>{inner}</li>",
    "the date among the words": LI + "<strong class='fn'>{name}</strong><div class='comment-entry'><p>{words}</p>"
    "<p class='post-time'>{day} at {hour}<br></p></div>{inner}</li>",
    "says, where only the name should be": LI + "<p><strong class='fn'>{name} replied:</strong></p><p>{words}</p>"
    "<p class='comment-meta'>{day} at {hour}.</p>{inner}</li>",
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_line_signs_each_comment(shape: str) -> None:
    first, second = page(shape).thread.comments
    for comment, (id_, name, _, _) in zip((first, second), PEOPLE, strict=True):
        assert comment.author
        assert (comment.native_id, comment.author.name) == (id_, name)
        assert comment.content
        assert comment.content.text == f"Words {id_}."
        assert comment.published
        assert comment.published.at.startswith(MINUTES[id_])
    assert second.parent == "11"


@pytest.mark.parametrize(
    "shape",
    [
        LI
        + "<div id='box'><div id='pic'>"
        + IMAGE
        + "<br>{name}<br>{day}</div><div id='said'><p>{words}</p>{reply}</div>"
        "</div>{inner}</li>",
        LI
        + "<div class='left'><p class='authorcomment'>{name}<br></p><p><small><a href='/post/#comment-{id}'>{day}</a>"
        "</small></p></div><div class='right'><p>{words}</p></div>{reply}{inner}</li>",
        LI
        + "<div class='top'>{name} <div class='comment-date'>{day}</div></div><div class='comment-text'><p>{words}</p>"
        "</div>{inner}</li>",
        LI + "<p>{day}, {name} said:</p><p>{words}</p>{inner}</li>",
    ],
)
def test_a_line_tells_the_day(shape: str) -> None:
    for comment in page(shape).thread.comments:
        name = {id_: name for id_, name, _, _ in PEOPLE}[comment.native_id or ""]
        assert (comment.author and comment.author.name, comment.content and comment.content.text) == (
            name,
            f"Words {comment.native_id}.",
        )
        assert comment.published
        assert comment.published.precision is Precision.DAY
        assert comment.published.at[:10] == DAYS[comment.native_id or ""]


def test_a_date_in_one_comment_signs_nothing() -> None:
    shape = LI + "<cite>{name}</cite><p>{words}</p>{inner}</li>"
    first, second = page(shape.replace("{words}", "On May 5, 2020 I saw {words}", 1)).thread.comments
    assert first.content
    assert first.content.text == "On May 5, 2020 I saw Words 11."
    assert second.author
    assert second.author.name == "bob"


def test_one_comment_alone_keeps_a_dated_first_line() -> None:
    thread = "<li id='comment-11' class='comment even depth-1'><p>On May 5, 2020 I saw all of it.</p><p>End.</p></li>"
    (one,) = unseen.post(
        f"<h1>Tides</h1><div class='entry-content'><p>Tide.</p></div><ol>{thread}</ol>"
    ).thread.comments
    assert one.content
    assert one.content.text.startswith("On May 5, 2020 I saw")


@pytest.mark.parametrize("behind", ["", " <span class='says'>says:</span>", " says:"])
def test_somebody_is_called_says(behind: str) -> None:
    item = "<li id='comment-{0}' class='comment even depth-1'><cite>{1}</cite>" + behind + "<p>Words {0}.</p></li>"
    thread = "".join(item.format(n, name) for n, name in ((11, "Ann"), (12, "Simon says:"), (13, "Bob")))
    found = unseen.post(f"<h1>Tides</h1><div class='entry-content'><p>Tide.</p></div><ol>{thread}</ol>").thread.comments
    assert [c.author.name for c in found if c.author] == ["Ann", "Simon says:", "Bob"]


# -- days and months in numbers ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "printed", "want"),
    [
        ("https://blog.example.org/2024/12/tides/", ("07.12.24", "08.12.24"), ("2024-12-07", "2024-12-08")),
        ("https://blog.example.org/2024/12/tides/", ("12/07/24", "12/08/24"), ("2024-12-07", "2024-12-08")),
        ("https://blog.example.org/2024/12/07/tides/", ("07/12/24", "08/12/24"), ("2024-12-07", "2024-12-08")),
        ("https://blog.example.org/2018/05/tides/", ("05.06.18", "05.07.18"), ("2018-05-06", "2018-05-07")),
        ("https://blog.example.org/2018/05/tides/", ("6-5-2018", "7-5-2018"), ("2018-05-06", "2018-05-07")),
        ("https://blog.example.org/tides/", ("03/04/24", "25/04/24"), ("2024-04-03", "2024-04-25")),
        ("https://blog.example.org/tides/", ("04.03.24", "04.25.24"), ("2024-04-03", "2024-04-25")),
    ],
)
def test_which_number_is_the_day(url: str, printed: tuple[str, str], want: tuple[str, str]) -> None:
    item = "<li id='comment-{0}' class='comment even depth-1'><cite class='fn'>Ann</cite><span class='date'>{1}</span>"
    thread = "".join(f"{item.format(n, day)}<p>Words.</p></li>" for n, day in zip((11, 12), printed, strict=True))
    body = f"<link rel='canonical' href='{url}'><h1>Tides</h1><div class='entry-content'>Tide.</div><ol>{thread}</ol>"
    found = unseen.post(body).thread.comments
    assert [c.published.at[:10] for c in found if c.published] == list(want)


def test_a_day_of_the_week_is_no_month() -> None:
    item = "<li id='comment-11' class='comment even depth-1'><cite>Ann</cite><i class='date'>on Monday 7, 2018</i>"
    (one,) = unseen.post(
        f"<html lang='en-US'><h1>Tides</h1><div class='entry-content'><p>Tide.</p></div><ol>{item}<p>W.</p></li></ol>"
    ).thread.comments
    assert one.published is None


# -- pings ------------------------------------------------------------------------------------------


def test_a_heading_says_that_a_list_is_of_pings() -> None:
    item = (
        "<li id='comment-{0}'><a href='https://other.example/{0}/' rel='external nofollow' class='url'>Other</a></li>"
    )
    thread = f"<h3>Trackbacks/Pingbacks</h3><ol class='list'>{item.format(11)}{item.format(12)}</ol>"
    found = unseen.post(f"<h1>Tides</h1><div class='entry-content'><p>Tide.</p></div>{thread}").thread.comments
    assert [(c.native_id, str(c.kind)) for c in found] == [("11", "pingback"), ("12", "pingback")]


def test_the_address_for_trackbacks_is_none() -> None:
    line = (
        "<p class='trackback'><a href='/post/feed/'>Comments</a> and <a href='/post/trackback/'>TrackBack URI</a></p>"
    )
    assert not unseen.post(f"<h1>Tides</h1><div class='entry-content'><p>Tide.</p></div>{line}").thread.comments


# -- the post beside its thread ---------------------------------------------------------------------


@pytest.mark.parametrize("end", ["", "<!-- end .post-wrapper -->"])
def test_words_and_thread_in_one_frame_without_a_form(end: str) -> None:
    comment = "<li class='comment even depth-1' id='comment-11'><cite class='fn'>Ann</cite><p>Words 11.</p>{reply}</li>"
    words = "<p>The tide went out before the boats came home, and nobody saw it turn.</p>" * 3
    body = (
        f"<div class='post-wrapper'><h1>Tides</h1>{words}<h3 id='comments'>1 response</h3><ol>{comment}</ol></div>{end}"
    )
    page = unseen.post(body.replace("{reply}", REPLY.format(id=11)))
    assert [c.native_id for c in page.thread.comments] == ["11"]
    content = page.read().content
    assert content
    assert content.text.count("The tide") == 3
    assert "Words" not in content.text
    assert "response" not in content.text


def test_a_list_of_pings_that_is_called_as_words_are() -> None:
    item = "<li id='comment-11'><a href='https://other.example/' rel='external nofollow' class='url'>Other</a></li>"
    words = "The tide went out before the boats came home, and nobody on the shore saw that it turned."
    body = f"<div class='main-post' id='post-7'><h2>Tides</h2><p>{words}</p></div>"
    pings = f"<div class='entry'><h3>Pingbacks</h3><ol>{item}</ol></div>"
    content = unseen.post(body + pings, head="<title>Tides</title>").read().content
    assert content
    assert content.text == words


@pytest.mark.parametrize("around", ["<div class='wp-block-post-content'>{}</div>", "<div class='entry'>{}</div>"])
@pytest.mark.parametrize("link", ["", "<a href='/post/#comment-99'>May 5</a>"])
def test_a_post_may_begin_with_a_list_of_comments(around: str, link: str) -> None:
    item = f"<li class='comment even depth-1' id='comment-99'>{link}<p>Words of somebody else.</p></li>"
    quoted = f"<p>They said:</p><ol class='comment-list'>{item}</ol><p>So it was.</p>"
    page = unseen.post(f"<h1>Tides</h1>{around.format(quoted)}<form id='commentform'></form>")
    assert not page.thread.comments
    content = page.read().content
    assert content
    assert content.text.endswith("So it was.")


# -- who wrote the post, and when -------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "<div class='x'>Posted in <a rel='category tag' href='/category/sea/'>Sea</a> on May 5, 2020 by Ann Lee</div>",
        "<p>Posted by: Ann Lee on: May 5, 2020</p>",
        "<h2>May 5, 2020</h2><p>In: <a rel='category tag' href='/category/sea/'>S</a> &#8212; Ann Lee @ 6:00 am</p>",
        "<div>Written on <abbr title='2020-05-05T06:00:00+0000'>May 5, 2020</abbr> | by Ann Lee</div>",
        "<p><small>Ann Lee posted this entry on Tuesday, May 5th, 2020 at 6:00 am.</small></p>",
        "<p>This entry was posted by Ann Lee.</p><p>May 5th, 2020</p>",
        "<span class='the-author'>This entry was posted by Ann Lee.</span><p>May 5th, 2020</p>",
        "<p><span class='pauthor'>Ann Lee</span> <b>5. 5. 2020</b></p>",
        "<div class='data'>May 5th, 2020</div><span class='postauthor'>Ann Lee</span>",
        "<p>Author: <a href='https://ann.example/'>Ann Lee</a> | May 5, 2020 →</p>",
    ],
)
def test_lines_near_the_words_name_author_and_day(line: str) -> None:
    body = f"<h1>Tides</h1>{line}<div class='entry-content'><p>The tide came in.</p></div><div id='comments'></div>"
    found = unseen.post(body, head="<title>Tides</title>").read()
    assert [author.name for author in found.authors or ()] == ["Ann Lee"]
    assert found.published
    assert found.published.at[:10] == "2020-05-05"


@pytest.mark.parametrize(
    "line",
    [
        "<p>Theme by Nobody</p>",
        "<p>This entry was posted on Tuesday at 6:00 am</p>",
        "<p>Posted in <a rel='category tag' href='/category/sea/'>Sea</a> at 6:00 am</p>",
        "<div id='footer'><p>Written by <a rel='author' href='https://maker.example/'>A Maker</a></p></div>",
    ],
)
def test_lines_near_the_words_that_name_nobody(line: str) -> None:
    body = f"<h1>Tides</h1><div class='entry-content'><p>The tide came in.</p></div>{line}"
    assert not unseen.post(body, head="<title>Tides</title>").read().authors


# -- languages --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "says", "when"),
    [
        ("de", "{} sagt:", "7. Dezember 2024 um 8:30 Uhr"),
        ("fr", "{} a dit :", "7 décembre 2024 à 8 h 30 min"),
        ("uk", "{} коментує:", "7 грудня, 2024 о 8:30"),
        ("ja", "{} より:", "2024年12月7日 8:30 AM"),
        ("zh-CN", "{}说道：", "2024年12月7日 上午8:30"),
        ("ko", "{} 댓글:", "2024년 12월 7일 8:30 오전"),
        ("ar", "يقول {}:", "7 ديسمبر، 2024 الساعة 8:30 ص"),
        ("fa", "{} گفت:", "17 آذر 1403 در 8:30 ق.ظ"),
        ("fi", "{} sanoo:", "7.12.2024 8.30"),
        ("el", "Ο/Η {} λέει:", "7 Δεκεμβρίου 2024 στις 8:30 πμ"),
        ("vi", "{} viết:", "7 Tháng mười hai, 2024 lúc 8:30 sáng"),
        ("th", "{} พูดว่า:", "7 ธันวาคม 2024 เวลา 8:30 น."),
    ],
)
@pytest.mark.parametrize(
    "shape",
    [
        "<div class='comment-author vcard'><b>{says}</b></div><div class='comment-meta'>{when}</div><p>{words}</p>",
        "<div class='x'>{says} {when}</div><div class='y'><p>{words}</p></div>",
        "<p>{name} <br>{when}</p><p>{words}</p>",
        "<p>{words}</p><p><em>{name} — {when}</em></p>",
    ],
)
def test_signatures_in_many_languages(shape: str, language: str, says: str, when: str) -> None:
    people = {"11": "Ann", "12": "Bob Ray"}
    items = "".join(
        f"<li id='comment-{id_}' class='comment even depth-1'>"
        f"{shape.format(says=says.format(name), name=name, when=when, words=f'Words {id_}.')}</li>"
        for id_, name in people.items()
    )
    body = f"<html lang='{language}'><h1>Tides</h1><div class='entry-content'><p>Tide.</p></div><ol>{items}</ol>"
    for comment in unseen.post(body).thread.comments:
        assert comment.author
        assert comment.author.name == people[comment.native_id or ""]
        assert comment.published
        assert comment.published.at[:16] == "2024-12-07T08:30"
        assert comment.content
        assert comment.content.text == f"Words {comment.native_id}."


# -- what plugins hang on words ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "tool",
    [
        "<div class='acme-rating-block'><span>Rating: 4.5/5. From 3 votes.</span></div>",
        "<p class='comment-likes'><span class='comment-like-feedback'>Like</span> <a href='?like=1'>Liked by 3</a></p>",
        "<div class='comment-share'><span>Share</span><a href='https://net.example/share'>X</a></div>",
        "<span class='thumbs-up'>3</span>",
    ],
)
def test_tools_of_plugins_are_none_of_a_comments_words(tool: str) -> None:
    item = "<li id='comment-11' class='comment even depth-1'><b class='fn'>Ann</b><div class='comment-content'>"
    thread = f"{item}<p>I like the vote, and <em>share</em> it.</p>{tool}</div></li>"
    (one,) = unseen.post(f"<h1>Tides</h1><div class='entry-content'>Tide.</div><ol>{thread}</ol>").thread.comments
    assert one.content
    assert one.content.text == "I like the vote, and share it."


@pytest.mark.parametrize(
    "added",
    [
        "<div class='wp-block-jetpack-subscriptions__container'><form><p>Type your email…</p></form></div>",
        "<span class='rt-reading-time'>Reading Time: 3 minutes</span>",
        "<nav class='toc'><ul><li><a href='#a'>A</a></li></ul></nav>",
        "<div class='tnp tnp-subscription'><p>Subscribe to news</p></div>",
        "<div class='cookie-notice'><p>We use cookies.</p></div>",
        "<p class='last-updated'>Last updated on December 9, 2024</p>",
        "<div class='ns-buttons'><span>Share</span></div>",
    ],
)
def test_what_plugins_add_is_none_of_a_posts_words(added: str) -> None:
    words = "The tide went out before the boats came home, and nobody on the shore saw that it turned."
    for inner in (f"{added}<p>{words}</p>", f"<p>{words}</p>{added}"):
        page = unseen.post(f"<h1>Tides</h1><div class='entry-content'>{inner}</div>", head="<title>Tides</title>")
        content = page.read().content
        assert content
        assert content.text == words
