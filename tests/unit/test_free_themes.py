"""Shapes of themes that are given away, seen by nobody when the engine was written; in words of our own."""

from __future__ import annotations

import pytest

from archiver.engines.wordpress import WordPress
from archiver.engines.wordpress_page import PostPage, post_page
from archiver.model import Comment, CommentKind, Precision, Site, Target, TargetKind
from archiver.page import Page
from tests.unit.test_threads import read

HOME = "https://blog.example.org/"
POST = f"{HOME}tides/"
SITE = Site(key="blog.example.org", home=HOME)
WORDS = (
    "The tide came in at noon, and with it the boats that had waited outside since the morning; nobody had counted "
    "them, and nobody would."
)
FORM = "<div id='respond'><form id='commentform'></form></div>"


def post(body: str, *, title: str = "Tides", classes: str = "single postid-7", url: str = POST) -> PostPage:
    source = f"<html lang='en'><head><title>{title}</title></head><body class='{classes}'>{body}</body></html>"
    page = Page(url, source.encode(), headers={"date": "Fri, 01 Nov 2024 10:00:00 GMT"})
    return post_page(page, SITE)


def article(inner: str, *, classes: str = "") -> str:
    names = f"post-7 post type-post status-publish hentry {classes}"
    return f"<article id='post-7' class='{names}'>{inner}</article>"


def comments(*items: str) -> tuple[Comment, ...]:
    return read(f"<body class='single postid-7'><ol class='comment-list'>{''.join(items)}</ol></body>").comments


def terms(page: PostPage) -> list[tuple[str, str]]:
    return [(term.taxonomy, term.name) for term in page.read().terms or ()]


# -- the words --------------------------------------------------------------------------------------


def test_the_words_of_a_comment_that_are_called_a_posts_are_none() -> None:
    thread = (
        f"<article id='comment-3' class='comment'><div class='comment-content entry-content'><p>{WORDS * 3}</p></div>"
    )
    page = post(article(f"<h1>Tides</h1><div class='entry-content'><p>Short.</p></div><ol>{thread}</article></ol>"))
    content = page.content()
    assert content
    assert content.text == "Short."


@pytest.mark.parametrize("words", ["Short words.", WORDS * 2])
@pytest.mark.parametrize("outer", ["", " acme-single single-content"])
def test_words_stand_within_a_frame_with_all_that_follows_them(words: str, outer: str) -> None:
    head = "<div class='content-date'>Feb 10 2021</div>"
    inner = f"<div class='single-entry-summary'>{head}<p>{words}</p></div>"
    body = f"<h1>Tides</h1><div class='post-7 post hentry'><div class='frame{outer}'>{inner}<div class='entry-footer'>"
    page = post(f"{body}News</div><nav class='navigation post-navigation'>Next</nav>{FORM}</div></div>")
    content = page.content()
    assert content
    assert content.text == words


def test_a_list_of_comments_in_words_of_no_known_name_is_part_of_them() -> None:
    quoted = "<div id='comments'><ol><li id='comment-9' class='comment'><p>Quoted.</p></li></ol></div>"
    inner = f"<h2 class='h1'>Tides</h2><div class='inner'><p>Begun.</p>{quoted}<p>Ended.</p></div>"
    page = post(f"<h1>Tides</h1>{article(f'<div class=acme-post-content-single>{inner}</div><p></p>{FORM}')}")
    content = page.content()
    assert content
    assert content.text == "Begun.\n\nQuoted.\n\nEnded."
    assert page.thread.comments == ()


def test_few_words_are_told_from_the_head_above_them_and_from_the_foot_of_the_page() -> None:
    meta = "<div class='post-meta'><a href='/author/ann/' rel='author'>Ann</a> <span>May 5, 2020</span></div>"
    inner = f"<div class='x-post-content'><h2></h2>{meta}<div class='x-post-content-inner'><p>Few.</p></div></div>"
    foot = f"<div class='footer simple'><div class='col'><p class='copyright'>{WORDS}</p></div></div>"
    page = post(f"<h1>Blog</h1>{article(inner + foot)}", title="")
    content = page.content()
    assert content
    assert (content.text, [author.name for author in page.byline[0]]) == ("Few.", ["Ann"])


@pytest.mark.parametrize("words", ["Short.", WORDS * 2])
def test_an_article_that_is_called_as_its_words_is_read_without_its_title(words: str) -> None:
    thread = f"<section id='comment-wrap'><h1 id='comments'>No comments</h1>{FORM}</section>"
    inner = f"<article class='entry-content'><h1 class='main-title'>Tides: a note?</h1><p>{words}</p></article>"
    page = post(f"<div>{inner}</div>{thread}", title="")
    content = page.content()
    assert content
    assert (content.text, page.title) == (words.strip(), "Tides: a note?")


