"""Sites of generators that no engine knows: where lists lead, and what is nobody and no comment in their posts."""

from __future__ import annotations

import pytest

from archiver.engines import _generic_links as links
from archiver.engines import feeds
from archiver.engines._blog_link import blog_link
from archiver.engines.dom import Dom
from archiver.engines.generic import GenericEngine
from archiver.engines.wordpress import WordPress
from archiver.model import Extract, ParentSource, Rank, Site, Target, TargetKind
from archiver.page import Page

HOME = "https://quay.example/"
SITE = Site(key="quay.example", home=HOME)
WORDS = "The lamps of the quay burn an hour less, since oil is dear this year and the keeper of them is poor. "
TITLES = ("Oil", "Mud", "Eels", "Salt")


def page(body: str, url: str = HOME) -> Page:
    return Page(url, f"<html lang='en'>{body}</html>".encode(), headers={"content-type": "text/html; charset=utf-8"})


def read(body: str, url: str = HOME + "oil/") -> Extract:
    return GenericEngine().extract(page(body, url), Target(url=url, kind=TargetKind.POST), SITE)


def post_url(number: int) -> str:
    return f"{HOME}{TITLES[number].lower()}.html"


def rows(pattern: str) -> str:
    return "".join(
        pattern.format(n=number + 1, title=title, url=post_url(number), file=title.lower())
        for number, title in enumerate(TITLES)
    )


LISTS = {
    "rows of boxes": rows(
        "<div class=row><div class=d><small>{n} May 2021</small></div><a href='{url}'>{title}</a></div>"
    ),
    "a line of words": rows("<p>2021-05-0{n}: <a href='{url}'>{title}</a></p>"),
    "a table": "<table>" + rows("<tr><td>May {n}, 2021</td><td><a href='{url}'>{title}</a></td></tr>") + "</table>",
    "a picture and a title": rows(
        "<div class=card><a href='{url}'><img src=x></a><p><a href='{url}'>{title}</a><br>"
        "<small>by <b>Bo</b> on {n} May 2021</small> <a href='/tags/sea'>sea</a></p></div>"
    ),
    "links over cards": rows("<div class=box><a href='{url}'></a><div><h3>{title}</h3><span>sea</span></div></div>"),
}


@pytest.mark.parametrize("shape", LISTS)
def test_what_a_list_without_names_leads_to(shape: str) -> None:
    front = page(f"<body><a href='/about'>About</a>{LISTS[shape]}<p><a href='/hut'>A hut</a></p></body>")
    assert list(dict.fromkeys(links.posts(front.once(Dom), HOME))) == [post_url(number) for number in range(4)]


@pytest.mark.parametrize(
    "body",
    [
        "<p>2021-05-01: <a href='/oil.html'>Oil</a></p><p>2021-05-02: <a href='/mud.html'>Mud</a></p>",
        "<div>" + rows("<a href='{url}'>{title}</a>") + "<p>Since 3 May 2021</p></div>",
        rows("<p>" + WORDS + "It was on 3 May 2021 at <a href='{url}'>{title}</a> that all of it came to an end.</p>"),
    ],
)
def test_a_menu_and_a_few_dates_are_no_list(body: str) -> None:
    front = page(f"<body>{body}</body>")
    assert not list(links.posts(front.once(Dom), HOME))
    assert GenericEngine().detect(front) is None


def test_a_front_page_without_feed_and_marks_is_known_by_its_dated_posts() -> None:
    found = GenericEngine().detect(page(f"<body>{LISTS['rows of boxes']}</body>"))
    assert found is not None
    assert found.confidence == 0.1
    assert found.evidence == ("lists 4 dated posts",)


def test_a_front_page_that_is_a_file_stands_for_its_folder() -> None:
    home = HOME + "sea/blog.html"
    front = page(
        f"<body>{rows('<h2><a href=/sea/{file}/>{title}</a></h2>')}<h2><a href=/ink/>Ink</a></h2></body>", home
    )
    site = Site(key="quay.example/sea/blog.html", home=home)
    found = GenericEngine().discover(front, Target(url=home, kind=TargetKind.HOME), site)
    assert [t.url for t in found.targets if t.kind is TargetKind.POST] == [f"{HOME}sea/{t.lower()}/" for t in TITLES]
    assert f"{HOME}sea/sitemap.xml" in {target.url for target in found.targets}


@pytest.mark.parametrize("path", ["index.html", "post/", "tags.html", "authors.html", "sea/categories.html"])
def test_lists_by_their_address(path: str) -> None:
    assert not links.may_be_post(HOME + path, HOME)


def test_a_post_has_the_address_of_its_folder() -> None:
    (post,) = read(f"<body><main><h1>Oil</h1><p>{WORDS * 3}</p></main></body>", HOME + "oil/index.html").posts
    assert post.url == HOME + "oil/"


