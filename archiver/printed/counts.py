"""How many, as blogs say it: `15 comments`, `One thought on “Title 2”`, `October 2021 (34)`."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

from archiver.printed.spelling import folded, read_words

_NUMBER = re.compile(
    r"(?<![0-9a-z.,:/\u066c-])"
    r"(?P<number>\d{1,3}(?P<mark>[.,'\u2019\u066c ])\d{3}(?:(?P=mark)\d{3})*|\d{1,2}(?:,\d\d)+,\d{3}|\d{1,9})"
    r"(?![\d:/]|[.,-]\d|[km%]\b)"
)
_BRACKETED = re.compile(rf"[(\[]\s*{_NUMBER.pattern}\s*[)\]]")
_PART_OF = re.compile(rf"\d\s*[-\u2013\u2014]\s*\d+\s*(?:of|out of|von|de|sur|di|van|из|z|/)\s*{_NUMBER.pattern}")
_WORD = re.compile(r"[^\W\d_][^\s\d.,:;!?()\[\]\"]*")

# Every quotation mark becomes one of two, every dash a hyphen: themes set titles as they please.
_MARKS = str.maketrans(
    {**dict.fromkeys("“”„‟«»″「」『』《》〈〉", '"'), **dict.fromkeys("‘’‚‛′`´", "'"), **dict.fromkeys("‐‑‒–—―−", "-")}
)
_QUOTED = (re.compile(r'".*"', re.DOTALL), re.compile(r"(?<!\w)'.+'(?!\w)", re.DOTALL))


def count_in(text: str) -> int | None:
    """The number in brackets at the end of a label, or that the label is: `(34)`, `(1.234)`, `(١٢)`."""
    line = folded(text)
    bracketed = list(_BRACKETED.finditer(line))
    match = bracketed[-1] if bracketed else _NUMBER.fullmatch(line)
    return _value(match) if match else None


def leading_number(text: str) -> int | None:
    """The number that a heading begins with, in digits or as the word for one; 0 for `No comments`."""
    line = re.sub(r"^[\W_]+", "", folded(text))
    match = _NUMBER.match(line)
    if match:
        return _value(match)
    return _number_word(line)


def comment_count(text: str, title: str | None = None) -> int | None:
    """The number of comments that a heading claims; None when it claims none at all (`Leave a reply`).

    title: the post's. Numbers in it, quoted or not, are not counts.
    """
    line, cut = _without_title(folded(text).translate(_MARKS), folded(title or "").translate(_MARKS))
    total = _PART_OF.search(line)
    if total:
        return _value(total)
    numbers = list(_NUMBER.finditer(line))
    for beside in (_before_noun, _after_noun):
        for match in numbers:
            if beside(line, match):
                return _value(match)
    if not numbers:
        return _number_word(line)
    alone = len(numbers) == 1 and not _WORD.search(line)
    # In a language that we do not know, what stands beside a title is its count.
    return _value(numbers[0]) if alone or (cut and len(numbers) == 1) else None


def _value(match: re.Match[str]) -> int:
    return int(re.sub(r"\D", "", match["number"]))


def _without_title(line: str, title: str) -> tuple[str, bool]:
    """The heading without the title, and whether it was there; without what is quoted if it was not."""
    held = title and title in line  # mostly not, and a pattern of every title takes a while
    places = list(re.finditer(rf"(?<!\w){re.escape(title)}(?!\w)", line)) if held else []
    quoted = [
        m for m in places if line[m.start() - 1 : m.start()] in {'"', "'"} and line[m.end() : m.end() + 1] in {'"', "'"}
    ]
    for match in quoted[:1] or places[::-1]:
        rest = f"{line[: match.start()]} {line[match.end() :]}"
        # "15 comments" on a post that is called "15" keeps its number.
        if quoted or match.start() > 0 or _NUMBER.search(rest) or _number_word(rest) is not None:
            return rest, True
    for pattern in _QUOTED:
        rest, number = pattern.subn(" ", line)
        if number:
            return rest, True
    return line, False


def _before_noun(line: str, match: re.Match[str]) -> bool:
    """`15 comments`, `3 new replies`, `3 条评论`, `3件のコメント`."""
    rest = re.split(r"\d", line[match.end() :], maxsplit=1)[0].lstrip(" +")
    words = _WORD.findall(rest[:40])[:2]
    if words and words[0] in _words()["more"]:
        return False
    return rest.startswith(words[0] if words else "\0") and (any(map(_is_noun, words)) or _has_script_noun(rest[:8]))


def _after_noun(line: str, match: re.Match[str]) -> bool:
    """`Comments (12)`, `Комментарии: 12`, `コメント 3`."""
    before = re.sub(r"[\s:(\[#-]+$", "", line[: match.start()])
    words = _WORD.findall(before[-40:])
    return bool(words) and before.endswith(words[-1]) and (_is_noun(words[-1]) or _has_script_noun(before[-8:]))


def _number_word(line: str) -> int | None:
    """0 or 1 where a heading says so in words."""
    line = line.strip()
    if any(
        re.match(rf"\W*{re.escape(phrase)}(?!\w)", line) or (not phrase.isascii() and phrase in line)
        for phrase in _words()["none"]
    ):
        return 0
    words = _WORD.findall(line)
    if len(words) > 1 and _is_noun(words[1]) and words[0] in _words()["one"]:
        return 1
    if any(_is_noun(noun) and one in _words()["trailing_one"] for noun, one in pairwise(words)):
        return 1
    return 1 if re.match(r"有?一\s*[条條則则个個篇]", line) else None


def _is_noun(word: str) -> bool:
    """Whether a word is counted, alone or as the end of a longer one: `Leser-Kommentare`."""
    return word.startswith(_words()["noun"]) or word.rpartition("-")[2].startswith(_words()["noun"])


def _has_script_noun(piece: str) -> bool:
    return any(noun in piece for noun in _words()["script"])


@cache
def _words() -> dict[str, tuple[str, ...]]:
    return read_words("comments.txt")
