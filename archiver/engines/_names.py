"""Names in lines of words: what stands before them, what stands behind them, and several in one line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import dropwhile

from lxml.html import HtmlElement

from archiver import dates
from archiver.engines import _vocabulary as vocabulary
from archiver.engines.dom import Dom, rels, text_without, tokens
from archiver.printed.days import find_day
from archiver.printed.spelling import folded
from archiver.text import squeeze

_LAST = re.compile(r"\s+(?:and|und|et|y|e|en|och|og|i|и|ve|και|és|a|ja)\s+", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*[|·•–—/~»«→←›‹]\s*|\s+-\s+|\s{2,}")
# "— Ann @ 6:00 am", "— Ann at 6:00 on Saturday", as WordPress's first theme signed posts.
_SIGNED_AT = re.compile(r"(?:^|[—–|~]|\s-)\s*([^—–|~@\d:]{2,60}?)\s*(?:@|\bat\b)\s*\d{1,2}[:.h]\d\d", re.IGNORECASE)
_POSTED_THIS = re.compile(
    r"^([^\d:|—–]{2,60}?)\s+(?:has\s+)?(?:posted|published|wrote|filed|added)\s+(?:this|on)\b", re.IGNORECASE
)
_NO_SIGNER = re.compile(r"\s*(?:this|it|was|posted|published|written|filed|last|on|in)\b", re.IGNORECASE)
_GOES_ON = re.compile(
    r"\s+(?:in(?!\s')|on|at|under|(?:and |is |was )*(?:filed|tagged|posted|published))(?![^\W\d_]).*$|\s*\($",
    re.IGNORECASE | re.DOTALL,
)
_DAY_BEFORE = 60  # characters
_HOUR = re.compile(r"\d[:.]\d\d(?:\s*[ap]\.?m\.?)?$", re.IGNORECASE)
_BETWEEN = re.compile(r"\s+(?:[|·•–—@-]+|//)\s+")
_DIGITS = re.compile(r"\d")
# What joins a name to the date behind it: "on", "am", "le" …
_BEFORE_DATE = re.compile(
    r"(?:[\s,]+(?:posted|published|publicad[oa]|publi[ée]|pubblicato|geplaatst|veröffentlicht))?"
    r"(?:^|[\s,]+)(?:on|at|am|vom|den|le|du|el|il|em|op|den|på|w|dne|в|от|in|posted|published)?[\s,:]*$",
    re.IGNORECASE,
)
_TIME_WORDS = frozenset(
    (
        "am",
        "pm",
        "a.m",
        "p.m",
        "a.m.",
        "p.m.",
        "uhr",
        "h",
        "min",
        "de",
        "du",
        "오전",
        "오후",
        "ص",
        "م",
        "ق.ظ",
        "ب.ظ",
        "πμ",
        "μμ",
        "π.μ.",
        "μ.μ.",
        "sang",
        "chieu",
        "toi",
        "น",
        "น.",
        "ч",
        "ч.",
        "hrs",
    )
)
_EDGES = " ,:：;.→»«←\u00a0"
_DATED = frozenset({"date", "entry-date", "post-date", "posted-on", "published", "updated", "meta-date", "entry-time"})
_ROLES = ("author ", "autor ", "autore ", "autora ", "auteur ")
_LONGEST = 60
_MOST_WORDS = 7


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page as text, without its dates, terms and links to comments."""

    text: str

    @classmethod
    def of(cls, element: HtmlElement, dom: Dom) -> Line:
        dropped = [e for e in element.iter("*") if e is not element and cls._is_other(e, dom)]
        return cls(text_without(element, dropped))

    @staticmethod
    def _is_other(element: HtmlElement, dom: Dom) -> bool:
        if element.tag in {"time", "svg", "button"} or not _DATED.isdisjoint(tokens(element)):
            return True
        if not {"comments-link", "cat-links", "tags-links", "screen-reader-text", "edit-link"}.isdisjoint(
            tokens(element)
        ):
            return "screen-reader-text" not in tokens(element)
        if element.tag != "a":
            return False
        url = dom.link_url(element) or ""
        return "tag" in rels(element) or "#" in url or "bookmark" in rels(element)


