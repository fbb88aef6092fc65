"""The demo blog: what it shows agrees with its truth, by every way in, and what it hides stays hidden."""

import hashlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urldefrag, urlsplit

import feedparser
import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from archiver.demo import Comment, DemoBlog, Response, serve
from archiver.demo._markup import slugify
from archiver.demo._threads import arrange, paginate

SAMPLE = (
    "/",
    "/page/3/",
    "/feed/",
    "/comments/feed/",
    "/2022/10/ebb-2-did-not-work/comment-page-1/",
    "/wp-json/wp/v2/comments",
)


@pytest.fixture(scope="module")
def blog():
    """Shared by the tests that only read."""
    return DemoBlog()


@pytest.fixture
def fresh():
    """For the tests that change it."""
    return DemoBlog()


def path_of(url):
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def html_of(blog, path):
    response = blog.respond(path)
    assert response.status == 200, path
    return lxml.html.document_fromstring(response.body, base_url=blog.home)


def rest(blog, path, status=200):
    response = blog.respond(f"/wp-json/wp/v2/{path}")
    assert response.status == status, response.text
    return json.loads(response.body)


def walk(blog, path):
    """All items of a REST collection."""
    found, number, last = [], 1, 1
    while number <= last:
        response = blog.respond(f"/wp-json/wp/v2/{path}page={number}")
        last = int(response.header("X-WP-TotalPages"))
        found += json.loads(response.body)
        number += 1
    assert len(found) == int(response.header("X-WP-Total"))
    return found


def long_post(blog):
    return max(blog.posts, key=lambda post: len(blog.approved(post)))


def titled(blog, start):
    return next(post for post in blog.posts if post.title.startswith(start))


def feed(blog, path):
    response = blog.respond(path)
    etree.fromstring(response.body)  # feedparser would forgive what is not well-formed
    return feedparser.parse(response.body, sanitize_html=False).entries


def comment_ids(page):
    return [int(item.get("id").removeprefix("comment-")) for item in page.cssselect("ul.comment-list li")]


# What is in it


def test_it_is_as_large_as_promised(blog):
    posts = [post for post in blog.posts if not post.hidden]
    assert len(posts) == len(blog.published) == 40
    assert max(p.published for p in posts) - min(p.published for p in posts) > timedelta(days=3 * 365)
    assert len({byline.name for post in posts for byline in post.bylines}) >= 6
    assert len(blog.approved(long_post(blog))) == 72
    assert len({term.parent for term in blog.terms}) > 3


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ("several pages", lambda post: len(post.parts) == 3),
        ("a password", lambda post: post.protected),
        ("sticky", lambda post: post.sticky),
        ("no title", lambda post: not post.title),
        ("two authors", lambda post: len(post.bylines) == 2),
        ("a guest author", lambda post: not post.bylines[0].id),
        ("a draft", lambda post: post.status == "draft"),
        ("a private post", lambda post: post.status == "private"),
        ("closed comments", lambda post: not post.comments_open),
        ("a later edit", lambda post: post.modified > post.published),
        ("a title that is not Latin", lambda post: "%e6" in post.slug),
        ("a table", lambda post: "<table" in post.parts[0]),
        ("a list", lambda post: "<ul" in post.parts[0]),
        ("a quotation", lambda post: "<blockquote" in post.parts[0]),
        ("a DOI as text", lambda post: "doi:10.5555/" in post.parts[0]),
        ("a DOI as link", lambda post: 'href="https://doi.org/10.5555/' in post.parts[0]),
        ("a DOI with parentheses", lambda post: re.search(r"10\.5555/\S+\(\d+\)", post.parts[0])),
        ("a PMID", lambda post: re.search(r"PMID:? \d{8}", post.parts[0])),
        ("a trial number", lambda post: re.search(r"NCT\d{8}|ISRCTN\d{8}", post.parts[0])),
    ],
)
def test_there_is_a_post_with(blog, what, found):
    assert any(found(post) for post in blog.posts), what


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ("a pingback", lambda comment: comment.kind == "pingback"),
        ("a trackback", lambda comment: comment.kind == "trackback"),
        ("spam", lambda comment: comment.status == "spam"),
        ("held back", lambda comment: comment.status == "hold"),
        ("by the post's author", lambda comment: comment.account is not None),
        ("without a name", lambda comment: not comment.name),
        ("by a visitor with a site", lambda comment: comment.url and not comment.account),
        ("a name in Arabic", lambda comment: "\u0600" <= comment.name[:1] <= "\u06ff"),
        ("a name in Greek", lambda comment: "\u0370" <= comment.name[:1] <= "\u03ff"),
        ("a name with an emoji", lambda comment: "\N{WATER WAVE}" in comment.name),
        ("a name that must be escaped", lambda comment: "<" in comment.name),
        ("of two paragraphs", lambda comment: "\n\n" in comment.text),
    ],
)
def test_there_is_a_comment(blog, what, found):
    assert any(found(comment) for comment in blog.comments), what


def test_one_reply_is_dated_before_what_it_answers(blog):
    dates = {comment.id: comment.date for comment in blog.comments}
    assert any(c.parent_id and c.date < dates[c.parent_id] for c in blog.comments)


