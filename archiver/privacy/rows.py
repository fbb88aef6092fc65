"""What becomes of each row of an archive when its people are masked.

Whatever is text is masked unless it is known to be something else, so that a new column is safe before anybody has
thought of it. Left out is what readers do not need and what tells of people in ways that are hard to mask: how the
pages were fetched, the parts that bodies were joined from, other addresses of posts, lists of recent comments.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from archiver.privacy.people import People
from archiver.privacy.pseudonyms import Pseudonyms
from db.codebook import ColumnDoc, TableDoc
from db.copies import Change
from db.source import Row

Unit = Literal["day", "month", "year"]
LEFT_OUT = frozenset(
    {"attributions", "fetches", "frontier", "last_readings", "oddities", "post_parts", "post_urls", "redactions"}
    | {"withheld"}
)
_UNITS = ("second", "minute", "hour", "day", "month", "year")
_CUT = {"day": (10, "T00:00:00Z"), "month": (7, "-01T00:00:00Z"), "year": (4, "-01-01T00:00:00Z")}
_KEPT = {
    "blogs": {"site_key", "url", "api_url"},
    "crawls": {"id", "command", "version", "counts"},
    "works": {"identifier", "url", "scheme"},
    "widgets": {"kind"},
    "claims": {"measure", "source"},
    "posts": {"sources"},
    "comments": {"sources"},
    "media": {"kind"},
    "terms": {"taxonomy"},
}
_PRINTED = {"published_text", "modified_text"}
_PRECISIONS = {"published_precision", "modified_precision"}
Value = Callable[[Any], Any]


class Rows:
    """The rule for the rows of each table. coarsen: the finest unit of dates that stays, None for all of it."""

    def __init__(self, people: People, pseudonyms: Pseudonyms, coarsen: Unit | None) -> None:
        self._people, self._masker, self._pseudonyms, self._coarsen = people, people.masker, pseudonyms, coarsen
        self._lists: set[str] = set()  # widgets that were left out

    def of(self, table: TableDoc) -> Change:
        """What becomes of the rows of a table."""
        if table.name in LEFT_OUT:
            return lambda _: None
        values = [self._value(table, column) for column in table.columns]
        names = [column.name for column in table.columns]
        place = {name: number for number, name in enumerate(names)}

        def change(row: Row) -> Row | None:
            if self._is_left_out(table.name, row, place):
                return None
            if table.name == "authors" and row[place["id"]] in self._people.kept:
                return self._kept(row, names)
            new = [value(old) if old is not None else None for value, old in zip(values, row, strict=True)]
            self._finish(table.name, row, new, place)
            return tuple(new)

        return change

    # -- columns ----------------------------------------------------------------------------------

    def _value(self, table: TableDoc, column: ColumnDoc) -> Value:
        """The rule for a column; values that are NULL stay so."""
        if table.name == "authors" and column.name != "id":
            return self._of_author(column)
        rule = self._of_key(table, column) or self._of_date(column)
        return rule or self._of_text(table, column)

    def _of_key(self, table: TableDoc, column: ColumnDoc) -> Value | None:
        """Keys and digests, which can be found again by trying, and permalinks."""
        named = column.references or f"{table.name}.{column.name}"
        rules: dict[str, Value] = {
            "fetches.id": _nothing,
            "authors.id": self._author,
            "comments.id": self._comment,
            "comments.answers": self._comment,
            "comments.url": _nothing,
            "comments.native_id": _nothing,
        }
        if column.name == "digest":
            return lambda digest: self._pseudonyms.key("digest", digest)
        return rules.get(named)

    def _of_date(self, column: ColumnDoc) -> Value | None:
        if column.holds == "time":
            return self._time
        if self._coarsen and column.name in _PRECISIONS:
            return self._precision
        return _nothing if self._coarsen and column.name in _PRINTED else None

    def _of_text(self, table: TableDoc, column: ColumnDoc) -> Value:
        name, is_text = column.name, column.type == "TEXT" and not column.choices and not column.references
        if not is_text or name in _KEPT.get(table.name, ()) or name in {"id", "native_id", "language"}:
            return _same
        if column.holds == "json":
            return lambda _: "[]" if name == "provenance" else "{}"
        if name == "html":
            return self._masker.html
        return self._masker.url if name in {"url", "host"} else self._masker.text

    def _of_author(self, column: ColumnDoc) -> Value:
        """Somebody's name, slug and sites; what they tell of themselves and their account's number go."""
        rules: dict[str, Value] = {
            "name": self._pseudonyms.name,
            "url": self._pseudonyms.url,
            "website": self._pseudonyms.url,
            "blog_id": _same,
            "member": _same,
            "provenance": lambda _: "[]",
            "slug": _same,  # follows from the name
        }
        return rules.get(column.name, self._time if column.holds == "time" else _nothing)

    def _author(self, key: str) -> str:
        return key if key in self._people.kept else self._pseudonyms.key("author", key)

    def _comment(self, key: str) -> str:
        return self._pseudonyms.key("comment", key)

    def _time(self, at: str) -> str:
        if self._coarsen is None or len(at) < 10:
            return at
        length, rest = _CUT[self._coarsen]
        return at[:length] + rest

    def _precision(self, unit: str) -> str:
        return max(unit, self._coarsen or "second", key=_UNITS.index)

    # -- rows -------------------------------------------------------------------------------------

    def _is_left_out(self, table: str, row: Row, place: dict[str, int]) -> bool:
        """Lists of recent comments; a list comes before its lines, as tables come in the order of their keys."""
        if table == "widgets" and row[place["kind"]] == "recent_comments":
            self._lists.add(row[place["id"]])
            return True
        return table == "widget_links" and row[place["widget_id"]] in self._lists

    def _kept(self, row: Row, names: list[str]) -> Row:
        """Somebody of a byline who stays: all but where it was read."""
        without: dict[str, Any] = {"fetch_id": None, "provenance": "[]"}
        return tuple(without.get(name, value) for name, value in zip(names, row, strict=True))

    def _finish(self, table: str, row: Row, new: list[Any], place: dict[str, int]) -> None:
        """What depends on more than one column."""
        if table == "authors" and row[place["slug"]] is not None:
            new[place["slug"]] = self._pseudonyms.slug(row[place["name"]])
        if "comment_id" in place and "id" in place and row[place["comment_id"]] is not None:
            new[place["id"]] = new[place["id"]].replace(row[place["comment_id"]], new[place["comment_id"]])
        if table == "revisions":
            new[place["id"]] = new[place["id"]].replace(row[place["digest"]], new[place["digest"]])


def _same(value: Any) -> Any:
    return value


def _nothing(_: Any) -> None:
    return None
