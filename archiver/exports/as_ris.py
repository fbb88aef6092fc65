"""RIS: the works that are cited."""

from __future__ import annotations

from pathlib import Path

from archiver.exports.base import Format, Progress
from archiver.exports.escapes import held
from archiver.exports.references import LABELS, Cited, works
from db.source import Source

_KINDS = {"isbn": "BOOK", "doi": "JOUR", "pmid": "JOUR", "pmcid": "JOUR"}
_TAGS = {"doi": "DO", "isbn": "SN"}


def write(source: Source, path: Path, progress: Progress) -> None:
    """A record a work."""
    progress.begin(source.count("works"))
    with path.open("w", encoding="utf-8", newline="") as file:
        for work in works(source):
            file.writelines(f"{tag}  - {_line(value)}\r\n" for tag, value in _record(work))
            file.write("\r\n")
            progress.advance()


def _record(work: Cited) -> list[tuple[str, str]]:
    return [
        ("TY", _KINDS.get(work.scheme, "GEN")),
        ("ID", work.id),
        ("TI", work.title),
        (_TAGS.get(work.scheme, "AN"), work.identifier),
        ("DB", LABELS.get(work.scheme, work.scheme)),
        ("UR", work.url),
        ("N1", work.note),
        ("ER", ""),
    ]


def _line(text: str) -> str:
    """A field is a line."""
    return " ".join(held(text).split())


FORMAT = Format(
    name="ris",
    description="the works that posts and comments cite",
    opens="EndNote, Mendeley, Zotero, Citavi",
    write=write,
    suffix=".ris",
)
