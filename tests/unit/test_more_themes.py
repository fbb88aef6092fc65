"""More shapes of themes that nobody had seen when the engine was written; in words of our own."""

from __future__ import annotations

import pytest

from archiver.engines.wordpress import WordPress
from archiver.engines.wordpress_page import PostPage, post_page
from archiver.model import CommentKind, Discovery, ParentSource, Site, Target, TargetKind
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


def test_a_year_in_a_trail_is_not_the_blogs_name() -> None:
    trail = f"<nav><a href='{HOME}'>Home</a><a href='{HOME}2016/'>2016</a></nav>"
    body = f"{trail}<h1>2016</h1><div class='entry-content'><p>{WORDS}</p></div>"
    page = post_page(
        a_page(body, title="2016 – Harbour Notes", url=f"{HOME}2016/07/2016-2/"),
        Site(key="blog.example.org", home=HOME),
    )
    assert page.title == "2016"


def test_a_small_heading_with_which_the_title_of_the_page_ends() -> None:
    body = f"<h6>Tides</h6><div class='entry-content'><p>{WORDS}</p></div>"
    page = post_page(a_page(body, title="Notes » Archive » Tides"), Site(key="blog.example.org", home=HOME))
    assert page.title == "Tides"


def test_signs_in_a_title_that_a_theme_took_for_markup() -> None:
    body = f"<h1>Tides, 5  4</h1><div class='entry-content'><p>{WORDS}</p></div>"
    assert (
        post(body, title="Tides, 5 &lt; 6 &gt; 4 – Harbour Notes &amp; What the Sea Brings").title == "Tides, 5 < 6 > 4"
    )


def test_a_sign_behind_a_title_with_no_name_of_a_blog() -> None:
    body = "<h1>Harbour</h1><form class='post-password-form' action='/wp-login.php?action=postpass'></form>"
    page = post_page(a_page(body, title="Tides | "), Site(key="blog.example.org", home=HOME))
    assert page.title == "Tides"


@pytest.mark.parametrize("heading", ["THE TIDES OF CAFÉ", "THE TIDES OF CAFé"])
def test_a_title_in_capitals_is_spelt_as_the_head_spells_it(heading: str) -> None:
    body = f"<h1 class='entry-title'>{heading}</h1><div class='entry-content'><p>{WORDS}</p></div>"
    assert post(body, title="The Tides of Café").title == "The Tides of Café"


@pytest.mark.parametrize("first", [" ", "Harbour Notes &amp; What the Sea Brings"])
def test_of_two_titles_of_a_page_that_of_wordpress_is_meant(first: str) -> None:
    body = f"<div class='entry-content'><p>{WORDS}</p></div>"
    assert post(body, title=f"{first}</title><title>Tides – Harbour Notes &amp; What the Sea Brings").title == "Tides"


def test_a_title_that_stands_among_the_words_is_not_the_pages() -> None:
    card = "<div class='card'><title>Something else</title><p>A card from elsewhere.</p></div><title>Share</title>"
    body = f"<div class='entry-content'><p>{WORDS}</p></div>{card}"
    assert post(body, title="Tides").title == "Tides"


@pytest.mark.parametrize(("path", "title"), [("2021/the-tides.html", "The tides"), ("archives/7", ""), ("7-2/", "")])
def test_the_only_heading_of_a_page_that_calls_itself_as_its_blog(path: str, title: str) -> None:
    body = f"<h1>The tides</h1><div class='entry-content'><p>{WORDS}</p></div>"
    assert post(body, title="Harbour Notes &amp; What the Sea Brings", url=f"{HOME}{path}").title == title


def test_a_frame_that_is_called_the_title_has_a_byline_in_it() -> None:
    frame = "<section class='article-title'><h1></h1><p>Ann Lee</p></section>"
    body = f"{frame}<div class='entry-content'><p>{WORDS}</p></div>"
    assert post(body, title="Harbour Notes &amp; What the Sea Brings").title == ""


