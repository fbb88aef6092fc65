"""Times of the archive in the forms that formats want. What is no time is None: no format is to fail on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from datetime import timezone as fixed

from archiver.zones import zone_of
from db.documents import Blog


def instant(text: str | None) -> datetime | None:
    """A stored time, with its zone."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def moment(text: str | None) -> str | None:
    """The same text, where it is a time."""
    return text if instant(text) else None


def day(text: str | None) -> str | None:
    """YYYY-MM-DD."""
    return text[:10] if text and instant(text) else None


def stated(text: str | None, precision: str | None) -> str | None:
    """As much of a time as the blog states: `2021`, `2021-10`, `2021-10-07`, `2021-10-07T14:03:00Z`."""
    if not moment(text) or text is None:
        return None
    return text[: {"year": 4, "month": 7, "day": 10}.get(precision or "", len(text))]


def shown(text: str | None, precision: str | None) -> str:
    """For people: `2021-10-07 14:03 UTC`."""
    found = stated(text, precision)
    if found is None:
        return "undated"
    return f"{found[:10]} {found[11:16]} UTC" if len(found) > 10 else found


def clock(blog: Blog) -> tzinfo:
    """The blog's own time zone, as far as it is known."""
    if blog.timezone and (zone := zone_of(blog.timezone)):
        return zone
    try:
        return fixed(timedelta(minutes=blog.utc_offset or 0))
    except ValueError:
        return UTC


def local(text: str | None, precision: str | None, zone: tzinfo) -> datetime | None:
    """A time by the blog's clock; a date without an hour is the blog's own already."""
    found = instant(text)
    if found is None or precision in {"day", "month", "year"}:
        return found.replace(tzinfo=zone) if found else None
    try:
        return found.astimezone(zone)
    except OverflowError:
        return found