def test_words_go_on_behind_an_end_tag_that_closes_the_frame_of_the_page() -> None:
    inner = f"<h1>Tides</h1><div class='entry-content'><p>{WORDS}</p></div></div><p>Further on.</p></div>"
    body = f"<div id='page'><div id='content'><section><main>{article(inner)}</main></section></div></div>"
    content = post(body.replace("Further on.</p></div>", "Further on.</p></div><!-- .entry-content -->")).content()
    assert content
    assert content.text == f"{WORDS}\n\nFurther on."


def test_words_that_swallow_a_closed_thread_end_before_it() -> None:
    foot = "<footer class='wp-block-latest-comments__comment-meta'>Bob on Sea</footer>"
    latest = f"<ul class='wp-block-latest-comments'><li>{foot}</li></ul>"
    said = "<div class='media comment' id='comment-{0}'><h5>Ann</h5><p>Yes, {0}.</p></div></li><!-- #comment-## -->"
    thread = f"<div id='comments'><h3>2 comments</h3><ul>{said.format(3)}{said.format(4)}</ul></div>"
    inner = f"<p>{WORDS}</p>{latest}<p>Ended.</p>{thread}"
    page = post(f"<h1>Tides</h1><div class='post-7 post hentry'><div class='post-content'>{inner}</div></div>")
    content = page.content()
    assert content
    assert content.text == f"{WORDS}\n\nBob on Sea\n\nEnded."
    assert len(page.thread.comments) == 2


def test_words_go_on_in_an_element_that_is_never_closed() -> None:
    inner = f"<h1>Tides</h1><div class='entry-content'><p>{WORDS}</p></div></div></div></article><p>Further on.</p>"
    foot = (
        "<div class='comments-area'><div id='respond'><form id='commentform'><button>Send</button></form></div></div>"
    )
    body = f"<div id='page'><article class='post-7 post'><div>{inner}<div>and on<table><tr><td>a cell</div></article>"
    content = post(f"{body}{foot}</div>").content()
    assert content
    assert content.text == f"{WORDS}\n\nFurther on.\n\nand on\n\na cell"


@pytest.mark.parametrize("box", ["div id='author-meta'", "article class='blog-author'", "div class='card author'"])
def test_words_that_swallow_all_that_follows_end_before_the_box_about_the_author(box: str) -> None:
    about = f"<{box}><img class='avatar' src='/a.jpg'><p>Ann sails.</p></{box.partition(' ')[0]}>"
    quoted = "<div class='quote-author'><p>Bob, 1912</p></div>"
    inner = f"<p>{WORDS}</p>{quoted}<table><tr><td>a cell</td>{about}{FORM}"
    content = post(
        f"<article class='post-7 post'><h1>Tides</h1><div class='entry-content'>{inner}</div></article>"
    ).content()
    assert content
    assert content.text == f"{WORDS}\n\nBob, 1912\n\na cell"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("<blockquote>Is it so?</blockquote> It is.", "Is it so?\n\nIt is."),
        ("Who says <blockquote>that it is so?</blockquote>", "Who says\n\nthat it is so?"),
        ("<blockquote>Is it so?</blockquote><blockquote>It is.</blockquote>", "Is it so?\n\nIt is."),
        ("Ann says: <p>Yes, it is.</p>", "Yes, it is."),
        ("Permalink | <p>Yes, it is.</p> Reply", "Yes, it is."),
    ],
)
def test_words_of_no_known_name_stand_beside_a_quotation(words: str, text: str) -> None:
    head = "<header><time datetime='2020-04-01'>1 April 2020</time><cite>Ann</cite></header>"
    (comment,) = comments(
        f"<li class='comment' id='li-comment-3'><div id='comment-3'>{head}<div>{words}</div></div></li>"
    )
    assert comment.content
    assert comment.content.text == text


def test_terms_behind_a_line_below_the_words_are_none_of_them() -> None:
    terms_ = (
        "<hr><div class='tags'>Tags: <a href='/tag/sea/' rel='tag'>Sea</a></div><div class='categories'>None</div><hr>"
    )
    page = post(f"<div id='post-7' class='post-7 post hentry'><h2>Tides</h2><p>{WORDS}</p>{terms_}{FORM}</div>")
    content = page.content()
    assert content
    assert content.text == WORDS


FIGURE = "<figure><img src='/boat.jpg'><figcaption>A boat</figcaption></figure>"


@pytest.mark.parametrize(
    "frame",
    [
        "<h3>Tides</h3><ul class='x-meta'><li>May 5, 2020</li></ul><div class='para'>{}</div><div></div>",
        "<div class='post-title'><h1>Tides</h1></div><div class='x-article'>{}</div><div class='comments-x'>No</div>",
        "<ul class='x-meta'><li>May 5, 2020</li></ul><div class='article clearfix'>{}</div>",
    ],
)
@pytest.mark.parametrize(("words", "text"), [("<p>Short.</p>", "Short."), (FIGURE, "A boat")])
def test_few_words_of_no_known_name_follow_the_title(frame: str, words: str, text: str) -> None:
    page = post(article(frame.format(words) + FORM), title="Tides – Blog")
    content = page.content()
    assert content
    assert content.text == text