_NO_NAME = re.compile(r"^\d+ \w+$|^\S+\.(?:com|de|net|org)/")  # "257 articles", an address without its scheme


def looks_like_name(text: str) -> bool:
    """Whether a text can be a person's name at all."""
    if not 1 < len(text) <= _LONGEST * 2 or not any(char.isalpha() for char in text):
        return len(text) == 1 and text.isalpha()
    if "http" in text or len(text.split()) > 2 * _MOST_WORDS or _NO_NAME.search(text):
        return False
    return dates.from_printed(text) is None if _DIGITS.search(text) else True


def split_names(text: str) -> list[str]:
    """The people of a byline: `A`, `A and B`, `A, B and C`.

    A comma alone parts nobody ("Anonymous patient, aged 42"), nor does an ampersand ("Smith & Co").
    """
    text = squeeze(text)
    last = list(_LAST.finditer(text))
    if not last:
        return [text] if text else []
    head, tail = text[: last[-1].start()], text[last[-1].end() :]
    names = [part.strip(" ,") for part in [*head.split(", "), tail]]
    # Each part must look like a name: begins as names do, and is not a phrase.
    if all(0 < len(name) <= _LONGEST and len(name.split()) <= 6 and not name[0].islower() for name in names):
        return names
    return [text]


def without_others(text: str) -> str:
    """What stands before the first who has only reviewed, edited or translated: "Ann Lee, translated by Bob Ray"."""
    line = folded(text)
    match = _others().search(line) if len(line) == len(text) else None
    return text[: match.start()].rstrip(_EDGES + "(&/") if match else text


def says_other(text: str) -> bool:
    """Whether a text ends with what stands before the name of one who has only reviewed, edited or translated."""
    line = folded(text)
    return any(match.end() >= len(line.rstrip(" :")) for match in _others().finditer(line))


@cache
def _others() -> re.Pattern[str]:
    phrases = "|".join(map(re.escape, vocabulary.phrases("people", "other_roles")))
    return re.compile(rf"(?<!\w)(?:{phrases})(?!\w)")


def without_by(text: str) -> str:
    """A name without what stands before it: "By", "Von", "作者："; of "Posts by X" the X."""
    text = squeeze(text)
    line, phrases = folded(text), vocabulary.phrases("people", "by")
    if len(line) != len(text) or not line.startswith(phrases):
        return text
    for phrase in phrases:
        rest = _behind(line, phrase) if line.startswith(phrase) else None
        if rest is not None:
            return text[rest:].strip(_EDGES) or text
    return text


def is_by(text: str) -> bool:
    """Whether a text is what stands before a name, and nothing else."""
    return folded(squeeze(text)).strip(_EDGES) in vocabulary.phrases("people", "by")


def is_label(said: str, name: str) -> bool:
    """Whether a text is no name behind a "by" but a label: "Author archive", "Author website"."""
    return name[:1].islower() and squeeze(said).lower().startswith(_ROLES)


def line_names(line: Line, *, need_by: bool) -> list[str]:
    """The people that a line names. need_by: only behind a "By" at its start or behind a separator."""
    for part in (without_others(part.strip(_EDGES)) for part in _SEPARATOR.split(line.text)):
        name = without_by(part)
        if need_by and name == squeeze(part):
            name = behind_by(part)
        if is_label(part, name):
            continue
        if not name:
            continue
        number = _DIGITS.search(name)
        if number:
            name = _BEFORE_DATE.sub("", _BEFORE_DATE.sub("", _without_month(name[: number.start()])))
        name = without_rest(name)
        names = split_names(name)
        if names and all(looks_like_name(n) and len(n) <= _LONGEST and len(n.split()) <= _MOST_WORDS for n in names):
            return names
    return []


