"""Values out of JSON that strangers made: a wrong shape is as good as nothing there. Nothing here raises."""

from __future__ import annotations

from typing import Any

from archiver import dates
from archiver.model import Moment
from archiver.text import squeeze


def inside(value: Any, *path: str) -> Any:
    """The value at the end of a path of names; None where the path ends earlier."""
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; one object alone counts as a list of it."""
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, dict)]


def text(value: Any, *path: str) -> str | None:
    """A text that is not blank, or a whole number as text."""
    found = inside(value, *path)
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    return found.strip() or None if isinstance(found, str) else None


def line(value: Any, *path: str) -> str | None:
    """A text as one line: a name, a title in plain text."""
    return squeeze(text(value, *path) or "") or None


def number(value: Any, *path: str) -> int | None:
    """A count: a number, or its digits; None for anything else and below zero."""
    found = text(value, *path)
    return int(found) if found is not None and found.isascii() and found.isdigit() and len(found) < 16 else None


def moment(value: Any, *path: str) -> Moment | None:
    """A time in RFC 3339, UTC where it does not say."""
    return dates.from_iso(text(value, *path) or "", 0)
