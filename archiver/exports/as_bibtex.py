"""BibTeX: the works that are cited."""

from __future__ import annotations

import re
from pathlib import Path

from archiver.exports.base import Format, Progress
from archiver.exports.escapes import held
from archiver.exports.references import Cited, works
from db.source import Source

_KINDS = {"isbn": "book", "doi": "article", "pmid": "article", "pmcid": "article"}
_SPECIAL = {char: f"\\{char}" for char in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_ESCAPES = str.maketrans(_SPECIAL)


def write(source: Source, path: Path, progress: Progress) -> None:
    """An entry a work."""
    progress.begin(source.count("works"))
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for work in works(source):
            file.write(f"@{_KINDS.get(work.scheme, 'misc')}{{{_key(work)},\n")
            file.writelines(f"  {name} = {{{value}}},\n" for name, value in _fields(work).items())
            file.write("}\n\n")
            progress.advance()


def _fields(work: Cited) -> dict[str, str]:
    fields = {"title": f"{{{escape(work.title)}}}", "url": _verbatim(work.url)}
    identifier = _verbatim(work.identifier)
    match work.scheme:
        case "doi" | "isbn" | "pmid" | "pmcid":
            fields[work.scheme] = identifier
        case "arxiv":
            fields |= {"eprint": identifier, "archiveprefix": "arXiv"}
        case _:
            fields["number"] = identifier
    return fields | {"note": escape(work.note)}


def escape(text: str) -> str:
    """`text` as TeX sets it."""
    return held(text).translate(_ESCAPES)


def _verbatim(text: str) -> str:
    """For fields that are not set but followed: braces alone would end them."""
    return re.sub(r"[{}\\\s]", lambda found: f"%{ord(found[0]):02X}", held(text))


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
