"""What a page of Medium hands to its script: `window.__APOLLO_STATE__`, objects by name that refer to each other.

`Post:NUMBER` has title, times, writer, tags, `postResponses.count`, `isLocked`, and its paragraphs, each with its text
and the ranges of it that are links or emphasised. Ranges count in units of UTF-16.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from archiver import content
from archiver.comments._threads import at_seconds
from archiver.engines import _json_values as values
from archiver.engines.dom import Dom
from archiver.model import Author, Content, Post, Rank, Term
from archiver.text import clean_tree, normal_name
from archiver.urls import canonical, url_key

_STATE = re.compile(r"window\.__APOLLO_STATE__\s*=\s*(?=\{)")
_TAGS = {"H1": "h2", "H2": "h2", "H3": "h3", "H4": "h4", "BQ": "blockquote", "PQ": "blockquote", "PRE": "pre"}
_LISTS = {"ULI": "ul", "OLI": "ol"}
_MARKS = {"EM": "em", "STRONG": "strong", "CODE": "code"}
State = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A post, and what is said of it. locked: the page has the beginning only."""

    post: Post
    responses: int | None
    locked: bool


def post(dom: Dom, shown: Post | None) -> Told | None:
    """The post that a page is about. shown: as read from its markup, for what the data leave out."""
    data = _state(dom)
    row = _main(data, dom)
    if row is None:
        return None
    url = values.text(row, "mediumUrl") or dom.canonical() or dom.page.url
    body = _body(data, row, url)
    base = shown or Post(url=url, rank=Rank.PAGE)
    writer = _of(data, row.get("creator"))
    name = values.line(writer, "name")
    user = values.text(writer, "username")
    home = f"https://medium.com/@{user}" if user else None
    tags = [
        values.line(_of(data, one), "displayTitle") or values.line(_of(data, one), "id") for one in _list(row, "tags")
    ]
    made = replace(
        base,
        native_id=values.text(row, "id"),
        title=values.line(row, "title") or base.title,
        content=body or base.content,
        published=at_seconds(row.get("firstPublishedAt")) or base.published,
        modified=at_seconds(row.get("latestPublishedAt")) or base.modified,
        authors=(Author(name=name, member=True, slug=user, url=home),) if name else base.authors,
        terms=tuple(Term(taxonomy="tag", name=tag) for tag in tags if tag) or base.terms,
        weak=frozenset() if name else base.weak,
    )
    locked = row.get("isLocked") is True and row.get("isLockedPreviewOnly") is not False
    return Told(post=made, responses=values.number(row, "postResponses", "count"), locked=locked)


def _state(dom: Dom) -> State:
    match = _STATE.search(dom.page.text)
    try:
        found, _ = json.JSONDecoder().raw_decode(dom.page.text, match.end()) if match else ({}, 0)
    except (ValueError, RecursionError):
        return {}
    return clean_tree(found) if isinstance(found, dict) else {}


def _main(data: State, dom: Dom) -> State | None:
    """The post whose number the address ends with, or whose address this is."""
    rows = [row for name, row in data.items() if name.startswith("Post:") and isinstance(row, dict)]
    here = url_key(canonical(dom.canonical() or dom.page.url).partition("?")[0])
    for row in rows:
        own, url = values.text(row, "id"), values.text(row, "mediumUrl")
        if (own and here.endswith(own)) or (url and url_key(url) == here):
            return row
    return None


def _of(data: State, value: object) -> State:
    """An object, or the one that a reference names."""
    if isinstance(value, dict):
        name = value.get("__ref")
        found = data.get(name) if isinstance(name, str) else value
        return found if isinstance(found, dict) else {}
    return {}


def _list(row: State, name: str) -> list[Any]:
    found = row.get(name)
    return found if isinstance(found, list) else []


def _body(data: State, row: State, url: str) -> Content | None:
    bodies = (_of(data, value) for name, value in row.items() if name == "content" or name.startswith("content("))
    models = (_of(data, body.get("bodyModel")) for body in bodies)
    paragraphs = next((found for model in models if (found := _list(model, "paragraphs"))), [])
    rows = [_of(data, one) for one in paragraphs]
    title = normal_name(values.line(row, "title") or "")
    while (
        rows
        and values.text(rows[0], "type") in {"H2", "H3"}
        and normal_name(values.line(rows[0], "text") or "") == title
    ):
        rows = rows[1:]  # the title stands in the text as well
    html = "".join(_paragraph(data, one) for one in rows)
    html = re.sub(r"</(ul|ol)><\1>", "", html)
    return content.from_html(html, url) if html else None


def _paragraph(data: State, row: State) -> str:
    kind = values.text(row, "type") or "P"
    words = _marked(values.text(row, "text") or "", [_of(data, one) for one in _list(row, "markups")])
    if kind == "IMG":
        picture = values.text(_of(data, row.get("metadata")), "id")
        image = f'<img src="https://miro.medium.com/{escape(picture)}">' if picture else ""
        return f"<figure>{image}<figcaption>{words}</figcaption></figure>"
    if kind in _LISTS:
        return f"<{_LISTS[kind]}><li>{words}</li></{_LISTS[kind]}>"
    tag = _TAGS.get(kind, "p")
    return f"<{tag}>{words}</{tag}>"


def _marked(text: str, marks: list[State]) -> str:
    """The text with its links and emphases as markup. A range that crosses another one, or cuts a character, is left
    out."""
    units = text.encode("utf-16-le")
    length = len(units) // 2
    halves = {n for n in range(length) if 0xDC <= units[2 * n + 1] <= 0xDF}  # second ones of surrogate pairs
    opened: dict[int, list[str]] = {}
    closed: dict[int, list[str]] = {}
    taken: list[tuple[int, int]] = []
    for mark in sorted(marks, key=lambda m: (values.number(m, "start") or 0, -(values.number(m, "end") or 0))):
        start, end = values.number(mark, "start") or 0, values.number(mark, "end") or 0
        href = values.text(mark, "href")
        tag = "a" if values.text(mark, "type") == "A" and href else _MARKS.get(values.text(mark, "type") or "")
        crosses = any(a < start < b < end or start < a < end < b for a, b in taken)
        if tag is None or crosses or not start < end <= length or {start, end} & halves:
            continue
        taken.append((start, end))
        opened.setdefault(start, []).append(f'<a href="{escape(href or "")}">' if tag == "a" else f"<{tag}>")
        closed.setdefault(end, []).insert(0, f"</{tag}>")
    parts, last = [], 0
    for place in sorted({0, length, *opened, *closed}):
        parts.append(escape(units[2 * last : 2 * place].decode("utf-16-le", "replace"), quote=False))
        parts += [*closed.get(place, ()), *opened.get(place, ())]
        last = place
    return "".join(parts)
