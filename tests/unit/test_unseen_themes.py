"""What themes do that nobody would think of; each case is the structure of a real one, in words of our own."""

from __future__ import annotations

import pytest

from archiver.engines.wordpress import WordPress
from archiver.engines.wordpress_page import PostPage, post_page
from archiver.model import Comment, CommentKind, Discovery, Site, Target, TargetKind
from archiver.page import Page
from tests.unit.test_threads import read

HOME = "https://blog.example.org/"
POST = f"{HOME}2021/02/tides/"


def post(body: str, *, classes: str = "single postid-7", head: str = "") -> PostPage:
    return post_page(_page(body, classes, head), Site(key="blog.example.org", home=HOME))


def leads_to(body: str, *, classes: str = "single postid-7", head: str = "") -> Discovery:
    target = Target(url=POST, kind=TargetKind.POST)
    return WordPress().discover(_page(body, classes, head), target, Site(key="blog.example.org", home=HOME))


def _page(body: str, classes: str, head: str) -> Page:
    return Page(POST, f"<html lang='en'><head>{head}</head><body class='{classes}'>{body}</body></html>".encode())


def comments(*items: str) -> tuple[Comment, ...]:
    return read(f"<body class='single postid-7'><ol class='comment-list'>{''.join(items)}</ol></body>").comments


# -- names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "frame",
    [
        (
            "<h4 class='author'><a href='//j.example'><span class='mark' title='Author'>Blogger</span> Judy H"
            " <span class='rank' title='Lv2'>II</span></a></h4>"
        ),
        (
            "<cite class='comment-author fn vcard'><a href='//j.example' class='url'>Judy H</a>"
            " <span class='writer'>Post author</span></cite>"
        ),
        ("<div class='comment-author-link'><a href='//j.example' class='url'>Judy H</a><span>Post author</span></div>"),
        "<cite class='fn'>Judy H <span class='post-author'> (Post author)</span></cite>",
        "<div class='comment-author-link'>Judy H<span>Post author</span></div>",
        (
            "<div class='comment-name'><div class='comment-author'><a class='url' href='//j.example'>Judy H</a>"
            "</div><div class='comment-parent-info' data-parent-id='1'>Mark</div></div>"
        ),
    ],
)
def test_a_badge_is_no_part_of_a_name(frame: str) -> None:
    item = f"<li id='comment-2' class='comment byuser bypostauthor even depth-1'>{frame}<div class='comment-content'>"
    (comment,) = comments(f"{item}<p>Words.</p></div></li>")
    assert comment.author
    assert comment.author.name == "Judy H"


@pytest.mark.parametrize(
    ("frame", "name"),
    [
        ("<b class='fn'>A <b>bold</b> name</b>", "A bold name"),
        ("<cite class='fn'><span class='first'>Judy</span></cite>", "Judy"),
        ("<cite class='fn'>Anna <em>Lund</em></cite>", "Anna Lund"),
    ],
)
def test_a_name_keeps_its_words(frame: str, name: str) -> None:
    item = f"<li id='comment-2' class='comment even depth-1'>{frame}<div class='comment-content'>"
    (comment,) = comments(f"{item}<p>Words.</p></div></li>")
    assert comment.author
    assert comment.author.name == name


AT = "February 10, 2021"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"<p><cite>Comment by Judy H &#8212; {AT} @ <a href='#comment-2'>8:07 am</a></cite></p>"),
        (
            "",
            f"<p><cite>Comment by <a href='//j.example'>Judy H</a> — {AT} <a href='#comment-2'>8:07 am</a></cite></p>",
        ),
        (f"<p class='top'><span><a href='#comment-2'>#1</a> by <b>Judy H</b> on {AT} - 8:07 am</span></p>", ""),
        (f"<p class='top'><a href='#comment-2'>#1</a> by Judy H on {AT} - 8:07 am</p>", ""),
        (
            f"<div><p><a href='#comment-2'>#1</a> <b id='commentauthor-2'>Judy H</b> {AT} - 8:07 am</p></div>",
            "",
        ),
    ],
)
def test_a_line_says_whose_comment_it_is_and_when(before: str, after: str) -> None:
    item = f"<li id='comment-2' class='comment even depth-1'>{before}<p>Words.</p>{after}</li>"
    (comment,) = comments(item)
    assert comment.author
    assert comment.author.name == "Judy H"
    assert comment.content
    assert comment.content.text == "Words."
    assert comment.published
    assert comment.published.at == "2021-02-10T08:07:00Z"