@pytest.mark.parametrize(
    ("title", "words"), [("Tides", "<p>Short.</p>"), ("", f"<p>{WORDS}</p>"), ("Tides", f"<p>{WORDS}</p>")]
)
def test_words_may_stand_right_behind_a_small_title_and_the_lines_below_it(title: str, words: str) -> None:
    lines = "<span class='entry-date'>May 5, 2020</span><a href='/tides/'><span class='entry-author'>Ann</span></a>"
    inner = f"<h4>{title}</h4><img src=''><div class='metabox'>{lines}</div>{words}<div class='clear'></div>"
    page = post(
        article(f"<div class='outer'><div class='article-text'>{inner}</div></div>{FORM}"), title=f"{title} – Blog"
    )
    content = page.content()
    assert content
    assert content.text == words[3:-4]
    assert (page.published and page.published.at[:10], [one.name for one in page.byline[0]]) == ("2020-05-05", ["Ann"])


def test_a_box_of_lines_about_the_post_is_none_of_its_words() -> None:
    lines = "<span class='entry-date'>May 5, 2020</span><a href='/tides/'><span class='entry-author'>Ann</span></a>"
    head = f"<h4>Tides and those who watch them come</h4><img src=''><div class='metabox'>{lines}</div>"
    page = post(f"<div id='box'>{head}<p>{WORDS}</p>{FORM}</div>", title="Tides and those who watch them come – Blog")
    content = page.content()
    assert content
    assert content.text == WORDS
    assert (page.published and page.published.at[:10], [one.name for one in page.byline[0]]) == ("2020-05-05", ["Ann"])


@pytest.mark.parametrize(
    "part",
    [
        "<div><a href='javascript:(function(){document.title=1})()'>Mark tides</a></div>",
        "<div><code>tide --now</code><button>Copy</button></div>",
        "<div><h3>The tables</h3><button>Fold</button></div>",
    ],
)
def test_what_an_author_wrote_beside_a_button_is_kept(part: str) -> None:
    content = post(article(f"<h1>Tides</h1><div class='entry-content'><p>{WORDS}</p>{part}</div>")).content()
    assert content
    assert any(said in content.text for said in ("Mark tides", "tide --now", "The tables"))


def test_a_list_with_a_button_can_be_all_of_a_post() -> None:
    words = "<ul><li>Look at the tables</li><li>Cast off <button>Try it</button></li></ul>"
    content = post(article(f"<h1>Tides</h1><div class='entry-content'>{words}</div>")).content()
    assert content
    assert "Look at the tables" in content.text


def test_pictures_between_the_buttons_that_turn_them_are_kept() -> None:
    turned = "<div><img src='/wp-content/uploads/2024/05/ebb.jpg' alt=''><button>Next</button></div>"
    content = post(article(f"<h1>Tides</h1><div class='entry-content'><p>{WORDS}</p>{turned}</div>")).content()
    assert content
    assert [one.url for one in content.media] == [f"{HOME}wp-content/uploads/2024/05/ebb.jpg"]


def test_words_before_a_part_that_is_called_the_body_are_kept() -> None:
    first = "Before all tables there were sticks in the sand, and before the sticks there were those who looked. " * 2
    inner = f"<p>{first}</p><div class='article-text'><p>{WORDS}</p><p>{WORDS}</p></div>{FORM}"
    content = post(article(f"<h1>Tides</h1><div class='entry-content'>{inner}</div>")).content()
    assert content
    assert content.text.startswith("Before all tables")


# -- title and byline -------------------------------------------------------------------------------


def test_the_name_in_an_authors_box_is_no_title() -> None:
    box = "<section class='author-info'><h2 class='page-title'>Ann Lee</h2></section>"
    page = post(f"{article(f'<div class=entry-content><p>{WORDS}</p></div>')}{box}", title="")
    assert not page.title


def test_a_post_with_an_empty_heading_and_no_title_of_the_page_has_none() -> None:
    page = post(article(f"<h1 class='post-title'> </h1><div class='post-content'><p>{WORDS}</p></div>"), title="")
    assert page.title == ""


@pytest.mark.parametrize(
    ("heading", "url", "title"),
    [
        ("Post ID: 7", POST, ""),
        ("(Untitled)", POST, ""),
        ("Sin título", POST, ""),
        ("Blog", f"{HOME}2013/7-2/", ""),
        ("Chapter 8", POST, "Chapter 8"),
        ("Untitled no more", POST, "Untitled no more"),
    ],
)
def test_what_stands_in_place_of_a_title_is_none(heading: str, url: str, title: str) -> None:
    head = f"<h2 class='site-title'><a href='/'>Blog</a></h2><h1 class='entry-title'>{heading}</h1>"
    page = post(f"{head}{article(f'<div class=entry-content><p>{WORDS}</p></div>')}", title="Blog", url=url)
    assert page.title == title
    named = post(
        f"{head}{article(f'<div class=entry-content><p>{WORDS}</p></div>')}", title=f"{heading} – Blog", url=url
    )
    assert named.title == heading