# -- the words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pictures",
    [
        "<figure class='wp-block-image size-thumbnail'><img src='/a.jpg'><figcaption>A pier</figcaption></figure>",
        "<div class='gallery gallery-columns-3 gallery-size-thumbnail'><figure><img src='/a.jpg'></figure></div>",
        "<div class='thumb row'><img src='/a.jpg'><img src='/b.jpg'></div>",
    ],
)
def test_pictures_that_an_author_has_put_first_are_the_posts(pictures: str) -> None:
    entry = f"<div class='entry-content'>{pictures}<p>{WORDS}</p></div>"
    content = post(f"<article class='{ARTICLE}'><h1 class='entry-title'>Tides</h1>{entry}</article>").content()
    assert content is not None
    assert "/a.jpg" in content.html


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


def test_the_foot_of_a_post_is_not_its_words_though_it_says_more() -> None:
    foot = f"<div class='row'><div class='article-footer'><p>Published on 2 May 2021.</p><p>{WORDS}</p></div></div>"
    words = "<div class='row'><div class='column'><p>A short note.</p></div></div>"
    form = "<div class='row'><div id='respond'><form id='commentform'></form></div></div>"
    assert text(post(f"<h1>Tides</h1><article class='wrapper'>{words}{form}{foot}</article>")) == "A short note."


def test_what_is_said_of_the_author_is_more_than_a_short_post() -> None:
    face = "<div><img class='avatar avatar-80' src='/a.png'></div>"
    about = f"<div class='flex'>{face}<div><p>Written by</p><h2>Ann Lee</h2><p>{WORDS}</p></div></div>"
    words = "<div class='prose-blog'><p>A short note.</p></div>"
    page = post(f"<article class='{ARTICLE}'><header><h1>Tides</h1></header><div>{words}{about}</div></article>")
    assert text(page) == "A short note."


def test_few_words_may_stand_in_a_main_of_their_own() -> None:
    head = "<header class='art-header'><h1>Tides</h1><time>2 May 2021</time></header>"
    page = post(f"<main><article>{head}<figure></figure><main class='art'><p>A short note.</p></main></article></main>")
    assert text(page) == "A short note."


def test_a_form_of_the_theme_that_asks_for_an_address_is_none_of_the_words() -> None:
    fields = "".join(f"<p><label>{name}</label><input name='box_{name}'></p>" for name in ("name", "email", "subject"))
    page = post(f"<h1>Tides</h1><div class='entry-content'><p>{WORDS}</p><form action='#'>{fields}</form></div>")
    assert text(page) == WORDS


@pytest.mark.parametrize("frame", ["", "<p class='pages'>Pages: <span class='post-page-numbers'>1</span></p>"])
def test_words_in_a_frame_of_their_own_beside_one_that_holds_no_more_than_the_numbers_of_parts(frame: str) -> None:
    words = f"<div class='main-post-content'><h2>Tides</h2><p>{WORDS}</p></div>"
    page = post(f"<div class='{ARTICLE} entry'>{words}<div class='entry-content'>{frame}</div></div>")
    assert text(page) == WORDS


def test_a_byline_below_the_title_is_not_the_first_of_the_words() -> None:
    head = "<div class='post-header'><h2>Tides</h2><p>by Ann Lee on May 2, 2021</p></div>"
    page = post(f"<h1>Notes</h1><div id='post-7' class='{ARTICLE}'>{head}<p>A short note.</p></div>")
    assert text(page) == "A short note."
    assert [author.name for author in page.byline[0]] == ["Ann Lee"]


def test_the_picture_that_wordpress_itself_marks_as_that_of_the_post() -> None:
    picture = "<figure class='lead'><img class='wp-post-image' src='/a.jpg'><figcaption>A pier</figcaption></figure>"
    assert text(post(f"<h1>Tides</h1><div class='entry-content'>{picture}<p>{WORDS}</p></div>")) == WORDS


@pytest.mark.parametrize(("heading", "names"), [("", ["日本語"]), ("<h3>More</h3>", [])])
def test_categories_in_an_aside_of_the_post(heading: str, names: list[str]) -> None:
    link = f"<div>Filed in: <a href='{HOME}category/%e6%97%a5/' rel='category tag'>日本語</a></div>"
    words = f"<div class='entry-content'><p>{WORDS}</p></div><aside class='entry-terms'>{heading}{link}</aside>"
    page = post(f"<article id='post-7' class='{ARTICLE} category-15'><h1>Tides</h1>{words}</article>")
    assert [term.name for term in page.read().terms or ()] == names