@pytest.mark.parametrize("name", ["<strong>Judy H</strong>", "<strong><a href='//j.example'>Judy H</a></strong>"])
def test_a_paragraph_that_only_says_who_said_it(name: str) -> None:
    (comment,) = comments(f"<li id='comment-2' class='alt'><p>{name} said,</p><p>Words, <b>bold</b> ones.</p></li>")
    assert comment.author
    assert comment.author.name == "Judy H"
    assert comment.content
    assert comment.content.text == "Words, bold ones."


def test_a_date_behind_a_name_in_its_frame() -> None:
    frame = "<div class='comment-author'> Judy H on February 10, 2021 at 8:07 am </div>"
    words = "<div class='comment-text'><p>Words.</p></div>"
    (comment,) = comments(f"<li id='comment-2' class='comment even depth-1'>{frame}{words}</li>")
    assert comment.author
    assert comment.author.name == "Judy H"
    assert comment.published
    assert comment.published.at == "2021-02-10T08:07:00Z"


def test_a_page_of_utility_classes() -> None:
    time = "<time datetime='2021-02-10T08:07:00+00:00'>February 10</time>"
    head = f"<div class='flex'><span class='font-medium'>Judy H</span>{time}</div>"
    item = f"<li id='comment-2' class='p-4'>{head}<div class='mt-2'><p>Words.</p></div></li>"
    body = f"<main><div><h1>Tides</h1></div><div class='prose'>{WORDS * 3}</div>"
    page = post(f"{body}<section class='mt-12'><h2>2 comments</h2><ul>{item}</ul></section></main>")
    (comment,) = page.thread.comments
    assert comment.author
    assert comment.author.name == "Judy H"
    assert comment.content
    assert comment.content.text == "Words."
    assert page.comment_count == 2


def test_a_quotation_in_brackets_is_a_ping() -> None:
    (ping,) = comments("<li id='comment-2' class='alt'><strong>Salt</strong><p>[…] as they write of tides […]</p></li>")
    assert ping.kind is CommentKind.PINGBACK


def test_an_id_says_which_part_of_a_comment_it_is() -> None:
    parts = "<b id='commentauthor-2'>Judy H</b><div><div id='commentbody-2'><p>Words.</p></div><p>Quote</p></div>"
    (comment,) = comments(f"<li id='comment-2' class='comment even depth-1'><div class='w'>{parts}</div></li>")
    assert comment.author
    assert comment.author.name == "Judy H"
    assert comment.content
    assert comment.content.text == "Words."


def test_an_odd_of_a_theme_does_not_tell_who_wrote_it() -> None:
    item = "<li id='comment-2' class='{}'><cite class='fn'>Ann</cite><p>Words.</p></li>"
    told = [c.by_post_author for one in ("odd", "comment odd thread-odd depth-1") for c in comments(item.format(one))]
    assert told == [None, False]


# -- places and dates -------------------------------------------------------------------------------


def test_marks_that_are_asked_for_twice_are_one_comment() -> None:
    inner = (
        "<article class='comment {} depth-{}'><cite class='fn'>Ann</cite><div class='comment-content'><p>W{}</p></div>"
    )
    reply = f"<li class='comment even depth-2' id='comment-3'>{inner.format('odd alt', 2, 2)}</article></li>"
    root = f"<li class='comment odd alt thread-odd depth-1' id='comment-2'>{inner.format('even', 1, 1)}</article>"
    found = comments(f"{root}<ol class='children'>{reply}</ol></li>")
    assert [(c.native_id, c.parent, c.depth) for c in found] == [("2", None, 1), ("3", "2", 2)]
    assert [c.content and c.content.text for c in found] == ["W1", "W2"]