def test_identifiers_are_of_ranges_never_given_out(blog):
    text = " ".join(part for post in blog.posts for part in post.parts)
    assert set(re.findall(r"\b10\.\d{4,}/", text)) == {"10.5555/"}
    numbers = re.findall(r"(?:NCT|ISRCTN|PMID:? )(\d+)", text)
    assert len(numbers) > 8
    assert all(number.startswith("9999") for number in numbers)


@pytest.mark.parametrize(("posts", "expected"), [(0, 0), (3, 3), (40, 40), (75, 75)])
def test_number_of_posts(posts, expected):
    made = DemoBlog(posts=posts)
    assert len(walk(made, "posts?per_page=50&")) == expected
    assert len({post.slug for post in made.posts}) == len(made.posts)
    assert {comment.post_id for comment in made.comments} <= {post.id for post in made.posts}


@pytest.mark.parametrize("thread", [60, 250])
def test_length_of_the_thread(thread):
    made = DemoBlog(thread=thread, posts=None)
    post = long_post(made)
    assert len(made.approved(post)) == len(made.shown(post)) == thread


# The REST API


@pytest.mark.parametrize("per_page", [7, 100])
@pytest.mark.parametrize(
    ("collection", "truth"),
    [
        ("posts", lambda blog: {post.id for post in blog.posts if not post.hidden}),
        ("pages", lambda blog: {page.id for page in blog.pages}),
        (
            "comments",
            lambda blog: {c.id for p in blog.posts if not p.protected for c in blog.approved(p) if c.kind == "comment"},
        ),
        ("users", lambda blog: {author.id for author in blog.authors if author.id}),
        ("categories", lambda blog: {term.id for term in blog.terms if term.taxonomy == "category"}),
        ("tags", lambda blog: {term.id for term in blog.terms if term.taxonomy == "post_tag"}),
        ("media", lambda blog: set()),
    ],
)
def test_collections_are_whole(blog, collection, truth, per_page):
    assert Counter(item["id"] for item in walk(blog, f"{collection}?per_page={per_page}&")) == Counter(truth(blog))


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("posts?per_page=101", 400, "rest_invalid_param"),
        ("posts?per_page=0", 400, "rest_invalid_param"),
        ("posts?per_page=ten", 400, "rest_invalid_param"),
        ("posts?page=0", 400, "rest_invalid_param"),
        ("posts?page=99", 400, "rest_post_invalid_page_number"),
        ("posts?orderby=colour", 400, "rest_invalid_param"),
        ("posts?order=up", 400, "rest_invalid_param"),
        ("posts?after=yesterday", 400, "rest_invalid_param"),
        ("posts?include=one", 400, "rest_invalid_param"),
        ("posts/1", 404, "rest_post_invalid_id"),
        ("pages/1", 404, "rest_post_invalid_id"),
        ("comments/1", 404, "rest_comment_invalid_id"),
        ("comments?type=pingback", 401, "rest_forbidden_param"),
        ("comments?status=hold", 401, "rest_forbidden_param"),
        ("users/99", 404, "rest_user_invalid_id"),
        ("categories/99", 404, "rest_term_invalid"),
        ("nothing", 404, "rest_no_route"),
        ("posts/1/revisions", 404, "rest_no_route"),
    ],
)
def test_rest_errors(blog, path, status, code):
    body = rest(blog, path, status)
    assert (body["code"], body["data"]["status"]) == (code, status)


@pytest.mark.parametrize("path", ["comments?page=99", "users?page=99", "categories?page=99"])
def test_past_the_end_of_other_collections_is_an_empty_list(blog, path):
    assert rest(blog, path) == []


def test_hidden_things_are_refused_by_id(blog):
    draft = next(post for post in blog.posts if post.hidden)
    spam = next(comment for comment in blog.comments if comment.hidden)
    locked = next(post for post in blog.posts if post.protected)
    assert rest(blog, f"posts/{draft.id}", 401)["code"] == "rest_forbidden"
    assert rest(blog, f"comments/{spam.id}", 401)["code"] == "rest_cannot_read"
    assert rest(blog, f"comments?post={locked.id}", 401)["code"] == "rest_cannot_read_post"
    assert rest(blog, f"comments/{blog.approved(locked)[0].id}", 401)["code"] == "rest_cannot_read"


def test_rest_index_tells_about_the_blog(blog):
    site = json.loads(blog.respond("/wp-json/").body)
    assert (site["name"], site["home"]) == (blog.title, blog.home)
    assert (site["timezone_string"], site["gmt_offset"]) == ("Europe/London", 0)
    assert {"/wp/v2/posts", "/wp/v2/comments"} <= set(site["routes"])
    assert "wp/v2" in site["namespaces"]


@pytest.mark.parametrize(
    "entry", ["/?rest_route=/wp/v2/posts&per_page=3", "/index.php?rest_route=/wp/v2/posts&per_page=3"]
)
def test_rest_route_is_the_same_api(blog, entry):
    assert blog.respond(entry).body == blog.respond("/wp-json/wp/v2/posts?per_page=3").body


def test_link_header_leads_through_the_pages(blog):
    path, seen = "/wp-json/wp/v2/posts?per_page=9&_fields=id", []
    while path:
        response = blog.respond(path)
        seen += [item["id"] for item in json.loads(response.body)]
        links = dict(reversed(pair) for pair in re.findall(r'<([^>]+)>; rel="(\w+)"', response.header("Link")))
        path = path_of(links["next"]) if "next" in links else None
    assert Counter(seen) == Counter(post.id for post in blog.posts if not post.hidden)


