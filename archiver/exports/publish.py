"""A folder to publish: the archive as one read-only file, with what a server and its readers need beside it.

archive.db    metadata.json    README.md    export.json
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from archiver import __version__
from archiver.exports import target
from archiver.exports._markdown import inline
from archiver.exports.base import Progress
from archiver.exports.run import Exported
from archiver.privacy.masking import Masked, Masking, mask
from db import documents, reading
from db.archive import DATABASE, Archive
from db.failures import explained
from db.source import Source

PLUGIN = "blog-archiver"
"""What the settings of our pages are called in Datasette's metadata; `archiver.web` takes long to import."""
# What concerns whoever runs the archive, and not its readers: reasons of redactions, addresses for webmasters.
_NOT_FOR_OTHERS = (
    "DELETE FROM redactions",
    "DELETE FROM withheld",
    "DELETE FROM attributions",
    "DELETE FROM last_readings",
    "UPDATE crawls SET settings = '{}'",
)


def publish(
    archive: Archive,
    path: Path,
    *,
    masking: Masking | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Exported:
    """Write a folder to publish; a crawl may go on meanwhile. Raises UsageError for a bad target or key, DiskFull."""
    progress = progress or Progress()
    target.check(path, folder=True, force=force, archive=archive.directory, todo=target.OTHER_FOLDER)
    with closing(Source(archive)) as source, target.scratch(path, folder=True) as made:
        masked, file = None, made / DATABASE
        if masking is None:
            _copy(archive, file)
        else:
            progress.begin(sum(source.counts().values()))
            _, masked = mask(source, made, masking, advance=progress.advance)
            for line in masked.lines():
                progress.note(line)
        with explained(file):
            _finish(file)
        with closing(Source(Archive(made))) as copied:
            rows, blogs = copied.counts(), documents.blogs(copied)
        for leftover in made.glob(f"{DATABASE}-*"):
            leftover.unlink()
        _write_texts(made, blogs, rows, masked)
    return Exported(path, rows, target.size(path), masked)


def _copy(archive: Archive, file: Path) -> None:
    """What is committed now, in one file without gaps."""
    with explained(file), closing(reading.connect(archive.path)) as live:
        live.execute("VACUUM INTO ?", (str(file),))


def _finish(file: Path) -> None:
    """Row numbers may have changed in the copy, so the search index is made anew; nothing else is in it than rows."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        connection.execute("PRAGMA secure_delete = ON")
        for statement in _NOT_FOR_OTHERS:
            if tables & set(statement.split()):
                connection.execute(statement)
        for index in ("posts_fts", "comments_fts"):
            connection.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")
        connection.execute("PRAGMA optimize")
        connection.execute("VACUUM")


def _write_texts(folder: Path, blogs: list[documents.Blog], rows: dict[str, int], masked: Masked | None) -> None:
    title = ", ".join(blog.name for blog in blogs) or "An archive of blogs"
    made_at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    metadata = {
        "title": title,
        "description": f"{rows['posts']:,} posts and {rows['comments']:,} comments, archived with blog-archiver",
        "source": blogs[0].name if blogs else None,
        "source_url": blogs[0].url if blogs else None,
        "plugins": {PLUGIN: {"public": True}},
    }
    (folder / "metadata.json").write_text(json.dumps(metadata, ensure_ascii=False, indent=2) + "\n", "utf-8")
    (folder / "README.md").write_text(_readme(title, blogs, rows, masked), "utf-8")
    pseudonyms = {} if masked is None else {"pseudonymised": asdict(masked)}
    manifest = {"made_by": f"blog-archiver {__version__}", "made_at": made_at, "format": "publish", **pseudonyms}
    target.write_manifest(folder, {**manifest, "rows": {table: number for table, number in rows.items() if number}})


def _readme(title: str, blogs: list[documents.Blog], rows: dict[str, int], masked: Masked | None) -> str:
    sites = "\n".join(f"- {inline(blog.name)}, {inline(blog.url)}" for blog in blogs)
    people = (
        "People are named as they named themselves there."
        if masked is None
        else "Names, addresses of people, e-mail addresses and telephone numbers were replaced, as far as a program can"
        " find them. Who is quoted word for word can still be found by searching the web for the words."
    )
    return f"""# {inline(title)}

{rows["posts"]:,} posts and {rows["comments"]:,} comments of

{sites}

copied on {datetime.now(UTC):%Y-%m-%d} with blog-archiver {__version__}. {people}

## To serve it

    pip install blog-archiver
    datasette -i archive.db --metadata metadata.json --setting default_allow_sql off --setting allow_download off

`-i` says that the file never changes: Datasette then counts once, and needs no right to write. The pages of the blog,
the threads and the search come from blog-archiver's plugin; without it the tables are served alone.

## Before you do

The texts are those of their authors. That they were public does not make them free to publish again: ask what law and
research ethics ask where you are, and say on the site whom to write to who wants something taken down. What is taken
down later with `archiver redact` is still in this copy: publish again.
"""
