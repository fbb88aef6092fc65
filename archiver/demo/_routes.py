"""Which address answers what. Pure: a target and headers in, a Response out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from archiver.demo import _feeds as feeds
from archiver.demo import _images as images
from archiver.demo import _pages as pages
from archiver.demo import _rest as rest
from archiver.demo import _sitemaps as sitemaps
from archiver.demo._answers import HTML, RSS, Response, answer, conditional, redirect
from archiver.demo._markup import MONTHS, plain
from archiver.demo._theme import Theme
from archiver.demo.records import Author, Comment, Post, Term

if TYPE_CHECKING:
    from archiver.demo.blog import DemoBlog

Query = dict[str, str]
Handler = Callable[["DemoBlog", "re.Match[str]", Query], Response]
STATIC = Path(__file__).parent / "static"
PAGE = r"(?:page/(?P<page>\d+)/)?"


def respond(blog: DemoBlog, target: str, method: str, asked: Mapping[str, str]) -> Response:
    """asked: request headers, names in lower case. HEAD is answered like GET; whoever sends drops the body."""
    parts = urlsplit(target if "://" in target else f"http://demo{target}")
    path, pairs = unquote(parts.path), parse_qsl(parts.query, keep_blank_values=True)
    query = dict(pairs)
    route = query.get("rest_route") if path in {"/", "/index.php"} else None
    if path == "/wp-json" or path.startswith("/wp-json/"):
        route = path.removeprefix("/wp-json")
    if method not in {"GET", "HEAD"}:
        return refused(route is not None)
    if route is not None:
        response = rest.respond(blog, route, pairs)
        api = ("Link", f'<{blog.home}/wp-json/>; rel="https://api.w.org/"')
        return response if response.status == 200 else response.plus(api)
    response = page(blog, path, query)
    if response.status == 404 and not path.endswith("/") and "." not in path.rpartition("/")[2]:
        response = slashed(blog, path, query) or response
    has_validators = (response.header("Content-Type") or "") in {HTML, RSS}
    return conditional(response, asked, blog.changed) if has_validators else response


def refused(api: bool) -> Response:
    """Nobody can write here."""
    if api:
        body = {
            "code": "rest_cannot_create",
            "message": "Sorry, you are not allowed to do that.",
            "data": {"status": 401},
        }
        return rest.as_json(body, 401)
    return answer("<p>This demo cannot be written to.</p>", status=405).plus(("Allow", "GET, HEAD"))


def slashed(blog: DemoBlog, path: str, query: Query) -> Response | None:
    """To the same address with a slash at its end, if there is such a page."""
    if page(blog, f"{path}/", query).status == 404:
        return None
    return redirect(f"{blog.home}{quote(path)}/" + (f"?{urlencode(query)}" if query else ""))


def page(blog: DemoBlog, path: str, query: Query) -> Response:
    for pattern, handler in TABLE:
        if match := pattern.fullmatch(path):
            return handler(blog, match, query)
    return pages.not_found(blog)


def number(text: str | None) -> int:
    """A page number from an address: 1 when none is given."""
    return int(text) if text and text.isdecimal() else 1


# The front page and its query forms


def front(blog: DemoBlog, match: re.Match[str], query: Query) -> Response:
    if any(name in query for name in ("p", "page_id", "cat", "tag", "author")):
        return by_query(blog, query)
    if "feed" in query:
        return comments_feed(blog, match, query) if "comments" in query["feed"] else posts_feed(blog, match, query)
    posts = blog.index.published
    if "s" in query:
        needle = query["s"].lower()
        posts = [p for p in posts if not p.protected and needle in f"{p.title} {plain(''.join(p.parts))}".lower()]
        return pages.listing(blog, posts, number(query.get("paged")), f"{blog.home}/", heading=f"Search: {query['s']}")
    return pages.listing(blog, posts, number(match["page"] or query.get("paged")), f"{blog.home}/")


def by_query(blog: DemoBlog, query: Query) -> Response:
    """The short forms lead to the permalinks."""
    theme, index = Theme(blog), blog.index
    wanted = {name: number(value) if value.isdecimal() else 0 for name, value in query.items()}
    if post := index.by_id.get(wanted.get("p", 0) or wanted.get("page_id", 0)):
        comment_page = f"comment-page-{wanted['cpage']}/" if wanted.get("cpage") else ""
        return redirect(blog.url(post) + comment_page)
    for term in blog.terms:
        if wanted.get("cat") == term.id or (
            term.taxonomy == "post_tag" and quote(query.get("tag", "")).lower() == term.slug
        ):
            return redirect(theme.term_url(term))
    for author in blog.authors:
        if author.id and wanted.get("author") == author.id:
            return redirect(theme.author_url(author))
    return pages.not_found(blog)


def posts_feed(blog: DemoBlog, _match: re.Match[str], query: Query) -> Response:
    return feeds.posts_feed(blog, blog.index.published, number(query.get("paged")), f"{blog.home}/feed/")


def comments_feed(blog: DemoBlog, _match: re.Match[str], _query: Query) -> Response:
    return feeds.comments_feed(blog)


# Lists


def term_list(blog: DemoBlog, match: re.Match[str], query: Query) -> Response:
    taxonomy = "category" if match["kind"] == "category" else "post_tag"
    slug = quote(match["path"].rpartition("/")[2]).lower()
    found: Term | None = next((t for t in blog.terms if t.taxonomy == taxonomy and t.slug == slug), None)
    if found is None:
        return pages.not_found(blog)
    url = Theme(blog).term_url(found)
    if unquote(url) != f"{blog.home}/{match['kind']}/{match['path']}/":
        return redirect(url)
    posts = blog.index.filed_under(found)
    if match["feed"]:
        return feeds.posts_feed(blog, posts, number(query.get("paged")), f"{url}feed/", heading=found.name)
    return pages.listing(blog, posts, number(match["page"]), url, heading=found.name, term=found, feed=f"{url}feed/")


def author_list(blog: DemoBlog, match: re.Match[str], query: Query) -> Response:
    found: Author | None = next((a for a in blog.authors if a.slug and a.slug == match["slug"]), None)
    if found is None:
        return pages.not_found(blog)
    url = Theme(blog).author_url(found)
    posts = [post for post in blog.index.published if found.id in {post.account.id, *(one.id for one in post.bylines)}]
    if match["feed"]:
        return feeds.posts_feed(blog, posts, number(query.get("paged")), f"{url}feed/", heading=found.name)
    return pages.listing(blog, posts, number(match["page"]), url, heading=f"Author: {found.name}", feed=f"{url}feed/")


def date_list(blog: DemoBlog, match: re.Match[str], _query: Query) -> Response:
    """A year, a month or a day on the blog's clock."""
    wanted = [int(match[name]) for name in ("year", "month", "day") if match[name]]
    posts = []
    for post in blog.index.published:
        when = blog.index.local(post.published)
        if [when.year, when.month, when.day][: len(wanted)] == wanted:
            posts.append(post)
    if not posts:
        return pages.not_found(blog)
    label = " ".join([*(str(day) for day in wanted[2:]), *(MONTHS[m - 1] for m in wanted[1:2]), str(wanted[0])])
    url = f"{blog.home}/" + "".join(f"{value:02}/" for value in wanted)
    return pages.listing(blog, posts, number(match["page"]), url, heading=label)