@pytest.mark.parametrize(
    ("stated", "heading", "title"),
    [
        ("Tides – Page 2", "", "Tides"),
        ("Tides – 第2页", "", "Tides"),
        ("Tides – Page 3", "", "Tides – Page 3"),
        ("Tides – Part 2", "Tides – Part 2", "Tides – Part 2"),
        ("Tides – Part 2 – Page 2", "Tides – Part 2", "Tides – Part 2"),
    ],
)
def test_the_number_of_a_part_is_not_part_of_a_title(stated: str, heading: str, title: str) -> None:
    links = f"<div class='page-links'><a class='post-page-numbers' href='{POST}'>1</a></div>"
    inner = f"<h1 class='entry-title'>{heading}</h1><div class='entry-content'><p>{WORDS}</p>{links}</div>"
    source = f"<html><head><title>{stated}</title></head><body class='single postid-7'>{article(inner)}</body></html>"
    target = Target(url=f"{POST}2/", kind=TargetKind.POST_PART, hint={"part": "2", "post": "7"})
    (part,) = WordPress().extract(Page(target.url, source.encode()), target, SITE).posts
    assert (part.title, part.url) == (title, POST)


def test_markup_that_a_theme_shows_as_it_is_written_is_not_part_of_a_title() -> None:
    heading = "<h1>Tides &lt;em&gt;versus&lt;/em&gt; time, 5 &lt; 6</h1>"
    page = post(
        article(f"{heading}<div class='entry-content'><p>{WORDS}</p></div>"), title="Tides versus time, 5 &lt; 6"
    )
    assert page.title == "Tides versus time, 5 < 6"


def test_a_trail_is_no_byline() -> None:
    trail = "<div id='crumbs'><a href='/'>Home</a> &raquo; Written by two of us</div>"
    page = post(f"{trail}<h1>Written by two of us</h1><div class='entry-content'><p>{WORDS}</p></div>", title="")
    assert page.byline[0] == ()


@pytest.mark.parametrize("said", ["", "<span class='screen-reader-text'>Written by two of us</span>"])
def test_a_title_is_no_byline(said: str) -> None:
    head = f"<header>{said}<h1>Written by two of us</h1></header>"
    page = post(f"{head}<div class='entry-content'><p>{WORDS}</p></div>", title="Written by two of us")
    assert page.byline[0] == ()


@pytest.mark.parametrize("url", ["/author/annlee/", "/?author=2"])
def test_a_heading_names_whom_a_label_with_the_address_of_an_authors_page_means(url: str) -> None:
    links = f"<div><a title='Author archive' href='{url}'>Author archive</a></div>"
    about = f"<div class='post-author'><div class='inner'><h4>Ann Lee</h4><p>Sails.</p>{links}</div></div>"
    page = post(article(f"<h1>Tides</h1><div class='post-content'><p>{WORDS}</p></div>{about}"))
    assert [author.name for author in page.byline[0]] == ["Ann Lee"]


def test_a_heading_that_only_begins_as_an_address_names_nobody() -> None:
    face = "<div class='author-box'><a href='/author/annlee/'><img src='/ann.png' alt=''></a></div>"
    page = post(article(f"<h1>Ann Leeward</h1><div class='post-content'><p>{WORDS}</p></div>{face}"))
    assert page.byline[0] == ()


def test_of_a_protected_post_the_title_is_kept_and_no_comment() -> None:
    form = "<form class='post-password-form' action='/wp-login.php?action=postpass'><input name='post_password'></form>"
    said = "<li id='comment-3' class='comment even depth-1'><cite class='fn'>Ann</cite><p>Yes.</p></li>"
    body = f"<h1 class='page-title'>Please enter the password below</h1>{form}<ol class='commentlist'>{said}</ol>"
    source = f"<html><head><title>Protected: Tides</title></head><body class='single postid-7'>{body}</body></html>"
    extract = WordPress().extract(Page(POST, source.encode()), Target(url=POST, kind=TargetKind.POST), SITE)
    assert [(one.title, one.protected) for one in extract.posts] == [("Protected: Tides", True)]
    assert extract.comments == ()


# -- terms ------------------------------------------------------------------------------------------


