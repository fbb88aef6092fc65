"""Masks people in texts, HTML and URLs, and counts what it has masked."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote

from archiver.privacy.names import Phrase, Phrases
from archiver.urls import host_key, url_key

E_MAIL, TELEPHONE = "[e-mail]", "[telephone]"

_SPECIAL = re.compile(
    r"""(?P<mail>[^\W_][\w.+%-]*@[\w-]+(?:\.[\w-]+)+)
      | (?P<url>(?:\bhttps?:)?//[^\s<>"'`]+ | \bwww\.[^\s<>"'`]+)
      | (?P<phone>(?<![\w./+-])(?:\+\s?)?\(?\d(?:[ \u00a0().\-/]{0,3}\d){6,14}(?![\w]|[./-]\d))""",
    re.VERBOSE,
)
_AMERICAN = re.compile(r"(?:\+?1[ .-]?)?\(?\d{3}\)?[ .-]?\d{3}[ .-]\d{4}")
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}")
_NUMBERED = re.compile(r"(?:isbn|issn|pmid|pmc|doi|nct|isrctn|arxiv)\W*$", re.IGNORECASE)
_AVATAR = re.compile(r"(?<=avatar/)[0-9a-f]{32,64}", re.IGNORECASE)
_TAG = re.compile(r"(<!--.*?(?:-->|\Z)|<[^<>]*>)", re.DOTALL)
_VALUE = re.compile(r"""=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>=]+))""")
_TRAILING = ".,;:!?)]}"


class Masker:
    """What is known of the people of an archive, applied to one text after another.

    literals: looked for as they are, where a script sets no words apart. urls: what stands for people's addresses,
    by `url_key`. own: the hosts of the blogs, which are never masked.
    counts: names, addresses, e-mails and telephones, as far as masked.
    """

    def __init__(
        self, phrases: Iterable[Phrase], literals: Mapping[str, str], urls: Mapping[str, str], own: Iterable[str]
    ) -> None:
        self._phrases, self._urls, self._own = Phrases(phrases), urls, frozenset(own)
        longest_first = sorted(literals, key=len, reverse=True)
        self._literals = literals
        self._literal = re.compile("|".join(map(re.escape, longest_first))) if literals else None
        self.counts: Counter[str] = Counter()

    def text(self, text: str) -> str:
        """Plain text."""
        parts, at = [], 0
        for found in _SPECIAL.finditer(text):
            into = self._special(found)
            if into is not None:
                parts += [self._names(text[at : found.start()]), into]
                at = found.end()
        return "".join([*parts, self._names(text[at:])])

    def html(self, markup: str) -> str:
        """HTML, whole or torn: what stands between tags, and the values in them."""
        parts = _TAG.split(markup)
        return "".join(self._tag(part) if number % 2 else self._between(part) for number, part in enumerate(parts))

    def url(self, url: str) -> str:
        """An address, kept as it is unless it is somebody's or names them."""
        key = url_key(url)
        for end in [len(key), *(n for n in range(len(key) - 1, 0, -1) if key[n] in "/?#")]:
            if (into := self._urls.get(key[:end])) is not None:
                self.counts["addresses"] += 1
                return into
        host = host_key(url)
        at = url.lower().find(host) + len(host) if host in self._own and host in url.lower() else 0
        rest = unquote(url[at:])
        masked = self._names(_AVATAR.sub("0", self._mail(rest)))
        return url if masked == rest else url[:at] + quote(masked, safe="/:?#[]@!$&'()*+,;=%~ ")

    def _special(self, found: re.Match[str]) -> str | None:
        """What stands for an e-mail address, URL or telephone number; None when it is something else."""
        if found["mail"]:
            self.counts["e-mails"] += 1
            return E_MAIL
        if found["url"]:
            url = found["url"].rstrip(_TRAILING)
            return self.url(url) + found["url"][len(url) :]
        if not _is_telephone(found):
            return None
        self.counts["telephones"] += 1
        return TELEPHONE

    def _mail(self, text: str) -> str:
        return _SPECIAL.sub(lambda found: E_MAIL if found["mail"] else found[0], text)

    def _names(self, text: str) -> str:
        found = self._phrases.find(text)
        self.counts["names"] += len(found)
        parts, at = [], 0
        for start, end, into in found:
            parts += [text[at:start], into]
            at = end
        text = "".join([*parts, text[at:]]) if parts else text
        return self._literal.sub(self._of_literal, text) if self._literal else text

    def _of_literal(self, found: re.Match[str]) -> str:
        self.counts["names"] += 1
        return self._literals[found[0]]

    def _between(self, part: str) -> str:
        plain = html.unescape(part)
        masked = self.text(plain)
        return part if masked == plain else html.escape(masked, quote=False)

    def _tag(self, tag: str) -> str:
        if tag.startswith("<!--"):
            return self.text(tag)
        return _VALUE.sub(self._value, tag)

    def _value(self, found: re.Match[str]) -> str:
        plain = html.unescape(next(group for group in found.groups() if group is not None))
        masked = self.text(_AVATAR.sub("0", plain))
        return found[0] if masked == plain else f'="{html.escape(masked)}"'


def _is_telephone(found: re.Match[str]) -> bool:
    """Dates, identifiers and plain numbers look much the same."""
    number, before = found["phone"], found.string[max(0, found.start() - 12) : found.start()]
    digits = re.sub(r"\D", "", number)
    if _DATE.search(number) or _NUMBERED.search(before) or re.fullmatch(r"\d+\.\d+", number):
        return False
    if number.startswith("+") or digits.startswith("00"):
        return len(digits) >= 8
    return (digits.startswith("0") and len(digits) >= 9) or _AMERICAN.fullmatch(number) is not None