@pytest.mark.parametrize(
    ("head", "body", "tags"),
    [
        ("<meta property='article:tag' content='sea,lamp oil'>", "", ["sea", "lamp oil"]),
        (
            "<meta property='article:tag' content='sea, calm'><meta property='article:tag' content=oil>",
            "",
            ["sea, calm", "oil"],
        ),
        ("<meta property='article:section' content='posts'><meta property='article:tag' content=oil>", "", ["oil"]),
    ],
)
def test_tags_that_are_stated(head: str, body: str, tags: list[str]) -> None:
    (post,) = read(f"<head>{head}</head><body><main><h1>Oil</h1><p>{WORDS * 3}</p>{body}</main></body>").posts
    assert [term.name for term in post.terms or ()] == tags


@pytest.mark.parametrize(
    "line",
    [
        "<p>A lamp is made a <code>Lamp</code> by the interface</p>",
        "<pre><div># Posted by Moll Quay</div></pre>",
        "<p>None of it was written by me</p>",
        "<p>Some of it is <em>better</em> by Moll Quay</p>",
    ],
)
def test_words_of_a_post_sign_it_for_nobody(line: str) -> None:
    text = f"<p>{WORDS}</p>" * 3
    (post,) = read(f"<body><main><h1>Oil</h1>{text}{line}{text}</main></body>").posts
    assert post.authors is None


@pytest.mark.parametrize("where", ["{line}{text}", "{text}{line}"])
@pytest.mark.parametrize("line", ["<p>Written by Moll Quay</p>", "<p>By moll</p>"])
def test_a_line_before_or_behind_the_words_signs_it(where: str, line: str) -> None:
    words = where.format(line=line, text=f"<p>{WORDS}</p>" * 4)
    (post,) = read(f"<body><main><h1>Oil</h1>{words}</main></body>").posts
    assert [author.name.casefold() for author in post.authors or ()] in (["moll quay"], ["moll"])


def test_lines_of_a_log_are_no_comments() -> None:
    line = "<div><span class=no>{0}</span><span>// Tick tock 2020-09-16 08:25:{0}.75 +0530</span></div>"
    log = "".join(map(line.format, range(20, 30)))
    found = read(f"<body><main><h1>Oil</h1><p>{WORDS * 3}</p><h2>Discussion</h2><pre>{log}</pre></main></body>")
    assert not found.comments


def test_cards_of_other_posts_are_no_comments() -> None:
    told = "<span><span>2021년 05월 0{n}일</span></span><span><span>10<!-- -->분 소요</span></span>"
    words = "<div><h4>{title}</h4><p>" + WORDS + "</p></div><div><div>" + told + "</div><span>0개의 댓글</span></div>"
    cards = rows("<a href='{url}'>" + words + "</a>")
    found = read(f"<body><main><h1>Sea</h1><div>{cards}</div></main><textarea></textarea></body>", HOME + "sea/")
    assert not found.comments


@pytest.mark.parametrize(("titled", "comments"), [("Bo", 3), ("Ada Bo Cy", 0)])
def test_a_thread_in_which_a_reader_writes_a_heading_is_one(titled: str, comments: int) -> None:
    text = "<p>Mine burns as long as before, and it is the wick that tells.</p>"
    heads = {name: f"<h1>Mud, said {name}</h1>" for name in titled.split()}
    thread = "".join(
        f"<div class=c><b>{name}</b> <small>{day} May 2021</small>{heads.get(name, '')}{text}</div>"
        for day, name in enumerate(("Ada", "Bo", "Cy"), 4)
    )
    post = f"<head><title>Oil - Moll Quay</title></head><body><main><h1>Oil</h1><p>{WORDS * 3}</p></main>"
    assert len(read(f"{post}<h2>Comments</h2><div>{thread}</div></body>").comments) == comments


def test_an_article_around_the_title_is_the_post_however_short() -> None:
    menu = "".join(f"<li><a href='/{n}'>{name} of the whole harbour</a></li>" for n, name in enumerate(TITLES * 3))
    (post,) = read(
        f"<head><title>Oil</title></head><body><div><h3>Menu of the harbour</h3><ul>{menu}</ul></div>"
        "<main><article><header><h1>Oil</h1></header><section><p>Oil is dear again, says the keeper.</p></section>"
        "<footer>Read <a href='/moll'>more</a> of what Moll has written in all those years.</footer></article></main>"
    ).posts
    assert post.content is not None
    assert post.content.text == "Oil is dear again, says the keeper."


def test_the_title_is_the_pages_where_one_is_stated_of_all_pages() -> None:
    head = "<title>Oil | Quay</title><meta property='og:title' content='Harbour Lights'>"
    (post,) = read(f"<head>{head}</head><body><main><h1>Oil</h1><p>{WORDS * 3}</p></main></body>").posts
    assert post.title == "Oil"


@pytest.mark.parametrize(("left", "rank"), [("(14 min left)", Rank.EXCERPT), ("and so on, as ever", Rank.FEED)])
def test_a_text_that_ends_with_a_way_to_the_rest_is_no_whole_one(left: str, rank: Rank) -> None:
    text = f"<p>{WORDS * 3}</p><p><a href='{HOME}oil/'>Read more</a> {left}</p>"
    item = f"<item><title>Oil</title><link>{HOME}oil/</link><description><![CDATA[{text}]]></description></item>"
    source = f"<?xml version='1.0'?><rss version='2.0'><channel><title>Quay</title>{item}</channel></rss>"
    feed = Page(HOME + "rss.xml", source.encode(), headers={"content-type": "application/rss+xml"})
    (post,) = feeds.read_posts(feed, SITE).items
    assert post.rank is rank