# One post, one static page


def post_page(blog: DemoBlog, match: re.Match[str], query: Query) -> Response:
    post: Post | None = blog.index.by_slug.get(("post", quote(match["slug"]).lower()))
    if post is None:
        return pages.not_found(blog)
    url = blog.url(post)
    if not url.endswith(f"/{match['year']}/{match['month']}/{post.slug}/"):
        return redirect(url)
    tail = (match["rest"] or "").rstrip("/")
    if tail.isdecimal():
        return pages.single(blog, post, part=int(tail)) if 1 < int(tail) <= len(post.parts) else redirect(url)
    if tail == "feed" and "withoutcomments" in query:
        return feeds.posts_feed(blog, [post], 1, f"{url}feed/?withoutcomments=1", heading=post.title)
    if tail in {"", "feed"}:
        return feeds.comments_feed(blog, post) if tail else pages.single(blog, post, reply_to=answered(blog, query))
    if found := re.fullmatch(r"comment-page-(\d+)", tail):
        return pages.single(blog, post, comment_page=number(found[1]), reply_to=answered(blog, query))
    return redirect(url, 302) if tail in {"trackback", "embed"} else pages.not_found(blog)


def answered(blog: DemoBlog, query: Query) -> Comment | None:
    return blog.index.comments.get(number(query["replytocom"])) if "replytocom" in query else None


