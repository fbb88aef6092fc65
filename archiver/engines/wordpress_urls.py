"""What a URL of a WordPress blog says of itself, in every permalink form."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from urllib.parse import unquote, urlsplit, urlunsplit

from archiver.engines import _vocabulary as vocabulary
from archiver.urls import query_value, url_key, within, without_fragment

# Behind a post's own path: at the root, `/comment-page-2/` is a post of that name.
_COMMENT_PAGE = re.compile(r"(?<=[^/])/comment-page-(\d{1,6})(/?)$", re.ASCII)
_DATED = re.compile(r"/\d{4}/\d\d(?:/\d\d)?$", re.ASCII)  # the same behind a month, where posts stand
_COMMENT_FRAGMENT = re.compile(r"^(?:(?:li|div|article|wp)-)?comment-(?:item-)?([0-9]{1,18})$")
_LIST_PAGE = re.compile(r"/page/(\d{1,6})/?$", re.ASCII)
_MONTH = re.compile(r"/(\d{4})/(\d{1,2})/?$", re.ASCII)
_DAY = re.compile(r"/(\d{4})/(\d{1,2})/(\d{1,2})/?$", re.ASCII)
_YEAR = re.compile(r"(?<!/\d{4}/\d\d)(?<!/\d{4}/\d\d/\d\d)/((?:19|20)\d{2})/?$", re.ASCII)  # behind a date it is a name
_CUSTOM_PAGE = re.compile(r"/(?:[^\W\d]|%[89a-fA-F])[^/]*?-([0-9]{1,5})/?$")  # a name in any script
_PART = re.compile(r"/(\d{1,3})/?$", re.ASCII)
_NOT_THE_POST = frozenset({"cpage", "replytocom", "unapproved", "moderation-hash"})

# Nothing below these is content, and some change things: never fetched.
_NEVER = re.compile(
    r"/wp-(?:admin|login|signup|activate|cron|comments-post|trackback|links-opml|mail|register)\b|/xmlrpc\.php"
    r"|/(?:trackback|embed)/?(?:$|\?)|[?&](?:no)?amp(?:=(?:1|mobile))?(?:$|&)|[?&](?:replytocom|share|like_comment|unapproved|moderation-hash|add-to-cart|action"
    r"|preview|print|wp_?lang_?switch|PHPSESSID|sid|nb|_wpnonce)="
    r"|/wp-content/|/wp-includes/|/wp-json/oembed|/cdn-cgi/",
    re.IGNORECASE,
)

# The pages of a blog hold the same few hundred links again and again.
_remembered = lru_cache(maxsize=4096)


@_remembered
def never(url: str) -> bool:
    """Whether a URL must not be fetched: forms, log-in, shares, replies, scripts, files."""
    return _NEVER.search(url) is not None


def is_below(url: str, home: str) -> bool:
    """Whether a URL may lead to a post or page of the blog: below its front page, and nothing that is never fetched."""
    return within(url, home) and not never(url) and url_key(url) != url_key(home)


def comment_id(url: str) -> str | None:
    """The comment that a permalink's fragment names."""
    match = _COMMENT_FRAGMENT.match(url.partition("#")[2].rstrip()) if "#" in url else None
    return match[1] if match else None


@_remembered
def post_url(url: str) -> str:
    """The permalink behind a link into a post: fragment, comment page and reply link taken off."""
    parts = urlsplit(without_fragment(url))
    match = _comment_page(parts.path)
    path = parts.path[: match.start()] + match[2] if match else parts.path
    if match and re.search(r"\.[a-z]{2,5}/$", path):  # /slug.html/comment-page-2/
        path = path[:-1]
    pairs = [pair for pair in parts.query.split("&") if pair and pair.partition("=")[0] not in _NOT_THE_POST]
    return urlunsplit((parts.scheme, parts.netloc, path, "&".join(pairs), ""))


@_remembered
def comment_page(url: str) -> int | None:
    """The number of the comment page that a URL asks for."""
    if "comment-page-" not in url and "cpage=" not in url:
        return None
    match = _comment_page(urlsplit(url).path)
    return _number(match[1] if match else query_value(url, "cpage"))


def _comment_page(path: str) -> re.Match[str] | None:
    match = _COMMENT_PAGE.search(path)
    return None if match is None or _DATED.search(path, 0, match.start()) else match


def numbered_comment_page(url: str, number: int) -> str:
    """The URL of a comment page of a post."""
    if "?" in url:
        return f"{url}&cpage={number}"
    return f"{url.rstrip('/')}/comment-page-{number}/"


