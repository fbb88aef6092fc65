"""BibTeX: the works that are cited."""

from __future__ import annotations

import re
from pathlib import Path

from archiver.bibtex import entry, escape, verbatim
from archiver.exports.base import Format, Progress
from archiver.exports.escapes import held
from archiver.exports.references import Cited, works
from db.source import Source

_KINDS = {"isbn": "book", "doi": "article", "pmid": "article", "pmcid": "article"}


def write(source: Source, path: Path, progress: Progress) -> None:
    """An entry a work."""
    progress.begin(source.count("works"))
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for work in works(source):
            file.write(entry(_KINDS.get(work.scheme, "misc"), _key(work), _fields(work)) + "\n")
            progress.advance()


def _fields(work: Cited) -> dict[str, str]:
    fields = {"title": f"{{{escape(held(work.title))}}}", "url": verbatim(held(work.url))}
    identifier = verbatim(held(work.identifier))
    match work.scheme:
        case "doi" | "isbn" | "pmid" | "pmcid":
            fields[work.scheme] = identifier
        case "arxiv":
            fields |= {"eprint": identifier, "archiveprefix": "arXiv"}
        case _:
            fields["number"] = identifier
    return fields | {"note": escape(held(work.note))}


def _key(work: Cited) -> str:
    """Scheme and identifier, as far as a key may be spelt; a second of the same spelling has its own end."""
    return f"{work.scheme}-{re.sub(r'[^A-Za-z0-9.-]+', '-', work.identifier)}-{work.id[-4:]}"


FORMAT = Format(
    name="bibtex",
    description="the works that posts and comments cite",
    opens="Zotero, JabRef, LaTeX",
    write=write,
    suffix=".bib",
)