def test_fields_and_embeds(blog):
    post = titled(blog, "The inner ear")
    item = rest(blog, f"posts/{post.id}?_fields=id,title.rendered,content.protected")
    assert item == {"id": post.id, "title": {"rendered": post.title}, "content": {"protected": False}}
    item = rest(blog, f"posts/{post.id}?_embed=author,wp:term")
    assert [one["name"] for one in item["_embedded"]["author"]] == [post.account.name]
    assert [t["slug"] for terms in item["_embedded"]["wp:term"] for t in terms] == ["imaging", "slackwater"]
    assert "replies" not in item["_embedded"]
    assert len(rest(blog, f"posts/{post.id}?_embed")["_embedded"]["replies"][0]) == 5
    assert "_embedded" not in rest(blog, f"posts/{post.id}?_embed&_fields=id")


def test_comments_tell_their_true_parents_however_deep(blog):
    truth = {comment.id: comment.parent_id or 0 for comment in blog.comments}
    items = walk(blog, "comments?per_page=100&_fields=id,parent&")
    assert all(truth[item["id"]] == item["parent"] for item in items)


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize(
    ("orderby", "key"), [("id", "id"), ("date", "date_gmt"), ("modified", "modified_gmt"), ("slug", "slug")]
)
def test_posts_are_sorted(blog, orderby, key, order):
    found = [item[key] for item in walk(blog, f"posts?per_page=100&orderby={orderby}&order={order}&")]
    assert found == sorted(found, reverse=order == "desc")


def test_include_keeps_its_order(blog):
    wanted = [post.id for post in blog.posts if not post.hidden][5:1:-1]
    listed = ",".join(map(str, wanted))
    arrayed = "&".join(f"include[]={number}" for number in wanted)
    for form in (f"include={listed}", arrayed):
        assert [p["id"] for p in rest(blog, f"posts?{form}&orderby=include")] == wanted