def test_a_trail_above_the_post_names_no_categories() -> None:
    trail = "<ul class='trail-items'><li class='trail-item'><span><a href='/category/sea/'>Sea</a></span></li></ul>"
    shown = "<span class='cat-links'><a href='/category/sea/tides/' rel='category tag'>Tides</a></span>"
    page = post(f"<div>{trail}<h1>Tides</h1></div>{article(f'{shown}<div class=entry-content><p>{WORDS}</p></div>')}")
    assert terms(page) == [("category", "Tides")]


def test_categories_stand_above_a_post_without_title() -> None:
    head = "<div class='acme-cats'><a href='/category/sea/'>Sea</a></div><h1><a href='/tides/'> </a></h1>"
    page = post(
        f"<a href='/'>Blog</a><div>{head}</div><article class='small'><p>{WORDS}</p></article></div>", title="Blog"
    )
    assert terms(page) == [("category", "Sea")]


@pytest.mark.parametrize(
    ("name", "link", "kind"),
    [("h-blog-categories", "/category/sea/", "category"), ("x-entry-tags", "/tag/sea/", "tag")],
)
def test_a_page_builders_terms_are_called_after_the_post(name: str, link: str, kind: str) -> None:
    row = f"<div class='row'><div class='{name}'><div><a class='inline' href='{link}'>Sea</a></div></div></div>"
    page = post(f"<div><h1>Tides</h1></div><div class='acme-post-content'><p>{WORDS}</p></div>{row}")
    assert terms(page) == [(kind, "Sea")]


def test_a_byline_that_is_marked_as_a_tag_is_none() -> None:
    head = (
        "<span class='author'>By <a rel='tag' href='/author/ann/'>Ann</a></span><a rel='tag' href='/tag/sea/'>Sea</a>"
    )
    assert terms(post(article(f"<h1>Tides</h1>{head}<div class='entry-content'><p>{WORDS}</p></div>"))) == [
        ("tag", "Sea")
    ]


def test_a_sign_of_its_own_is_not_part_of_a_tag() -> None:
    tag = "<span><a href='/tag/moon/' rel='tag'><span class='hash'>#</span>moon</a></span>"
    assert terms(post(article(f"<h1>Tides</h1><div class='entry-content'><p>{WORDS}</p></div>{tag}"))) == [
        ("tag", "moon")
    ]


def test_categories_without_a_link_are_called_as_the_sidebar_calls_their_number() -> None:
    sidebar = "<aside><ul><li class='cat-item cat-item-15'><a href='/category/%e6%b5%b7/'>海</a></li></ul></aside>"
    body = f"<h1>Tides</h1><div class='entry-content'><p>{WORDS}</p></div>"
    assert terms(post(article(body, classes="category-15") + sidebar)) == [("category", "海")]


def test_categories_without_a_link_are_called_as_plain_addresses_call_them() -> None:
    sidebar = "<aside><a href='/?cat=5'>Sea &amp; shore</a></aside>"
    body = f"<h1>Tides</h1><div class='entry-content'><p>{WORDS}</p></div>"
    assert terms(post(article(body, classes="category-sea-shore") + sidebar)) == [("category", "Sea & shore")]


def test_the_parent_of_a_category_is_none_of_the_posts() -> None:
    own = "<li><a href='/category/sea/tides/'>Tides</a></li>"
    shown = f"<ul class='post-cats'><li><a href='/category/sea/'>Sea</a></li>{own}</ul>"
    body = (
        f"{shown}<h1>Tides</h1><div class='entry-content'><p>{WORDS}</p></div><a href='/tag/moon/' rel='tag'>moon</a>"
    )
    assert terms(post(article(body, classes="category-tides category-7-id"))) == [
        ("category", "Tides"),
        ("tag", "moon"),
    ]


# -- dates ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "day", "precision"),
    [
        ("/2010/10/09/", "2010-10-09", Precision.DAY),
        ("/?m=20101009", "2010-10-09", Precision.DAY),
        ("/2010/10/", "2010-10-01", Precision.MONTH),
        ("/about/", "2010-01-01", Precision.YEAR),
    ],
)
def test_years_ago_are_as_exact_as_the_archive_that_they_link_to(link: str, day: str, precision: Precision) -> None:
    meta = f"<div class='entry-meta'>on <a href='{link}'>14 years ago</a></div>"
    page = post(article(f"<h1>Tides</h1>{meta}<div class='entry-content'><p>{WORDS}</p></div>"))
    published = page.published
    assert published
    assert (published.at[:10], published.precision, published.printed) == (day, precision, "on 14 years ago")


def test_a_permalink_that_says_a_day_dates_a_post_without_title() -> None:
    head = "<header><h1>Ann Lee</h1><h2><a href='/tides/' rel='bookmark'>23/01/2013</a></h2></header>"
    published = post(article(f"{head}<div class='entry-content'><p>Out at sea.</p></div>")).published
    assert published
    assert published.at[:10] == "2013-01-23"


