"""Where pages say what their feed says: learned, agreed upon, and used where a page says nothing for machines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.crawl.lessons import Lessons
from archiver.engines import layout
from archiver.engines.dom import Dom, text_of
from archiver.engines.generic import GenericEngine
from archiver.model import (
    Author,
    Content,
    Extract,
    Lesson,
    Moment,
    Post,
    PostRef,
    Precision,
    Rank,
    Site,
    Target,
    TargetKind,
)
from archiver.page import Page

HOME = "https://quay.example/"
SITE = Site(key="quay.example", home=HOME)
NEWS = "<div class='news'><p>" + "The harbour office is shut on Mondays, and on all days with an easterly wind. " * 9
WORDS = "The lamps of the quay burn an hour less, since oil is dear this year and the keeper is poor. "


def thread(said: int) -> str:
    """So many comments; with one alone nothing says that it is one."""
    each = (
        f"<div class='eine'><span class='name'>Ned Skerry</span>, <i>{n} April 2020</i><p>I have said so {n} times.</p>"
        "</div>"
        for n in range(1, said + 1)
    )
    heading = "<h3>Comments</h3>" if said > 1 else ""
    return f"<div class='stimmen'>{heading}<div class='liste'>{''.join(each)}</div></div>" if said else ""


def page(number: int, *, words: str = "", said: int = 0) -> Page:
    """A page that says nothing for machines, and whose longest text is not the post. said: how many comments it has."""
    text = words or f"{WORDS * 2}It was day {number} of it."
    html = (
        "<html lang='en'><head><title>Harbour Lights</title></head><body>"
        f"<div id='top'><h1>Harbour Lights</h1></div>{NEWS}</p></div>"
        f"<div class='kopf'><div class='titel'>On oil, part {number}</div><span class='wer'>by Moll Quay</span>"
        f"<span class='wann'>{number} March 2020</span></div>"
        f"<div class='wort'><div class='innen'>{text}<br><br>So it is.</div></div>"
        f"{thread(said)}<p class='fuss'>2 May 1999</p></body></html>"
    )
    return Page(f"{HOME}{number}.html", html.encode(), headers={"content-type": "text/html; charset=utf-8"})


def told(number: int) -> Post:
    """The post as the feed has it; its words are set otherwise there."""
    return Post(
        url=f"{HOME}{number}.html",
        rank=Rank.FEED,
        title=f"On oil, part {number}",
        authors=(Author(name="Moll Quay", member=True),),
        published=Moment(at=f"2020-03-{number:02}T09:00:00Z", precision=Precision.SECOND),
        content=Content(html="", text=f"{WORDS * 2}It was day {number} of it.\n\nSo it is."),
        source="feed",
    )


def read(number: int, site: Site = SITE, words: str = "", said: int = 0) -> Extract:
    source = page(number, words=words, said=said)
    return GenericEngine().extract(source, Target(url=source.url, kind=TargetKind.POST), site)


LEARNED = {
    "title": "div.kopf > div.titel",
    "author": "div.kopf > span.wer",
    "published": "div.kopf > span.wann",
    "body": "div.wort",
}


def test_a_page_teaches_where_it_says_what_the_feed_says() -> None:
    lessons = read(3, Site(key=SITE.key, home=HOME, told=layout.told_of(told(3)))).lessons
    assert {lesson.field: lesson.path for lesson in lessons} == LEARNED
    assert {lesson.post for lesson in lessons} == {PostRef(url=f"{HOME}3.html")}


def test_a_page_of_which_nothing_was_told_teaches_nothing() -> None:
    assert read(3).lessons == ()


def test_another_page_is_read_by_what_was_learned() -> None:
    (plain,) = read(7).posts
    assert plain.title == "Harbour Lights"  # so it is read without
    site = Site(key=SITE.key, home=HOME, layout=tuple(LEARNED.items()))
    (post,) = read(7, site).posts
    assert post.title == "On oil, part 7"
    assert post.authors == (Author(name="Moll Quay", member=True),)
    assert post.published is not None
    assert (post.published.at, post.published.precision) == ("2020-03-07T00:00:00Z", Precision.DAY)
    assert post.content is not None
    assert post.content.text.split() == f"{WORDS * 2}It was day 7 of it. So it is.".split()


FRAME = "div.stimmen > div.liste"


def test_a_page_teaches_where_its_comments_are() -> None:
    told_of = layout.told_of(told(3), 2)
    lessons = read(3, Site(key=SITE.key, home=HOME, told=told_of), said=2).lessons
    assert {lesson.field: lesson.path for lesson in lessons} == {**LEARNED, "comments": FRAME}
    unsaid = Site(key=SITE.key, home=HOME, told=layout.told_of(told(3)))
    assert {lesson.field for lesson in read(3, unsaid, said=2).lessons} == {*LEARNED, "comments"}


def test_comments_of_another_number_than_the_feed_says_teach_nothing() -> None:
    site = Site(key=SITE.key, home=HOME, told=layout.told_of(told(3), 5))
    assert {lesson.field for lesson in read(3, site, said=2).lessons} == set(LEARNED)


QUOTES = tuple((layout.SAID, f"ihavesaidso{n}times") for n in (1, 2))


def test_a_feed_of_comments_confirms_where_they_are_whatever_number_is_stated() -> None:
    site = Site(key=SITE.key, home=HOME, told=(*layout.told_of(told(3), 5), *QUOTES))
    lessons = read(3, site, said=2).lessons
    assert {lesson.field: lesson.path for lesson in lessons} == {**LEARNED, "comments": FRAME}


def test_comments_that_the_feed_does_not_have_teach_nothing() -> None:
    other = ((layout.SAID, "somethingelsewassaidhere"),)
    site = Site(key=SITE.key, home=HOME, told=(*layout.told_of(told(3), 2), *other))
    assert {lesson.field for lesson in read(3, site, said=2).lessons} == set(LEARNED)


def unspoken(number: int, said: int, more: str = "") -> Page:
    """A page on which nothing speaks of comments, so that none is found."""
    source = page(number, said=said)
    body = source.body.replace(b"<h3>Comments</h3>", b"").replace(
        b"<p class='fuss'>", f"{more}<p class='fuss'>".encode()
    )
    return Page(source.url, body, headers=source.headers)


def test_a_feed_of_comments_shows_where_they_are_that_nothing_else_tells() -> None:
    source, target = unspoken(3, 2), Target(url=f"{HOME}3.html", kind=TargetKind.POST)
    assert GenericEngine().extract(source, target, SITE).comments == ()
    site = Site(key=SITE.key, home=HOME, told=(*layout.told_of(told(3)), *QUOTES))
    extract = GenericEngine().extract(source, target, site)
    assert {lesson.field: lesson.path for lesson in extract.lessons}["comments"] == FRAME
    assert [one.content and one.content.text for one in extract.comments] == [
        f"I have said so {n} times." for n in (1, 2)
    ]
    learned = Site(key=SITE.key, home=HOME, layout=(("comments", FRAME),))
    assert len(GenericEngine().extract(source, target, learned).comments) == 2


def test_one_quote_or_a_second_place_that_says_the_same_shows_nothing() -> None:
    target = Target(url=f"{HOME}3.html", kind=TargetKind.POST)
    one = Site(key=SITE.key, home=HOME, told=(*layout.told_of(told(3)), *QUOTES[:1]))
    assert "comments" not in {one.field for one in GenericEngine().extract(unspoken(3, 2), target, one).lessons}
    latest = "<div class='neu'>I have said so 1 times. I have said so 2 times.</div>"
    both = Site(key=SITE.key, home=HOME, told=(*layout.told_of(told(3)), *QUOTES))
    found = GenericEngine().extract(unspoken(3, 2, latest), target, both).lessons
    assert "comments" not in {one.field for one in found}


def test_a_frame_that_holds_the_post_as_well_is_none_of_the_comments() -> None:
    source = page(3, said=2)
    whole = source.body.replace(b"<div class='kopf'>", b"<div class='alles'><div class='kopf'>")
    whole = whole.replace(b"<div class='stimmen'><h3>Comments</h3><div class='liste'>", b"").replace(
        b"</div></div><p class='fuss'>", b"</div><p class='fuss'>"
    )
    mixed = Page(source.url, whole, headers=source.headers)
    site = Site(key=SITE.key, home=HOME, told=layout.told_of(told(3)))
    lessons = GenericEngine().extract(mixed, Target(url=mixed.url, kind=TargetKind.POST), site).lessons
    assert "comments" not in {lesson.field for lesson in lessons}


def test_one_comment_alone_is_known_by_where_others_have_theirs() -> None:
    assert read(7, said=1).comments == ()  # nothing else tells that it is one
    site = Site(key=SITE.key, home=HOME, layout=(("comments", FRAME),))
    (comment,) = read(7, site, said=1).comments
    assert (comment.author and comment.author.name, comment.content and comment.content.text) == (
        "Ned Skerry",
        "I have said so 1 times.",
    )
    assert comment.published is not None
    assert comment.published.at == "2020-04-01T00:00:00Z"
    assert read(7, site, said=3).comments == read(7, said=3).comments
    assert read(8, site, said=1).comments[0].key != comment.key  # the same words under another post
    assert read(7, site).comments == ()


def test_what_a_page_says_for_machines_is_believed_first() -> None:
    source = page(7)
    head = "<meta property='og:title' content='Stated'><meta name='author' content='Bo Wharf'></head>"
    stated = Page(source.url, source.body.replace(b"</head>", head.encode()), headers=source.headers)
    site = Site(key=SITE.key, home=HOME, layout=tuple(LEARNED.items()))
    (post,) = GenericEngine().extract(stated, Target(url=source.url, kind=TargetKind.POST), site).posts
    assert post.title == "Stated"
    assert post.authors == (Author(name="Bo Wharf", member=True),)


def test_a_place_that_a_page_does_not_have_is_passed_over() -> None:
    site = Site(key=SITE.key, home=HOME, layout=(("title", "div.gone"), ("body", "p#none"), ("published", "b.x")))
    assert read(7, site).posts == read(7).posts


def test_an_excerpt_teaches_no_body() -> None:
    post = told(3)
    short = Post(url=post.url, rank=Rank.EXCERPT, title=post.title, content=post.content)
    assert dict(layout.told_of(short)) == {"title": "On oil, part 3"}


@pytest.mark.parametrize(
    ("paths", "agreed"),
    [
        (["a", "a", "a"], "a"),
        (["a", "a"], None),
        (["a", "a", "a", "b", "b"], "a"),
        (["a", "a", "a", "b", "b", "c"], None),
        ([], None),
    ],
)
def test_several_posts_must_agree(paths: list[str], agreed: str | None) -> None:
    lessons = [(f"post {n}", "title", path) for n, path in enumerate(paths)]
    assert dict(layout.settled(lessons)).get("title") == agreed


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["title", "body"]), st.sampled_from("xy"))))
def test_what_is_agreed_does_not_depend_on_the_order_of_posts(lessons: list[tuple[str, str, str]]) -> None:
    latest = {(post, field): path for post, field, path in lessons}
    once = [(post, field, path) for (post, field), path in latest.items()]
    assert layout.settled(lessons) == layout.settled(sorted(once)) == layout.settled(sorted(once, reverse=True))


def test_a_path_leads_back_to_its_element() -> None:
    dom = page(4).once(Dom)
    for element in dom.tags("div", "span", "p", "h1"):
        found = layout.at(dom, layout.path_of(element))
        assert found is not None
        assert layout.path_of(found) == layout.path_of(element)
        if element.get("class"):
            assert text_of(found) == text_of(element)


FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Comments</title><link>https://quay.example/</link>
{items}</channel></rss>"""
ITEM = "<item><title>{name} on oil</title><link>{link}</link><description>{text}</description></item>"