def test_after_is_on_the_clock_of_the_blog_and_exclusive(blog):
    post = titled(blog, "Port Alder, day one")  # in summer, an hour ahead of UTC
    local = post.published + timedelta(hours=1)
    stamp = local.strftime("%Y-%m-%dT%H:%M:%S")
    newer = len([p for p in blog.posts if not p.hidden and p.published > post.published])
    assert len(walk(blog, f"posts?per_page=100&after={stamp}&")) == newer
    assert len(walk(blog, f"posts?per_page=100&after={post.published.isoformat()}&")) == newer
    earlier = (local - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S")
    assert len(walk(blog, f"posts?per_page=100&after={earlier}&")) == newer + 1
    item = rest(blog, f"posts/{post.id}")
    assert (item["date"], item["date_gmt"]) == (stamp, post.published.strftime("%Y-%m-%dT%H:%M:%S"))


def test_category_counts_its_own_posts_only(blog):
    item = next(item for item in rest(blog, "categories?per_page=100") if item["slug"] == "laboratory")
    assert item["count"] == 2
    assert len(rest(blog, f"posts?per_page=100&categories={item['id']}")) == 5


# Feeds and sitemaps


def test_feed_walks_all_posts_to_a_404(blog):
    guids, number = [], 1
    while blog.respond(f"/feed/?paged={number}").status == 200:
        guids += [entry.id for entry in feed(blog, f"/feed/?paged={number}")]
        number += 1
    posts = sorted((p for p in blog.posts if not p.hidden), key=lambda p: p.published, reverse=True)
    assert guids == [f"{blog.home}/?p={post.id}" for post in posts]
    assert blog.respond(f"/feed/?paged={number}").status == 404


def test_feed_entry_tells_what_wordpress_tells(blog):
    post = titled(blog, "Port Alder: what we bring home")
    entry = next(e for n in (1, 2) for e in feed(blog, f"/feed/?paged={n}") if e.id.endswith(f"?p={post.id}"))
    assert [author.name for author in entry.authors if author] == ["Prof Inês Calloway", "Síle Ní Mhara"]
    assert entry.slash_comments == str(len(blog.approved(post)))
    assert entry.wfw_commentrss == f"{blog.url(post)}feed/"
    assert [tag.term for tag in entry.tags] == ["Meetings"]
    assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == post.published
    assert "<strong>MOORING</strong>" in entry.content[0].value


def test_comments_feed_holds_the_newest_ten(blog):
    locked = {post.id for post in blog.posts if post.protected or post.hidden}
    newest = sorted((c for c in blog.comments if not c.hidden and c.post_id not in locked), key=lambda c: c.date)[
        :-11:-1
    ]
    assert [int(entry.id.rpartition("-")[2]) for entry in feed(blog, "/comments/feed/")] == [c.id for c in newest]


def test_feed_of_a_post_names_the_comment_answered(blog):
    post = titled(blog, "SPINDRIFT: the results")
    entries = {int(entry.id.rpartition("-")[2]): entry for entry in feed(blog, path_of(f"{blog.url(post)}feed/"))}
    newest = blog.approved(post)[-10:]
    assert set(entries) == {comment.id for comment in newest}
    for comment in newest:
        answers = re.match(r'<p>In reply to <a href="[^"]+#comment-(\d+)">', entries[comment.id].content[0].value)
        assert (int(answers[1]) if answers else None) == comment.parent_id


@pytest.mark.parametrize("path", ["/category/trials/feed/", "/tag/pelagine/feed/", "/author/sile/feed/"])
def test_feeds_of_lists_hold_what_the_list_holds(blog, path):
    page = html_of(blog, path.removesuffix("feed/"))
    listed = [link.get("href") for link in page.cssselect("main h2.entry-title a")]
    assert [entry.link for entry in feed(blog, path)][: len(listed)] == listed


def test_sitemap_lists_every_post_once(blog):
    assert f"Sitemap: {blog.home}/wp-sitemap.xml" in blog.respond("/robots.txt").text
    maps = re.findall("<loc>(.*?)</loc>", blog.respond("/wp-sitemap.xml").text)
    found = [url for one in maps for url in re.findall("<loc>(.*?)</loc>", blog.respond(path_of(one)).text)]
    assert len(maps) == 5
    posts = Counter(blog.url(post) for post in blog.posts if not post.hidden)
    assert Counter(url for url in found if re.search(r"/\d{4}/\d\d/", url)) == posts
    assert {f"{blog.home}/about/", f"{blog.home}/author/sile/", f"{blog.home}/category/trials/phase-two/"} <= set(found)
    assert all(blog.respond(path_of(url)).status == 200 for url in found)


# Pages


def test_every_thread_page_shows_each_comment_once(blog):
    post = long_post(blog)
    home = path_of(blog.url(post))
    shown = [ids for n in range(1, 10) if (ids := comment_ids(html_of(blog, f"{home}comment-page-{n}/")))]
    assert len(shown) >= 3
    assert Counter(number for ids in shown for number in ids) == Counter(c.id for c in blog.approved(post))
    assert comment_ids(html_of(blog, home)) == shown[-1]
    roots = [
        len(html_of(blog, f"{home}comment-page-{n}/").cssselect("ul.comment-list > li"))
        for n in range(1, len(shown) + 1)
    ]
    assert roots[:-1] == [20] * (len(shown) - 1)
    assert comment_ids(html_of(blog, f"{home}comment-page-{len(shown) + 1}/")) == []


def test_oldest_page_first():
    made = DemoBlog(newest_first=False, comments_per_page=5)
    home = path_of(made.url(long_post(made)))
    page = html_of(made, home)
    assert comment_ids(page) == comment_ids(html_of(made, f"{home}comment-page-1/"))
    assert page.cssselect(".comment-navigation .nav-next a")[0].get("href").endswith("comment-page-2/#comments")


def test_comment_permalinks_name_the_page_that_shows_them(blog):
    for comment in blog.approved(long_post(blog)):
        page, _, anchor = blog.comment_url(comment).partition("#")
        assert anchor in {item.get("id") for item in html_of(blog, path_of(page)).cssselect("li")}


def test_nesting_shows_the_true_parent_down_to_the_depth(blog):
    truth = {comment.id: comment.parent_id for comment in blog.comments}
    deepest = 0
    for post in blog.posts:
        for page in [html_of(blog, path_of(blog.url(post)))] if not post.hidden else []:
            for item in page.cssselect("ul.comment-list li"):
                depth = len(list(item.iterancestors("li"))) + 1
                deepest = max(deepest, depth)
                assert f"depth-{depth}" in item.get("class").split()
                parent = next(item.iterancestors("li"), None)
                shown = int(parent.get("id").removeprefix("comment-")) if parent is not None else None
                if depth < 5:
                    assert truth[int(item.get("id").removeprefix("comment-"))] == shown
    assert deepest == 5


def test_replies_below_the_depth_follow_what_they_answer(blog):
    deep = next(c for c in blog.comments if c.text.startswith("Then I will bring the cushion"))
    page = html_of(blog, path_of(blog.comment_url(deep).partition("#")[0]))
    item = page.get_element_by_id(f"comment-{deep.id}")
    assert "depth-5" in item.get("class").split()
    assert item.getprevious().get("id") == f"comment-{deep.parent_id}"
    assert not item.cssselect(".comment-reply-link")


def test_a_post_page_looks_like_the_model_site(blog):
    post = titled(blog, "SPINDRIFT: the results")
    page = html_of(blog, path_of(blog.url(post)))
    assert page.cssselect("article.hentry h1.entry-title")[0].text_content() == post.title
    assert page.cssselect("article.hentry .meta-date span.updated")[0].text_content() == "18 September 2023"
    assert not page.cssselect("article.hentry time")
    heads = [head.text_content().strip() for head in page.cssselect(".section-head")]
    assert heads == ["About the author", "15 comments", "You may also like"]
    assert not page.cssselect("#comments .section-head")
    assert len(comment_ids(page)) == 15
    assert len(page.cssselect("li.bypostauthor")) == 2
    assert [link.get("rel") for link in page.cssselect(".comment-reply-link")][:1] == ["nofollow"]
    assert page.cssselect("ul.comment-list")[0].getprevious().get("id") == "respond"


def test_front_page_shows_sticky_posts_first_and_no_dates(blog):
    page = html_of(blog, "/")
    articles = page.cssselect("main article")
    assert len(articles) == blog.posts_per_page + 1
    assert "sticky" in articles[0].get("class")
    assert not page.cssselect("main .meta-date")


def test_list_pages_hold_every_post(blog):
    sticky = sum(post.sticky for post in blog.posts)
    found = Counter()
    number = 1
    while blog.respond(f"/page/{number}/").status == 200:
        found.update(link.get("href") for link in html_of(blog, f"/page/{number}/").cssselect("main h2.entry-title a"))
        number += 1
    assert set(found) == {blog.url(post) for post in blog.posts if not post.hidden}
    assert found.total() == len(found) + sticky  # it also stands in its own place


def test_multi_page_post(blog):
    post = titled(blog, "Nine questions")
    home = path_of(blog.url(post))
    parts = [html_of(blog, f"{home}{part}").cssselect(".entry-content")[0].text_content() for part in ("", "2/", "3/")]
    assert ["1. Does" in parts[0], "4. May" in parts[1], "7. Why" in parts[2]] == [True] * 3
    assert [part.count("?") for part in parts] == [3, 3, 3]
    whole = rest(blog, f"posts/{post.id}")["content"]["rendered"]
    assert whole.count("<!--nextpage-->") == 2
    entry = next(e for n in range(1, 6) for e in feed(blog, f"/feed/?paged={n}") if e.id.endswith(f"?p={post.id}"))
    assert "3. Should" in entry.content[0].value
    assert "4. May" not in entry.content[0].value


def test_sidebar_counts_are_true(blog):
    page = html_of(blog, "/about/")
    posts = [post for post in blog.posts if not post.hidden]
    months = {
        item.cssselect("a")[0].text: int(re.search(r"\((\d+)\)", item.text_content())[1])
        for item in page.cssselect(".widget_archive li")
    }
    assert months == Counter(blog.index.local(post.published).strftime("%B %Y") for post in posts)
    for item in page.cssselect(".cat-item"):
        wanted = int(item.get("class").split("cat-item-")[1])
        below, count = {wanted}, int(re.search(r"\((\d+)\)", item.text_content())[1])
        for _ in range(3):
            below |= {term.id for term in blog.terms if term.parent in below}
        assert count == sum(any(term.id in below for term in post.terms) for post in posts)
    assert len(page.cssselect(".cat-item")) == 13
    assert len(page.cssselect(".widget_recent_entries li")) == len(page.cssselect(".widget_recent_comments li")) == 5
    assert len(page.cssselect(".widget_links a")) == 3
    assert "(3 items)" in page.cssselect(".tag-cloud-link")[0].get("aria-label")


def test_month_archives_page_through_their_posts(blog):
    found = [
        link.get("href")
        for path in ("/2023/06/", "/2023/06/page/2/")
        for link in html_of(blog, path).cssselect("main h2.entry-title a")
    ]
    assert len(found) == 7
    assert all("/2023/06/" in url for url in found)
    assert blog.respond("/2023/06/page/3/").status == 404


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/?p=24", 301, "/2021/10/welcome-to-the-harbour/"),
        ("/?page_id=7", 301, "/about/"),
        ("/?p=24&cpage=1", 301, "/2021/10/welcome-to-the-harbour/comment-page-1/"),
        ("/?cat=6", 301, "/category/research/laboratory/biomarkers/"),
        ("/?tag=sleep", 301, "/tag/sleep/"),
        ("/?author=6", 301, "/author/sile/"),
        ("/2021/10/welcome-to-the-harbour", 301, "/2021/10/welcome-to-the-harbour/"),
        ("/2020/01/welcome-to-the-harbour/", 301, "/2021/10/welcome-to-the-harbour/"),
        ("/2021/10/welcome-to-the-harbour/7/", 301, "/2021/10/welcome-to-the-harbour/"),
        ("/2021/10/welcome-to-the-harbour/embed/", 302, "/2021/10/welcome-to-the-harbour/"),
        ("/welcome-to-the-harbour/", 301, "/2021/10/welcome-to-the-harbour/"),
        ("/category/biomarkers/", 301, "/category/research/laboratory/biomarkers/"),
        ("/feed", 301, "/feed/"),
        ("/sitemap.xml", 302, "/wp-sitemap.xml"),
        ("/?p=99999", 404, None),
        ("/2019/01/", 404, None),
        ("/2021/13/", 404, None),
        ("/2021/10/nothing/", 404, None),
        ("/2021/10/welcome-to-the-harbour/nothing/", 404, None),
        ("/category/nothing/", 404, None),
        ("/author/marguerite/", 404, None),
        ("/page/99/", 404, None),
        ("/nothing", 404, None),
        ("/wp-sitemap-posts-post-2.xml", 404, None),
        ("/2021/", 200, None),
        ("/2021/10/04/", 200, None),
        ("/?s=towel", 200, None),
        ("/?feed=rss2", 200, None),
        ("/?feed=comments-rss2", 200, None),
        ("/wp-login.php", 200, None),
    ],
)
def test_addresses(blog, path, status, location):
    response = blog.respond(path)
    assert response.status == status
    assert response.header("Location") == (blog.home + location if location else None)


