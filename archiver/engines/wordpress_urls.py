"""What a URL of a WordPress blog says of itself, in every permalink form."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from archiver.urls import query_value, url_key

COMMENT_PAGE = re.compile(r"/comment-page-(\d+)/?$")
COMMENT_FRAGMENT = re.compile(r"^(?:li-|div-)?comment-(\d+)$")
LIST_PAGE = re.compile(r"/page/(\d+)/?$")
MONTH = re.compile(r"/(\d{4})/(\d{1,2})/?$")
YEAR = re.compile(r"/((?:19|20)\d{2})/?$")

# Nothing below these is content, and some change things: never fetched.
NEVER = re.compile(
    r"/wp-(?:admin|login|signup|activate|cron|comments-post|trackback|links-opml|mail|register)\b|/xmlrpc\.php"
    r"|/(?:trackback|embed)/?$|[?&](?:replytocom|share|like_comment|unapproved|moderation-hash|add-to-cart|action"
    r"|preview|print|wp_?lang_?switch|PHPSESSID|sid|nb)="
    r"|/wp-content/|/wp-includes/|/wp-json/oembed",
    re.IGNORECASE,
)


def never(url: str) -> bool:
    """Whether a URL must not be fetched: forms, log-in, shares, replies, scripts, files."""
    return NEVER.search(url) is not None


def without_fragment(url: str) -> str:
    """The URL up to its fragment."""
    return url.partition("#")[0]


def fragment(url: str) -> str:
    """The fragment of a URL."""
    return url.partition("#")[2]


def comment_id(url: str) -> str | None:
    """The comment that a permalink's fragment names."""
    match = COMMENT_FRAGMENT.match(fragment(url))
    return match[1] if match else None


def post_url(url: str) -> str:
    """The permalink behind a link into a post: fragment, comment page, part and reply link taken off."""
    parts = urlsplit(without_fragment(url))
    path = COMMENT_PAGE.sub("/", parts.path)
    kept = [
        pair
        for pair in parts.query.split("&")
        if pair and pair.partition("=")[0] not in {"cpage", "replytocom", "unapproved", "moderation-hash"}
    ]
    return urlunsplit((parts.scheme, parts.netloc, path, "&".join(kept), ""))


def comment_page(url: str) -> int | None:
    """The number of the comment page that a URL asks for."""
    match = COMMENT_PAGE.search(urlsplit(url).path)
    number = match[1] if match else query_value(url, "cpage")
    return int(number) if number and number.isdecimal() else None


def post_part(url: str, base: str) -> int | None:
    """The part of a multi-page post that a URL asks for, `base` being the post's permalink."""
    bare, parts = post_url(url), urlsplit(without_fragment(url))
    number = query_value(url, "page")
    if number and number.isdecimal() and url_key(re.sub(r"[?&]page=\d+", "", bare)) == url_key(base):
        return int(number)
    match = re.search(r"/(\d{1,3})/?$", parts.path)
    if match and not parts.query and url_key(bare[: bare.rstrip("/").rfind("/") + 1]) == url_key(base):
        return int(match[1])
    return None


def list_page(url: str) -> int | None:
    """The number of the list page that a URL asks for (`/page/3/`, `?paged=3`)."""
    match = LIST_PAGE.search(urlsplit(url).path)
    number = match[1] if match else query_value(url, "paged")
    return int(number) if number and number.isdecimal() else None


def month(url: str) -> tuple[int, int] | None:
    """The month that an archive URL lists (`/2021/02/`, `?m=202102`)."""
    plain = query_value(url, "m")
    if plain and re.fullmatch(r"\d{6}", plain):
        year, number = int(plain[:4]), int(plain[4:])
    else:
        match = MONTH.search(urlsplit(url).path)
        if match is None or urlsplit(url).query:
            return None
        year, number = int(match[1]), int(match[2])
    return (year, number) if 1 <= number <= 12 and 1970 <= year <= 2100 else None


def year(url: str) -> int | None:
    """The year that an archive URL lists (`/2021/`, `?m=2021`)."""
    plain = query_value(url, "m")
    if plain and re.fullmatch(r"\d{4}", plain):
        return int(plain)
    match = YEAR.search(urlsplit(url).path)
    return int(match[1]) if match and not urlsplit(url).query else None


def native_post_id(url: str) -> str | None:
    """The post id of a plain permalink or short link (`?p=123`, `?page_id=7`)."""
    for name in ("p", "page_id", "attachment_id"):
        number = query_value(url, name)
        if number and number.isdecimal():
            return number
    return None


def taxonomy(url: str) -> str | None:
    """category or tag, where the URL's own form tells."""
    path = urlsplit(url).path
    if query_value(url, "cat") or query_value(url, "category_name") or "/category/" in path:
        return "category"
    if query_value(url, "tag") or "/tag/" in path:
        return "tag"
    return None


def author_slug(url: str) -> str | None:
    """The author whose page a URL is (`/author/slug/`, `?author=3` gives none)."""
    match = re.search(r"/author/([^/]+)/?$", urlsplit(url).path)
    return match[1] if match else None