@pytest.mark.parametrize(
    ("stated", "printed", "expected"),
    [
        ("2016-01-28T12:43:17+00:00", "February 10, 2021 at 8:07 am", "2021-02-10T08:07:00Z"),
        ("2021-02-10T08:07:09+00:00", "February 10, 2021 at 8:07 am", "2021-02-10T08:07:09Z"),
        ("2021-02-10T08:07:09+00:00", "3 years ago", "2021-02-10T08:07:09Z"),
        ("2021-02-10T23:30:00+00:00", "February 11, 2021 at 1:30 am", "2021-02-10T23:30:00Z"),
    ],
)
def test_one_date_for_all_comments_is_no_date(stated: str, printed: str, expected: str) -> None:
    item = "<li id='comment-2' class='comment even depth-1'><b class='fn'>Ann</b><div class='comment-date'>"
    (comment,) = comments(f"{item}<time datetime='{stated}'>{printed}</time></div><p>Words.</p></li>")
    assert comment.published
    assert comment.published.at == expected


# -- comment pages ----------------------------------------------------------------------------------

ITEM = "<li id='comment-9' class='comment even depth-1'><b class='fn'>Ann</b>{}<p>Words.</p></li>"
OLDER = f"<div class='pager'><a href='{POST}comment-page-2/#comments'>Back</a></div>"


def thread(inner: str, more: str = OLDER) -> str:
    return f"<div id='comments'><ol class='comment-list'>{ITEM.format(inner)}</ol>{more}</div>"


@pytest.mark.parametrize(
    "inner",
    [
        f"<a class='comment-date' href=' {POST}comment-page-3/#comment-9 '>April 9, 2020</a>",
        f"<a class='comment-reply-link' rel='nofollow' href='{POST}comment-page-3/?replytocom=9#respond'>Reply</a>",
    ],
)
def test_permalinks_and_reply_links_tell_the_comment_page(inner: str) -> None:
    assert post(thread(inner)).comment_page_number() == 3
    assert f"{POST}comment-page-3/" in leads_to(thread(inner)).aliases


def test_a_guess_leaves_no_comment_page_out() -> None:
    found = leads_to(thread(""))
    assert not [url for url in found.aliases if "comment-page" in url]
    assert f"{POST}comment-page-2/" in [target.url for target in found.targets]


FEED = f"<link rel='alternate' type='application/rss+xml' href='{POST}feed/'>"
FORM = "<form id='commentform'></form>"


@pytest.mark.parametrize(
    ("body", "head", "hint", "asked"),
    [
        ("", FEED, {}, True),  # comments are closed, and there are some all the same
        (FORM, FEED, {}, False),
        ("", "", {}, False),
        ("", FEED, {"claimed": "0"}, False),
        (FORM, FEED, {"claimed": "4"}, True),
        ("<h3 class='comments-title'>No comments</h3>", FEED, {}, False),
        (thread("", ""), FEED, {"claimed": "4"}, False),
    ],
)
def test_the_feed_of_comments_that_a_theme_does_not_show(
    body: str, head: str, hint: dict[str, str], *, asked: bool
) -> None:
    target = Target(url=POST, kind=TargetKind.POST, hint=hint)
    found = WordPress().discover(_page(body, "single postid-7", head), target, Site(key="blog.example.org", home=HOME))
    feeds = [one.url for one in found.targets if one.kind is TargetKind.COMMENT_FEED]
    assert feeds == ([f"{POST}feed/"] if asked else [])


def test_comment_pages_that_a_theme_does_not_link_to() -> None:
    site, url, hint = Site(key="blog.example.org", home=HOME), POST, {"claimed": "30"}
    kind, asked = TargetKind.POST, []
    many = "".join(f"<li id='comment-{n}' class='comment'><b class='fn'>Ann</b><p>W{n}</p></li>" for n in range(2, 12))
    shown = f"<div id='comments'><ol>{many}</ol></div>"
    for body in (shown, shown, shown, "<div id='comments'></div>"):
        page = Page(url, f"<html><body class='single postid-7'>{body}</body></html>".encode())
        found = WordPress().discover(page, Target(url=url, kind=kind, hint=hint), site).targets
        for target in found:
            url, kind, hint = target.url, target.kind, target.hint
            asked.append(url.removeprefix(POST))
    assert asked == ["comment-page-1/", "comment-page-2/", "comment-page-3/"]


