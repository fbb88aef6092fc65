"""More shapes of themes that nobody had seen when the engine was written; in words of our own."""

from __future__ import annotations

import pytest

from archiver.engines.wordpress import WordPress
from archiver.engines.wordpress_page import PostPage, post_page
from archiver.model import CommentKind, Discovery, Site, Target, TargetKind
from archiver.page import Page
from tests.unit.test_threads import read

HOME = "https://blog.example.org/"
POST = f"{HOME}tides/"
SITE = Site(key="blog.example.org", home=HOME, title="Harbour Notes & What the Sea Brings")
WORDS = (
    "The tide came in at noon, and with it the boats that had waited outside since the morning; nobody had counted "
    "them, and nobody would."
)
MORE = "The harbour is larger than it looks from the hill, and older than anyone remembers."
ARTICLE = "post-7 post type-post status-publish hentry"


def a_page(body: str, *, title: str = "Tides", url: str = POST) -> Page:
    source = f"<html lang='en'><head><title>{title}</title></head><body class='single postid-7'>{body}</body></html>"
    return Page(url, source.encode(), headers={"date": "Fri, 01 Nov 2024 10:00:00 GMT"})


def post(body: str, *, title: str = "Tides", url: str = POST) -> PostPage:
    return post_page(a_page(body, title=title, url=url), SITE)


def leads_to(body: str) -> Discovery:
    return WordPress().discover(a_page(body), Target(url=POST, kind=TargetKind.POST), SITE)


def text(page: PostPage) -> str | None:
    content = page.content()
    return content.text if content else None


# -- titles -----------------------------------------------------------------------------------------


def test_a_part_of_a_post_links_to_the_post_not_to_the_blog() -> None:
    trail = f"<ul class='trail'><li><a href='{HOME}'>Home</a></li><li><a href='{POST}'>Tides</a></li></ul>"
    blog = "<h1>Harbour Notes &amp; What the Sea Brings</h1>"
    body = f"{blog}{trail}<h1 class='page-title'>Tides</h1><div class='entry-content'><p>{WORDS}</p></div>"
    part = post(body, title="Tides – Page 2 – Harbour Notes &amp; What the Sea Brings", url=f"{POST}2/")
    assert part.title == "Tides"


def test_a_page_whose_title_is_empty_shows_a_post_without_one() -> None:
    body = f"<article class='{ARTICLE}'><div class='entry-content'><p>{WORDS}</p></div></article>"
    assert post(body, title="").title == ""


# -- the words --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["entry-thumbnail", "featured-media"])
def test_the_caption_of_the_picture_above_a_post_is_none_of_its_words(name: str) -> None:
    picture = f"<figure class='{name}'><img src='/a.jpg' alt=''><figcaption>The old pier</figcaption></figure>"
    own = "<figure class='wp-block-image'><img src='/b.jpg' alt=''><figcaption>The new pier</figcaption></figure>"
    body = post(f"<h1>Tides</h1><div class='entry-content'>{picture}<p>{WORDS}</p>{own}<p>{MORE}</p></div>")
    assert text(body) == f"{WORDS}\n\nThe new pier\n\n{MORE}"


@pytest.mark.parametrize("cut", ["", " […]", "…", " [...]"])
def test_an_excerpt_above_the_words_with_which_they_begin_is_none_of_them(cut: str) -> None:
    excerpt = f"<aside><p>{WORDS[:90]}{cut}</p></aside>"
    page = post(f"<h1>Tides</h1><article class='{ARTICLE}'>{excerpt}<p>{WORDS}</p><p>{MORE}</p></article>")
    assert text(page) == f"{WORDS}\n\n{MORE}"


def test_a_first_paragraph_that_is_not_said_again_stays() -> None:
    page = post(f"<h1>Tides</h1><div class='entry-content'><p>{MORE}</p><p>{WORDS}</p></div>")
    assert text(page) == f"{MORE}\n\n{WORDS}"