def test_replytocom_is_the_same_page_kept_from_search_engines(blog):
    post = titled(blog, "SPINDRIFT: the results")
    first = blog.approved(post)[0]
    plain, reply = (html_of(blog, path_of(blog.url(post)) + query) for query in ("", f"?replytocom={first.id}"))
    assert comment_ids(plain) == comment_ids(reply)
    assert "noindex" in reply.cssselect("meta[name=robots]")[0].get("content")
    assert reply.cssselect("link[rel=canonical]")[0].get("href") == blog.url(post)


# What must stay hidden, and what must lead somewhere


def everything(blog):
    """All that can be reached from the front page, the feeds, the sitemap and the API: path -> response."""
    todo = [
        "/",
        "/feed/",
        "/comments/feed/",
        "/robots.txt",
        "/wp-sitemap.xml",
        "/wp-json/",
        "/wp-json/wp/v2/posts?_embed",
    ]
    seen = {}
    while todo:
        path = todo.pop()
        if path in seen or "replytocom" in path:
            continue
        seen[path] = response = blog.respond(path)
        text = response.text.replace("\\/", "/") if "png" not in response.header("Content-Type") else ""
        links = re.findall(rf"{blog.home}([^\s<>\"'\\]*)", text + (response.header("Location") or ""))
        todo += [urldefrag(link.replace("&amp;", "&")).url or "/" for link in links]
    return seen


