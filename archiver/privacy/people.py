"""The people of an archive, as a masker needs them: what they are called, and where they can be found."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass

from archiver.privacy.masker import Masker
from archiver.privacy.names import NEUTRAL, SHORTEST, Care, Phrase, folded, forms, is_ordinary, is_unspaced, ordinary
from archiver.privacy.pseudonyms import Pseudonyms
from archiver.urls import host_key, url_key

_AUTHORS = """
SELECT a.id, a.name, a.slug, a.url, a.website, EXISTS (SELECT 1 FROM post_authors WHERE author_id = a.id)
FROM authors a ORDER BY a.id"""


@dataclass(slots=True)
class People:
    """Who is masked and who is not. kept: the keys of those whose rows stay as they are; masked: how many do not."""

    masker: Masker
    kept: frozenset[str]
    masked: int


def people(connection: sqlite3.Connection, pseudonyms: Pseudonyms, *, keep_authors: bool) -> People:
    """Everybody in the whole archive, whatever is chosen of it: a chosen comment may name those who are not.

    keep_authors: those of bylines stay as they are.
    """
    rows = connection.execute(_AUTHORS).fetchall()
    kept = [row for row in rows if keep_authors and row[5]]
    others = [row for row in rows if not (keep_authors and row[5])]
    kept_names = {folded(row[1]) for row in kept}
    gathered = _Gathered(pseudonyms)
    for _, name, slug, *_ in kept:
        gathered.leave(name, slug)
    for _, name, slug, url, website, _ in others:
        if folded(name) not in kept_names:
            gathered.name(name, slug)
        for address in filter(None, (url, website)):
            gathered.address(address)
    own = [(host_key(row[0]), row[1]) for row in connection.execute("SELECT url, site_key FROM blogs")]
    for key in [*(key for pair in own for key in pair), *(url_key(row[3]) for row in kept if row[3])]:
        gathered.urls.pop(key, None)
        gathered.leave(key)
    masker = Masker(gathered.phrases(), gathered.literals, gathered.urls, (host for host, _ in own))
    return People(masker, frozenset(row[0] for row in kept), len({folded(row[1]) for row in others}))


class _Gathered:
    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms
        self._whole: dict[tuple[str, ...], Phrase] = {}
        self._parts: dict[str, set[str]] = defaultdict(set)
        self.literals: dict[str, str] = {}
        self.urls: dict[str, str] = {}

    def leave(self, *names: str | None) -> None:
        """Names, or hosts, that stay."""
        for name in names:
            words = forms(name or "")
            self._whole[words] = Phrase(words, None)

    def name(self, name: str, slug: str | None) -> None:
        """A name with its parts, joined as in @-mentions, and as it stands in URLs."""
        into, words = self._pseudonyms.name(name), forms(name)
        if is_unspaced(name) and len(name) >= 2:
            self.literals[name] = into
        self._add(words, into)
        self._add(forms(slug or ""), into)
        if len(words) > 1:
            self._add(("".join(words),), into)
            for word in words:
                if len(word) >= SHORTEST and word not in ordinary():
                    self._parts[word].add(into)

    def address(self, url: str) -> None:
        """A URL, with scheme or without."""
        key, into = url_key(url), self._pseudonyms.url(url)
        self.urls[key] = into
        words = forms(key)
        if len(words) > 1:
            self._whole.setdefault(words, Phrase(words, into))

    def _add(self, words: tuple[str, ...], into: str) -> None:
        care: Care = "anywhere"
        if is_ordinary(words):
            care, into = "as a name", NEUTRAL
        self._whole.setdefault(words, Phrase(words, into, care))

    def phrases(self) -> list[Phrase]:
        """All of them; a part of a name that is nobody's whole one, as the person's that alone has it."""
        parts = [
            Phrase((word,), next(iter(owners)) if len(owners) == 1 else NEUTRAL, "capital")
            for word, owners in self._parts.items()
            if (word,) not in self._whole
        ]
        return [phrase for phrase in (*self._whole.values(), *parts) if phrase.words]
