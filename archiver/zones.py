"""The clock of a blog whose settings are not known: the time zone that agrees with the times its pages state.

Themes print a comment's time without a zone ("April 7, 2020 at 2:42 pm") and state the post's with one
(`2020-04-01T06:00:00+01:00`). One offset fits many zones, which differ in summer; the language of the page
tells the likeliest of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from archiver.model import Site

# The zone of most people who write in the language of a region.
_BY_LANGUAGE = {
    "en-gb": "Europe/London",
    "en-ie": "Europe/Dublin",
    "en-au": "Australia/Sydney",
    "en-nz": "Pacific/Auckland",
    "en-za": "Africa/Johannesburg",
    "en-ca": "America/Toronto",
    "pt-br": "America/Sao_Paulo",
    "pt-pt": "Europe/Lisbon",
    "pt": "Europe/Lisbon",
    "es-mx": "America/Mexico_City",
    "es-ar": "America/Argentina/Buenos_Aires",
    "de": "Europe/Berlin",
    "fr": "Europe/Paris",
    "es": "Europe/Madrid",
    "it": "Europe/Rome",
    "nl": "Europe/Amsterdam",
    "sv": "Europe/Stockholm",
    "pl": "Europe/Warsaw",
    "el": "Europe/Athens",
    "fi": "Europe/Helsinki",
    "tr": "Europe/Istanbul",
    "ru": "Europe/Moscow",
    "he": "Asia/Jerusalem",
    "fa": "Asia/Tehran",
    "hi": "Asia/Kolkata",
    "zh": "Asia/Shanghai",
    "ja": "Asia/Tokyo",
    "ko": "Asia/Seoul",
}
_COMMON = (
    *("UTC", "Europe/London", "Europe/Berlin", "Europe/Athens", "America/New_York", "America/Chicago"),
    *("America/Denver", "America/Los_Angeles", "America/Halifax", "Australia/Sydney", "Pacific/Auckland"),
)


def clock_of(site: Site, stated: Iterable[str], language: str | None) -> int | tzinfo | None:
    """The clock for times without a zone. stated: times with an offset, as a page's <time> has them.

    What the blog's settings say comes first. None where nothing tells.
    """
    if site.timezone and (zone := zone_of(site.timezone)):
        return zone
    if site.utc_offset is not None:
        return site.utc_offset
    observed = tuple(sorted({text for text in stated if _with_offset(text)}))
    return likeliest(observed, language) if observed else None


def likeliest(stated: Iterable[str], language: str | None) -> tzinfo:
    """The likeliest zone in which these times, of which there is one at least, have the offsets that they state."""
    return _agreeing(tuple(stated), (language or "").lower().replace("_", "-"))


def _with_offset(text: str) -> datetime | None:
    if len(text) < 20 or text[-6:-5] not in {"+", "-"}:
        return None  # a Z is a machine's, not the blog's
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def _agreeing(stated: tuple[str, ...], language: str) -> tzinfo:
    """The likeliest zone in which all these times have the offsets that they state; else the last of those.

    Of texts: moments are equal, and the same to a cache, whatever their offsets.
    """
    observed = [moment for text in stated if (moment := _with_offset(text))]
    likely = [_BY_LANGUAGE.get(language), _BY_LANGUAGE.get(language.partition("-")[0]), *_COMMON]
    for zone in filter(None, map(zone_of, filter(None, likely))):
        if all(moment.astimezone(zone).utcoffset() == moment.utcoffset() for moment in observed):
            return zone
    return timezone(observed[-1].utcoffset() or timedelta())


@lru_cache(maxsize=256)
def zone_of(name: str) -> tzinfo | None:
    """The zone of an IANA name; None where there is none, or this system has no tables of them."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None