@pytest.fixture(scope="module")
def reached():
    # With an address that occurs in no text, so that links can be told by it.
    made = DemoBlog()
    return made, everything(made)


def test_no_link_of_the_blog_is_broken(reached):
    _, seen = reached
    refused = {"/wp-comments-post.php", "/wp-login.php?action=postpass"}
    protected = {path for path, answer in seen.items() if answer.status == 401}
    broken = {path for path, answer in seen.items() if answer.status >= 400} - refused - protected
    assert len(seen) > 600
    assert broken == set()
    # The API links to what it then refuses: comments of the protected post.
    assert all(re.fullmatch(r"/wp-json/wp/v2/comments(\?post=|/)\d+", path) for path in protected)


def test_nothing_hidden_is_ever_told(reached):
    blog, seen = reached
    locked = [post for post in blog.posts if post.protected or post.hidden]
    words = [part.removeprefix("<p>")[:40] for post in locked for part in post.parts]
    words += [post.title for post in locked if post.hidden]
    words += [c.text[:40] for c in blog.comments if c.hidden or c.post_id in {post.id for post in locked}]
    words += [c.email for c in blog.comments if c.email] + [author.email for author in blog.authors if author.email]
    assert len(words) > 200
    text = "\n".join(answer.body.decode("utf-8", "replace") for answer in seen.values())
    assert [word for word in words if word in text] == []


def test_protected_post_asks_for_its_password_everywhere(blog):
    post = next(post for post in blog.posts if post.protected)
    page = html_of(blog, path_of(blog.url(post)))
    assert page.cssselect("h1.entry-title")[0].text == "Protected: Advisory panel: draft minutes"
    assert page.cssselect(".entry-content form.post-password-form input[name=post_password]")
    assert not page.cssselect("#comments")
    item = rest(blog, f"posts/{post.id}")
    assert (item["content"], item["excerpt"]["rendered"]) == ({"rendered": "", "protected": True}, "")
    entries = feed(blog, path_of(f"{blog.url(post)}feed/"))
    assert [entry.author for entry in entries] == ["Harbour Desk", "Panel Member A"]  # names leak, as in WordPress
    assert all("Protected Comments" in entry.summary for entry in entries)


def test_untitled_post_shows_no_other_title(blog):
    post = next(post for post in blog.posts if not post.title)
    page = html_of(blog, path_of(blog.url(post)))
    assert page.cssselect("h1.entry-title")[0].text_content() == ""
    assert all(other.text_content() for other in page.cssselect(".related .entry-title"))
    assert post.slug == str(post.id)


# Ways in that are closed


def test_closed_api():
    closed = DemoBlog(api=False)
    assert rest(closed, "posts", 401)["code"] == "rest_login_required"
    assert closed.respond("/?rest_route=/").status == 401
    response = closed.respond("/")
    assert "wp-json" not in response.text
    assert response.header("Link") is None


def test_closed_feeds_and_sitemaps():
    closed = DemoBlog(feeds=False, sitemaps=False)
    paths = [
        "/feed/",
        "/comments/feed/",
        "/2021/10/welcome-to-the-harbour/feed/",
        "/wp-sitemap.xml",
        "/wp-sitemap-users-1.xml",
    ]
    assert {path: closed.respond(path).status for path in paths} == dict.fromkeys(paths, 404)
    assert "rss+xml" not in closed.respond("/").text
    assert "Sitemap" not in closed.respond("/robots.txt").text


def test_robots_can_be_set(fresh):
    fresh.robots = "User-agent: *\nDisallow: /\n"
    assert fresh.respond("/robots.txt").text == fresh.robots


# Conditional requests


@pytest.mark.parametrize("path", ["/", "/feed/", "/comments/feed/", "/about/", "/2021/10/welcome-to-the-harbour/feed/"])
def test_unchanged_pages_are_not_sent_again(fresh, path):
    first = fresh.respond(path)
    by_tag = {"If-None-Match": f'"other", W/{first.header("ETag")}'}
    by_date = {"If-Modified-Since": first.header("Last-Modified")}
    for headers in (by_tag, by_date, {"If-None-Match": "*"}):
        again = fresh.respond(path, headers=headers)
        assert (again.status, again.body) == (304, b"")
        assert again.header("ETag") == first.header("ETag")
    fresh.add_comment(fresh.posts[0], "Something new under the sun")
    fresh.add_post("News", "Of the day.")
    for headers in (by_tag, by_date):
        assert fresh.respond(path, headers=headers).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"If-None-Match": '"other"'},
        {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
        {"If-Modified-Since": "not a date"},
        # The tag decides where both are given (RFC 9110, 13.2.2).
        {"If-None-Match": '"other"', "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
    ],
)
def test_page_is_sent_when_the_asker_has_another(blog, headers):
    assert blog.respond("/feed/", headers=headers).status == 200