def comment_feed(*items: tuple[str, str]) -> Extract:
    made = "".join(ITEM.format(name="Ned", link=link, text=text) for link, text in items)
    url = f"{HOME}comments.xml"
    source = Page(url, FEED.format(items=made).encode(), headers={"content-type": "application/rss+xml"})
    return GenericEngine().extract(source, Target(url=url, kind=TargetKind.COMMENT_FEED), SITE)


def test_a_feed_of_comments_tells_how_they_begin_whether_they_have_numbers_or_not() -> None:
    said = "The lamps burn low, says the keeper of the light, and the oil is dear."
    extract = comment_feed(
        (f"{HOME}1.html#c7", said),
        (f"{HOME}2.html", f"First, {said}"),
        (f"{HOME}2.html", f"Second, {said}"),
        (f"{HOME}3.html", "This is a post, of which the feed has one, so it is none."),
        (f"{HOME}1.html#c8", "Thanks!"),
    )
    assert extract.comments == ()
    assert [(one.post, one.begins[:12]) for one in extract.quotes] == [
        (f"{HOME}1.html", "thelampsburn"),
        (f"{HOME}2.html", "firstthelamp"),
        (f"{HOME}2.html", "secondthelam"),
    ]
    lessons = Lessons()
    lessons.heard(Target(url=f"{HOME}comments.xml", kind=TargetKind.COMMENT_FEED), extract)
    asked = lessons.for_page(SITE, Target(url=f"{HOME}2.html", kind=TargetKind.POST))
    assert [name for name, _ in asked.told] == [layout.SAID] * 2
    assert lessons.for_page(SITE, Target(url=f"{HOME}3.html", kind=TargetKind.POST)).told == ()


def test_a_blog_is_told_and_taught_in_its_turn() -> None:
    lessons = Lessons()
    feed = Target(url=f"{HOME}feed.xml", kind=TargetKind.FEED)
    lessons.heard(feed, Extract(posts=tuple(told(n) for n in range(1, 13))))
    asked = [lessons.for_page(SITE, Target(url=f"{HOME}{n}.html", kind=TargetKind.POST)) for n in range(1, 13)]
    assert [bool(site.told) for site in asked] == [True] * 10 + [False] * 2
    assert lessons.for_page(SITE, feed) is SITE
    for number in (1, 2, 3):
        assert asked[number].layout == ()
        page_of = Target(url=f"{HOME}{number}.html", kind=TargetKind.POST)
        lesson = Lesson(post=PostRef(url=page_of.url), field="title", path="h1")
        lessons.heard(page_of, Extract(lessons=(lesson,)))
    assert lessons.for_page(SITE, Target(url=f"{HOME}99.html", kind=TargetKind.POST)).layout == (("title", "h1"),)