@pytest.mark.parametrize("day", ["November 1, 2024", "May 5, 2020"])
def test_the_day_at_the_head_of_a_newspaper_is_not_the_posts(day: str) -> None:
    head = f"<div id='site'><div class='x-top-header'><div class='date-section'>Friday, {day}</div></div></div>"
    page = post(f"{head}<h1>Tides</h1><div class='entry-content'><p>{WORDS}</p></div>")
    assert (page.published is None) == (day == "November 1, 2024")


# -- pings and threads ------------------------------------------------------------------------------------------


def test_a_ping_within_an_item_of_the_themes_is_one() -> None:
    shell = "<article class='trackback even thread-even depth-1'><h3 class='comment-author'>Pingback:</h3>"
    link = "<div class='comment-text'><a href='https://other.example/' class='url'>Other</a></div>"
    (ping,) = comments(f"<li class='pingback' id='comment-3'>{shell}{link}</article></li>")
    assert (ping.native_id, ping.kind) == ("3", CommentKind.TRACKBACK)
    assert ping.author
    assert (ping.author.name, ping.content and ping.content.text) == ("Other", "")


@pytest.mark.parametrize("when", ["6 years ago", "May 7, 2018", "vor 3 Jahren"])
def test_a_date_beside_a_name_of_no_known_name_is_no_name(when: str) -> None:
    frame = f"<div class='comment-author vcard'><div class='c_auth'>Ann</div><a class='comm_date'>{when}</a></div>"
    (comment,) = comments(
        f"<li class='comment even depth-1' id='comment-3'>{frame}<div class='words'><p>Yes.</p></div></li>"
    )
    assert comment.author
    assert (comment.author.name, comment.published and comment.published.printed) == ("Ann", when)


def test_no_comment_is_numbered_zero() -> None:
    items = "".join(
        f"<li id='comment-0' class=''><a href='https://{x}.example/' class='url'>{x}</a></li>" for x in "ab"
    )
    page = f"<body class='single postid-7'><ul class='pinglist'>{items}</ul></body>"
    assert [ping.native_id for ping in read(page).comments] == [None, None]


def test_items_that_run_into_their_class_are_read() -> None:
    said = "<div class='comment-author'><cite class='fn'>{}</cite></div><div class='comment-text'><p>Yes.</p></div>"
    reply = f'<ol class="children"><liclass="comment odd depth-2" id="comment-4">{said.format("Bob")}</li></ol>'
    items = comments(f'<liclass="comment even depth-1" id="comment-3">{said.format("Ann")}{reply}</li>')
    assert [(one.native_id, one.depth, one.parent) for one in items] == [("3", 1, None), ("4", 2, "3")]


REPLY = "<a class='comment-reply-link' data-commentid='{0}' href='/tides/?replytocom={0}#respond'>Reply</a>"


def test_items_of_the_themes_own_are_told_by_links_to_answer_and_faces() -> None:
    face = "<img class='acme-face avatar-60' src='/a.jpg'>"
    said = "<h4>{1}</h4><span>May 5, 2020 at 2:00 pm</span><p>Yes, {1}.</p>{0}"
    item = f"<div class='media acme-box'><a>{face}</a><div>{said}</div></div>"
    ann, bob, cat = (
        item.format(reply, name) for reply, name in ((REPLY.format(3), "Ann"), (REPLY.format(5), "Bob"), ("", "Cat"))
    )
    end = "</li><!-- #comment-## -->"
    body = f"<h3>3 Comments</h3>{ann}<ul class='children'>{cat}{end}</ul>{end}{bob}{end}{FORM}"
    found = read(f"<body class='single postid-7'><div class='acme'>{body}</div></body>").comments
    assert [
        (one.native_id, one.depth, one.author and one.author.name, one.content and one.content.text) for one in found
    ] == [
        ("3", 1, "Ann", "Yes, Ann."),
        (None, 2, "Cat", "Yes, Cat."),
        ("5", 1, "Bob", "Yes, Bob."),
    ]


def test_items_of_the_themes_own_that_cannot_be_answered_are_told_by_what_stands_behind_them() -> None:
    said = "<div><h4>{0}</h4><span>May 5, 2020</span><p>Yes, {0}.</p></div>"
    box = "<div class='media acme-box'><img class='avatar' src='/a.jpg'>" + said + "</div>"
    end = "</li><!-- #comment-## -->"
    replies = f"<ul class='children'>{box.format('Cat')}{end}</ul><!-- .children -->"
    body = f"{box.format('Ann')}{replies}{end}{box.format('Bob')}{end}"
    found = read(f"<body class='single postid-7'><div class='acme'>{body}</div></body>").comments
    assert [(one.depth, one.author and one.author.name, one.content and one.content.text) for one in found] == [
        (1, "Ann", "Yes, Ann."),
        (2, "Cat", "Yes, Cat."),
        (1, "Bob", "Yes, Bob."),
    ]