def test_missing_pages_and_the_api_have_no_validators(blog):
    assert blog.respond("/nothing/").header("ETag") is None
    assert blog.respond("/wp-json/wp/v2/posts").header("ETag") is None


# The same seed, the same bytes

DIGEST = """
import hashlib
from archiver.demo import DemoBlog
blog = DemoBlog(seed=5, posts=60)
print(hashlib.sha256(b"".join(blog.respond(path).body for path in {paths!r})).hexdigest())
"""


def test_same_seed_same_bytes_in_any_process():
    code = DIGEST.format(paths=SAMPLE)
    found = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, **env}, capture_output=True, text=True, check=True
        ).stdout.strip()
        for env in ({"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"}, {"PYTHONHASHSEED": "2", "TZ": "America/Lima"})
    }
    here = DemoBlog(seed=5, posts=60)
    assert found == {hashlib.sha256(b"".join(here.respond(path).body for path in SAMPLE)).hexdigest()}


def test_another_seed_another_thread(blog):
    path = "/2022/10/ebb-2-did-not-work/"
    assert DemoBlog(seed=2).respond(path).body != blog.respond(path).body


# Changes


def test_added_comment_is_told_everywhere(fresh):
    post = titled(fresh, "MOORING, halfway")
    first = fresh.approved(post)[0]
    before = len(fresh.approved(post))
    new = fresh.add_comment(
        post, "Week four is fine, too.\n\nSee https://example.org/four.", name="A & B", parent=first
    )
    page = html_of(fresh, path_of(fresh.url(post)))
    item = page.get_element_by_id(f"comment-{new.id}")
    assert next(item.iterancestors("li")).get("id") == f"comment-{first.id}"
    assert item.cssselect(".fn")[0].text == "A & B"
    assert [link.get("href") for link in item.cssselect(".comment-content a")] == ["https://example.org/four"]
    assert len(item.cssselect(".comment-content p")) == 2
    assert f"{before + 1} comments" in page.text_content()
    assert feed(fresh, "/comments/feed/")[0].author == "A & B"
    assert rest(fresh, "comments?per_page=1")[0]["parent"] == first.id
    assert page.cssselect(".widget_recent_comments li")[0].text_content().startswith("A & B on")
    assert new.id == max(comment.id for comment in fresh.comments)


def test_edited_and_removed_comments(fresh):
    post = titled(fresh, "SPINDRIFT: the results")
    root = fresh.approved(post)[0]
    fresh.edit_comment(root, "I have thought better of it.")
    assert "thought better" in rest(fresh, f"comments/{root.id}")["content"]["rendered"]
    assert fresh.comment(root).date == root.date
    fresh.remove_comment(root)
    page = html_of(fresh, path_of(fresh.url(post)))
    assert len(comment_ids(page)) == 10 == len(fresh.shown(post))  # its four replies are not shown …
    assert "14 comments" in page.text_content()  # … but counted …
    assert len(rest(fresh, f"comments?post={post.id}&per_page=100")) == 12  # … and told by the API, less two pings
    assert rest(fresh, f"comments/{root.id}", 401)["code"] == "rest_cannot_read"


def test_unknown_comment_is_an_error(fresh):
    with pytest.raises(KeyError):
        fresh.edit_comment(1, "Nobody said this.")


def test_added_and_edited_posts(fresh):
    stamp = fresh.changed.isoformat()
    post = fresh.add_post("Tea & tides", "One.\n\n<!--nextpage-->\n\nTwo.", terms=(fresh.terms[0],))
    assert html_of(fresh, "/").cssselect("main h2.entry-title")[1].text_content() == "Tea & tides"
    assert (post.slug, len(post.parts)) == ("tea-tides", 2)
    assert fresh.add_post("Tea & tides", "Again.").slug == "tea-tides-2"
    old = titled(fresh, "Welcome")
    fresh.edit_post(old, title="Welcome, all", body="Come in.")
    item = rest(fresh, f"posts?modified_after={stamp.replace('+', '%2B')}&orderby=modified")[0]
    assert (item["id"], item["title"]["rendered"]) == (old.id, "Welcome, all")
    assert item["content"]["rendered"] == "<p>Come in.</p>\n"
    assert item["date_gmt"] == old.published.strftime("%Y-%m-%dT%H:%M:%S")
    fresh.edit_post(old, status="draft")
    assert fresh.respond(path_of(fresh.url(old))).status == 404


def test_scripted_answers_come_first_and_then_the_page(fresh):
    fresh.answer("/feed/", Response(503, b"", (("Retry-After", "1"),)), Response(429))
    assert [fresh.respond("/feed/").status for _ in range(3)] == [503, 429, 200]
    assert fresh.requests == [("GET", "/feed/", 503), ("GET", "/feed/", 429), ("GET", "/feed/", 200)]


# Threads in general


