"""The newest posts and comments as an Atom feed (RFC 4287), with what each comment answers (RFC 4685)."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from xml.etree import ElementTree as ET

from datasette.utils.asgi import Response

from archiver import __version__
from archiver.harmless import clean_html
from archiver.text import clean
from archiver.web import finding, respond, search_page
from archiver.web.place import Place
from db.pages import feed
from db.pages.rows import Row

ENTRIES = 50
MOST_HTML = 100_000  # characters of a body; beyond, the beginning of its text stands in its place
BEGINNING = 2_000  # characters of that
ATOM, THREADING = "http://www.w3.org/2005/Atom", "http://purl.org/syndication/thread/1.0"
SETTLED = 2.0  # seconds; HTTP's dates are whole ones, and more may be written in the second of the last one
# Never to change: readers know an entry again by what is made of it.
NAMESPACE = UUID("b1095a6c-7d3e-5f0a-9c41-2a6f0c6d8e17")
_SIDE = frozenset({"pingback", "trackback", "attachment", "unknown"})
_AT = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d:\d\d(?::\d\d)?))?)?)?")

ET.register_namespace("", ATOM)
ET.register_namespace("thr", THREADING)


async def page(request: Any, at: Place) -> Response | None:
    """The feed; of one blog, of a search, or of everything. 304 where the reader has it already."""
    given = {name: value for name, value in search_page.filled_in(request).items() if name not in {"sort", "page"}}
    blogs = await at.ask(lambda connection: feed.blogs(connection, given.get("blog", "")))
    if "blog" in given:
        if not blogs:
            return None
        given["blog"] = blogs[0]["id"]
    keys = await _keys(at, given)
    entries = await at.ask(lambda connection: feed.entries(connection, keys))
    body = _feed(_Links(request, at), given, blogs, [entry for entry in entries if not entry["gone_at"]])
    return _answer(request, at, body)


async def _keys(at: Place, given: Mapping[str, str]) -> list[feed.Key]:
    """What the feed is to hold, newest first."""
    if not set(given) - {"blog", "only"}:
        blog, only = given.get("blog", ""), given.get("only", "")
        return await at.ask(lambda connection: feed.newest(connection, blog=blog, only=only, limit=ENTRIES))
    asked, wanted, _ = search_page.read({**given, "sort": "newest"})
    # Twice as many, since some of them are no conversation.
    _, hits = await finding.find(at, asked, wanted, ENTRIES * 2, 0)
    shown = [hit for hit in hits if given.get("kind") or hit["kind"] not in _SIDE]
    return [(hit["found"], hit["id"]) for hit in shown[:ENTRIES]]


class _Links:
    """Whole addresses of our pages, as this reader reaches them."""

    def __init__(self, request: Any, at: Place) -> None:
        self._request, self.at = request, at

    def __call__(self, path: str) -> str:
        return str(self.at.datasette.absolute_url(self._request, path))


def _feed(links: _Links, given: Mapping[str, str], blogs: Any, entries: list[Row]) -> bytes:
    at = links.at
    root = ET.Element(f"{{{ATOM}}}feed")
    first = blogs[0]["id"] if blogs else ""
    _text(root, "id", _urn("feed", first, *(f"{name}={value}" for name, value in sorted(given.items()))))
    about = blogs[0]["title"] if len(blogs) == 1 else respond.title(at)
    phrase = f": {given['q']}" if "q" in given else ""
    _text(root, "title", f"{about}{phrase}")
    latest = [_updated(entry) for entry in entries] or [_date(blog["last_seen_at"]) for blog in blogs]
    _text(root, "updated", max(latest, default="1970-01-01T00:00:00Z"))
    _link(root, "self", links(at.path("feed.atom", query=given)), "application/atom+xml")
    whole = at.path("search", query=given) if given else at.front()
    _link(root, "alternate", links(whole), "text/html")
    _text(root, "generator", "blog-archiver", version=__version__)
    _text(ET.SubElement(root, f"{{{ATOM}}}author"), "name", about)
    for entry in entries:
        _entry(ET.SubElement(root, f"{{{ATOM}}}entry"), entry, links)
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _entry(parent: ET.Element, entry: Row, links: _Links) -> None:
    is_comment = entry["found"] == "comment"
    title = entry["title"] or "Untitled"
    names = [person for person in entry["names"] if (person["name"] or "").strip()]
    _text(parent, "id", _urn(entry["found"], entry["id"]))
    who = names[0]["name"] if names else "Somebody"
    _text(parent, "title", f"{who} on {title}" if is_comment else title)
    for person in names or [{"name": entry["blog"], "url": entry["blog_url"]}]:
        author = ET.SubElement(parent, f"{{{ATOM}}}author")
        _text(author, "name", person["name"])
        if _is_web(person["url"]):
            _text(author, "uri", person["url"])
    if entry["published_at"]:
        _text(parent, "published", _date(entry["published_at"]))
    _text(parent, "updated", _updated(entry))
    here = links(links.at.post(entry["post_id"], entry["id"] if is_comment else None))
    _link(parent, "alternate", here, "text/html")
    if _is_web(entry["url"]):
        _link(parent, "via", entry["url"], None)
    if is_comment:
        _in_reply_to(parent, entry, links)
    _body(parent, entry)


def _in_reply_to(parent: ET.Element, entry: Row, links: _Links) -> None:
    """What a comment answers: another one, or the post."""
    answered = ("comment", entry["parent_id"]) if entry["parent_id"] else ("post", entry["post_id"])
    attributes = {
        "ref": _urn(*answered),
        "href": links(links.at.post(entry["post_id"], entry["parent_id"])),
        "type": "text/html",
    }
    ET.SubElement(parent, f"{{{THREADING}}}in-reply-to", attributes)


def _body(parent: ET.Element, entry: Row) -> None:
    """The words, made harmless; of those that are very long the beginning."""
    html, text = entry["html"], entry["text"]
    if html is not None and len(html) <= MOST_HTML:
        _text(parent, "content", str(clean_html(html, entry["url"] or entry["post_url"])), type="html")
    else:
        beginning = entry["excerpt"] or text or ""
        more = "…" if len(beginning) > BEGINNING else ""
        _text(parent, "summary", beginning[:BEGINNING] + more, type="text")


def _text(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    # XML cannot hold some of what a database can.
    ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes).text = clean(text)


def _link(parent: ET.Element, rel: str, href: str, media_type: str | None) -> None:
    attributes = {"rel": rel, "href": clean(href)} | ({"type": media_type} if media_type else {})
    ET.SubElement(parent, f"{{{ATOM}}}link", attributes)


def _urn(*parts: str) -> str:
    """The lasting identity of a post, comment or feed: made of its key, which no crawl and no server changes."""
    return uuid5(NAMESPACE, "\x1f".join(parts)).urn


def _is_web(url: str | None) -> bool:
    return bool(url) and str(url).lower().startswith(("http://", "https://"))


def _updated(entry: Row) -> str:
    """When the latest wording is known to have come about."""
    published = entry["published_at"] or entry["first_seen_at"]
    return max(_date(at) for at in (published, entry["modified_at"], entry["edited_at"]) if at)


def _date(at: str) -> str:
    """A stored time as RFC 3339 has it, whole to the second however little the blog stated."""
    match = _AT.match(at)
    if not match:
        return "1970-01-01T00:00:00Z"
    year, month, day, clock = match.groups()
    clock = clock or "00:00"
    return f"{year}-{month or '01'}-{day or '01'}T{clock if len(clock) == 8 else f'{clock}:00'}Z"


def _answer(request: Any, at: Place, body: bytes) -> Response:
    tag = f'"{blake2b(body, digest_size=16).hexdigest()}"'
    changed = _changed(at)
    headers = {"etag": tag, "cache-control": "no-cache"}
    if changed:
        headers["last-modified"] = format_datetime(changed, usegmt=True)
    if _is_known(request.headers, tag, changed):
        return Response("", status=304, headers={**respond.HEADERS, **headers})
    return respond.data(body.decode(), "application/atom+xml", headers=headers)


def _changed(at: Place) -> datetime | None:
    """When the archive was last written to, it or its log of changes; None where that second may not be over."""
    path = Path(at.datasette.get_database(at.name).path)
    there = [file for file in (path, path.with_name(f"{path.name}-wal")) if file.exists()]
    written = max(file.stat().st_mtime for file in there)
    return datetime.fromtimestamp(int(written), UTC) if time.time() - written > SETTLED else None


def _is_known(headers: Mapping[str, str], tag: str, changed: datetime | None) -> bool:
    """Whether the reader has this very state; its tag, where it sends one, counts before its date (RFC 9110)."""
    known = headers.get("if-none-match")
    if known is not None:
        return known.strip() == "*" or tag in re.findall(r'"[^"]*"', known)
    try:
        since = parsedate_to_datetime(headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return changed is not None and changed <= (since if since.tzinfo else since.replace(tzinfo=UTC))
