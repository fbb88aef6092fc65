"""How alike two texts, dates and orders are."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Sequence
from datetime import UTC, datetime, tzinfo
from typing import TypeVar
from urllib.parse import parse_qs, quote, unquote, urlsplit

T = TypeVar("T", bound=Hashable)

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_TOKEN = re.compile(rf"[{_CJK}]|(?:(?![{_CJK}])[^\W_])+")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\ufeff"))
_QUOTES = str.maketrans("‘’“”", "''\"\"")
_WIDTHS = {"year": 4, "month": 7, "day": 10, "hour": 13, "minute": 16, "second": 19}


def plain(text: str | None) -> str:
    """One line, NFC, without soft hyphens and zero-width spaces: what tells two names or titles apart."""
    return " ".join(unicodedata.normalize("NFC", text or "").translate(_INVISIBLE).split())


def name(text: str | None) -> str:
    """`plain`, with straight quotes: some themes set a name in typographic ones."""
    return plain(text).translate(_QUOTES)


def tokens(text: str | None) -> list[str]:
    """Words, and single characters of scripts that are written without spaces."""
    return _TOKEN.findall(unicodedata.normalize("NFKC", text or "").translate(_INVISIBLE).casefold())


def token_f1(found: str | None, wanted: str | None) -> float:
    """Harmonic mean of precision and recall over words, 0 to 1. Texts without words must be the same."""
    if found == wanted:
        return 1.0
    ours, theirs = Counter(tokens(found)), Counter(tokens(wanted))
    if not theirs:
        same = "".join(plain(found).split()) == "".join(plain(wanted).split())
        return 1.0 if same else 0.0
    shared = (ours & theirs).total()
    return 2 * shared / (ours.total() + theirs.total())


def same_moment(found: str | None, precision: str | None, utc: str, local: str, zone: tzinfo) -> bool:
    """Whether a captured date is the true one as far as it claims to know.

    found: `YYYY-MM-DDTHH:MM:SSZ`; utc and local: `YYYY-MM-DD HH:MM:SS`. A day is that of the blog's calendar.
    The hour that comes twice when clocks go back cannot be told from a page: its wall-clock time is enough. For the
    hour that never is when they go forward, WordPress moves even what it calls GMT: that is right, too.
    """
    if not found or precision not in _WIDTHS:
        return False
    width = _WIDTHS[precision]
    if width <= 10:
        return found[:width] == local[:width]
    at = datetime.strptime(found[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    moved = datetime.fromisoformat(utc).replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    right = {(at, utc), (at.astimezone(zone), local), (at, f"{moved:%Y-%m-%d %H:%M:%S}")}
    return any(f"{ours:%Y-%m-%d %H:%M:%S}"[:width] == true[:width] for ours, true in right)


def address(url: str) -> str:
    """Path and query of a URL in one spelling: percent-encoding in upper case, no host, no fragment."""
    parts = urlsplit(url)
    path = quote(unquote(parts.path), safe="/:@!$&'()*+,;=~-._") or "/"
    return f"{path}?{parts.query}" if parts.query else path


def query_id(url: str, *names: str) -> str | None:
    """Value of the first of these query parameters: the id in `/?p=12`."""
    query = parse_qs(urlsplit(url).query)
    return next((query[name][0] for name in names if name in query), None)


def in_place(found: Sequence[T], wanted: Sequence[T]) -> set[T]:
    """Those items of `found` that follow the same item as in `wanted` (the first follows nothing)."""
    before: dict[T, T | None] = dict(zip(wanted, [None, *wanted], strict=False))
    return {item for item, last in zip(found, [None, *found], strict=False) if before.get(item, item) == last}
