"""Parquet in folders by blog and year, the layout that Hive began and DuckDB, Spark, Polars and Arrow read.

    comments/blog=blog.example.org/year=2021/part-0.parquet     posts and comments: blog and year of publication
    links/blog=blog.example.org/part-0.parquet                  what else belongs to a blog or a post: blog
    works/part-0.parquet                                        what belongs to none
    duckdb.sql                                                  a view over each table

A query for one blog and one year opens one file a table. Exports of several archives stand side by side, as blogs do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from archiver.exports.base import Progress
from db.codebook import TableDoc
from db.source import Row, Source

DATED = ("posts", "comments")
NOTHING = "__HIVE_DEFAULT_PARTITION__"
"""Stands for NULL in the name of a folder."""
SETUP = "duckdb.sql"
_YEAR = "CASE WHEN published_at GLOB '[0-9][0-9][0-9][0-9]-*' THEN substr(published_at, 1, 4) END"
_OWNERS = {
    "blogs": "id",
    "widget_links": "(SELECT blog_id FROM main.widgets WHERE id = widget_id)",
    "oddities": "(SELECT blog_id FROM main.fetches WHERE id = fetch_id)",
    "attributions": "(SELECT blog_id FROM main.comments WHERE id = comment_id)",
    "last_readings": "(SELECT blog_id FROM main.comments WHERE id = comment_id)",
    "withheld": "(SELECT blog_id FROM main.fetches WHERE id = fetch_id)",
}

Writes = Callable[[Path, TableDoc, Iterable[list[Row]]], None]


@dataclass(frozen=True, slots=True)
class _Part:
    """One folder. blog: its id, None where the table belongs to none; year: likewise; values bind the condition."""

    folder: str
    condition: str
    values: tuple[str, ...]


def write(source: Source, path: Path, progress: Progress, put: Writes, size: Callable[[TableDoc], int]) -> None:
    """Every table in its folders. put: writes rows of a table as one file; size: rows of a batch."""
    progress.begin(sum(source.counts().values()))
    blogs: dict[str, str] = dict(source.rows("SELECT id, site_key FROM main.blogs"))
    for table in source.tables:
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        for part in _parts(source, table, blogs):
            folder = path / table.name / part.folder
            folder.mkdir(parents=True)
            sql = f'SELECT {names} FROM main."{table.name}" WHERE ({part.condition}) AND {_chosen(source, table)}'
            put(folder / "part-0.parquet", table, source.stream(sql, part.values, size=size(table)))
    (path / SETUP).write_text("".join(_views(source)), "utf-8")


def _owner(table: TableDoc) -> str | None:
    """SQL for the blog that a row belongs to."""
    columns = {column.name for column in table.columns}
    if table.name in _OWNERS:
        return _OWNERS[table.name]
    if "blog_id" in columns:
        return "blog_id"
    return "(SELECT p.blog_id FROM main.posts p WHERE p.id = post_id)" if "post_id" in columns else None


def _parts(source: Source, table: TableDoc, blogs: dict[str, str]) -> Iterator[_Part]:
    """The folders of a table; one without rows where it has none, so that it can be read all the same."""
    owner, is_dated = _owner(table), table.name in DATED
    if owner is None:
        yield _Part("", "1", ())
        return
    year = _YEAR if is_dated else "NULL"
    groups = f'SELECT DISTINCT {owner}, {year} FROM main."{table.name}" WHERE {_chosen(source, table)} ORDER BY 1, 2'
    found = list(source.rows(groups))
    for blog_id, at in found or [(None, None)]:
        folder = f"blog={_name(blogs.get(blog_id))}" + (f"/year={_name(at)}" if is_dated else "")
        yield _Part(folder, *_condition(owner, blog_id, at, is_dated=is_dated))


def _condition(owner: str, blog_id: str | None, year: str | None, *, is_dated: bool) -> tuple[str, tuple[str, ...]]:
    """Which rows stand in a folder. A span of time, and not a year, so that an index finds it."""
    if blog_id is None:
        return f"{owner} IS NULL", ()
    if not is_dated:
        return f"{owner} = ?", (blog_id,)
    if year is None:
        return f"{owner} = ? AND {_YEAR} IS NULL", (blog_id,)
    return f"{owner} = ? AND published_at >= ? AND published_at < ?", (blog_id, f"{year}-", f"{year}.")


def _chosen(source: Source, table: TableDoc) -> str:
    return f"({source.conditions[table.name] or 1})"


def _name(value: str | None) -> str:
    """A value as the name of a folder has it; those who read it undo that."""
    return NOTHING if value is None else quote(value, safe="")


def _views(source: Source) -> Iterator[str]:
    """SQL that gives each table its name, for DuckDB started in the folder."""
    yield "-- cd to this folder, then: duckdb -init duckdb.sql\n"
    for table in source.tables:
        told, types = "", ""
        if _owner(table):
            types = ", 'year': BIGINT" if table.name in DATED else ""
            told = f", hive_partitioning = true, hive_types = {{'blog': VARCHAR{types}}}"
        yield (
            f"CREATE OR REPLACE VIEW {table.name} AS"
            f" SELECT * FROM read_parquet('{table.name}/**/*.parquet'{told}, union_by_name = true);\n"
        )
