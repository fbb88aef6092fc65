"""Which formats there are: ours, and those that other distributions bring."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import EntryPoint

from archiver.errors import ArchiverError, UsageError
from archiver.exports.base import Format
from archiver.plugged import loaded, points

GROUP = "blog_archiver.exports"
OURS = (
    *("csv", "jsonl", "parquet", "sql", "sqlite", "xlsx", "datapackage"),
    *("markdown", "html", "epub", "wxr", "tei", "convokit", "graphml", "gexf", "bibtex", "ris", "wacz"),
)


def names() -> list[str]:
    """Ours in the order in which they are shown, then the others by name."""
    return [*OURS, *dict.fromkeys(point.name for point in points(GROUP, OURS))]


def formats() -> list[Format]:
    """All formats that can be loaded."""
    found = [_ours(name) for name in OURS]
    for point in points(GROUP, OURS):
        try:
            found.append(_load(point))
        except ArchiverError:
            continue  # it says so when it is asked for
    return found


def find_format(name: str) -> Format:
    """A format by its name. Raises UsageError for one that is not known, ArchiverError for a broken one."""
    if name in OURS:
        return _ours(name)
    for point in points(GROUP, OURS):
        if point.name == name:
            return _load(point)
    near = get_close_matches(name, names(), 1)
    meant = f"Did you mean {near[0]}? " if near else ""
    raise UsageError(f"export {name}", "there is no such format", f"{meant}It knows {', '.join(names())}")


def _ours(name: str) -> Format:
    module = import_module(f"archiver.exports.as_{name}")
    found: Format = module.FORMAT
    return found


def _load(point: EntryPoint) -> Format:
    found = loaded(point, GROUP)
    if not isinstance(found, Format):
        raise ArchiverError(f"export {point.name}", f"{point.value} is no archiver.exports.Format")
    return found
