"""The clock of a blog that nowhere states its time zone: found from the same comments in its feed and on its pages.

Feeds state the time of a comment exactly, in UTC. Many themes print it by the blog's own clock and without a
zone, so that it would be taken for UTC. The two side by side give the offset, and with the language the zone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from archiver.model import BlogFacts, Comment, Extract, Moment, Site, Target
from archiver.zones import likeliest

MOST_KNOWN = 50
_FURTHEST = timedelta(hours=14)


class Clock:
    """Finds the clock of one blog."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}  # exact times of comments (UTC) by their native ids

    def told(self, site: Site, target: Target, extract: Extract) -> Extract:
        """The extract, and in it the blog's clock when it tells that; it is remembered for the pages to come.

        Of the feed of the whole blog only the times are taken: its comments are on pages, too, where pings are
        told from comments, and may have no ids.
        """
        taken = replace(extract, comments=()) if target.hint.get("of") == "all" else extract
        if site.timezone or site.utc_offset is not None or not extract.comments:
            return taken
        found = [observed for comment in extract.comments if (observed := self._observed(comment))]
        for comment in extract.comments:
            when = comment.published
            if comment.native_id and when and not when.floating and len(self._known) < MOST_KNOWN:
                self._known.setdefault(comment.native_id, when.at)
        if not found:
            return taken
        zone = likeliest(found, site.language)
        if zone is UTC:
            return extract  # for what is without a zone that is taken anyway; in winter it may mean London
        facts = extract.blog or BlogFacts()
        if isinstance(zone, ZoneInfo):
            facts = replace(facts, timezone=zone.key)
        else:
            facts = replace(facts, utc_offset=(zone.utcoffset(None) or timedelta()) // timedelta(minutes=1))
        return replace(_settled(extract, zone), blog=facts)

    def _observed(self, comment: Comment) -> str | None:
        """The time of a comment with the offset of the blog's clock, where both its times are known."""
        exact, printed = self._known.get(comment.native_id or ""), comment.published
        if exact is None or printed is None or not printed.floating:
            return None
        at, local = datetime.fromisoformat(exact), datetime.fromisoformat(printed.at)
        # Printed to the minute, and stated to the second.
        east = timedelta(minutes=round((local - at.replace(second=0)) / timedelta(minutes=15)) * 15)
        if abs(east) > _FURTHEST or abs(local - at - east) > timedelta(minutes=2):
            return None
        return at.astimezone(timezone(east) if east else UTC).isoformat()


def _settled(extract: Extract, zone: tzinfo) -> Extract:
    """The extract of the page that has told the clock: its own times were read before it was known."""
    comments = (replace(one, published=_of_zone(one.published, zone)) for one in extract.comments)
    posts = (
        replace(one, published=_of_zone(one.published, zone), modified=_of_zone(one.modified, zone))
        for one in extract.posts
    )
    return replace(extract, comments=tuple(comments), posts=tuple(posts))


def _of_zone(moment: Moment | None, zone: tzinfo) -> Moment | None:
    """A time that was taken for UTC, as one of the zone that it is of."""
    if moment is None or not moment.floating:
        return moment
    local = datetime.fromisoformat(moment.at).replace(tzinfo=zone)
    return replace(moment, at=f"{local.astimezone(UTC).isoformat()[:19]}Z", floating=False)
