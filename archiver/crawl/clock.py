"""The clock of a blog that nowhere states its time zone: found from the same comments in its feed and on its pages.

Feeds state the time of a comment exactly, in UTC. Many themes print it by the blog's own clock and without a
zone, so that it would be taken for UTC. The two side by side give the offset, and with the language the zone.
In winter London's clock is Greenwich's: only a comment of the summer months tells the two apart. Where the blog's
feed has none, that of one post is asked for; what was read until then is dated again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from archiver.model import BlogFacts, Comment, Extract, Moment, PostRef, Site, Target, TargetKind
from archiver.zones import likeliest

MOST_KNOWN = 50
MOST_AFLOAT = 2000  # comments that wait for the clock
_MOST_ASKED = 3
_SUMMER = range(
    4, 10
)  # months that are in summer time as a whole, north of the equator; south of it no clock is Greenwich's
_FURTHEST = timedelta(hours=14)


class Clock:
    """Finds the clock of one blog."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}  # exact times of comments (UTC) by their native ids
        self._afloat: dict[str, Comment] = {}  # comments whose times have no zone, by theirs
        self._asked, self._open = 0, False  # feeds of single posts; whether one has not been answered

    def told(self, site: Site, target: Target, extract: Extract) -> Extract:
        """The extract, and in it the blog's clock when it tells that; it is remembered for the pages to come.

        Of the feed of the whole blog only the times are taken: its comments are on pages, too, where pings are
        told from comments, and may have no ids.
        """
        self._open = self._open and target.kind is not TargetKind.COMMENT_FEED
        taken = replace(extract, comments=()) if target.hint.get("of") == "all" else extract
        if _is_known(site) or not extract.comments:
            return taken
        found = [observed for comment in extract.comments if (observed := self._observed(comment))]
        for comment in extract.comments:
            self._remember(comment)
        if not found:
            return taken
        zone = likeliest(found, site.language)
        if zone is UTC:  # for what is without a zone that is taken anyway; in winter it may mean London
            if any(datetime.fromisoformat(at).month in _SUMMER for at in found):
                self._asked = _MOST_ASKED
            return taken
        facts = extract.blog or BlogFacts()
        if isinstance(zone, ZoneInfo):
            facts = replace(facts, timezone=zone.key)
        else:
            facts = replace(facts, utc_offset=(zone.utcoffset(None) or timedelta()) // timedelta(minutes=1))
        own = {comment.native_id for comment in taken.comments}
        late = tuple(comment for number, comment in self._afloat.items() if number not in own)
        self._afloat.clear()
        return replace(_settled(replace(taken, comments=(*taken.comments, *late)), zone), blog=facts)

    def asks(self, site: Site, extract: Extract) -> PostRef | None:
        """The post whose own feed of comments is to be asked for, since it would tell the clock. A few times only."""
        if _is_known(site) or self._open or self._asked >= _MOST_ASKED or not self._known:
            return None
        for comment in reversed(extract.comments):
            when = comment.published
            if when and when.floating and comment.native_id and int(when.at[5:7]) in _SUMMER and comment.post.url:
                self._asked, self._open = self._asked + 1, True
                return comment.post
        return None

    def _remember(self, comment: Comment) -> None:
        number, when = comment.native_id, comment.published
        if number is None or when is None:
            return
        if when.floating and len(self._afloat) < MOST_AFLOAT:
            self._afloat[number] = comment
        elif not when.floating and len(self._known) < MOST_KNOWN:
            self._known.setdefault(number, when.at)

    def _observed(self, comment: Comment) -> str | None:
        """The time of a comment with the offset of the blog's clock, where both its times are known."""
        number, printed = comment.native_id or "", comment.published
        exact = self._known.get(number)
        if printed is not None and not printed.floating and (before := self._afloat.get(number)):
            exact, printed = printed.at, before.published
        if exact is None or printed is None or not printed.floating:
            return None
        at, local = datetime.fromisoformat(exact), datetime.fromisoformat(printed.at)
        # Printed to the minute, and stated to the second.
        east = timedelta(minutes=round((local - at.replace(second=0)) / timedelta(minutes=15)) * 15)
        if abs(east) > _FURTHEST or abs(local - at - east) > timedelta(minutes=2):
            return None
        return at.astimezone(timezone(east) if east else UTC).isoformat()


def _is_known(site: Site) -> bool:
    return bool(site.timezone) or site.utc_offset is not None


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