# -- bodies -----------------------------------------------------------------------------------------

WORDS = "<p>The tide came in, and it went out again.</p>"
BYLINE = "<div class='single-line-meta'><span class='posted-on'>March 3, 2021</span></div>"
FILED = "<small>This entry was posted on March 3, 2021 and is filed under nothing.</small>"
BOX = "<div class='author-info'><h2>Ann</h2><p>Ann writes here about the sea and what is in it.</p></div>"


@pytest.mark.parametrize(
    "inner",
    [
        f"<div class='entry-content'>{BYLINE}{WORDS}</div>",
        f"<div class='entry-content'><h2 class='entry-title'><a href='{POST}'>Tides</a></h2>{BYLINE}{WORDS}</div>",
        f"<div class='entry-content'>{WORDS}{BOX}</div>",
        f"<div class='entry-content'>{WORDS}<div class='x-hatom'><span class='entry-title'>Tides</span></div></div>",
        (
            f"<div class='entry-content'>{WORDS}<div class='c'><ul class='nav pages'><li><a href='{POST}'>1</a></li>"
            f"<li><span>2</span></li></ul></div></div>"
        ),
        (
            f"<div class='acme-content single-content'><div class='single-entry-summary'>{BYLINE}{WORDS}</div>"
            f"<div class='entry-footer'>Posted in nothing</div></div>"
        ),
        f"<div class='entry'><div class='post-words entry'>{WORDS}</div><p class='postmetadata alt'>{FILED}</p></div>",
        f"<div class='entry'>{WORDS}<p class='x'>In <a rel='category tag' href='{HOME}category/a/'>A</a></p></div>",
        f"<div class='entry'>{WORDS}<div><p>You can <a href='#respond'>leave a response</a>.</p></div></div>",
        f"<div class='entry-content'><div id='toc_container'><p>Contents</p><ul><li>A</li></ul></div>{WORDS}</div>",
        f"<div class='entry-content'>{WORDS}<div class='clear'></div><div id='x-copyright'>Do not copy.</div></div>",
    ],
)
def test_what_a_theme_prints_around_the_words_is_left_out(inner: str) -> None:
    content = post(f"<article class='hentry post-7'><h1>Tides</h1>{inner}</article>").content()
    assert content
    assert content.text == "The tide came in, and it went out again."


def test_what_an_author_marks_up_stays() -> None:
    first = "<div class='wp-block-group is-meta'><p>A frame.</p></div><p>Words.</p>"
    body = f"<div class='entry-content'>{first}<p class='author-note'>A note.</p><p>End.</p></div>"
    content = post(f"<article class='hentry post-7'><h1>Tides</h1>{body}</article>").content()
    assert content
    assert content.text == "A frame.\n\nWords.\n\nA note.\n\nEnd."


def test_few_words_in_an_element_that_nobody_has_listed() -> None:
    item = "<li id='comment-99' class='comment even depth-1'>No.</li>"
    quoted = f"<div id='comments'><ol class='comment-list'>{item}</ol></div>"
    page = post(
        f"<div class='head'><h1>Tides</h1></div><article class='small'><p>Begin.</p>{quoted}<p>End.</p></article>"
    )
    content = page.content()
    assert content
    assert content.text.split() == ["Begin.", "No.", "End."]
    assert not page.thread.comments


def test_what_a_theme_prints_within_the_words_still_tells() -> None:
    filed = f"{FILED} {'You can follow any responses to this entry. ' * 6}"
    inner = f"<div class='entry'>{WORDS}<p class='postmetadata'>{filed}</p></div>"
    published = post(f"<div class='hentry post-7'><h2>Tides</h2>{inner}</div>").published
    assert published
    assert published.at == "2021-03-03T00:00:00Z"


@pytest.mark.parametrize("words", ["<figure><img src='/a.png'><figcaption>Low.</figcaption></figure>", "<p>Low.</p>"])
def test_a_body_that_is_just_called_content(words: str) -> None:
    about = f"<div class='meta'><p>In <a href='{HOME}category/a/'>A</a></p><p>{'Words about the post. ' * 9}</p></div>"
    body = f"<div class='hentry post-7'><h1>Tides</h1><div class='content'>{words}</div>{about}</div>"
    content = post(body).content()
    assert content
    assert content.text == "Low."


