"""How one cell of a table is shown: links, shortened texts, cleaned HTML.

Everything in an archive was written by strangers. Markup comes out of here in two ways only: built with
`Markup(…).format`, which escapes what it is given, or cleaned by `archiver.harmless`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from datasette.utils import tilde_encode
from markupsafe import Markup

from archiver.harmless import REL, clean_html
from archiver.web.holdings import Holding

SHORT, LONG, LABEL, URL = 280, 2000, 60, 60  # characters shown

_TEXTS = {"text", "excerpt", "bio", "description", "snippet", "earlier", "now"}
_READING = {"threads", None}  # read one comment after the other; None: the result of a query

# Where keys lead in views and in the results of queries; in tables, the foreign keys tell.
_KEYS = {
    "post_id": "posts",
    "comment_id": "comments",
    "parent_id": "comments",
    "blog_id": "blogs",
    "author_id": "authors",
    "answered_id": "authors",
    "term_id": "terms",
    "work_id": "works",
    "crawl_id": "crawls",
}
_IDS = {"post_list": "posts", "comment_list": "comments"}  # whose row the `id` of a view is
# Words that stand for a row whose key is in another column of the same view or result.
_NAMES = {
    "title": "post_id",
    "post": "post_id",
    "author": "author_id",
    "in_reply_to": "parent_id",
    "answered": "answered_id",
    "blog": "blog_id",
    "identifier": "work_id",
}
_THREAD = {"comments", "captured"}  # numbers that lead to the thread they count


@dataclass(frozen=True, slots=True)
class Cell:
    """What Datasette is about to show.

    row: all values by column. table: None for the result of a query. urls: Datasette's URL builder.
    whole: on the page of a single row, where nothing is shortened.
    """

    value: Any
    column: str
    row: dict[str, Any]
    table: str | None
    holding: Holding
    urls: Any
    whole: bool

    @property
    def is_derived(self) -> bool:
        """Whether it belongs to a view or the result of a query, where Datasette knows of no foreign keys."""
        return self.table is None or self.table in self.holding.views


def render(cell: Cell) -> Markup | None:
    """Markup for a cell; None to have Datasette show it in its own way."""
    if isinstance(cell.value, dict):
        return _reference(cell)
    if isinstance(cell.value, int) and cell.is_derived and cell.column in _THREAD:
        return _thread(cell)
    if not isinstance(cell.value, str) or not cell.value:
        return _untitled(cell)
    if cell.column == "html":
        return _html(cell)
    if cell.column in _TEXTS:
        return _text(cell)
    if cell.column == "outline":
        return Markup('<span class="archive-outline">{}</span>').format(cell.value)
    return _link(cell.value) if _is_url(cell.value) else _inner_link(cell)


def shorten(text: str, length: int) -> str:
    """The first words of a text, with … where it goes on."""
    if len(text) <= length:
        return text
    cut = text[:length]
    space = cut.rfind(" ")
    return f"{cut[:space] if space > length // 2 else cut}…"


def _html(cell: Cell) -> Markup:
    if cell.whole:
        return Markup('<div class="archive-html" dir="auto">{}</div>').format(clean_html(cell.value))
    return Markup('<code class="archive-source">{}</code>').format(shorten(cell.value, SHORT // 2))


def _text(cell: Cell) -> Markup:
    shown = cell.value
    if not cell.whole:
        shown = shorten(shown, LONG if cell.table in _READING else SHORT)
    return Markup('<div class="archive-text" dir="auto">{}</div>').format(shown)


def _is_url(value: str) -> bool:
    return re.fullmatch(r"https?://[^\s/][^\s]*", value, re.IGNORECASE) is not None


def _link(url: str) -> Markup:
    shown = url.partition("://")[2].removesuffix("/")
    shown = shown if len(shown) <= URL else f"{shown[: URL - 21]}…{shown[-20:]}"
    return Markup('<a class="archive-away" href="{}" title="{}" rel="{}">{}</a>').format(url, url, REL, shown)


def _row_url(cell: Cell, table: str, key: str) -> str:
    return str(cell.urls.row(cell.holding.name, table, tilde_encode(key)))


def _reference(cell: Cell) -> Markup | None:
    """A foreign key that was looked up: {"value": key, "label": words}."""
    target = cell.holding.references.get((cell.table or "", cell.column))
    if target is None:
        return None
    value, label = str(cell.value["value"]), str(cell.value["label"] or "").strip()
    if _is_url(label):
        label = label.partition("://")[2]
    address = _row_url(cell, target.partition(".")[0], value)
    return Markup('<a href="{}" title="{}">{}</a>').format(address, value, shorten(label, LABEL) or "untitled")


def _thread(cell: Cell) -> Markup | None:
    key = _post_key(cell)
    if not key or not cell.value:
        return None
    address = f"{cell.urls.query(cell.holding.name, 'thread')}?{urlencode({'post': key})}"
    return Markup('<a href="{}" title="Read the thread">{}</a>').format(address, cell.value)


def _untitled(cell: Cell) -> Markup | None:
    """A way to a post that has no title to click on."""
    key = _post_key(cell)
    if cell.value or not cell.is_derived or _NAMES.get(cell.column) != "post_id" or not key:
        return None
    return Markup('<a href="{}">untitled</a>').format(_row_url(cell, "posts", key))


def _post_key(cell: Cell) -> str | None:
    key = cell.row.get("id") if cell.table == "post_list" else cell.row.get("post_id")
    return key if isinstance(key, str) else None


def _inner_link(cell: Cell) -> Markup | None:
    """To a row of a table, from its key or from the words that stand for it."""
    if not cell.is_derived:
        return None
    by_id = _IDS.get(cell.table or "") if cell.column == "id" else _KEYS.get(cell.column)
    if by_id:
        return Markup('<a class="archive-key" href="{}">{}</a>').format(_row_url(cell, by_id, cell.value), cell.value)
    column = _NAMES.get(cell.column)
    if column is None:
        return None
    key = _post_key(cell) if column == "post_id" else cell.row.get(column)
    if not isinstance(key, str) or not key:
        return None
    return Markup('<a href="{}">{}</a>').format(_row_url(cell, _KEYS[column], key), shorten(cell.value, SHORT))
