"""How to cite an archived post: in words, for BibTeX, for reference managers (RIS)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archiver.web import when

_BIBTEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """What a citation says. published: as stored, cut to what was stated. captured: UTC time of the capture."""

    key: str
    title: str
    authors: tuple[str, ...]
    blog: str
    url: str
    published: str
    captured: str

    @property
    def plain(self) -> str:
        """One line of text."""
        who = ", ".join(self.authors) or self.blog
        dated = when.words(self.published) or "no date"
        seen = when.words(self.captured, "day")
        return f"{who} ({dated}). {self.title}. {self.blog}. {self.url} (captured {seen})"

    @property
    def bibtex(self) -> str:
        """An entry @online."""
        fields = {
            "author": " and ".join(f"{{{_bibtex(name)}}}" for name in self.authors),
            "title": f"{{{_bibtex(self.title)}}}",
            "organization": _bibtex(self.blog),
            "date": self.published,
            "year": self.published[:4],
            "url": re.sub(r"[{}\\\s]", lambda found: f"%{ord(found[0]):02X}", self.url),
            "urldate": self.captured[:10],
            "note": f"Archived copy, captured {self.captured}",
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
        return "\n".join([f"@online{{{self.key},", *lines, "}", ""])

    @property
    def ris(self) -> str:
        """A record of type BLOG, lines ended as the format wants them."""
        tags = [("TY", "BLOG"), ("ID", self.key), ("TI", self.title), *(("AU", name) for name in self.authors)]
        tags += [("T2", self.blog), ("PY", self.published[:4]), ("DA", self.published.replace("-", "/"))]
        tags += [("UR", self.url), ("Y2", self.captured[:10].replace("-", "/")), ("N1", f"Captured {self.captured}")]
        lines = [f"{tag}  - {_line(value)}" for tag, value in tags if value]
        return "\r\n".join([*lines, "ER  - ", ""])


def cited(post: Mapping[str, Any], authors: Sequence[Mapping[str, Any]]) -> Cited:
    """The citation of a post: its row as `db.pages.posts` gives it, and its byline."""
    stated = {"year": 4, "month": 7}.get(post["published_precision"] or "", 10)
    return Cited(
        key=post["id"],
        title=_line(post["title"] or "Untitled post"),
        authors=tuple(_line(author["name"]) for author in authors),
        blog=_line(post["blog"] or post["site_key"]),
        url=_line(post["url"]),
        published=(post["published_at"] or "")[:stated],
        captured=f"{(post['fetched_at'] or post['last_seen_at'])[:19]}Z",
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def _bibtex(text: str) -> str:
    return "".join(_BIBTEX.get(sign, sign) for sign in _line(text))