def test_the_name_of_a_blog_by_where_it_leads() -> None:
    head = "<title>Tides at noon &laquo; Salt &amp; Sand</title>"
    title = f"<h1 id='title'><a href='{HOME}'>Salt &amp; Sand</a></h1>"
    assert post(f"{title}<div class='hentry post-7'>{WORDS}</div>", head=head).title == "Tides at noon"


@pytest.mark.parametrize(
    ("ahead", "times", "modified"),
    [
        ("Posted on ", ("2021-03-03",), None),
        ("Last updated on ", ("2021-03-03",), "2021-03-03T00:00:00Z"),
        ("", ("2021-03-03", "2021-03-09"), "2021-03-03T00:00:00Z"),
    ],
)
def test_a_lone_date_that_is_called_updated(ahead: str, times: tuple[str, ...], modified: str | None) -> None:
    dated = "".join(f"<i>{ahead}<time class='updated' datetime='{day}'>{day}</time></i>" for day in times)
    body = f"<h1>Tides</h1>{dated}<div class='entry-content'>{WORDS}</div>"
    page = post(f"<article class='hentry post-7'>{body}</article>")
    assert page.published
    assert page.published.at == "2021-03-03T00:00:00Z"
    assert (page.modified and page.modified.at) == modified


def test_a_date_that_is_hidden_from_readers_is_the_last_change() -> None:
    dates = "<span class='updated x-hidden'>2021-03-05T08:00:00+00:00</span><span>March 3rd, 2021</span>"
    body = f"<h1>Tides</h1><div class='post-content'>{WORDS}</div><div class='x-meta-info'>By Ann | {dates}</div>"
    published = post(f"<article class='hentry post-7'>{body}</article>").published
    assert published
    assert published.at == "2021-03-03T00:00:00Z"


def test_a_box_that_a_plugin_puts_below_the_words_names_the_author() -> None:
    name = f"<div class='saboxplugin-authorname'><a rel='author' href='{HOME}author/judy/'>Judy H</a></div>"
    box = f"<div class='saboxplugin-wrap'>{name}<div class='saboxplugin-desc'><p>Judy writes of seas.</p></div></div>"
    page = post(f"<article class='hentry post-7'><h1>Tides</h1><div class='entry-content'>{WORDS}{box}</div></article>")
    assert [author.name for author in page.byline[0]] == ["Judy H"]
    content = page.content()
    assert content
    assert content.text == "The tide came in, and it went out again."


def test_terms_that_only_the_classes_of_an_article_name() -> None:
    classes = "category-list post-7 post status-publish hentry category-sea category-low-tide tag-ebb tag-42"
    shown = f"<a rel='category tag' href='{HOME}category/sea/'>Sea</a>"
    menu = f"<nav><a href='{HOME}category/sea/low-tide/'>Low tide!</a><a href='{HOME}tag/ebb/feed/'>RSS</a></nav>"
    body = f"{menu}<article class='{classes}'><h1>Tides</h1>{shown}<div class='entry-content'>{WORDS}</div></article>"
    terms = post(body).read().terms
    assert terms
    assert [(term.taxonomy, term.name, term.slug) for term in terms] == [
        ("category", "Sea", None),
        ("category", "Low tide!", None),
        ("tag", "ebb", "ebb"),
    ]


@pytest.mark.parametrize(
    ("classes", "names"),
    [
        ("post-7 status-publish hentry category-sea category-ebb", ["Sea", "ebb"]),
        ("post-7 status-publish hentry category-sea-post category-ebb-post", ["Sea", "Foam"]),
        ("post-7 status-publish hentry category-x-sea category-x-ebb", ["Sea", "Foam"]),
        ("post-7 status-publish hentry category-12", ["Sea", "Foam"]),
        ("post-7 hentry", ["Sea", "Foam"]),
    ],
)
def test_what_the_classes_of_an_article_do_not_name_is_filed_elsewhere(classes: str, names: list[str]) -> None:
    shown = f"<a rel='category tag' href='{HOME}category/sea/'>Sea</a>"
    cloud = f"<div><h4>Topics</h4><ul><li><a rel='category' href='{HOME}category/foam/'>Foam</a></li></ul></div>"
    body = f"<article class='{classes}'><h1>Tides</h1>{shown}<div class='entry-content'>{WORDS}</div></article>{cloud}"
    terms = post(body).read().terms
    assert terms
    assert [term.name for term in terms] == names


