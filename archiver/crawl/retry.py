"""When to try again: pure decisions about answers and failures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

PASSING = frozenset({408, 420, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
"""Statuses that may be different the next time."""
HOST_WIDE = frozenset({420, 429, 503})
"""Statuses by which the host as a whole asks for patience."""
MOST_ATTEMPTS = 5
LONGEST_PAUSE = timedelta(hours=24)


def is_passing(status: int) -> bool:
    """Whether an answer of this status is worth another try."""
    return status in PASSING


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long the host asks to wait (RFC 9110: seconds, or a date); None when it does not say."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isdecimal():
        return min(timedelta(seconds=int(value[:9])), LONGEST_PAUSE)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(timedelta(0), min(when - now, LONGEST_PAUSE))


def pause(attempts: int, delay: float, asked: timedelta | None) -> timedelta:
    """How long to wait before another try: what the host asks, and never less than a growing back-off.

    attempts: how often it has failed before, from 0. delay: the blog's own delay, in seconds.
    """
    own = timedelta(seconds=min(max(0.5, delay) * 2**attempts, 300))
    return max(own, asked) if asked is not None else own
