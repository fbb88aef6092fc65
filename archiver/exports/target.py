"""Where an export goes: written under another name beside it, and renamed when it is whole."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from archiver.errors import ArchiverError, DiskFull, UsageError
from db.failures import explain_os

MANIFEST = "export.json"
"""Stands in every folder that an export has made: what it is, and that it may be replaced."""

_TODO = "Name another place with -o"
OTHER_FOLDER = "Name another folder"
"""What to do for who named the place without -o."""


def check(path: Path, *, folder: bool, force: bool, archive: Path, todo: str = _TODO) -> None:
    """Raise UsageError when nothing may be written there, before any work is done. todo: how to name another place."""
    instead = f"{todo[0].lower()}{todo[1:]}"
    if not path.parent.is_dir():
        raise UsageError(str(path), f"there is no folder {path.parent}", f"Make it first, or {instead}")
    if _is_device(path):
        raise UsageError(
            str(path), "it is no place for a file, which would replace it", f"{_TODO}; -o - is standard output"
        )
    here, there = path.resolve(), archive.resolve()
    if here == there or here in there.parents or here == there / "archive.db":
        raise UsageError(str(path), "the archive itself is there", todo)
    if not (path.exists() or path.is_symlink()):
        return
    if path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
        if folder:
            return
        raise UsageError(str(path), "it is a folder, and this format is one file", _TODO)
    if not force:
        raise UsageError(str(path), "it exists already", f"Add --force to replace it, or {instead}")
    if folder != path.is_dir():
        kinds = ("a folder", "a file") if folder else ("one file", "a folder")
        raise UsageError(str(path), f"this format is {kinds[0]}, and what is there is {kinds[1]}", todo)
    if folder and not (path / MANIFEST).is_file():
        raise UsageError(str(path), f"it holds something that no export has made (no {MANIFEST})", todo)


def _is_device(path: Path) -> bool:
    """Whether it is a pipe, a device or a name for one, such as /dev/stdout: renaming a file to it would destroy it."""
    return (path.exists() and not (path.is_file() or path.is_dir())) or Path("/dev") in path.absolute().parents


@contextmanager
def scratch(path: Path, *, folder: bool) -> Iterator[Path]:
    """A new name in the same directory, for a folder made already; it becomes `path` unless something is raised.

    What the file system says is raised as an error that names the target.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        if folder:
            beside.mkdir()
        yield beside
        _sync(beside)
        _put(beside, path)
    except OSError as error:
        raise explained(error, path) from error
    finally:
        remove(beside)


def explained(error: OSError, path: Path) -> ArchiverError:
    """What keeps the target from being written."""
    failure = explain_os(error, path)
    return DiskFull(failure.what, failure.why, "Free some space" if "space" in failure.why else "Name another place")


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Say in a folder what it is."""
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def size(path: Path) -> int:
    """Bytes of a file, or of all files of a folder."""
    return sum(file.stat().st_size for file in _within(path) if file.is_file())


def remove(path: Path) -> None:
    """Remove a file or folder; nothing is said of what cannot be."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _put(made: Path, path: Path) -> None:
    """Rename; a folder that is replaced is moved away first, as a full one cannot be renamed over."""
    if not (made.is_dir() and path.is_dir()):
        made.replace(path)
        return
    old = path.with_name(f".{path.name}.{secrets.token_hex(4)}.old")
    path.rename(old)
    try:
        made.rename(path)
    except OSError:
        old.rename(path)
        raise
    remove(old)


def _sync(path: Path) -> None:
    """Have it on the disk before it gets its name, so that a power cut leaves no empty file under it."""
    for file in _within(path):
        descriptor = os.open(file, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _within(path: Path) -> Iterator[Path]:
    """A file; or a folder and all that is in it, one after the other: there may be a file for each of many posts."""
    yield path
    if path.is_dir() and not path.is_symlink():
        with os.scandir(path) as entries:
            for entry in entries:
                yield from _within(Path(entry.path))