def test_dates_beside_links_to_other_posts_are_theirs() -> None:
    others = "".join(
        f"<li><a href='{HOME}2021/0{n}/other/'>Other {n}</a> <span class='post-date'>March {n}, 2021</span></li>"
        for n in (3, 4)
    )
    body = (
        f"<div class='hentry post-7'><h1>Tides</h1><div class='entry'>{WORDS}</div></div><div><ul>{others}</ul></div>"
    )
    assert post(body, classes="page page-id-7").published is None


def test_a_heading_and_a_byline_among_the_words_are_none_of_them() -> None:
    line = f"<p>Posted by Ann under <a href='{HOME}category/sea/' rel='category tag'>Sea</a></p>"
    body = f"<div class='hentry post-7'><h2>Tides</h2>{line}{WORDS * 3}</div>"
    content = post(body, head="<title>Tides « Salt</title>").content()
    assert content
    assert content.text.count("The tide came in") == 3
    assert "Posted" not in content.text
    assert "Tides" not in content.text


def test_a_password_form_by_any_name() -> None:
    form = "<form class='acme' action='/wp-login.php?action=postpass' method='post'><p>Password:</p></form>"
    page = post(f"<article class='hentry post-7'><h1>Tides</h1><div class='entry-content'>{form}</div></article>")
    assert page.protected
    assert page.content() is None


def test_terms_beside_a_title_outside_the_article() -> None:
    near = (
        f"<div class='acme-cats'><a href='{HOME}category/sea/'>Sea</a> <a href='{HOME}category/sea/ebb/'>Ebb</a></div>"
    )
    path = f"<div class='breadcrumb-trail'><a href='{HOME}category/all/'>All</a></div>"
    body = (
        f"<div class='b'><div class='h'>{near}{path}<h1>Tides</h1></div><article class='small'>{WORDS}</article></div>"
    )
    terms = post(body).read().terms
    assert terms
    assert [term.name for term in terms] == ["Sea", "Ebb"]


# -- parents ----------------------------------------------------------------------------------------


def test_an_attribute_for_scripts_names_the_parent() -> None:
    inner = "<div class='comment-author'>Ann</div>{}<div class='comment-text'><p>Words.</p></div>"
    answer = "<div class='comment-parent-info' data-parent-id='2'>Ann</div>"
    first = f"<li id='comment-2' class='comment-item'>{inner.format('')}</li>"
    second = f"<li id='comment-3' class='comment-item'>{inner.format(answer)}</li>"
    found = comments(first, second)
    assert [(c.native_id, c.parent) for c in found] == [("2", None), ("3", "2")]


# -- pages without classes --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("classes", "head", "hint", "kind"),
    [
        ("", "", {"kind": "page"}, "page"),
        ("", "<link rel='alternate' type='application/json' href='/wp-json/wp/v2/pages/7'>", {}, "page"),
        ("", "", {}, "post"),
        ("single postid-7", "", {"kind": "page"}, "post"),
        ("post single page page-id-7", "", {}, "page"),
        ("single single-attachment postid-7 attachmentid-7", "", {}, "attachment"),
    ],
)
def test_a_page_is_told_from_a_post(classes: str, head: str, hint: dict[str, str], kind: str) -> None:
    target = Target(url=POST, kind=TargetKind.POST, hint=hint)
    body = "<article class='hentry' id='post-7'><h1>Tides</h1><div class='entry-content'><p>Words.</p></div></article>"
    read = WordPress().extract(_page(body, classes, head), target, Site(key="blog.example.org", home=HOME))
    assert [post.kind.value for post in read.posts] == [kind]
