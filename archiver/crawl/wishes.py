"""What a page asks of robots beyond robots.txt, in its headers or its head: `noarchive`, `nofollow`, `noindex`. Pure.

They were made for search engines. That a page says one is noted; what is done about it is for a person to decide.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from archiver.config_checks import WISHES
from archiver.model import Discovery, Note, Target, TargetKind
from archiver.page import Page

PAGES = frozenset({TargetKind.POST, TargetKind.POST_PART, TargetKind.COMMENT_PAGE})
"""What readers see, as against the data behind it and the lists that lead there."""
OURS = frozenset({"robots", "blog-archiver"})
"""Names under which a page speaks to us; others are those of single search engines."""
HEAD = 1 << 17
"""Bytes in which the head of a page is looked for."""
# Both cases are written out: half of a page are the style sheets in its head, and IGNORECASE takes long over each byte.
_HEAD_TAG = re.compile(rb"<(?:[Mm][Ee][Tt][Aa]\b([^>]*)>|[Bb][Oo][Dd][Yy])")
_ATTRIBUTE = re.compile(r"""\b(name|content)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_WITH_VALUES = ("unavailable_after", "max-snippet", "max-image-preview", "max-video-preview")


def wishes_of(page: Page) -> frozenset[str]:
    """What a page asks for, of `WISHES`."""
    words = {word for line in (*_in_headers(page), *_in_head(page)) for word in line}
    if "none" in words:
        words |= {"noindex", "nofollow"}
    return frozenset(words & set(WISHES))


def notes_of(page: Page, target: Target) -> tuple[Note, ...]:
    """That the page of a post asks for something, as oddities of it."""
    if target.kind not in PAGES or not page.ok:
        return ()
    return tuple(Note(kind=f"page_says_{wish}", detail=page.url) for wish in sorted(wishes_of(page)))


def refused(page: Page | None, target: Target, honoured: tuple[str, ...]) -> str | None:
    """Why a page is not kept, where a person has chosen to honour what it asks for."""
    if page is None or not page.ok or target.kind not in PAGES or not {"noarchive", "noindex"} & set(honoured):
        return None
    said = sorted(wishes_of(page) & set(honoured) - {"nofollow"})
    return f"the page says {' and '.join(said)}" if said else None


def followed(page: Page, target: Target, discovery: Discovery, honoured: tuple[str, ...]) -> Discovery:
    """Where a page leads; nowhere, where it asks for that and a person has chosen to honour it."""
    heard = target.kind in PAGES and "nofollow" in honoured and "nofollow" in wishes_of(page)
    return Discovery() if heard else discovery


def _in_headers(page: Page) -> Iterator[list[str]]:
    """`X-Robots-Tag: noindex, otherbot: noarchive`: a name counts for all that follows it."""
    ours = True
    for part in page.headers.get("x-robots-tag", "").lower().split(","):
        name, colon, rest = part.partition(":")
        if colon and name.strip() not in _WITH_VALUES:
            ours, part = name.strip() in OURS, rest  # noqa: PLW2901 (what follows the name)
        if ours:
            yield part.split()


def _in_head(page: Page) -> Iterator[list[str]]:
    for found in _HEAD_TAG.finditer(page.body, 0, HEAD):
        if found[1] is None:
            return
        meta = found[1].lower()
        if b"robots" not in meta and b"blog-archiver" not in meta:
            continue
        said = {name: html.unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(meta.decode("latin-1"))}
        if said.get("name", "").strip() in OURS:
            yield said.get("content", "").replace(",", " ").split()