def test_few_words_behind_the_only_heading_of_a_page_without_a_title() -> None:
    body = (
        f"<div class='wrapper'><h1><a href='{POST}'>Tides</a></h1><p>A short note.</p><div class='clear'></div></div>"
    )
    assert text(post(body, title="")) == "A short note."


def test_a_day_that_a_time_itself_calls_that_of_the_last_change() -> None:
    time = "<time datetime='2024-03-01T10:00:00Z' class='mod'><span>Last Updated</span> — March 1, 2024</time>"
    page = post(f"<h1>Tides</h1><div class='post-meta'><div>{time}</div></div><div class='entry-content'>{WORDS}</div>")
    assert page.published is None
    assert page.modified
    assert page.modified.at == "2024-03-01T10:00:00Z"


def test_a_block_that_asks_for_the_page_itself_is_no_list_of_other_posts() -> None:
    words = f"<div class='entry-content wp-block-post-content'><p>{WORDS}</p></div>"
    asked = f"<div class='wp-block-query'><h1 class='wp-block-post-title'>Tides</h1>{words}</div>"
    assert text(post(f"<div class='wp-site-blocks'><h1 class='wp-block-site-title'>Notes</h1>{asked}</div>")) == WORDS


@pytest.mark.parametrize(("rel", "names"), [("rel='category tag'", ["News", "Sea"]), ("", [])])
def test_categories_that_wordpress_itself_has_written_into_a_trail(rel: str, names: list[str]) -> None:
    links = "".join(f"<a href='{HOME}category/{name.lower()}/' {rel}>{name}</a>" for name in ("News", "Sea"))
    trail = f"<nav class='breadcrumbs'><a href='{HOME}'>Home</a>{links}</nav>"
    page = post(f"{trail}<h1>Tides</h1><div class='entry-content'><p>{WORDS}</p></div>")
    assert [term.name for term in page.read().terms or ()] == names


# -- people -----------------------------------------------------------------------------------------


def test_a_name_in_an_element_that_is_named_in_the_way_of_bem() -> None:
    line = "<div class='article-author'><span class='article-author__name'>Ann Lee</span><span>Editor</span></div>"
    page = post(f"<h1>Tides</h1>{line}<div class='entry-content'><p>{WORDS}</p></div>")
    assert [author.name for author in page.byline[0]] == ["Ann Lee"]


def test_a_link_to_the_author_holds_more_than_the_name() -> None:
    said = "<div class='byline-name'>Ann Lee</div><div class='byline-role'>Health Writer</div>"
    line = f"<a class='byline-author' href='{HOME}author/ann/'><div><img class='avatar' src='/a.png'></div>{said}</a>"
    page = post(f"<h1>Tides</h1><div class='byline'>{line}</div><div class='entry-content'><p>{WORDS}</p></div>")
    assert [author.name for author in page.byline[0]] == ["Ann Lee"]


def test_who_has_the_rights_in_the_foot_of_a_page_has_written_nothing() -> None:
    foot = (
        "<footer class='site-footer'><p>© <span itemprop='author creator'>Harbour Notes Press</span> 2026.</p></footer>"
    )
    assert post(f"<h1>Tides</h1><div class='entry-content'><p>{WORDS}</p></div>{foot}").byline[0] == ()


@pytest.mark.parametrize("quote", ["[...] the tide, he says [...]", "[…] on [1] and the pier […]"])
def test_a_ping_is_sent_by_what_stands_behind_its_quotation(quote: str) -> None:
    link = f"<a href='https://other.example/'><sup>1</sup><span>{quote}</span> - Another Blog » Piers</a>"
    item = f"<li class='pingback even depth-1' id='comment-3'>{link}</li>"
    (ping,) = read(f"<body class='single postid-7'><ul class='pings'>{item}</ul></body>").comments
    assert ping.kind is CommentKind.PINGBACK
    assert ping.author
    assert ping.author.name == "Another Blog » Piers"


