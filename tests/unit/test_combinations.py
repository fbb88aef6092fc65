"""What comes of settings together that are fine one by one: languages, permalinks, doors, themes."""

from __future__ import annotations

import pytest

from archiver.crawl.reading import EMPTY, Question, read
from archiver.engines import feeds, wordpress_api
from archiver.engines.wordpress import WordPress
from archiver.engines.wordpress_page import PostPage, post_page
from archiver.model import Extract, Site, Target, TargetKind
from archiver.page import Page

HOME = "https://blog.example.org/"
POST = f"{HOME}2021/02/tides/"
SITE = Site(key="blog.example.org", home=HOME)
HTML = {"content-type": "text/html; charset=utf-8"}
WP = WordPress()


def page_of(body: str, *, head: str = "", url: str = POST, classes: str = "single single-post postid-7") -> Page:
    markup = f"<!DOCTYPE html><html><head>{head}</head><body class='{classes}'>{body}</body></html>"
    return Page(url, markup.encode(), headers=HTML)


def reading_of(body: str, *, head: str = "") -> PostPage:
    return post_page(page_of(body, head=head), SITE)


# -- comment pages ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["комментарии", "%D0%BA%D0%BE%D0%BC", "kommentare"])
def test_comment_pages_are_called_so_in_any_script(name: str) -> None:
    """Without a slash at the end, as the permalinks have it."""
    post = POST.rstrip("/")
    reading = reading_of(
        "<article id='post-7' class='post'><h1 class='entry-title'>Tides</h1><div class='entry-content'><p>Words.</p>"
        f"</div></article><div id='comments'><a href='{post}/{name}-3#comments'>Older</a></div>",
        head=f"<link rel='canonical' href='{post}'>",
    )
    assert list(reading.comment_pages) == [3]


def thread_of(url: str, links: str, **hint: str) -> Extract:
    comment = (
        f"<li id='comment-4' class='comment depth-1'><cite class='fn'>Ann</cite> <a href='{POST}#comment-4'>"
        "<time datetime='2021-03-01T10:00:00Z'>1 March</time></a><div class='comment-content'><p>Hello.</p></div></li>"
    )
    body = (
        "<article id='post-7' class='post'><h1 class='entry-title'>Tides</h1><div class='entry-content'><p>Words.</p>"
        f"</div></article><div id='comments'><ol class='comment-list'>{comment}</ol>{links}</div>"
    )
    target = Target(url=url, kind=TargetKind.COMMENT_PAGE, hint=hint)
    return WP.extract(page_of(body, head=f"<link rel='canonical' href='{url}'>", url=url), target, SITE)


def test_a_first_page_that_leads_to_the_bare_permalink_alone_is_one_of_several() -> None:
    """The newest comments stand there. As a page of its own kind it would be taken for a thread that is not paged."""
    url = f"{POST}comment-page-1/"
    (page,) = thread_of(url, f"<a href='{POST}#comments'>Newer</a>", page="1").threads
    assert (page.page, page.pages) == (1, 1)
    (guessed,) = thread_of(url, "", page="1", most="3").threads
    assert (guessed.page, guessed.pages) == (None, 1)


def test_the_feed_of_one_post_tells_what_a_comment_page_is_called() -> None:
    markup = (
        "<rss version='2.0'><channel><title>Comments on: Tides</title><link>{home}</link><item><title>By: Ann</title>"
        f"<link>{POST}diskussion-1/#comment-4</link><guid isPermaLink='false'>{POST}#comment-4</guid>"
        "<description>Hello.</description></item></channel></rss>"
    )
    rss = {"content-type": "application/rss+xml"}
    for home, wanted in ((POST, POST), (HOME, f"{POST}diskussion-1/")):
        page = Page(f"{home}feed/", markup.format(home=home).encode(), headers=rss)
        (comment,) = feeds.read_comments(page, SITE)
        assert comment.post.url == wanted


def test_no_two_posts_have_one_slug() -> None:
    """So what stands behind two posts alike is a comment page; what stands behind one may be a post, `day-3`."""
    links = (f"{HOME}ebb/diskussion-1/#comment-4", f"{HOME}flow/diskussion-1/#comment-5", f"{HOME}day-3/#comment-6")
    items = "".join(
        f"<item><title>Ann</title><link>{link}</link><description>Hi.</description></item>" for link in links
    )
    rss = f"<rss version='2.0'><channel><title>Comments for Tides</title><link>{HOME}</link>{items}</channel></rss>"
    page = Page(f"{HOME}comments/feed/", rss.encode(), headers={"content-type": "application/rss+xml"})
    posts = [comment.post.url for comment in feeds.read_comments(page, SITE)]
    assert posts == [f"{HOME}ebb/", f"{HOME}flow/", f"{HOME}day-3/"]


# -- what a post has not ----------------------------------------------------------------------------


def test_a_post_without_words_does_not_take_those_of_its_comment() -> None:
    """Some themes leave the element of the words out then, and call a comment's as they call that."""
    reading = reading_of(
        "<article id='post-7' class='post'><h1 class='post-title'>Tides</h1><div class='comments'>"
        "<ol class='commentlist'><li id='li-comment-4' class='comment depth-1'><div id='comment-4'><h4>Ann</h4>"
        "<div class='comment-content post-content'><p>Such a long comment that it could well be a post, had it been "
        "written by somebody else and under a title of its own.</p></div></div></li></ol></div></article>"
    )
    assert reading.content() is None
    assert len(reading.thread.comments) == 1


