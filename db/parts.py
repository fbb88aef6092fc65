"""The pages of a multi-page post, and the body that is joined from them.

The joined body is worked out from all pages that are known whenever one comes, so that it does not
depend on their order. So is which of them are not there any more, by how many each says that there are.
"""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass

from archiver.model import Citation, Content, Link, Media, Rank
from db.context import Context
from db.keys import fingerprint
from db.merge import Row, Stamp
from db.store import Store

COLUMNS = ("post_id", "part", "html", "text", "extras", "fetched_at", "extractor", "fetch_id")


@dataclass(frozen=True, slots=True)
class Joined:
    """A body joined from pages. edited: a page that was known already reads differently now."""

    content: Content
    stamp: Stamp
    edited: bool


class Parts:
    """The post_parts of the posts of one visit."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._parts: dict[str, dict[int, Row]] = {}

    def take(self, post_id: str, part: int, content: Content, context: Context, stated: int | None = None) -> bool:
        """Keep a page unless a later reading of it is there. stated: the number of the last page, as far as it says.

        Returns whether it was known and reads differently, or tells that others are not there any more.
        """
        parts = self._load(post_id)
        row: Row = {
            "post_id": post_id,
            "part": part,
            "html": content.html,
            "text": content.text,
            "extras": _dump(content, stated),
            "fetched_at": context.fetched_at,
            "extractor": context.extractor,
            "fetch_id": context.fetch_id,
        }
        old = parts.get(part)
        if old is not None and _age(old) >= _age(row):
            return False
        before = {one["part"] for one in _there(parts)}
        parts[part] = row
        now = {one["part"] for one in _there(parts)}
        return (old is not None and old["text"] != row["text"]) or not before <= now

    def join(self, post_id: str, rank: int, *, edited: bool = False) -> Joined | None:
        """The body that the known pages make; None without any. rank: of a post of which one page is known."""
        known = self._load(post_id)
        if not known:
            return None
        parts, latest = _there(known), max(known.values(), key=_age)
        contents = [_content(part) for part in parts]
        joined = Content(
            html="\n".join(part.html for part in contents),
            text="\n\n".join(part.text for part in contents),
            links=tuple(link for part in contents for link in part.links),
            media=tuple(item for part in contents for item in part.media),
            citations=tuple(dict.fromkeys(cite for part in contents for cite in part.citations)),
        )
        wording = fingerprint(joined.html, *(part["extras"] for part in parts))
        stamp = (Rank.PARTS if len(known) > 1 else rank, *_age(latest)[:2], wording, latest["fetch_id"])
        return Joined(joined, stamp, edited)

    def absorb(self, stray: str, post_id: str) -> None:
        """Hand the pages of a row over to the row that it turned out to be another name of."""
        parts = self._load(post_id)
        for number, row in self._load(stray).items():
            if number not in parts or _age(row) > _age(parts[number]):
                parts[number] = {**row, "post_id": post_id}
        self._store.connection.execute("DELETE FROM post_parts WHERE post_id = ?", (stray,))
        del self._parts[stray]

    def flush(self) -> None:
        """Write the pages; their posts must be there."""
        for post_id, parts in self._parts.items():
            if parts:
                self._store.replace("post_parts", "post_id = ?", post_id, list(parts.values()))

    def _load(self, post_id: str) -> dict[int, Row]:
        if post_id not in self._parts:
            query = f"SELECT {', '.join(COLUMNS)} FROM post_parts WHERE post_id = ?"  # noqa: S608 - names are ours
            rows = self._store.connection.execute(query, (post_id,)).fetchall()
            self._parts[post_id] = {row["part"]: dict(row) for row in rows}
        return self._parts[post_id]


def _age(part: Row) -> tuple[str, int, str, str]:
    """What the later reading is told by: in the order of a stamp, so that a body of one page agrees with it."""
    wording = fingerprint(part["html"], part["extras"])
    return part["fetched_at"], part["extractor"], wording, part["fetch_id"] or ""


def _there(parts: dict[int, Row]) -> list[Row]:
    """The pages that are still there, in their order.

    One is gone where an earlier one, which was read after it, calls itself the last, and none before that speaks of
    more: themes may show on the first page alone how many there are.
    """
    stated = {number: _stated(row) for number, row in parts.items()}

    def ends(last: int, number: int) -> bool:
        later = parts[last]["fetched_at"] > parts[number]["fetched_at"]
        return later and stated[last] == last and all((stated[one] or number) < number for one in parts if one < last)

    numbers = sorted(parts)
    return [parts[number] for number in numbers if not any(ends(last, number) for last in numbers if last < number)]


def _stated(part: Row) -> int | None:
    """The number of the last page, as a page says it; it stands behind its links, media and citations."""
    said = json.loads(part["extras"])[3:]
    return int(said[0]) if said else None


def _dump(content: Content, stated: int | None) -> str:
    groups = (content.links, content.media, content.citations)
    extras: list[object] = [[astuple(item) for item in group] for group in groups]
    extras += [] if stated is None else [stated]
    return json.dumps(extras, ensure_ascii=False, separators=(",", ":"))


def _content(part: Row) -> Content:
    links, media, citations, *_ = json.loads(part["extras"])
    return Content(
        html=part["html"],
        text=part["text"],
        links=tuple(Link(url=url, text=text) for url, text in links),
        media=tuple(Media(url=url, kind=kind, alt=alt, caption=caption) for url, kind, alt, caption in media),
        citations=tuple(Citation(*cited) for cited in citations),
    )