@pytest.mark.parametrize("names", [["Ann Lee"], ["Ann Lee", "Bob Ray", "Ann Lee"]])
def test_comments_that_nothing_but_a_face_marks(names: list[str]) -> None:
    face = "<div class='face'><img alt='' src='/a.png' class='avatar avatar-80 photo' height='80' width='80'></div>"
    items = "".join(
        f"<div class='flex'>{face}<div><strong>{name}</strong> - May {n}, 2021 <p>Words {n}.</p></div></div>"
        for n, name in enumerate(names, 2)
    )
    form = "<form id='commentform'><img class='avatar' src='/me.png'><p>Write a comment</p></form>"
    found = read(f"<body class='single postid-7'><div class='comments-area'>{items}{form}</div></body>").comments
    assert [one.author.name for one in found if one.author] == names
    assert [one.content.text for one in found if one.content] == [f"Words {n}." for n in range(2, len(names) + 2)]
    assert [one.published.at[:10] for one in found if one.published] == [f"2021-05-0{n + 2}" for n in range(len(names))]


def test_the_id_of_a_comment_on_what_holds_its_link_to_answer() -> None:
    items = "".join(
        f"<div class='own depth-1'><div class='face'><img src='/a.png'></div><div><div><cite class='fn'>{name}</cite>"
        f"<div>2021-02-0{n} 8:00</div></div><div>{WORDS} {n}.</div></div>"
        f"<div class='answer' id='own-comment-{n}'><a href='{POST}?replytocom={n}#respond'>Reply</a> (0)</div></div>"
        for n, name in ((3, "Ann Lee"), (4, "Bob Ray"))
    )
    found = read(f"<body class='single postid-7'><div id='comments'>{items}</div></body>").comments
    said = [(one.native_id, one.author and one.author.name, one.content and one.content.text) for one in found]
    assert said == [("3", "Ann Lee", f"{WORDS} 3."), ("4", "Bob Ray", f"{WORDS} 4.")]


def test_pings_in_a_list_without_any_marks_answer_the_post() -> None:
    items = "".join(
        f"<li id='comment-{n}'><a rel='external' href='https://other.example/{n}'>A blog</a></li>" for n in (3, 4)
    )
    found = read(f"<body class='single postid-7'><ol class='pinglist'>{items}</ol></body>").comments
    assert [(one.kind, one.depth, one.parent_source) for one in found] == 2 * [
        (CommentKind.PINGBACK, 1, ParentSource.INFERRED)
    ]


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


@pytest.mark.parametrize(("pages", "shown"), [((6,), 7), ((2,), 1), ((2, 3), 1), ((1, 2), 3)])
def test_a_page_that_leads_neither_to_the_first_nor_to_the_second_is_the_last(
    pages: tuple[int, ...], shown: int
) -> None:
    pager = "".join(f"<a href='{POST}comment-page-{n}/#comments'>More</a>" for n in pages)
    assert post(a_thread(3, 4, page=None, pager=pager)).comment_page_number() == shown


FRONT = f"<body class='home blog'><main><h1>Welcome</h1><p>{WORDS}</p></main>"


def front(body: str) -> list[tuple[TargetKind, str]]:
    page = Page(HOME, f"<html lang='en'><head><title>Notes</title></head>{FRONT}{body}</body></html>".encode())
    found = WordPress().discover(page, Target(url=HOME, kind=TargetKind.HOME), SITE).targets
    return [(one.kind, one.url) for one in found if one.kind is TargetKind.POST]


def test_a_front_page_without_posts_leads_to_those_that_its_sidebar_names() -> None:
    newest = f"<ul class='wp-block-latest-posts'><li><a href='{POST}'>Tides</a></li></ul>"
    said = f"<ol class='wp-block-latest-comments'><li>Ann on <a href='{HOME}ebb/#comment-4'>Ebb</a></li></ol>"
    assert front(newest + said) == [(TargetKind.POST, POST), (TargetKind.POST, f"{HOME}ebb/")]


def test_a_front_page_without_further_pages_leads_to_the_lists_of_its_menu() -> None:
    shown = f"<article class='post-7 post hentry'><h2><a href='{POST}'>Tides</a></h2></article>"
    links = f"<nav><a href='{HOME}category/news/'>News</a><a href='{HOME}tag/sea/'>Sea</a></nav>"
    page = Page(f"{HOME}page/3/", f"<html><head></head>{FRONT}{shown}{links}</body></html>".encode())
    again = Target(url=f"{HOME}page/3/", kind=TargetKind.LIST, hint={"ends": f"{POST} {POST}"})
    found = WordPress().discover(page, again, SITE).targets
    assert [one.url for one in found if one.kind is TargetKind.LIST] == [f"{HOME}category/news/"]


