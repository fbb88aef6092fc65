"""The files of a shard, brought along: WARC files with their index, logs, reports, the blogs of archiver.toml.

A file that is there already is left alone, so that bringing along may be cut short anywhere and begun again. What is
brought has its name only once it is whole.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Literal

from archiver.config import FILE_NAME, read_config
from archiver.config_edit import with_blog, write
from archiver.errors import DiskFull
from archiver.warc import cdxj
from archiver.warc.records import DIRECTORY, SUFFIX, warc_files

How = Literal["copy", "link", "move", "reference"]
NOTES = ("logs", "reports")
MANY = 50_000
"""Lines of the index that are gathered before they are written into it."""
END = 1 << 16
"""Bytes at either end by which large files are compared: each WARC file begins with an id of its own."""


def bring_warc(shard: Path, archive: Path, how: How, needed: Iterable[str]) -> dict[str, str | None]:
    """Bring the WARC files along. Returns how each is called in the archive, by its name in the rows of the shard.

    needed: those that rows name which the archive does not have; None stands for one of these that is not there, and
    for another file of a name that the archive has, which no new row needs. Raises DiskFull.
    """
    here = {f"{DIRECTORY}/{path.name}": path for path in warc_files(shard)}
    needed = set(needed)
    names: dict[str, str | None] = dict.fromkeys(needed)
    for name, path in here.items():
        place = archive / name
        if place.exists() and not alike(path, place):
            if name not in needed:
                names[name] = None
                continue
            place = _beside(path, place)
        _bring(path, place, how)
        names[name] = f"{DIRECTORY}/{place.name}"
    return names


def bring_notes(shard: Path, archive: Path) -> None:
    """Copy logs and reports; one of a name that is taken gets a number."""
    for folder in NOTES:
        for path in sorted(one for one in (shard / folder).rglob("*") if one.is_file()):
            place, number = archive / path.relative_to(shard), 1
            while place.exists() and not filecmp.cmp(path, place, shallow=False):
                number += 1
                place = place.with_name(f"{path.stem}-{number}{path.suffix}")
            _bring(path, place, "copy")


def bring_blogs(shard: Path, archive: Path) -> None:
    """Name the blogs of the shard's archiver.toml in the archive's, where it lacks them."""
    theirs, ours = shard / FILE_NAME, archive / FILE_NAME
    if not theirs.is_file():
        return
    if not ours.exists():
        _bring(theirs, ours, "copy")
        return
    known = {url for url, _ in read_config(ours).blogs}
    text = before = ours.read_text("utf-8-sig")
    for url, settings in read_config(theirs).blogs:
        if url not in known:
            text = with_blog(text, url, {name: setting.value for name, setting in settings.items()})
    if text != before:
        write(ours, text)


def take_away(shard: Path, archive: Path) -> None:
    """Remove the shard's WARC files that the archive has."""
    for path in warc_files(shard):
        place = archive / DIRECTORY / path.name
        if place.exists() and (alike(path, place) or _beside(path, place).exists()):
            path.unlink()
    if not warc_files(shard):
        (shard / cdxj.FILE).unlink(missing_ok=True)


class Index:
    """Puts what is brought into the archive's index, with the lines of the shard's own, many at a time."""

    def __init__(self, archive: Path) -> None:
        self._archive = archive
        self._known: dict[str, list[str]] = {}
        self._lines = 0

    def add(self, shard: Path, names: Mapping[str, str | None]) -> None:
        """Take note of a shard's files. Before these are taken away."""
        same = {Path(old).name for old, new in names.items() if old == new}
        index = shard / cdxj.FILE
        if index.exists() and cdxj.is_current(shard):
            with index.open(encoding="utf-8") as lines:
                for line in lines:
                    name = cdxj.filename(line)
                    if name in same:
                        self._known.setdefault(name, []).append(line)
                        self._lines += 1
        if self._lines > MANY:
            self.finish()

    def finish(self) -> None:
        """Write what is gathered. Files without lines are read for them."""
        cdxj.add(self._archive, cdxj.unlisted(self._archive), self._known)
        self._known, self._lines = {}, 0


def alike(one: Path, other: Path) -> bool:
    """Whether two files are the same one or, as far as their sizes and both ends tell, copies."""
    if one.stat().st_size != other.stat().st_size:
        return False
    if one.samefile(other):
        return True
    with one.open("rb") as a, other.open("rb") as b:
        for at in (0, max(0, one.stat().st_size - END)):
            a.seek(at)
            b.seek(at)
            if a.read(END) != b.read(END):
                return False
    return True


def _bring(path: Path, place: Path, how: How) -> None:
    if place.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{place.name}.part")
    part.unlink(missing_ok=True)
    try:
        if how == "copy":
            shutil.copyfile(path, part)
        elif how == "reference":
            part.symlink_to(os.path.relpath(path.resolve(), place.parent.resolve()))
        else:
            _link(path, part, or_copy=how == "move")
        part.replace(place)
    except OSError as error:
        part.unlink(missing_ok=True)
        todo = "Use --warc copy" if how in {"link", "reference"} else "Free some space and run the same command again"
        raise DiskFull(str(place), error.strerror or str(error), todo) from error


def _link(path: Path, part: Path, *, or_copy: bool) -> None:
    try:
        part.hardlink_to(path.resolve())
    except OSError:
        if not or_copy:
            raise
        shutil.copyfile(path, part)


def _beside(path: Path, place: Path) -> Path:
    """Where a file goes whose name is taken by another one: its name tells its content, so it finds itself again."""
    hashed = blake2b(digest_size=4)
    for piece in _pieces(path):
        hashed.update(piece)
    return place.with_name(f"{path.name.removesuffix(SUFFIX)}-{hashed.hexdigest()}{SUFFIX}")


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            yield piece
