"""One export from beginning to end: check, choose, write, put in place."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from archiver import __version__
from archiver.errors import ArchiverError, UsageError
from archiver.exports import target
from archiver.exports.base import Format, Progress, only_blog
from archiver.privacy.masking import Masked, Masking, mask
from archiver.search import expressions
from db.archive import Archive, explain
from db.guarded import NotASelect
from db.named_queries import load
from db.selection import Selection
from db.source import Result, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to export. search: words as `archiver search` takes them.

    query: the name of a query or a SELECT, with its params; it stands alone, without the filters.
    masking: how people are masked; None leaves them as they are. partition: in folders by blog and year.
    """

    blog_ids: tuple[str, ...] = ()
    since: str | None = None
    where: str | None = None
    search: str | None = None
    query: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    masking: Masking | None = None
    partition: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written. rows: by table; of a query under `rows`. masked: what was, when people were to be."""

    path: Path
    rows: dict[str, int]
    size: int
    masked: Masked | None = None


def export(
    archive: Archive, form: Format, path: Path, wanted: Wanted, *, force: bool = False, progress: Progress | None = None
) -> Exported:
    """Write an archive, or what is wanted of it, in a format.

    Raises ArchiverError when nothing matches, UsageError for a bad query, condition or target, DiskFull.
    """
    form.check()
    progress = progress or Progress()
    if wanted.query is not None and form.write_result is None:
        raise UsageError(
            f"export {form.name}", "it holds no results of queries", "Use csv, jsonl, parquet or xlsx with --query"
        )
    if wanted.partition and form.write_partitioned is None:
        raise UsageError(f"export {form.name}", "it is not written in folders by blog and year", "Use parquet")
    if wanted.masking and form.as_came:
        why = "it holds the responses as they came, in which nobody can be masked"
        raise UsageError(f"export {form.name}", why, "Use another format with --pseudonymise")
    folder = not (form.suffix if wanted.query is None else form.result_suffix)
    target.check(path, folder=folder, force=force, archive=archive.directory)
    with _open(archive, wanted, path, progress) as (source, masked):
        if wanted.query is not None:
            return _export_result(source, form, path, wanted, progress, masked)
        return _export_chosen(source, form, path, wanted, progress, masked)


@contextmanager
def _open(archive: Archive, wanted: Wanted, path: Path, progress: Progress) -> Iterator[tuple[Source, Masked | None]]:
    """What is wanted of the archive; where people are masked, from a copy beside the target, which has room for it."""
    with closing(_choose(archive, wanted)) as source:
        if wanted.masking is None:
            yield source, None
            return
        _check_matches(source)
        try:
            with TemporaryDirectory(prefix=f".{path.name}.", suffix=".part", dir=path.parent) as scratch:
                progress.begin(sum(source.counts().values()))
                made, masked = mask(source, Path(scratch) / "masked", wanted.masking, advance=progress.advance)
                for line in masked.lines():
                    progress.note(line)
                with closing(Source(made)) as copied:
                    yield copied, masked
        except OSError as error:
            raise target.explained(error, path) from error


def _choose(archive: Archive, wanted: Wanted) -> Source:
    match_posts = match_comments = None
    if wanted.search is not None:
        with closing(archive.connect()) as connection:
            match_posts, match_comments = expressions(connection, wanted.search)
    selection = Selection(
        blog_ids=wanted.blog_ids,
        since=wanted.since,
        where=wanted.where,
        searched=wanted.search is not None,
        match_posts=match_posts,
        match_comments=match_comments,
    )
    try:
        return Source(archive, selection)
    except NotASelect as error:
        raise UsageError("--where", f"it is no condition ({error})", "Give one such as \"kind = 'post'\"") from error
    except sqlite3.Error as error:
        if wanted.where is None:
            raise
        todo = "Give an SQL condition on posts, such as \"published_at >= '2021' AND comments > 10\""
        raise UsageError("--where", str(error), todo) from error


def _check_matches(source: Source) -> None:
    if not source.count("posts") and not (source.selection.is_whole and source.count("blogs")):
        raise ArchiverError("nothing to export", "no post and no comment matches", "Nothing was written")


def _export_chosen(
    source: Source, form: Format, path: Path, wanted: Wanted, progress: Progress, masked: Masked | None
) -> Exported:
    _check_matches(source)
    rows = source.counts()
    if form.one_blog:
        only_blog(source, form.name)
    with target.scratch(path, folder=not form.suffix) as made:
        write = form.write_partitioned if wanted.partition else None
        (write or form.write)(source, made, progress)
        if made.is_dir():
            target.write_manifest(made, _manifest(form, wanted, rows, masked))
    return Exported(path, rows, target.size(path), masked)


def _export_result(
    source: Source, form: Format, path: Path, wanted: Wanted, progress: Progress, masked: Masked | None
) -> Exported:
    assert form.write_result is not None
    counted = _Counting(progress)
    try:
        result = _result(source, wanted)
        if next(result.batches(), None) is None:
            raise ArchiverError("nothing to export", "the query gives no rows", "Nothing was written")
        with target.scratch(path, folder=False) as made:
            form.write_result(result, made, counted)
    except NotASelect as error:
        why = f"it is not one SELECT ({error})"
        raise UsageError("--query", why, "Name a query, or give a single SELECT that only reads") from error
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError | sqlite3.ProgrammingError | sqlite3.DataError):
            raise UsageError(
                "--query", str(error), "Correct the SELECT; archiver codebook lists the columns"
            ) from error
        raise explain(error, path) from error
    return Exported(path, {"rows": counted.number}, target.size(path), masked)


def _result(source: Source, wanted: Wanted) -> Result:
    """The query, by its name or as it is."""
    words = wanted.query or ""
    named = load()
    if words in named:
        try:
            return source.query(named[words].sql, named[words].bind(wanted.params))
        except ValueError as error:
            raise UsageError("--param", str(error)) from error
    if words.isidentifier():
        raise UsageError(f"--query {words}", "there is no such query", f"It knows {', '.join(sorted(named))}")
    return source.query(words, wanted.params)


class _Counting(Progress):
    """Hands on what it is told, and counts."""

    def __init__(self, inner: Progress) -> None:
        self.inner, self.number = inner, 0

    def begin(self, total: int) -> None:
        self.inner.begin(total)

    def advance(self, number: int = 1) -> None:
        self.number += number
        self.inner.advance(number)

    def note(self, line: str) -> None:
        self.inner.note(line)


def _manifest(form: Format, wanted: Wanted, rows: dict[str, int], masked: Masked | None) -> dict[str, Any]:
    told = ("blog_ids", "since", "where", "search") if masked is None else ("blog_ids", "since")  # words may be a name
    chosen = {name: value for name in told if (value := getattr(wanted, name))}
    pseudonyms = {} if masked is None else {"pseudonymised": asdict(masked)}
    return {
        "made_by": f"blog-archiver {__version__}",
        "made_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "format": form.name,
        "chosen": chosen,
        **pseudonyms,
        "rows": {table: number for table, number in rows.items() if number},
    }