def custom_comment_page(url: str, base: str) -> int | None:
    """The number of a comment page whose address a plugin has renamed: `POST/kommentare-2/#comment-7`."""
    bare, _, fragment = url.partition("#")
    return _custom_page(bare, base) if fragment.startswith("comment") and "?" not in bare else None


@_remembered  # a page's comments all have the same
def _custom_page(url: str, base: str) -> int | None:
    match = _CUSTOM_PAGE.search(url)
    return int(match[1]) if match and url_key(url[: match.start() + 1]) == url_key(base) else None


def renamed_comment_page(url: str) -> str | None:
    """The permalink behind a URL that may be a comment page of another name; None where it cannot be one."""
    match = None if "?" in url else _CUSTOM_PAGE.search(url)
    return url[: match.start() + 1] if match else None


def post_part(url: str, base: str) -> int | None:
    """The part of a multi-page post that a URL asks for, `base` being the post's permalink."""
    bare = without_fragment(url)
    number = _number(query_value(bare, "page")) if "page=" in bare else None
    if number and url_key(re.sub(r"[?&]page=\d+", "", post_url(bare))) == url_key(base):
        return number
    match = _PART.search(bare)
    if match and "?" not in bare and url_key(bare[: match.start() + 1]) == url_key(base):
        return int(match[1])
    return None


@_remembered
def list_page(url: str) -> int | None:
    """The number of the list page that a URL asks for (`/page/3/`, `?paged=3`)."""
    match = _LIST_PAGE.search(urlsplit(url).path)
    return _number(match[1] if match else query_value(url, "paged"))


@_remembered
def month(url: str) -> tuple[int, int] | None:
    """The month that an archive URL lists (`/2021/02/`, `?m=202102`)."""
    plain = query_value(url, "m")
    if plain and re.fullmatch(r"[0-9]{6}", plain):
        year, number = int(plain[:4]), int(plain[4:])
    else:
        match = _MONTH.search(without_fragment(url))
        if match is None:
            return None
        year, number = int(match[1]), int(match[2])
    return (year, number) if 1 <= number <= 12 and 1970 <= year <= 2100 else None


@_remembered
def day(url: str) -> date | None:
    """The day that an archive URL lists (`/2021/02/10/`, `?m=20210210`)."""
    plain = query_value(url, "m") or ""
    match = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", plain, re.ASCII) or _DAY.search(without_fragment(url))
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def year(url: str) -> int | None:
    """The year that an archive URL lists (`/2021/`, `?m=2021`)."""
    plain = query_value(url, "m")
    if plain and re.fullmatch(r"(?:19|20)[0-9]{2}", plain):
        return int(plain)
    match = _YEAR.search(without_fragment(url))
    return int(match[1]) if match else None


def native_post_id(url: str) -> str | None:
    """The post id of a plain permalink or short link (`?p=123`, `?page_id=7`)."""
    for name in ("p", "page_id", "attachment_id"):
        number = _number(query_value(url, name))
        if number:
            return str(number)
    return None


@_remembered
def taxonomy(url: str) -> str | None:
    """category or tag, where the URL's own form tells; blogs translate the bases."""
    parts = urlsplit(url)
    if parts.query:
        if query_value(url, "cat") or query_value(url, "category_name"):
            return "category"
        if query_value(url, "tag"):
            return "tag"
    segments = [unquote(segment).lower() for segment in parts.path.split("/")[1:] if segment]
    if segments[-1:] in (["feed"], ["rss"], ["rss2"], ["atom"], ["rdf"]) and len(segments) > 2:
        return None  # /category/news/feed/ lists nothing for readers
    for segment in segments[:-1]:
        for kind in ("category", "tag"):
            if segment == kind:
                return kind
    # A translated base stands first, or behind index.php or the blog's own folder.
    for segment in segments[:-1][:2]:
        for kind in ("category", "tag"):
            if segment in vocabulary.words("bases", kind):
                return kind
    return None


@_remembered
def author_slug(url: str) -> str | None:
    """The author whose page a URL is (`/author/slug/`); `?author=3` names none."""
    segments = [unquote(segment) for segment in urlsplit(url).path.split("/") if segment]
    if len(segments) < 2 or segments[-2].lower() not in vocabulary.words("bases", "author"):
        return None
    return segments[-1]


@_remembered
def is_author_page(url: str) -> bool:
    """Whether a URL lists an author's posts, also in plain form."""
    return author_slug(url) is not None or bool(_number(query_value(url, "author")))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