@pytest.mark.parametrize("pictured", [True, False])
def test_an_item_without_a_picture_is_as_large_as_the_others(pictured: bool) -> None:
    said = "<div><h4>{0}</h4><span>May 5, 2020</span><p>Yes, {0}.</p>{1}</div>"
    boxes = [
        f"<div class='media acme-box'>{face}{said.format(name, REPLY.format(number))}</div>"
        for number, name, face in ((3, "Ann", "<img class='avatar' src='/a.jpg'>"), (4, "Another blog", ""))[
            not pictured :
        ]
    ]
    about = "<div class='hentry'><p>Words.</p></div><div><img class='avatar' src='/b.jpg'><h4>Bob</h4></div>"
    found = read(f"<body class='single postid-7'><div class='all'>{about}{''.join(boxes)}</div></body>").comments
    assert [one.content and one.content.text for one in found] == (
        ["Yes, Ann.", "Yes, Another blog."] if pictured else []
    )


def test_items_of_any_kind_that_wordpress_has_ended_answer_the_post() -> None:
    said = "<h3>Ann</h3><div><p>Yes, {0}.</p></div>{1}"
    item = f"<div id='comment-{{0}}' class='row comment-body'>{said}</div></li><!-- #comment-## -->"
    found = comments(*(item.format(number, REPLY.format(number)) for number in (3, 4)))
    assert [(one.parent, one.depth) for one in found] == [(None, 1)] * 2
    assert {one.parent_source.value for one in found} == {"inferred"}


def test_all_of_a_comment_may_stand_in_what_is_called_its_author() -> None:
    head = "<h4>Ann</h4><p>Yes.</p><time datetime='2021-02-10'><a href='#comment-3'>February 10th, 2021</a></time>"
    frame = f"<div class='comment-author vcard'><div class='avatar'></div><div class='comment-text'>{head}</div></div>"
    (comment,) = comments(f"<li class='comment even depth-1'><article id='comment-3'>{frame}</article></li>")
    assert comment.author
    assert (comment.author.name, comment.content and comment.content.text) == ("Ann", "Yes.")
    assert comment.published
    assert comment.published.at[:10] == "2021-02-10"


def test_numbers_in_the_words_are_no_date_where_the_frame_of_dates_holds_them() -> None:
    head = "<div class='comment-author vcard'><span class='fn'>Ann</span> <span class='ago'>1 August 2011</span></div>"
    words = "<div class='commentmetadata'><p>At 461 places it was so.</p></div>"
    (comment,) = comments(f"<li class='comment even depth-1' id='li-comment-3'>{head}{words}</li>")
    assert comment.published
    assert comment.published.at[:10] == "2011-08-01"
    assert comment.content
    assert comment.content.text == "At 461 places it was so."


def test_a_day_for_machines_may_be_written_as_people_read_it() -> None:
    meta = (
        "<div class='comment-metadata'><time datetime='May 4, 2012'>10:00 am , May 4</time></div><b class='fn'>Ann</b>"
    )
    (comment,) = comments(f"<li class='comment even depth-1' id='comment-3'>{meta}<p>Yes.</p></li>")
    assert comment.published
    assert (comment.published.at[:10], comment.published.precision) == ("2012-05-04", Precision.DAY)


@pytest.mark.parametrize(
    ("ids", "linked", "native"),
    [
        ((31, 34), {}, ["31", "34"]),
        ((31, 34), {31: 31}, ["31", "34"]),
        ((1, 2), {}, [None, None]),
        ((51, 52), {}, [None, None]),
        ((1, 2), {1: 1}, ["1", "2"]),
        ((41, 42), {41: 31}, ["31", None]),
    ],
)
def test_an_id_may_be_the_bare_number_of_a_comment(
    ids: tuple[int, ...], linked: dict[int, int], native: list[str | None]
) -> None:
    reply = "<a class='comment-reply-link' href='/tides/?replytocom={}#respond'>Reply</a>"
    items = (
        f"<div class='comment even depth-1 comments' id='{id_}'><h4 class='user-name'>Ann</h4><div class='acme'>"
        f"{reply.format(linked[id_]) if id_ in linked else ''}</div><p>Yes, {id_}.</p></div></li>"
        for id_ in ids
    )
    assert [one.native_id for one in comments(*items)] == native


@pytest.mark.parametrize(("end", "source"), [("<!-- #comment-## -->", "inferred"), ("<!-- end -->", "unknown")])
def test_items_that_wordpress_has_ended_answer_the_post(end: str, source: str) -> None:
    item = (
        "<li class='comment' id='li-comment-{0}'><cite class='fn'>Ann</cite><div class='comment-text'><p>Yes.</p></div>"
        "<a class='comment-reply-link' href='/tides/?replytocom={0}#respond'>Reply</a></li>"
    )
    found = comments(*(item.format(number) + end for number in (3, 4)))
    assert [(one.parent, one.parent_source.value) for one in found] == [(None, source)] * 2


