"""`archiver import` of what platforms hand out: the posts and comments of an export, saved as a crawl saves them.

There is no response to put on record; the row in `fetches` names the file, its digest and the time of the export.
"""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from archiver import __version__
from archiver.config import blog_url
from archiver.crawl.jobs import stamp
from archiver.crawl.lock import locked
from archiver.crawl.recorder import recover
from archiver.errors import UsageError
from archiver.imports import About, Format, Source, Torn, formats, recognised
from archiver.imports.base import UNKNOWN
from archiver.model import Extract, Fetch, Site, Target, TargetKind, Visit
from archiver.privacy.redact import settle
from archiver.reread.packed import opened
from archiver.terminal import count
from archiver.urls import site_key, within
from db import Writer, open_archive

SCHEME = "file:"
"""What the URL of such a fetch begins with; the name of the file follows, without its folder."""


@dataclass(slots=True)
class Taken:
    """What came of it. posts, comments: new ones among all that were read. blogs: site key -> format; notes: oddities
    by kind; failed, odd: lines for people."""

    read_posts: int = 0
    read_comments: int = 0
    posts: int = 0
    comments: int = 0
    blogs: dict[str, str] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)


def take(
    archive: Path, files: Sequence[Path], *, home: str | None = None, advance: Callable[[int], object] = bool
) -> Taken:
    """Take exports into an archive, which is made where there is none.

    home: the blog's front page, where the export does not say it or says another one. Raises UsageError where no
    file is an export that is known, before anything is written.
    """
    done = Taken()
    known = _recognised(files, done)
    archive_ = open_archive(archive, create=True)
    with locked(archive, "import"):
        recover(archive_)
        settle(archive_)
        with closing(archive_.writer()) as writer:
            for file, form in known:
                with opened(file) as source:
                    _Import(writer, file, form, source, done).run(home)
                advance(file.stat().st_size)
        settle(archive_)
    return done


def _recognised(files: Sequence[Path], done: Taken) -> list[tuple[Path, Format]]:
    """The files with their formats. One that is none, or a zip of which nothing is left, keeps no other back."""
    known: list[tuple[Path, Format]] = []
    refused: list[UsageError] = []
    for file in files:
        try:
            known.append((file, _known(file)))
        except UsageError as error:
            refused.append(error)
    if refused and not known:
        raise refused[0]
    done.failed += map(str, refused)
    return known


def _known(file: Path) -> Format:
    with opened(file) as source:
        form = recognised(source)
        if form is None:
            raise UsageError(str(file), *_unknown(source))
    return form


def _unknown(source: Source) -> tuple[str, str]:
    """Why a file is no export, and what to do about it."""
    if source.unread:
        return f"{source.unread[0]}; no export that is known is left", "Download the export again"
    names = ", ".join(sorted(one.of for one in formats()))
    hint = f"Give a WARC or WACZ file, or an export of {names}"
    heads = [source.head(name)[:64].lower() for name in source.members]
    if len(heads) == 1 and heads[0].startswith((b"<!doctype html", b"<html")):
        return "it is a web page and no export", hint
    if len(heads) == 1 and heads[0].startswith(b"\x1f\x8b"):
        return "it is packed with gzip", "Unpack it, and import the files in it"
    return "it is no export that is known", hint


class _Import:
    """One file."""

    def __init__(self, writer: Writer, file: Path, form: Format, source: Source, done: Taken) -> None:
        self._writer, self._file, self._form, self._source, self._done = writer, file, form, source, done

    def run(self, home: str | None) -> None:
        """Read it and save what comes, a post at a time. What is torn is told, and what came before it stays."""
        about = self._form.about(self._source)
        site = self._site(home, about)
        self._done.blogs[site.key] = self._form.name
        self._done.odd += [f"{self._file.name}: {line}" for line in about.oddities]
        fetch = self._fetch(about)
        crawl_id = self._writer.begin_crawl(site, command="import", version=__version__, settings={})
        read = posts = found = 0
        try:
            for extract in self._form.read(self._source, site.home):
                read, posts = read + 1, posts + len(extract.posts)
                found += len(extract.posts) + len(extract.comments)
                found += sum(note.kind != UNKNOWN for note in extract.notes)
                self._save(site, fetch, extract, crawl_id)
            if not found:
                self._done.failed.append(f"{self._file.name} holds nothing that is known: is it of another version?")
        except Torn as error:
            is_one, which = len(self._source.members) == 1, f"{self._file.name}: "
            rest = "what came before that is imported" if is_one else "all else is imported"
            told = [f"{line}; {rest} ({count(posts, 'post')})" for line in error.lines]
            self._done.failed += told if is_one else [which + line for line in told]
        self._done.failed += [f"{self._file.name}: {line}" for line in self._source.unread]
        reason = f"imported from {self._file.name} ({self._form.of})"
        self._writer.end_crawl(crawl_id, outcome="limit", reason=reason, counts={"parts": read})

    def _save(self, site: Site, fetch: Fetch, extract: Extract, crawl_id: str) -> None:
        visit = Visit(
            site=site,
            target=Target(url=fetch.url, kind=TargetKind.API),
            fetch=fetch,
            extract=replace(extract, notes=()),  # what is not public leaves no trace
            engine=self._form.name,
            engine_version=self._form.version,
        )
        saved = self._writer.save_again(visit, crawl_id)
        self._done.read_posts += saved.posts
        self._done.read_comments += saved.comments
        self._done.posts += saved.new_posts
        self._done.comments += saved.new_comments
        self._done.notes.update(note.kind for note in extract.notes)

    def _site(self, home: str | None, about: About) -> Site:
        """The blog: as it was named, else the one of the archive that the export is of, else as the export says, else
        the archive's only one. Raises UsageError when nothing tells."""
        if about.blogs:
            named = ", ".join(about.blogs)
            raise UsageError(
                str(self._file), f"it holds several blogs ({named})", "Unpack it, and import the file of each by itself"
            )
        stored = self._writer.connection.execute("SELECT site_key, url FROM blogs ORDER BY site_key").fetchall()
        known = [Site(key=key, home=url) for key, url in stored]
        if home or about.home:
            url = blog_url(home or about.home or "")
            fitting = (site for site in known if site.key == site_key(url) or (not home and within(url, site.home)))
            return next(fitting, Site(key=site_key(url), home=url))
        if len(known) == 1:
            return known[0]
        raise UsageError(
            str(self._file), "it does not say which blog it is of", "Name the blog's front page with --url"
        )

    def _fetch(self, about: About) -> Fetch:
        """The row that stands for the file, dated by the export: an older one must not undo what is newer."""
        sha1, size = hashlib.sha1(usedforsecurity=False), 0
        with self._file.open("rb") as stream:
            while piece := stream.read(1 << 20):
                sha1.update(piece)
                size += len(piece)
        now = datetime.now(UTC)
        made = datetime.fromisoformat(about.made) if about.made else self._dated()
        return Fetch(
            url=SCHEME + self._file.name,
            fetched_at=stamp(min(made, now)),
            content_type=f"application/x-{self._form.name}-export",
            digest=f"sha1:{b32encode(sha1.digest()).decode()}",
            size=size,
        )

    def _dated(self) -> datetime:
        """When the file was made, as far as its folder tells."""
        return datetime.fromtimestamp(self._file.stat().st_mtime, UTC)
