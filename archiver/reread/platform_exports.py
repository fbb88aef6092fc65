"""`archiver import` of what platforms hand out: the posts and comments of an export, saved as a crawl saves them.

There is no response to put on record; the row in `fetches` names the file, its digest and the time of the export.
"""

from __future__ import annotations

import hashlib
import zipfile
from base64 import b32encode
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, BinaryIO, cast

from archiver import __version__
from archiver.config import blog_url
from archiver.crawl.jobs import stamp
from archiver.crawl.lock import locked
from archiver.crawl.recorder import recover
from archiver.errors import ArchiveDamaged, UsageError
from archiver.imports import About, Format, Source, Torn, formats, recognised
from archiver.model import Extract, Fetch, Site, Target, TargetKind, Visit
from archiver.privacy.redact import settle
from archiver.terminal import count
from archiver.urls import site_key, within
from db import Writer, open_archive

SCHEME = "file:"
"""What the URL of such a fetch begins with; the name of the file follows, without its folder."""
_WARC = (b"WARC/", b"\x1f\x8b", b"filedesc:")
_NESTED = 3
"""Zips within a zip that are opened: Tumblr packs its posts twice."""


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


def is_web_archive(file: Path) -> bool:
    """Whether a file is WARC, ARC or WACZ, by its content; what is nothing known counts by its name."""
    with file.open("rb") as stream:
        head = stream.read(64)
    if head.startswith(b"PK") and zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as package:
            return any(name.startswith("archive/") and ".warc" in name for name in package.namelist())
    return head.startswith(_WARC) or any(end in {".warc", ".arc", ".wacz"} for end in file.suffixes)


@contextmanager
def opened(file: Path) -> Iterator[Source]:
    """A file as its members, those of a zip, and of zips in it. Raises UsageError for a zip that cannot be read."""
    with file.open("rb") as stream, ExitStack() as stack:
        if stream.read(2) != b"PK":
            yield Source(file.name, {file.name: lambda: file.open("rb")})
            return
        try:
            members = _members(stack, file)
            found = dict(members)
        except (zipfile.BadZipFile, NotImplementedError) as error:
            raise UsageError(
                str(file), f"the zip is cut short or broken ({error})", "Download the export again"
            ) from error
        yield Source(file.name, found)


def _members(stack: ExitStack, file: Path | IO[bytes], depth: int = 1) -> Iterator[tuple[str, Callable[[], BinaryIO]]]:
    package = stack.enter_context(zipfile.ZipFile(file))
    inner = 0
    for member in package.infolist():
        if member.is_dir() or member.flag_bits & 1:  # encrypted
            continue
        if member.filename.endswith(".zip") and depth and inner < _NESTED:
            inner += 1
            yield from _members(stack, stack.enter_context(package.open(member)), depth - 1)
        else:
            yield member.filename, partial(cast("Callable[[zipfile.ZipInfo], BinaryIO]", package.open), member)


def take(
    archive: Path, files: Sequence[Path], *, home: str | None = None, advance: Callable[[int], object] = bool
) -> Taken:
    """Take exports into an archive, which is made where there is none.

    home: the blog's front page, where the export does not say it or says another one. Raises UsageError for a file
    that is no export that is known, before anything is written.
    """
    known = [(file, _known(file)) for file in files]
    done = Taken()
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


def _known(file: Path) -> Format:
    with opened(file) as source:
        form = recognised(source)
    if form is None:
        names = ", ".join(sorted(one.of for one in formats()))
        raise UsageError(
            str(file), "it is no export that is known", f"Give a WARC or WACZ file, or an export of {names}"
        )
    return form


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
                found += len(extract.posts) + len(extract.comments) + len(extract.notes)
                self._save(site, fetch, extract, crawl_id)
            if not found:
                self._done.failed.append(f"{self._file.name} holds nothing that is known: is it of another version?")
        except (Torn, zipfile.BadZipFile) as error:
            self._done.failed.append(f"{error}; what came before that is imported ({count(posts, 'post')})")
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


def checked(files: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """The files apart: web archives, exports. Raises UsageError for both at once."""
    apart: tuple[list[Path], list[Path]] = ([], [])
    for file in files:
        try:
            apart[not is_web_archive(file)].append(file)
        except OSError as error:
            raise UsageError(str(file), f"it cannot be read ({error.strerror})", "Check its rights") from error
        except zipfile.BadZipFile as error:
            raise ArchiveDamaged(str(file), f"the zip is broken ({error})", "Get it again") from error
    return apart