@pytest.mark.parametrize("inside", [True, False])
def test_an_empty_frame_that_is_called_the_words_is_passed_over(inside: bool) -> None:
    frame = "<div class='entry-content clear'> </div>"
    words = "<div class='entry-summary'><p>A short note.</p></div>"
    within, behind = (frame, "") if inside else ("", frame)
    page = post(f"<article id='post-7' class='{ARTICLE}'><h2>Tides</h2>{words}{within}</article>{behind}")
    assert text(page) == "A short note."


# -- people -----------------------------------------------------------------------------------------


def test_a_name_in_an_element_that_is_named_in_the_way_of_bem() -> None:
    line = "<div class='article-author'><span class='article-author__name'>Ann Lee</span><span>Editor</span></div>"
    page = post(f"<h1>Tides</h1>{line}<div class='entry-content'><p>{WORDS}</p></div>")
    assert [author.name for author in page.byline[0]] == ["Ann Lee"]


@pytest.mark.parametrize("quote", ["[...] the tide, he says [...]", "[…] on [1] and the pier […]"])
def test_a_ping_is_sent_by_what_stands_behind_its_quotation(quote: str) -> None:
    link = f"<a href='https://other.example/'><sup>1</sup><span>{quote}</span> - Another Blog » Piers</a>"
    item = f"<li class='pingback even depth-1' id='comment-3'>{link}</li>"
    (ping,) = read(f"<body class='single postid-7'><ul class='pings'>{item}</ul></body>").comments
    assert ping.kind is CommentKind.PINGBACK
    assert ping.author
    assert ping.author.name == "Another Blog » Piers"


# -- where a page leads -----------------------------------------------------------------------------


def test_the_posts_before_and_after_are_found_by_their_frames() -> None:
    beside = "".join(
        f"<div class='nav-{name}'><a href='{HOME}{slug}/'><span>{slug}</span></a></div>"
        for name, slug in (("previous", "ebb"), ("next", "flood"))
    )
    body = f"<h1>Tides</h1><div class='entry-content'><p>{WORDS}</p></div><nav class='post-navigation'>{beside}</nav>"
    assert [target.url for target in leads_to(body).targets] == [f"{HOME}ebb/", f"{HOME}flood/"]


def a_thread(*numbers: int, page: int | None, pager: str = "") -> str:
    """Two comments of the four that the heading counts. page: which one their permalinks name."""
    where = f"{POST}comment-page-{page}/" if page else POST
    items = "".join(
        f"<li class='comment even depth-1' id='comment-{n}'><cite class='fn'>Ann</cite>"
        f"<a href='{where}#comment-{n}'><time datetime='2024-01-0{n}T10:00:00Z'>Some day</time></a>"
        f"<div class='comment-content'><p>Words {n}.</p></div></li>"
        for n in numbers
    )
    body = f"<h1>Tides</h1><div class='entry-content'><p>{WORDS}</p></div>"
    heading = "<h2 class='comments-title'>4 responses to “Tides”</h2>"
    return f"{body}<div id='comments'>{heading}<ol class='comment-list'>{items}</ol>{pager}</div>"


def comment_pages(body: str) -> list[str]:
    return [target.url for target in leads_to(body).targets if target.kind is TargetKind.COMMENT_PAGE]


@pytest.mark.parametrize(("page", "asked"), [(2, [f"{POST}comment-page-1/"]), (None, [])])
def test_comments_that_name_their_page_tell_of_another(page: int | None, asked: list[str]) -> None:
    assert comment_pages(a_thread(3, 4, page=page)) == asked


def test_permalinks_that_name_the_page_to_which_the_pager_goes_back_are_wrong() -> None:
    back = (
        f"<div><a class='wp-block-comments-pagination-previous' href='{POST}comment-page-1/#comments'>Older</a></div>"
    )
    body = a_thread(4, 3, page=1, pager=back)
    assert comment_pages(body) == [f"{POST}comment-page-1/"]
    assert post(body).comment_page_number() == 2