def behind_by(part: str) -> str:
    """What stands behind a "by" within a line: "Posted on May 5, 2020 in News by Ann", "This was posted by Ann"."""
    text = squeeze(part)
    line = folded(text)
    if len(line) != len(text):
        return ""
    for phrase in vocabulary.phrases("people", "by"):
        place = line.rfind(f" {phrase} ") if phrase.isascii() else -1
        if place < 0:
            continue
        ahead, behind = text[max(0, place - _DAY_BEFORE) : place], text[place + len(phrase) + 2 :]
        dated = dates.from_printed(ahead) or (place < _DAY_BEFORE and dates.from_printed(behind))
        if " " in phrase or dated is not None or _HOUR.search(ahead):
            return behind.strip(_EDGES)
    return ""


def without_rest(name: str) -> str:
    """A name without what a line goes on with: "in News", "filed under"."""
    return _GOES_ON.sub("", name).strip(_EDGES)


def signed_before_hour(text: str) -> str:
    """The person in "Filed under: News — Ann @ 6:00 am", in "Ann posted this on Friday"; empty for none."""
    match = _SIGNED_AT.search(text) or _POSTED_THIS.search(text)
    return match[1].strip(_EDGES) if match and _NO_SIGNER.match(match[1]) is None else ""


def signed_name(text: str) -> str:
    """The person of a line about a comment: of "Comment by X — 10 February 2021 @", of "by X on May 5, 2020" the X."""
    text = squeeze(text)
    cuts = [m.start() for m in _BETWEEN.finditer(text) if dates.from_printed(text[m.end() :].strip(_EDGES + "@"))]
    name = without_by(text[: cuts[-1]] if cuts else text)
    bare = _undated(name)
    return (name if bare == name else _BEFORE_DATE.sub("", _BEFORE_DATE.sub("", bare))).strip(_EDGES)


def without_joint(name: str) -> str:
    """A name without the small word behind it that leads to a date: people write their own names otherwise."""
    *ahead, last = name.split(" ")
    return _BEFORE_DATE.sub("", name) if ahead and last.islower() else name


def undated_name(text: str) -> str | None:
    """The person of a line that ends in a date, None where it does not: names hold numbers, too."""
    name = signed_name(text)
    return name if name and name != without_by(squeeze(text)).strip(_EDGES) else None


def name_beside_date(text: str) -> str | None:
    """What stands in a line before its date, else behind it: "Ann on May 5, 2020", "May 5, 2020 at 8:00, Ann said".

    Empty where there is nothing but the date, None where there is no date.
    """
    text = squeeze(text)
    whole = dates.from_printed(text)
    if whole is None:
        return None
    before = undated_name(text)
    if before and any(map(str.isalpha, before)):
        return before
    words = text.split(" ")
    for count in range(1, len(words)):
        head = dates.from_printed(" ".join(words[:count]))
        if head is not None and (head.at, head.precision) == (whole.at, whole.precision):
            behind = list(dropwhile(lambda word: folded(word.strip(",;")) in _TIME_WORDS, words[count:]))
            return " ".join(behind).lstrip(_EDGES).rstrip(" ,.;")
    return ""


def _undated(text: str) -> str:
    """A line without the last date in it and what follows that; names may hold numbers, too."""
    words = text.split(" ")
    starts = [n for n in range(len(words)) if find_day(folded(" ".join(words[n:])), None, day_first=True)]
    if not starts:
        return text
    # With a word less in front there is no date any more.
    return " ".join(words[: starts[-1]]) + " "


def _without_month(text: str) -> str:
    """A text without the month that stands at its end: "Prof Q on March"."""
    words = text.split()
    if words and dates.month_label(f"{words[-1].strip(',.')} 2020"):
        return " ".join(words[:-1]) + " "
    return text


def _behind(line: str, phrase: str) -> int | None:
    """Where the name begins behind a phrase at the start of a line."""
    if not line.startswith(phrase):
        return None
    rest = line[len(phrase) :]
    if phrase.isascii() and phrase.isalpha() and not rest[:1].isspace() and rest[:1] not in {":", "."}:
        return None
    if not phrase.isascii() and rest[:1].isalnum() and not _is_unspaced(phrase):
        return None
    if _is_unspaced(phrase) and rest[:1] not in {":", " ", "/"}:
        return None
    return len(line) - len(rest.lstrip(" :./")) if rest.strip(" :./") else None


def _is_unspaced(phrase: str) -> bool:
    return any("\u3000" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7af" for char in phrase)