@pytest.mark.parametrize(
    ("host", "sure"), [("https://pics.example/old.example", False), ("https://quay.example", True), ("", True)]
)
def test_a_picture_of_an_earlier_blog_does_not_make_it_wordpress(host: str, sure: bool) -> None:
    found = WordPress().detect(page(f"<body><img src='{host}/wp-content/uploads/me.jpg'><article>Oil</article></body>"))
    assert (found is not None) is sure


def said(number: int, name: str, text: str, *, answers: bool = False) -> str:
    """A comment as a widespread form for Staticman prints it: answers stand behind what they answer."""
    badge = "<span class=comment__admin_tag>Author</span>" if answers else ""
    link = "" if answers else f"<div class=comment__meta><a onclick='answer({number})'>↪︎ Reply to {name}</a></div>"
    when = f"<span class=comment__date>• <a href='#comment-{number}-ea'>June {number}th, 2020 19:06</a></span>"
    return (
        f"<article id='comment-{number}-ea' class='js-comment comment {'child' if answers else ''}'>"
        f"<div class=comment__author>{badge} {name} {when}</div>"
        f"<div class=comment__body><p>{text}</p></div>{link}</article>"
    )


def test_answers_that_are_called_so_and_badges_beside_names() -> None:
    thread = (
        said(14, "Anna Berg", "How dear is it?")
        + said(15, "Bo Wharf", "I tried to buy some, and could not.")
        + said(16, "Moll Quay", "There is none left at the chandler's.", answers=True)
        + said(17, "Eel", "Well told, go on.")
        + said(18, "Moll Quay", "My thanks to all of you", answers=True)
    )
    form = "<form><textarea name=m></textarea></form>"
    found = read(f"<body><main><h1>Oil</h1><p>{WORDS * 3}</p></main><h2>Comments</h2><div>{thread}</div>{form}</body>")
    names = {comment.key: comment.author.name for comment in found.comments if comment.author}
    assert [*names.values()] == ["Anna Berg", "Bo Wharf", "Moll Quay", "Eel", "Moll Quay"]
    assert [names.get(comment.parent or "") for comment in found.comments] == [None, None, "Bo Wharf", None, "Eel"]
    assert {comment.parent_source for comment in found.comments} == {ParentSource.INFERRED}
    assert [comment.depth for comment in found.comments] == [1, 1, 2, 1, 2]
    assert not any(comment.content and "Reply" in comment.content.text for comment in found.comments)


def test_a_title_in_no_heading_is_known_by_its_name() -> None:
    body = (
        f"<h1>06 Dec 2018</h1><section><a href='/oil/' class=post-title>Oil</a><div><p>{WORDS * 3}</p></div></section>"
    )
    (post,) = read(f"<head><title>Oil · Harbour Lights</title></head><body>{body}</body>").posts
    assert post.title == "Oil"


def test_a_front_page_leads_to_its_posts() -> None:
    front = page("<body><h1>Moll Quay</h1><a href='/cv.html'>CV</a><a href='/posts.html'>What I write</a></body>")
    assert blog_link(front) == HOME + "posts.html"


def test_an_article_that_is_no_more_than_a_heading_is_not_the_post() -> None:
    words = "".join(f"<p>{n}: {WORDS}</p>" for n in range(8))
    (post,) = read(
        "<head><title>Oil</title></head><body><article><h1>Oil</h1><p>Of lamps and of what they burn, told by Moll "
        f"Quay in eight parts for all who sit by one.</p></article><div id=c>{words}</div></body>"
    ).posts
    assert post.content is not None
    assert "7: The lamps" in post.content.text


@pytest.mark.parametrize(("below", "posts"), [("sea/", 0), ("", 1)])
def test_the_list_of_a_section_is_no_post(below: str, posts: int) -> None:
    card = "<a href='/" + below + "{file}/'><h4>{title}</h4><p>" + WORDS + "</p><span>{n} May 2021</span></a>"
    found = read(f"<head><title>Sea</title></head><body><div>{rows(card)}</div></body>", HOME + "sea/")
    assert len(found.posts) == posts
    assert not found.comments


def test_a_year_alone_dates_nothing() -> None:
    (post,) = read(f"<body><main><h1>Lamps</h1><h3>2026</h3><p>{WORDS * 3}</p></main></body>").posts
    assert post.published is None


def test_a_date_between_the_paragraphs_may_be_the_posts() -> None:
    text = f"<p>{WORDS}</p>" * 3
    (post,) = read(f"<body><main><h1>Oil</h1>{text}<p>Published 3 May 2021</p>{text}</main></body>").posts
    assert post.published is not None
    assert post.published.at == "2021-05-03T00:00:00Z"
