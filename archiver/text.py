"""Clean Unicode, and the few ways in which texts are compared and counted.

A lone surrogate makes sqlite3, CSV, JSON and nh3 raise, and a NUL cuts a value short: every text
that enters passes `clean` once.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

# What has no place in text: C0 controls but tab, line feed and carriage return; surrogates;
# noncharacters, which end each of the 17 planes. The search is split because a set that stays within
# the first plane is a bitmap to `re`, four times as fast; characters of the last set are very rare.
_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f"
_FIRST_PLANE = "\ufdd0-\ufdef\ufffe\uffff"
_OTHER_PLANES = "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(1, 17))
_ASCII_DIRT = re.compile(f"[{_CONTROLS}]")
_DIRT = re.compile(f"[{_CONTROLS}{_FIRST_PLANE}\ud800-\udfff]")
_FAR = re.compile("[\U0001fffe-\U0010ffff]")
_REMOVED = re.compile(f"[{_CONTROLS}{_FIRST_PLANE}{_OTHER_PLANES}]")
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]")
_LONG = 1000  # characters
SOFT_HYPHEN = "\xad"
"""Where a word may be parted at the end of a line."""
_CONTROL_BYTES = bytes(n for n in range(32) if n not in b"\t\n\r")
# How noncharacters end or begin in UTF-8. Single bytes are found much faster, and most pages hold neither.
_MARKS = ((b"\xbf", (b"\xbf\xbe", b"\xbf\xbf")), (b"\xef", (b"\xef\xb7",)))

# Invisible in print: soft hyphen, joiners, direction marks, word joiner, variation selectors, BOM.
_INVISIBLE = re.compile("[\xad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")

# Scripts written without spaces: iteration marks, kana, ideographs, half-width kana.
_UNSPACED = re.compile(
    "[\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003fffd]"
)
# Of which one character says what several letters of an alphabet say: those and the syllables of Korean.
_DENSE = re.compile(f"{_UNSPACED.pattern[:-1]}\uac00-\ud7a3]")
_BARE = {
    code: " " if chr(code) in "/|" else None for code in range(128) if not (chr(code).isalnum() or chr(code).isspace())
}
_DASHES = ("\u2012", "\u2013", "\u2014", "\u2015", "\u2026", "/", "|", "--")


def clean(s: str) -> str:
    """`s` without what no database, file format or browser takes.

    Surrogate pairs are joined, lone ones become U+FFFD; C0 controls (but tab, LF, CR) and
    noncharacters go.
    """
    if s.isascii():  # to look at bytes takes a fifth of the time of a search
        return s if _has_no_controls(s.encode()) else _ASCII_DIRT.sub("", s)
    if len(s) > _LONG and _is_clean(s):
        return s
    if _DIRT.search(s) is None and _FAR.search(s) is None:
        return s
    return _REMOVED.sub("", _SURROGATES.sub(_joined, s))


def letters(s: str) -> int:
    """How long a text is, in letters of an alphabet: a character of Chinese, Japanese or Korean counts as two."""
    return len(s) if s.isascii() else len(s) + len(_DENSE.findall(s))


def _is_clean(s: str) -> bool:
    """Whether there is surely nothing to clean; on whole pages ten times as fast as searching the text."""
    try:
        data = s.encode()
    except UnicodeEncodeError:  # surrogates
        return False
    return _has_no_dirt(data)


def clean_utf8(data: bytes) -> str | None:
    """The text of these bytes, None unless they are UTF-8 with surely nothing to clean."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return text if _has_no_dirt(data) else None


def _has_no_controls(data: bytes) -> bool:
    if len(data) > _LONG:  # one search for each takes half the time of one look at each byte
        return not any(byte in data for byte in _CONTROL_BYTES)
    return len(data.translate(None, _CONTROL_BYTES)) == len(data)


def _has_no_dirt(data: bytes) -> bool:
    if not _has_no_controls(data):
        return False
    return not any(byte in data and any(mark in data for mark in marks) for byte, marks in _MARKS)


def _joined(match: re.Match[str]) -> str:
    found = match[0]
    if len(found) == 1:
        return "\N{REPLACEMENT CHARACTER}"
    return chr(0x10000 + ((ord(found[0]) - 0xD800) << 10) + (ord(found[1]) - 0xDC00))


def clean_tree(obj: Any) -> Any:
    """A JSON value with all its strings, keys included, clean."""
    if isinstance(obj, str):
        return clean(obj)
    if isinstance(obj, dict):
        return {clean_tree(key): clean_tree(value) for key, value in obj.items()}
    if isinstance(obj, list):
        return [clean_tree(value) for value in obj]
    return obj


def squeeze(s: str) -> str:
    """`s` on one line: every run of white space (no-break space included) one space, none at the ends.

    Soft hyphens go: plugins put one into every syllable, browsers show none, and no search would find the word.
    """
    return " ".join((s.replace(SOFT_HYPHEN, "") if SOFT_HYPHEN in s else s).split())


_QUOTES = dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u00b4`"), "'") | dict.fromkeys(
    map(ord, "\u201c\u201d\u201e\u201f"), '"'
)


def normal_name(s: str) -> str:
    """The form in which names and keys are compared: compatibility forms, case and invisibles do not count.

    Nor does the shape of quotation marks: WordPress prints "Pat O'Hara" with a curly apostrophe in some
    places and with a straight one in others.
    """
    if s.isascii():  # most names; only the grave accent is among them
        return squeeze(s.replace("`", "'").lower())
    s = s.translate(_QUOTES)
    if s.isascii():
        return squeeze(s.lower())
    for _ in range(3):  # each step can make work for the one before it
        before, s = s, unicodedata.normalize("NFKC", _INVISIBLE.sub("", unicodedata.normalize("NFKC", s)).casefold())
        if s == before:
            break
    return squeeze(s)


def bare(s: str) -> str:
    """Letters and digits alone: spaces and signs are set otherwise in feeds and addresses."""
    return "".join(filter(str.isalnum, s.casefold()))


def word_count(s: str) -> int:
    """Words as a reader counts them; an ideograph or kana counts one each.

    A word is what stands between white space or dashes and holds a letter or digit, so that combining
    marks, apostrophes and decimal points do not cut it.
    """
    if s.isascii():  # most texts; what is left of each word is its letters and digits, and nothing of what is no word
        return len(s.replace("--", " ").translate(_BARE).split())
    s, unspaced = _UNSPACED.subn(" ", s)
    for dash in _DASHES:
        s = s.replace(dash, " ")
    # Most words begin with a letter or digit, which is much faster to see than to search for.
    return unspaced + sum([1 for word in s.split() if word[0].isalnum() or any(map(str.isalnum, word))])


def slug_of(name: str) -> str:
    """A name as blogs write it in an address: `Patients' questions` as `patients-questions`."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", normal_name(name)) if not unicodedata.combining(char))
    return re.sub(r"[\s_-]+", "-", re.sub(r"[^\w\s-]", "", bare)).strip("-")
