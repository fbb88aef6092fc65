"""Nested JSON threads, walked without recursion, and times as comment systems write them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from archiver.engines import _json_values as values
from archiver.model import Moment, Precision

Row = dict[str, Any]


def walk(rows: object, key: str, replies: Callable[[Row], object]) -> Iterator[tuple[Row, str | None, int]]:
    """Each row once, in reading order, with the key of the one that it stands under and its level from 1."""
    stack: list[tuple[Row, str | None, int]] = [(row, None, 1) for row in reversed(values.objects(rows))]
    seen: set[str] = set()
    while stack:
        row, parent, depth = stack.pop()
        own = values.text(row, key)
        if own is None or own in seen:
            continue
        seen.add(own)
        yield row, parent, depth
        stack += [(child, own, depth + 1) for child in reversed(values.objects(replies(row) or []))]


def at_seconds(value: object) -> Moment | None:
    """A time in seconds since 1970; in milliseconds where it would otherwise lie in the far future."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
        return None
    seconds = value / 1000 if value > 1e11 else value
    if seconds > 1e10:
        return None
    when = datetime.fromtimestamp(seconds, UTC)
    return Moment(at=when.strftime("%Y-%m-%dT%H:%M:%SZ"), precision=Precision.SECOND)
