"""What starter themes and families of themes have in common, which nobody had seen when the engine was written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archiver.engines import bylines
from archiver.engines.wordpress import WordPress
from archiver.engines.wordpress_page import PostPage, post_page
from archiver.model import Author, Comment, PostKind, Site, Target, TargetKind
from archiver.page import Page

HOME = "https://blog.example.org/"
POST = f"{HOME}tides/"
SITE = Site(key="blog.example.org", home=HOME, title="Harbour Notes – What the sea brings", timezone="Europe/London")
WORDS = (
    "<p>The tide came in at noon, and with it the boats that had waited outside since the morning.</p>"
    "<p>Nobody had counted them, and nobody would; the harbour is larger than it looks from the hill.</p>"
)


def post(
    body: str, *, title: str = "Tides – Harbour Notes", classes: str = "single postid-7", url: str = POST
) -> PostPage:
    source = f"<html lang='en'><head><title>{title}</title></head><body class='{classes}'>{body}</body></html>"
    return post_page(Page(url, source.encode(), headers={"date": "Fri, 01 Nov 2024 10:00:00 GMT"}), SITE)


def article(inner: str) -> str:
    return f"<article id='post-7' class='post-7 post type-post status-publish hentry'>{inner}</article>"


def comments(*items: str) -> tuple[Comment, ...]:
    return post(article(WORDS) + f"<ol class='comment-list'>{''.join(items)}</ol>").thread.comments


def text(page: PostPage) -> str:
    content = page.content()
    return content.text if content else ""


# -- comments -------------------------------------------------------------------------------------


def a_comment(number: int, frame: str, words: str = "Fine weather, and a calm sea.") -> str:
    return (
        f"<li class='comment even depth-1' id='comment-{number}'><article class='comment-body'>{frame}"
        f"<div class='comment-content'><p>{words}</p></div></article></li>"
    )


@pytest.mark.parametrize(
    ("stated", "printed", "hour"),
    [
        ("2020-06-01 07:30:00", "June 1, 2020 at 8:30 am", 7),  # another hour is printed
        ("2020-06-01 08:30:00", "June 1, 2020 at 8:30 am", 7),
        ("2020-06-01 07:30:00", "June 1, 2020", 6),
    ],
)
def test_a_time_without_a_zone_is_greenwichs_where_another_hour_is_printed(
    stated: str, printed: str, hour: int
) -> None:
    frame = f"<b class='fn'>Ann</b> <time itemprop='commentTime' datetime='{stated}'>{printed}</time>"
    (one,) = comments(a_comment(1, frame))
    assert one.published is not None
    assert datetime.fromisoformat(one.published.at) == datetime(2020, 6, 1, hour, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Anonymous on", "Anonymous"),
        ("Kim Il", "Kim Il"),
        ("&lt;cite class='fn'&gt;Ann&lt;/cite&gt;", "Ann"),
        ("<a href='https://a.example/'>Ann</a> on", "Ann"),
    ],
)
def test_the_word_before_a_date_is_no_part_of_a_name(said: str, name: str) -> None:
    time = "<time datetime='2020-04-1'><a href='#'>April 1st, 2020</a></time>"
    frame = f"<header class='comment-author'>{said} {time}</header>"
    (one,) = comments(a_comment(1, frame))
    assert one.author is not None
    assert one.author.name == name


def test_a_date_for_machines_is_no_part_of_a_name_whatever_its_element() -> None:
    frame = (
        "<header itemprop='author'><div class='x-meta'>Ann<div class='x-when' itemprop='datePublished'"
        " datetime='2021-02-10T08:00:00+00:00'>3 years ago</div></div></header>"
    )
    (one,) = comments(a_comment(1, frame))
    assert one.author is not None
    assert one.author.name == "Ann"
    assert one.published is not None
    assert one.published.at == "2021-02-10T08:00:00Z"


def test_a_frame_named_in_the_way_of_bem_is_no_part_of_the_words() -> None:
    (one,) = comments(
        "<li class='comment even depth-1' id='li-comment-1'><dl id='comment-1' class='comment'>"
        "<dt class='comment__header'></dt><dd class='comment__body'><div class='comment__meta vcard'>"
        "<cite class='fn'>Ann</cite> said on 10/02/2021 at 8:00 am</div><p>Fine weather.</p></dd></dl></li>"
    )
    assert one.content is not None
    assert one.content.text == "Fine weather."
    assert one.author is not None
    assert one.author.name == "Ann"


def test_names_with_underscores_are_those_with_hyphens() -> None:
    (one,) = comments(
        "<li id='comment-1' class='comment comment-even'><div class='media'><div class='media-body'>"
        "<p class='author_name'>Ann</p>Fine weather.</div></div><div class='comment-metadata'>"
        "<span class='comment-pub-time'>2021-02-10 08:00</span></div></li>"
    )
    assert one.author is not None
    assert one.author.name == "Ann"
    assert one.content is not None
    assert one.content.text == "Fine weather."


def test_a_day_and_an_hour_side_by_side_are_two_things() -> None:
    when = "<time datetime='2020-04-01T10:15:09+01:00'><span>Apr 1, 20</span><span>10:15 f m</span></time>"
    (one,) = comments(a_comment(1, f"<b class='fn'>Ann</b> {when}"))
    assert one.published is not None
    assert one.published.at == "2020-04-01T09:15:09Z"


def test_dates_with_spaces_between_their_numbers_settle_which_is_the_day() -> None:
    frames = [f"<b class='fn'>Ann</b> <span class='comment-date'>{day} / 02 / 2021</span>" for day in (10, 23)]
    first, second = comments(*(a_comment(n, frame) for n, frame in enumerate(frames, 1)))
    assert first.published is not None
    assert first.published.at[:10] == "2021-02-10"
    assert second.published is not None
    assert second.published.at[:10] == "2021-02-23"


def test_a_date_of_nothing_is_none() -> None:
    times = ("1970-01-01 00:00:00", "1970-01-01T00:00:00+00:00")
    frames = [f"<b class='fn'>Ann</b> <time datetime='{time}'>May 3, 09 at 9:00 am</time>" for time in times]
    found = comments(*(a_comment(n, frame) for n, frame in enumerate(frames, 1)))
    assert [one.published.at[:10] for one in found if one.published] == ["2009-05-03", "2009-05-03"]


def test_a_thread_beside_the_only_link_to_another_post_is_the_pages_own() -> None:
    thread = f"<ol class='commentlist'>{a_comment(1, '<b class=fn>Ann</b>')}</ol>"
    other = "<h4><a href='/boats/'>Boats</a></h4>"
    tabs = f"<div class='tabs'><div class='tab'>{thread}</div><div class='tab'>{other}</div></div>"
    page = post(article(f"<h1 class='entry-title'>Tides</h1><div class='entry-content'>{WORDS}</div>") + tabs)
    assert [one.native_id for one in page.thread.comments] == ["1"]


# -- what stands around the words -----------------------------------------------------------------


def test_title_and_date_in_a_main_inside_the_body_are_none_of_the_words() -> None:
    page = post(
        "<div class='entry-content post'><main><h1>Tides</h1><article class='details'><div class='post-meta'>"
        f"<span class='post-meta-date'>30 March 2011</span></div>{WORDS}<p class='meta-footer'>"
        "<span class='post-meta-categories'>Filed: <a href='/category/sea/'>Sea</a></span></p></article></main></div>"
    )
    assert text(page).startswith("The tide came in")
    assert text(page).endswith("from the hill.")
    assert page.published is not None
    assert page.published.at[:10] == "2011-03-30"
    assert [term.name for term in page.read().terms or ()] == ["Sea"]


@pytest.mark.parametrize(
    ("url", "at"),
    [
        (f"{HOME}2009/03/30/tides/", "2009-03-30"),
        (f"{HOME}2009/03/tides/", "2009-03-01"),
        (f"{HOME}2019/03/tides/", "2008-01-01"),  # of something else
        (POST, "2008-01-01"),
    ],
)
def test_a_distance_in_years_is_made_exact_by_the_permalink(url: str, at: str) -> None:
    head = "<h1 class='entry-title'>Tides</h1><span class='post-date'>16 years ago</span>"
    page = post(article(f"{head}<div class='entry-content'>{WORDS}</div>"), url=url)
    assert page.published is not None
    assert page.published.at[:10] == at


def test_a_loose_line_behind_the_words_tells_of_the_post() -> None:
    line = (
        "Tags: <a href='/tag/sea/' rel='tag'>Sea</a>, <a href='/tag/boats/' rel='tag'>Boats</a> <span>Posted </span>"
        "<a href='/tides/' rel='bookmark'><time datetime='2011-03-30T19:25:38+01:00' pubdate>30 March</time></a>"
        " by <span class='byline author vcard'>Ann</span>"
    )
    page = post(article(f"<h1 class='entry-title'>Tides</h1><div class='entry-content'>{WORDS}{line}</div>"))
    assert text(page).endswith("from the hill.")
    assert page.published is not None
    assert page.published.at == "2011-03-30T18:25:38Z"
    assert [term.name for term in page.read().terms or ()] == ["Sea", "Boats"]
    assert [author.name for author in page.byline[0]] == ["Ann"]


def test_lines_from_the_terms_on_are_none_of_the_words() -> None:
    behind = (
        "Tags: <a href='/tag/sea/' rel='tag'>Sea</a>, <a href='/tag/boats/' rel='tag'>Boats</a><br>"
        "<p>Categorised in: <a href='/category/news/' rel='tag'>News</a></p><p>This post was written by Ann</p>"
    )
    page = post(article(f"<h1>Tides</h1>{WORDS}{behind}<div id='comments'><div id='respond'></div></div>"))
    assert text(page).endswith("from the hill.")
    assert sorted(term.name for term in page.read().terms or ()) == ["Boats", "News", "Sea"]


def test_terms_above_a_short_post_do_not_end_it() -> None:
    above = "<div><a href='/category/news/' rel='category tag'>News</a></div>"
    page = post(f"<div class='main-post post-7' id='post-7'><h2>Tides</h2>{above}<p>At noon.</p><br></div>")
    assert text(page) == "At noon."


def test_a_loose_line_of_the_author_stays() -> None:
    line = "See <a href='https://a.example/sea' rel='tag'>the sea</a> and <em>wait</em>."
    page = post(article(f"<h1 class='entry-title'>Tides</h1><div class='entry-content'>{WORDS}{line}</div>"))
    assert text(page).endswith("See the sea and wait.")


def test_a_frame_of_the_page_is_not_the_end_of_a_page_that_has_the_class() -> None:
    own = f"<article class='post-7 page type-page hentry'><h1>Tides</h1>{WORDS}</article>"
    side = "<div class='side'><p>Other words of the theme, and quite a few of them.</p></div>"
    frame = f"<div id='page'><div class='main'>{own}</div></div>{side}</div><!-- #page -->"
    page = post(frame, classes="page page-id-7")
    assert text(page).startswith("The tide came in")
    assert text(page).endswith("from the hill.")


def test_a_marker_behind_another_element_of_the_class_is_that_ones() -> None:
    own = f"<div class='col'><div class='card wd-back post-content'>{WORDS}</div></div>"
    other = "<div class='missed'><div class='wd-back'><p>Other words of the theme.</p></div><!-- end wd-back --></div>"
    assert text(post(f"<h1>Tides</h1>{own}<div class='side'><p>And a list.</p></div>{other}")).endswith(
        "from the hill."
    )


def test_few_words_behind_the_title_are_the_body_without_a_name_of_its_own() -> None:
    page = post(
        "<header><h1>Harbour Notes</h1></header><div class='wrap'><h1 class='page-title'>Tides</h1><ul class='meta'>"
        "<li><a href='/author/ann/'>Ann</a></li></ul><div class='post__view_area'><p>At noon.</p></div></div>"
    )
    assert text(page) == "At noon."


def test_a_list_of_other_posts_is_no_body_whatever_its_name() -> None:
    side = "".join(f"<li><a href='/walk-{n}/'>A long walk along the harbour, number {n}</a></li>" for n in range(9))
    page = post(
        f"<div class='post'><h1>Tides</h1><div class='post-content'><p>At noon.</p></div></div>"
        f"<div class='panel'><ul class='post-content'>{side}</ul></div>"
    )
    assert text(page) == "At noon."


def test_a_block_theme_without_a_block_of_words_has_none() -> None:
    card = f"<div class='card'><p class='name'>Ann</p>{WORDS}</div>"
    page = post(f"<div class='wp-site-blocks'><h1 class='wp-block-post-title'>Tides</h1>{card}</div>")
    assert not text(page)


@pytest.mark.parametrize("heading", ["About Ann Lee", "Ann Lee"])
def test_the_heading_of_a_note_about_the_author_is_none_of_its_words(heading: str) -> None:
    box = (
        f"<div id='author-info'><div id='author-description'><p class='author-title'>{heading}</p>"
        "<p>I watch the sea.</p></div></div>"
    )
    page = post(article(f"<h1 class='entry-title'>Tides</h1><div class='entry-content'>{WORDS}</div>{box}"))
    found = bylines.bio(page.dom, Author(name="Ann Lee", member=True), outside=page.regions.outside)
    assert found is not None
    assert found.bio == "I watch the sea."


# -- titles ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "around",
    [
        "<footer><h1>Nature</h1></footer>",  # the theme tells of itself
        "<header><h1>Harbour Notes</h1></header>",
        "",
    ],
)
def test_a_title_that_only_the_head_says_is_told_from_the_blogs_name(around: str) -> None:
    page = post(f"<main><div class='entry-content'>{WORDS}</div></main>{around}")
    assert page.title == "Tides"


def test_a_heading_of_a_pattern_is_no_title_in_a_block_theme() -> None:
    banner = "<header><h1>Food for thought</h1></header>"
    assert post(f"<div class='wp-site-blocks'>{banner}<main>{WORDS}</main></div>").title == "Tides"


def test_the_blogs_name_alone_is_no_title() -> None:
    assert post(f"<div class='entry-content'>{WORDS}</div>", title="Harbour Notes").title == ""


def test_a_heading_over_related_posts_is_no_title_of_an_untitled_post() -> None:
    other = "<div class='related-post'><h2 class='post-title'>Related Posts</h2></div>"
    page = post(f"<div class='entry-content'>{WORDS}</div>{other}", title="Harbour Notes")
    assert page.title == ""


def test_a_link_to_a_category_is_no_link_to_the_front_page() -> None:
    menu = "<nav><a href='/?cat=8'>Sea</a></nav>"
    page = post(
        f"{menu}<div class='entry-content'>{WORDS}</div>", title="Sea: Tides – Harbour Notes", url=f"{HOME}?p=7"
    )
    assert page.title == "Sea: Tides"


def test_a_small_heading_with_which_the_head_begins_is_the_title() -> None:
    page = post(
        f"<div class='post'><h3>Tides</h3><div class='post-entry'>{WORDS}</div></div>", title="Tides | Another name"
    )
    assert page.title == "Tides"


# -- which page it is -----------------------------------------------------------------------------


def test_a_page_of_hybrid_core_is_no_post() -> None:
    page = post(article(WORDS), classes="wordpress singular singular-page singular-page-7")
    assert (page.kind, page.native_id) == (PostKind.PAGE, "7")


def test_the_front_page_at_any_path_leads_to_no_lists_of_its_own() -> None:
    cards = "".join(
        f"<article class='post-{n} post type-post hentry'><h2 class='entry-title'>"
        f"<a href='/?p={n}'>Walk {n}</a></h2></article>"
        for n in (1, 2, 3, 4, 5)
    )
    pager = "<nav class='navigation'><a class='next' href='/tides/?paged=2'>Older posts</a></nav>"
    source = f"<html><head><title>Harbour Notes</title></head><body class='home blog'>{cards}{pager}</body></html>"
    page = Page(POST, source.encode())
    found = WordPress().discover(page, Target(url=POST, kind=TargetKind.POST), SITE).targets
    assert {target.url for target in found if target.kind is TargetKind.POST} == {
        f"{HOME}?p={n}" for n in (1, 2, 3, 4, 5)
    }
    assert not [target.url for target in found if target.kind is TargetKind.LIST]
