"""The codebook: every table and column, what it holds, where that comes from, and how much of it is filled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from db import codebook
from db.codebook import ColumnDoc, TableDoc
from db.source import Source

# Whole tables that tell of the archiving, not of the blog.
_OWN_TABLES = {
    "crawls",
    "fetches",
    "frontier",
    "oddities",
    "revisits",
    "sensors",
    "thread_pages",
    "thread_answers",
    "lessons",
    "surpluses",
}
_OWN = {
    *("first_seen_at", "last_seen_at", "seen_at", "said_at", "seen_from", "seen_until", "replaced_at", "fetched_at"),
    *("provenance", "sources", "source", "best_effort", "extractor", "engine", "parent_source", "extras", "broader"),
}
_COMPUTED = {
    "docid",
    "word_count",
    "digest",
    "position",
    "depth",
    "by_post_author",
    "host",
    "address",
    "site_key",
    "gone_at",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One column. source: blog (as read there), archiver (recorded on the way), computed, or key.

    filled: the share of rows that have a value, which is not NULL and not empty text; None for views.
    """

    name: str
    type: str
    meaning: str
    source: str
    references: str | None
    choices: tuple[str, ...]
    required: bool
    filled: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One table or view. rows: None for views."""

    name: str
    kind: str
    meaning: str
    rows: int | None
    columns: tuple[Entry, ...]


def describe(source: Source) -> list[Page]:
    """All tables, as far as they are chosen, then all views."""
    return [_page(source, doc) for doc in codebook.tables(source.connection)]


def plain(pages: list[Page]) -> list[dict[str, Any]]:
    """The same for JSON."""
    return [asdict(page) for page in pages]


def markdown(pages: list[Page]) -> Iterator[str]:
    """Lines of a document."""
    yield "# Codebook"
    yield ""
    yield "Source: *blog*, as read there; *archiver*, recorded on the way; *computed* from the rest; *key*, which"
    yield "identifies a row here or elsewhere. Filled: the share of rows that have a value, not NULL and not empty."
    for page in pages:
        rows = "" if page.rows is None else f" ({page.rows:,} {'row' if page.rows == 1 else 'rows'})"
        yield ""
        yield f"## {page.name}"
        yield ""
        yield f"{page.meaning}{' A view.' if page.kind == 'view' else ''}{rows}"
        yield ""
        yield "| column | type | meaning | source | filled |"
        yield "|---|---|---|---|---|"
        for entry in page.columns:
            meaning = _meaning(entry).replace("|", "\\|")
            yield f"| {entry.name} | {entry.type} | {meaning} | {entry.source} | {_share(entry.filled)} |"


def _meaning(entry: Entry) -> str:
    more = f"; refers to `{entry.references}`" if entry.references else ""
    listed = f"; one of {', '.join(entry.choices)}" if entry.choices and entry.type == "text" else ""
    return f"{entry.meaning}{more}{listed}"


def _share(share: float | None) -> str:
    """In percent, rounded so that only all is 100 and only none is 0."""
    if share is None:
        return ""
    return f"{min(max(share * 100, 0.1), 99.9):.1f} %" if 0 < share < 1 else f"{share:.0%}".replace("%", " %")


def _page(source: Source, doc: TableDoc) -> Page:
    rows, filled = _filled(source, doc) if doc.kind == "table" else (None, {})
    return Page(
        name=doc.name,
        kind=doc.kind,
        meaning=doc.description,
        rows=rows,
        columns=tuple(
            Entry(
                name=column.name,
                type=column.holds if doc.kind == "table" else column.type.lower() or "any",
                meaning=column.description,
                source=_source(doc, column),
                references=column.references,
                choices=column.choices,
                required=column.not_null or column.primary_key,
                filled=filled.get(column.name),
            )
            for column in doc.columns
        ),
    )


def _filled(source: Source, doc: TableDoc) -> tuple[int, dict[str, float]]:
    condition = source.conditions[doc.name] or "1"
    counts = ", ".join(f"count(nullif(\"{column.name}\", ''))" for column in doc.columns)
    rows, *found = next(source.rows(f'SELECT count(*), {counts} FROM main."{doc.name}" WHERE {condition}'))
    names = [column.name for column in doc.columns]
    return rows, {name: number / rows if rows else 0.0 for name, number in zip(names, found, strict=True)}


def _source(doc: TableDoc, column: ColumnDoc) -> str:
    """Where the values of a column come from."""
    if column.references or column.name == "id" or (column.name.endswith("_id") and column.name != "native_id"):
        return "key"
    if doc.kind == "view" or column.name in _COMPUTED:
        return "computed"
    return "archiver" if doc.name in _OWN_TABLES or column.name in _OWN else "blog"
