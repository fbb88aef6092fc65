"""How to cite an archived post or comment: in words, for BibTeX, for reference managers (RIS)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archiver.bibtex import entry, escape, verbatim
from archiver.web import when

# Suffix of an address -> media type, and the attribute of Cited that is given there.
FILES = {"bib": ("application/x-bibtex", "bibtex"), "ris": ("application/x-research-info-systems", "ris")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """What a citation says. published: as stored, cut to what was stated. captured: UTC time of the capture.

    kind: of a comment; empty for a post. url: of the comment itself, where it has one.
    """

    key: str
    title: str
    authors: tuple[str, ...]
    blog: str
    url: str
    published: str
    captured: str
    kind: str = ""

    @property
    def plain(self) -> str:
        """One line of text."""
        who = ", ".join(self.authors) or (f"Anonymous {self.kind}" if self.kind else self.blog)
        dated = when.words(self.published) or "no date"
        seen = when.words(self.captured, "day")
        return f"{who} ({dated}). {self.title}. {self.blog}. {self.url} (captured {seen})"

    @property
    def bibtex(self) -> str:
        """An entry @online."""
        fields = {
            "author": " and ".join(f"{{{escape(name)}}}" for name in self.authors),
            "title": f"{{{escape(self.title)}}}",
            "entrysubtype": self.kind,
            "organization": escape(self.blog),
            "date": self.published,
            "year": self.published[:4],
            "url": verbatim(self.url),
            "urldate": self.captured[:10],
            "note": f"Archived copy, captured {self.captured}",
        }
        return entry("online", self.key, fields)

    @property
    def ris(self) -> str:
        """A record of type BLOG, lines ended as the format wants them."""
        tags = [("TY", "BLOG"), ("ID", self.key), ("TI", self.title), *(("AU", name) for name in self.authors)]
        tags += [("T2", self.blog), ("M3", self.kind), ("PY", self.published[:4])]
        tags += [("DA", self.published.replace("-", "/")), ("UR", self.url)]
        tags += [("Y2", self.captured[:10].replace("-", "/")), ("N1", f"Captured {self.captured}")]
        lines = [f"{tag}  - {_line(value)}" for tag, value in tags if value]
        return "\r\n".join([*lines, "ER  - ", ""])


def cited(post: Mapping[str, Any], authors: Sequence[Mapping[str, Any]]) -> Cited:
    """The citation of a post: its row as `db.pages.posts` gives it, and its byline."""
    return Cited(
        title=_line(post["title"] or "Untitled post"),
        authors=tuple(_line(author["name"]) for author in authors),
        url=_line(post["url"]),
        **_common(post),
    )


def cited_comment(comment: Mapping[str, Any]) -> Cited:
    """The citation of a comment: its row as `db.pages.comments` gives it."""
    named = f"“{comment['title']}”" if comment["title"] else "an untitled post"
    return Cited(
        title=_line(f"{comment['kind'].capitalize()} on {named}"),
        authors=(_line(comment["author"]),) if comment["author"] else (),
        url=_line(comment["url"] or comment["post_url"]),
        kind=comment["kind"],
        **_common(comment),
    )


def _common(row: Mapping[str, Any]) -> dict[str, str]:
    stated = {"year": 4, "month": 7}.get(row["published_precision"] or "", 10)
    return {
        "key": row["id"],
        "blog": _line(row["blog"] or row["site_key"]),
        "published": (row["published_at"] or "")[:stated],
        "captured": f"{(row['fetched_at'] or row['last_seen_at'])[:19]}Z",
    }


def _line(text: str) -> str:
    return " ".join(text.split())