@st.composite
def forests(draw):
    """Comments of one post, each answering an earlier one, the post, or one that is not there."""
    size = draw(st.integers(0, 30))
    start = datetime(2022, 1, 1, tzinfo=UTC)
    return [
        Comment(
            id=n,
            post_id=1,
            parent_id=draw(st.sampled_from([None, 999, *range(1, n)])),
            name="x",
            date=start + timedelta(minutes=draw(st.integers(0, 50))),
            text="x",
        )
        for n in range(1, size + 1)
    ]


@given(forests(), st.integers(1, 6), st.integers(1, 5))
def test_layout_shows_whom_it_can_once_and_nests_truly(comments, depth, per_page):
    pages = paginate(arrange(comments, depth), per_page)
    nodes = [node for page in pages for root in page for node in root.walk()]
    parents = {comment.id: comment.parent_id for comment in comments}

    def rooted(number):
        while number in parents:
            number = parents[number]
        return number is None

    assert Counter(n.comment.id for n in nodes) == Counter(n for n in parents if rooted(n))
    assert all(node.depth <= depth for node in nodes)
    assert all(child.depth == node.depth + 1 for node in nodes for child in node.children)
    for node in nodes:
        for child in node.children:
            assert node.depth == depth - 1 or child.comment.parent_id == node.comment.id
    assert all(len(page) == per_page for page in pages[:-1])
    assert [node.number for page in pages for node in page[:1]] == [0] * len(pages)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Sums & doubts", "sums-doubts"),
        ("Síle’s “cup” of tea – again", "siles-cup-of-tea-again"),
        ("潮と眩暈", "%e6%bd%ae%e3%81%a8%e7%9c%a9%e6%9a%88"),
        ("…", ""),
    ],
)
def test_slugs(title, slug):
    assert slugify(title) == slug
    assert unquote(slug).lower() == unquote(slug)


# On a socket


def test_served_on_loopback_with_one_connection_for_many_requests(fresh):
    with serve(fresh) as home:
        assert fresh.home == home
        connection = http.client.HTTPConnection(urlsplit(home).netloc, timeout=10)
        connection.request("GET", "/feed/")
        answer = connection.getresponse()
        body = answer.read()
        opened = connection.sock
        assert (answer.status, answer.version) == (200, 11)
        assert body.count(f"<link>{home}/20".encode()) == 10
        connection.request("GET", "/feed/", headers={"if-none-match": answer.headers["ETag"]})
        again = connection.getresponse()
        assert again.status == 304
        assert again.read() == b""
        connection.request("HEAD", "/about/")
        head = connection.getresponse()
        assert head.read() == b""
        assert int(head.headers["Content-Length"]) > 1000
        connection.request("POST", "/wp-comments-post.php", body=b"comment=hello")
        refused = connection.getresponse()
        assert refused.status == 405
        refused.read()
        connection.request("POST", "/wp-json/wp/v2/comments", body=b"{}")
        closed = connection.getresponse()
        assert closed.status == 401
        closed.read()
        connection.request("GET", "/2021/10/welcome-to-the-harbour/")
        post = connection.getresponse()
        assert post.headers.get_all("Link") == [
            f'<{home}/wp-json/>; rel="https://api.w.org/"',
            f'<{home}/wp-json/wp/v2/posts/24>; rel="alternate"; type="application/json"',
            f"<{home}/?p=24>; rel=shortlink",
        ]
        post.read()
        assert connection.sock is opened
    assert [status for _, _, status in fresh.requests] == [200, 304, 200, 405, 401, 200]
    assert fresh.requests[2] == ("HEAD", "/about/", 200)


def test_nothing_is_left_when_the_block_ends(fresh):
    before = threading.active_count()
    with serve(fresh) as home:
        address = (urlsplit(home).hostname, urlsplit(home).port)
        idle = socket.create_connection(address, timeout=10)  # says nothing, and would wait for ever
        kept = http.client.HTTPConnection(*address, timeout=10)
        kept.request("GET", "/robots.txt")
        kept.getresponse().read()
    assert threading.active_count() == before
    assert idle.recv(1) == b""
    idle.close()
    with pytest.raises(ConnectionError):
        socket.create_connection(address, timeout=10)


def test_many_at_once(fresh):
    with serve(fresh) as home:
        statuses = []

        def ask(number):
            connection = http.client.HTTPConnection(urlsplit(home).netloc, timeout=30)
            for path in ("/", "/feed/", f"/page/{number % 6 + 1}/"):
                connection.request("GET", path)
                answer = connection.getresponse()
                statuses.append((answer.status, len(answer.read()) > 1000))
            connection.close()

        threads = [threading.Thread(target=ask, args=(n,)) for n in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert statuses == [(200, True)] * 36
    assert len(fresh.requests) == 36


def test_command_serves_until_interrupted():
    command = [sys.executable, "-m", "archiver.demo", "--port", "0", "--posts", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        line = running.stdout.readline()
        address = urlsplit(re.search(r"http://\S+", line)[0])
        connection = http.client.HTTPConnection(address.netloc, timeout=10)
        connection.request("GET", "/wp-json/wp/v2/posts")
        assert connection.getresponse().headers["X-WP-Total"] == "3"
        connection.close()
        running.send_signal(signal.SIGINT)
        try:
            assert running.wait(60) == 0
        finally:
            running.kill()