def by_slug(blog: DemoBlog, match: re.Match[str], _query: Query) -> Response:
    """A static page; or a post asked for by its slug alone, which WordPress guesses."""
    slug = quote(match["slug"]).lower()
    if found := blog.index.by_slug.get(("page", slug)):
        return pages.single(blog, found)
    guessed = blog.index.by_slug.get(("post", slug))
    return redirect(blog.url(guessed)) if guessed else pages.not_found(blog)


# Files and the rest


@cache
def stylesheet() -> bytes:
    return (STATIC / "style.css").read_bytes()


def login(blog: DemoBlog, _match: re.Match[str], _query: Query) -> Response:
    return pages.page(blog, "login.html")


def sitemap(blog: DemoBlog, match: re.Match[str], _query: Query) -> Response:
    return sitemaps.sitemap(blog, match["name"], int(match["number"]))


TABLE: list[tuple[re.Pattern[str], Handler]] = [
    (re.compile(pattern), handler)
    for pattern, handler in (
        (rf"/{PAGE}(?:index\.php)?", front),
        (r"/feed/(?:rss2/)?", posts_feed),
        (r"/comments/feed/", comments_feed),
        (r"/robots\.txt", lambda blog, _match, _query: sitemaps.robots(blog)),
        (r"/wp-sitemap\.xml", lambda blog, _match, _query: sitemaps.sitemap_index(blog)),
        (r"/wp-sitemap-(?P<name>[a-z_-]+)-(?P<number>\d+)\.xml", sitemap),
        (r"/sitemap\.xml", lambda blog, _match, _query: redirect(f"{blog.home}/wp-sitemap.xml", 302)),
        (rf"/(?P<kind>category|tag)/(?P<path>.+?)/(?:(?P<feed>feed/)|{PAGE})", term_list),
        (rf"/author/(?P<slug>[^/]+)/(?:(?P<feed>feed/)|{PAGE})", author_list),
        (rf"/(?P<year>\d{{4}})/(?:(?P<month>0[1-9]|1[0-2])/(?:(?P<day>0[1-9]|[12]\d|3[01])/)?)?{PAGE}", date_list),
        (r"/(?P<year>\d{4})/(?P<month>\d\d)/(?P<slug>[^/]+)/(?P<rest>.+/)?", post_page),
        (r"/wp-login\.php", login),
        (
            r"/wp-content/themes/harbour/style\.css",
            lambda _blog, _match, _query: Response(200, stylesheet(), (("Content-Type", "text/css; charset=utf-8"),)),
        ),
        (
            r"/wp-content/uploads/\d{4}/\d\d/(?P<name>[a-z-]+)\.(?P<kind>svg|png)",
            lambda _blog, match, _query: images.upload(match["name"], match["kind"]),
        ),
        (r"/avatar/(?P<key>[0-9a-f]{32})", lambda _blog, match, _query: images.avatar(match["key"])),
        (r"/(?P<slug>[^/]+)/", by_slug),
    )
]