def test_pages_are_found_in_a_menu_that_wordpress_has_not_marked() -> None:
    links = ("", "about/", "about/rules/", "category/news/", "de/", "elsewhere/deep/")
    items = "".join(f"<li><a href='{HOME}{link}'>{link}</a></li>" for link in links)
    assert [url for _, url in front(f"<nav><ul>{items}</ul></nav>")] == [f"{HOME}about/", f"{HOME}about/rules/"]


def test_a_front_page_leads_to_the_posts_of_all_its_sections() -> None:
    marked = f"<article class='post-7 post hentry'><h2><a href='{POST}'>Tides</a></h2></article>"
    cards = "".join(f"<div class='card'><h3><a href='{HOME}{slug}/'>{slug}</a></h3></div>" for slug in ("ebb", "flood"))
    assert [url for _, url in front(f"{marked}{cards}")] == [POST, f"{HOME}ebb/", f"{HOME}flood/"]


def test_a_front_page_that_lists_nothing_leads_to_the_lists_of_its_menu() -> None:
    links = "".join(f"<li><a href='{HOME}{path}'>{path}</a></li>" for path in ("about/", "category/news/", "tag/sea/"))
    page = Page(f"{HOME}?paged=2", f"<html><head></head>{FRONT}<nav><ul>{links}</ul></nav></body></html>".encode())
    found = WordPress().discover(page, Target(url=f"{HOME}?paged=2", kind=TargetKind.LIST), SITE).targets
    assert [(one.kind, one.url) for one in found] == [(TargetKind.LIST, f"{HOME}category/news/")]


def test_pages_that_the_sidebar_of_a_post_lists_are_asked_for() -> None:
    pages = f"<ul><li class='page_item page-item-9'><a href='{HOME}papers/'>Papers</a></li></ul>"
    body = (
        f"<h1>Tides</h1><div class='entry-content'><p>{WORDS}</p></div><div class='widget widget_pages'>{pages}</div>"
    )
    assert [(one.url, one.hint) for one in leads_to(body).targets] == [(f"{HOME}papers/", {"kind": "page"})]


def test_teasers_that_are_links_by_what_is_laid_over_them() -> None:
    cards = "".join(
        f"<article class='card'><h2>{slug}</h2><p>{WORDS}</p><a href='{HOME}{slug}/'><p>More</p></a></article>"
        for slug in ("ebb", "flood")
    )
    assert [url for _, url in front(cards)] == [f"{HOME}ebb/", f"{HOME}flood/"]


def test_a_link_to_a_post_by_the_name_of_a_comment_page_does_not_lead_back() -> None:
    before = f"<div class='nav-previous'><a href='{HOME}blog/comment-page-2/' rel='prev'>Comment page 2</a></div>"
    pager = f"<div class='nav-next'><a href='{POST}comment-page-2/#comments'>Newer comments</a></div>"
    assert post(f"{before}{a_thread(3, 4, page=None, pager=pager)}").comment_page_number() == 1


def test_the_day_of_a_teaser_is_not_its_post() -> None:
    day = f"<a href='{HOME}2024/01/02/' rel='bookmark'><time>2 January 2024</time></a>"
    more = f"<h6><a href='{POST}'>Go on</a></h6>"
    found = front(f"<article id='post-7' class='{ARTICLE}'><header>{day}</header><p>{WORDS}</p>{more}</article>")
    assert found == [(TargetKind.POST, f"{HOME}?p=7")]


def test_a_post_by_the_name_of_a_comment_page_stands_beside_another() -> None:
    before = f"<a rel='prev' href='{HOME}blog/comment-page-2/'>Comment page 2</a>"
    links = f"{before}<a rel='next' href='{POST}comment-page-3/'>Newer</a>"
    body = f"<h1>Tides</h1><div class='entry-content'><p>{WORDS}</p></div><nav>{links}</nav>"
    assert [one.url for one in leads_to(body).targets if one.kind is TargetKind.POST] == [f"{HOME}blog/comment-page-2/"]


def test_a_link_to_older_comments_by_a_name_of_the_themes_own_leads_back() -> None:
    pager = f"<div class='post-nav-older'><a href='{POST}comment-page-2/#comments'>« Older</a></div>"
    assert post(a_thread(3, 4, page=None, pager=pager)).comment_page_number() == 3