def test_a_protected_post_keeps_its_title_where_nothing_tells_the_name_of_the_blog() -> None:
    form = "<form class='post-password-form' action='/wp-login.php?action=postpass'></form>"
    for heading in ("受保護的文章：Tides", "Geschützt: Tides"):
        reading = reading_of(
            f"<article id='post-7' class='post'><h1 class='entry-title'>{heading}</h1>"
            f"<div class='entry-content'>{form}</div></article>",
            head="<title>Tides &#8211; The Notes of a Harbour and its Friends</title>",
        )
        assert reading.title == heading


def test_a_page_that_is_empty_is_a_failure() -> None:
    target = Target(url=POST, kind=TargetKind.POST)
    read_so = read(Question(page=Page(POST, b" \n", headers=HTML), target=target, site=SITE, engine="wordpress"))
    assert read_so.error == EMPTY
    assert [one.url for one in read_so.discovery.targets] == [f"{POST}feed/"]


# -- terms and menus --------------------------------------------------------------------------------


def test_a_slug_in_two_scripts_is_one_term() -> None:
    """WordPress leaves what is no ASCII out of the class: `ios开发` is `category-ios` there."""
    link = f"<a href='{HOME}category/ios%E5%BC%80%E5%8F%91/' rel='category tag'>iOS开发</a>"
    reading = reading_of(
        "<article id='post-7' class='post-7 post type-post status-publish hentry category-ios'>"
        f"<h1 class='entry-title'>Tides</h1>{link}<div class='entry-content'><p>Words.</p></div></article>"
    )
    assert [(term.taxonomy, term.name) for term in reading.read().terms or ()] == [("category", "iOS开发")]


def test_pages_are_found_in_a_menu_without_the_classes_of_wordpress() -> None:
    names = ("about", "about/rules", "category/notes", "rubrik/notes", "2021/02", "feed/")
    items = "".join(f"<li class='nav-item'><a class='nav-link' href='{HOME}{name}'>X</a></li>" for name in names)
    front = page_of(f"<ul id='menu-primary' class='navbar-nav'>{items}</ul>", url=HOME, classes="home blog")
    found = WP.discover(front, Target(url=HOME, kind=TargetKind.HOME), SITE).targets
    pages = [one.url for one in found if one.kind is TargetKind.POST]
    assert pages == [f"{HOME}about", f"{HOME}about/rules"]


def test_a_menu_of_languages_is_no_byline() -> None:
    """ "de fr" would be "by fr" in half a dozen languages."""
    names = ["Home", "About", "Rules", "Contact", "Notes", "Links", "Places", "Books", "Tides", "Harbours", "de", "fr"]
    items = "\n".join(f"<li><a href='{HOME}{name}/'>{name}</a></li>" for name in names)
    reading = reading_of(
        f"<header>\n<div>\n<h1 class='site-title'>The Notes</h1>\n<nav><ul>{items}</ul></nav></div></header>"
        "<article id='post-7' class='post'><h1 class='entry-title'>Tides</h1><div class='entry-content'><p>Words.</p>"
        "</div></article>"
    )
    assert reading.byline == ((), True)


# -- the API ----------------------------------------------------------------------------------------


def test_a_list_that_fails_for_what_it_embeds_is_asked_for_without() -> None:
    target = wordpress_api.page_target(f"{HOME}wp-json/", "posts", 1, size=1, part="1")
    (bare,) = wordpress_api.smaller(Page(target.url, b"", status=500), target)
    assert ("_embed" in target.url, "_embed" in bare.url) == (True, False)
    assert wordpress_api.smaller(Page(bare.url, b"", status=500), bare) == []
    body = b'[{"id": 7, "link": "https://blog.example.org/7/"}]'
    came = Page(bare.url, body, headers={"content-type": "application/json", "x-wp-totalpages": "3"})
    onward = wordpress_api.next_pages(came, bare)
    assert [(one.hint["page"], one.hint["size"]) for one in onward] == [("2", "1"), ("3", "1")]
    assert not any("_embed" in one.url for one in onward)


@pytest.mark.parametrize(("counted", "claimed"), [("<slash:comments>3</slash:comments>", "0"), ("", None)])
def test_a_post_without_a_number_has_no_comments_where_the_feed_has_others(counted: str, claimed: str | None) -> None:
    items = (
        f"<item><link>{HOME}{slug}/</link><title>{slug}</title>{number}</item>"
        for slug, number in (("tides", counted), ("boats", ""))
    )
    source = (
        "<?xml version='1.0'?><rss version='2.0' xmlns:slash='http://purl.org/rss/1.0/modules/slash/'><channel>"
        f"<title>Quay</title><generator>https://wordpress.org/?v=6.1</generator>{''.join(items)}</channel></rss>"
    )
    page = Page(f"{HOME}feed/", source.encode(), headers={"content-type": "application/rss+xml"})
    found = WordPress().discover(page, Target(url=page.url, kind=TargetKind.FEED), SITE).targets
    assert [one.hint.get("claimed") for one in found if one.url == f"{HOME}boats/"] == [claimed]