def test_posts_are_found_beside_a_post_and_its_parts_are_none() -> None:
    rels = {"/sea/": "prev", "/tides/2/": "next", "/tides/comment-page-2/": "next", "/category/sea/": "next"}
    links = "".join(f"<a href='{href}' rel='{rel}'>Onward</a>" for href, rel in rels.items())
    parts = "<div class='page-links'><a class='post-page-numbers' href='/tides/2/'>2</a></div>"
    body = article(f"<h1>Tides</h1><div class='entry-content'><p>{WORDS}</p>{parts}</div><nav>{links}</nav>")
    source = f"<html><body class='single single-post postid-7'>{body}</body></html>"
    found = WordPress().discover(Page(POST, source.encode()), Target(url=POST, kind=TargetKind.POST), SITE)
    posts = [target.url for target in found.targets if target.kind is TargetKind.POST]
    assert posts == [f"{HOME}sea/"]


def test_a_post_without_title_is_asked_for_though_others_are_listed_within_it() -> None:
    shown = "<article id='post-{0}' class='hentry'><a href='/archives/{0}'></a><p>Words.</p>{1}</article>"
    other = (
        "<div class='related-posts'><h4><a href='/archives/3'>Sea</a></h4><h4><a href='/archives/4'>Sky</a></h4></div>"
    )
    source = f"<html><body class='blog'>{shown.format(51, other)}</body></html>"
    target = Target(url=f"{HOME}page/2/", kind=TargetKind.LIST)
    found = WordPress().discover(Page(target.url, source.encode()), target, SITE)
    posts = {one.url: one.hint.get("post") for one in found.targets if one.kind is TargetKind.POST}
    assert posts == {f"{HOME}archives/3": None, f"{HOME}archives/4": None, f"{HOME}?p=51": "51"}


def test_pages_are_found_in_the_sidebar_of_pages() -> None:
    sidebar = "<aside><ul><li class='page_item page-item-9'><a href='/about/crew/'>Crew</a></li></ul></aside>"
    body = f"<h1>About</h1><div class='entry-content'><p>{WORDS}</p></div>{sidebar}"
    source = f"<html><body class='page page-id-8'>{body}</body></html>"
    found = WordPress().discover(
        Page(f"{HOME}about/", source.encode()), Target(url=f"{HOME}about/", kind=TargetKind.POST), SITE
    )
    assert [(target.url, target.kind) for target in found.targets] == [(f"{HOME}about/crew/", TargetKind.POST)]


# -- dates that are of something else ---------------------------------------------------------------


def test_a_bookmark_of_another_post_does_not_date_this_one() -> None:
    other = "<div><a rel='bookmark' href='/ebb/'>May 5, 2020</a></div>"
    words = f"<div class='entry-content'><p>{WORDS}</p></div>"
    page = post(article(f"<h1>Tides</h1>{words}{other}"), url=f"{HOME}2019/03/04/tides/")
    assert page.published
    assert page.published.at.startswith("2019-03-04")


@pytest.mark.parametrize(("said", "day"), [("14 years ago", "2024/10/29"), ("May 2010", "2010/06/29")])
def test_a_day_of_the_calendar_does_not_refine_a_date(said: str, day: str) -> None:
    head = f"<h1>Tides</h1><time class='entry-date'>{said}</time>"
    table = "<table><tr><td><a href='/{}/'>29</a></td></tr></table>"
    page = post(f"{article(f'{head}<div class=entry-content><p>{WORDS}</p></div>')}{table.format(day)}")
    assert page.published
    assert page.published.at[:7] == ("2010-05" if "May" in said else "2010-01")


def test_what_stands_beside_terms_is_none() -> None:
    links = "<a href='/category/sea/'>Sea</a> <a href='/ebb/'>Ebb</a> <a href='/2024/'>2024</a>"
    source = article(
        f"<h1>Tides</h1><div class='single-cat'>{links}</div><div class='entry-content'><p>{WORDS}</p></div>"
    )
    assert terms(post(source)) == [("category", "Sea")]


@pytest.mark.parametrize("other", ["<a href='/ebb/'>Ebb, and the boats that came home</a>", "<img src='/tides.jpg'>"])
def test_of_two_parts_behind_a_title_the_larger_need_not_be_the_words(other: str) -> None:
    beside = f"<div class='aa'>Short words.</div><div class='bb'>{other}</div>"
    page = post(f"<article class='post-7 post hentry'><h1>Tides</h1>{beside}</article>")
    content = page.content()
    assert content
    assert content.text == "Short words."


def test_a_new_post_is_dated_in_its_own_head() -> None:
    head = "<div class='header'><h1>Tides</h1><span class='date'>November 1, 2024</span></div>"
    page = post(article(f"{head}<div class='entry-content'><p>{WORDS}</p></div>"))
    assert page.published
    assert page.published.at.startswith("2024-11-01")
