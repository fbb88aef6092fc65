"""Where a blog's part of a large archive stands, and by which mark one sees that it is whole.

    SHARDS/
      blog.example.org-1f0c2a9b/        a shard: an archive like any other, and `shard.json`: it is whole
      other.example.net-77e0d1c4.part/  one that is not whole yet
      .locks/  .hosts/  .reports/       who is at which shard, who asks which host; what runs of the driver came to

The name is readable, and the same wherever and whenever it is made.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from archiver import __version__
from archiver.errors import ArchiveDamaged
from archiver.fleet.ended import Ended, Verb
from archiver.reports.files import write_whole
from archiver.urls import site_key

MARK = "shard.json"
PART = ".part"
LOCKS, HOSTS, REPORTS = ".locks", ".hosts", ".reports"
_LONGEST = 80
"""Characters of the readable part: far below what any file system takes, whatever stands behind it."""
HEAD = 1 << 16
"""Bytes of a WARC file that tell it from any other: the id of its first record is among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What stands in `shard.json`: the shard is whole.

    target: URL of the blog, or name of the WARC file. verb, version: what made it whole. exit_code: 0, or 4 for gaps.
    done_at: UTC.
    """

    target: str
    verb: str
    version: str
    outcome: str
    exit_code: int
    reason: str | None
    posts: int
    comments: int
    done_at: str

    @classmethod
    def of(cls, said: Any, where: str) -> Mark:
        """A mark as it was written. where: for errors. Raises ArchiveDamaged for a torn one."""
        try:
            return cls(**{name: said[name] for name in cls.__dataclass_fields__})
        except (KeyError, TypeError) as error:
            why = "it is not what stands in a whole shard"
            raise ArchiveDamaged(where, why, "Delete that file, and run the same command again") from error

    def settles(self, verb: Verb) -> bool:
        """Whether nothing is left to do: a blog is whole; a WARC file was read by this very version."""
        if verb == "extract":
            return self.verb == "extract" and self.version == __version__
        return verb == "crawl"

    def told(self, target: str, slug: str) -> Ended:
        """What is said of a unit that was whole before."""
        return Ended(
            target=target,
            slug=slug,
            exit_code=self.exit_code,
            outcome=self.outcome,
            reason=self.reason,
            idle=True,
            posts=self.posts,
            comments=self.comments,
        )


@dataclass(frozen=True, slots=True)
class Shard:
    """The places of one shard."""

    shards: Path
    slug: str

    @property
    def final(self) -> Path:
        """Where it stands when it is whole."""
        return self.shards / self.slug

    @property
    def part(self) -> Path:
        """Where it is made."""
        return self.shards / f"{self.slug}{PART}"

    def mark(self) -> Mark | None:
        """What is said of the whole one; None where it is not whole yet. Raises ArchiveDamaged for a torn mark."""
        path = self.final / MARK
        try:
            said = json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except ValueError:
            said = None
        return Mark.of(said, str(path))

    def finish(self, mark: Mark) -> None:
        """Say that it is whole, and put it in its place: the mark first, so that what stands there always has one."""
        where = self.part if self.part.is_dir() else self.final
        write_whole(where / MARK, json.dumps(asdict(mark), ensure_ascii=False, indent=1) + "\n")
        _synced(where / MARK)
        _synced(where)
        self.settle()

    def settle(self) -> None:
        """Put a marked one in its place, where who marked it was killed before that."""
        if (self.part / MARK).is_file() and not self.final.exists():
            self.part.rename(self.final)
            _synced(self.shards)


def _synced(path: Path) -> None:
    """Have what was written survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def whole(shards: Path) -> Iterator[Shard]:
    """The shards that are whole, by name."""
    for path in sorted(shards.iterdir()) if shards.is_dir() else ():
        if not path.name.startswith(".") and not path.name.endswith(PART) and (path / MARK).is_file():
            yield Shard(shards, path.name)


def of_blog(shards: Path, url: str) -> Shard:
    """The shard of a blog, by its site key: one for all spellings of its address."""
    return Shard(shards, slug_of(url))


def slug_of(url: str) -> str:
    """The name of the shard of a blog, wherever it stands."""
    key = site_key(url)
    return _slug(key, key.encode())


def of_file(shards: Path, file: Path) -> Shard:
    """The shard of a WARC file: by its content, since another machine may have it elsewhere. Raises OSError."""
    with file.open("rb") as source:
        head = source.read(HEAD)
    return Shard(shards, slug_of_file(file.name, file.stat().st_size, head))


def slug_of_file(name: str, size: int, head: bytes) -> str:
    """The name of the shard of a WARC file, wherever it stands. head: its first `HEAD` bytes."""
    return _slug(name.partition(".warc")[0], b"%d\0%s" % (size, head))


def _slug(name: str, told_by: bytes) -> str:
    readable = re.sub("[^a-z0-9.]+", "-", name.lower())[:_LONGEST].strip("-.")
    return f"{readable or 'blog'}-{blake2b(told_by, digest_size=4).hexdigest()}"
