"""Links that a crawler which follows everything would be lost in, counted; and pages that only seem to be there.

No engine follows these links. That they were seen is told, so that a person can see what was left alone.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from html import unescape
from urllib.parse import urlsplit

from archiver.engines import _vocabulary as vocabulary
from archiver.engines.dom import Dom
from archiver.model import TargetKind
from archiver.page import Page
from archiver.text import normal_name

_LOG_IN = r"/wp-(?:admin|login|signup|activate|register)\b|/(?:log-?in|sign-?in|log-?out)/?(?:[?#]|$)"
_CALENDAR = r"[?&](?:ical|outlook-ical|tribe-bar-date|calendar|cal_?month)=|/(?:events?|calendar)/\d{4}-\d\d"
_FACET = r"[?&](?:orderby|order|sort|sort_?by|min_price|max_price|filter[a-z_]*(?:\[|%5b)?)[^&]*="
LOG_INS = "log-ins"
_FAMILIES = (
    ("reply forms", re.compile(r"[?&]replytocom=")),
    (LOG_INS, re.compile(_LOG_IN)),
    ("shares and likes", re.compile(r"[?&](?:share|like_comment)=")),
    ("session ids", re.compile(r"[?&;](?:phpsessid|jsessionid|sid|session_?id|cfid)=")),
    ("calendars", re.compile(_CALENDAR)),
    ("facets", re.compile(_FACET)),
    ("other views", re.compile(r"[?&](?:print|preview|amp|nb)=")),
)
_DEEPEST = 3
"""Parameters of a query: links with more of them are made by forms, and there are as many as one likes."""
_BARE = re.compile(r"^(?:error\s*)?404(?:\s*(?:error|not found))?$")
_BETWEEN = re.compile(r"\s+[-–—|«»:·•›‹]+\s+")
_TITLE = re.compile(rb"<title[^>]*>([^<]{1,200})</title>", re.IGNORECASE)
_OF_POST = re.compile(
    rb"<article\b|\bhentry\b|\bcomment-?form\b|\b(?:postid|page-id)-\d|\bsingle-post\b", re.IGNORECASE
)
_LINK = re.compile(rb"<a\s", re.IGNORECASE)
_DOOR_SIZE = 1 << 17  # bytes; what stands in front of a site is small, but for the scripts in it
_MARKUP = re.compile(rb"<(script|style)\b.*?(?:</\1|\Z)|<[^>]*>", re.IGNORECASE | re.DOTALL)
_MOST_SAID = 2000  # bytes; a notice is short
_MOST_LINKS = 10  # a page of a site has a menu and more
_PAGES = frozenset({TargetKind.POST, TargetKind.POST_PART, TargetKind.COMMENT_PAGE})


@lru_cache(maxsize=8192)  # the pages of a blog hold the same few hundred links again and again
def family(url: str) -> str | None:
    """What kind of trap a link leads to; None for most."""
    query = "?" in url or ";" in url
    if not query and "/" not in url[8:]:
        return None
    low = url.lower()
    for name, pattern in _FAMILIES:
        if pattern.search(low):
            return name
    return "facets" if query and urlsplit(url).query.count("&") >= _DEEPEST else None


def seen(page: Page) -> tuple[tuple[str, int], ...]:
    """How many links of each kind a page of HTML holds."""
    if not page.ok or "html" not in page.media_type:
        return ()
    found = Counter(name for _, url in page.once(Dom).links if (name := family(url)) is not None)
    return tuple(sorted(found.items()))


def is_interstitial(page: Page) -> bool:
    """Whether something else stands in the place of a page: a check of the browser, or a notice of the server that the
    site is not there for now, whatever the status."""
    if "html" not in page.media_type or len(page.body) > _DOOR_SIZE:
        return False
    title = _TITLE.search(page.body, 0, 8192)
    if title is None:
        return False
    stated = normal_name(unescape(title[1].decode("utf-8", "replace"))).rstrip(".… ")
    if stated not in vocabulary.phrases("people", "interstitial"):
        return False
    if len(b"".join(_MARKUP.sub(b"", page.body).split())) > _MOST_SAID:
        return False
    return len(_LINK.findall(page.body)) <= _MOST_LINKS and _OF_POST.search(page.body) is None


def is_soft_404(page: Page, kind: TargetKind) -> bool:
    """Whether the page of a post says that there is none, while the status says that all is well."""
    if not page.ok or kind not in _PAGES or "html" not in page.media_type:
        return False
    dom = page.once(Dom)
    if "error404" in dom.body_tokens:
        return True
    if {"single", "page"} & {*dom.body_tokens} or dom.tags("article") or dom.classed("hentry", "h-entry"):
        return False
    parts = [normal_name(part) for part in _BETWEEN.split(dom.stated_title or "")]
    return any(
        _BARE.match(part) or part in vocabulary.phrases("people", "not_found") for part in parts[:1] + parts[-1:]
    )
