"""A Frictionless data package: CSV tables with their types, keys and meanings, and all that goes into a repository.

Beside datapackage.json: README, codebook, a note on rights, the hash of every file, and RO-Crate metadata.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archiver import __version__
from archiver.exports import codebook
from archiver.exports._datapackage_texts import rights, text_of_readme
from archiver.exports.as_csv import write_table
from archiver.exports.base import Format, Progress
from db import documents
from db.codebook import ColumnDoc, TableDoc
from db.documents import Blog
from db.source import Source

MANIFEST = "manifest-sha256.txt"
_TYPES = {"text": "string", "json": "string", "time": "datetime"}  # where it is not called the same
_ISO = "[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]*Z"


def write(source: Source, path: Path, progress: Progress) -> None:
    """The tables first, then what describes them."""
    progress.begin(sum(source.counts().values()))
    (path / "data").mkdir()
    now, blogs = datetime.now(UTC), documents.blogs(source)
    for table in source.tables:
        names = [column.name for column in table.columns]
        write_table(path / "data" / f"{table.name}.csv", names, source.batches(table.name), progress)
    title = ", ".join(blog.name for blog in blogs)
    texts = {
        "README.md": text_of_readme(title, blogs, source.counts(), now),
        "CODEBOOK.md": "\n".join(codebook.markdown(codebook.describe(source))) + "\n",
        "LICENSE-NOTE.md": rights(blogs),
    }
    for name, text in texts.items():
        (path / name).write_text(text, encoding="utf-8")
    _dump(path / "datapackage.json", _package(source, path, title, blogs, now))
    _dump(path / "ro-crate-metadata.json", _crate(path, title, blogs, now))
    files = sorted(file for file in path.rglob("*") if file.is_file())
    lines = [f"{_hash(file)}  {file.relative_to(path).as_posix()}\n" for file in files]
    (path / MANIFEST).write_text("".join(lines), encoding="utf-8")


def _dump(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _package(source: Source, path: Path, title: str, blogs: list[Blog], now: datetime) -> dict[str, Any]:
    return {
        "profile": "tabular-data-package",
        "name": "blog-archive",
        "title": title,
        "description": "Posts and comment threads of blogs, made by blog-archiver. See README.md.",
        "created": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "keywords": ["blog", "comments", "web archive"],
        "sources": [{"title": blog.name, "path": blog.url} for blog in blogs if _is_web(blog.url)],
        "contributors": [{"title": f"blog-archiver {__version__}", "role": "wrangler"}],
        "resources": [_resource(source, path, table) for table in source.tables],
    }


def _resource(source: Source, path: Path, table: TableDoc) -> dict[str, Any]:
    file = path / "data" / f"{table.name}.csv"
    keys = [column.name for column in table.columns if column.primary_key]
    foreign = [
        {"fields": column.name, "reference": {"resource": "" if target == table.name else target, "fields": field}}
        for column in table.columns
        if column.references
        for target, field in [column.references.split(".")]
    ]
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"data/{table.name}.csv",
        "title": table.name.replace("_", " "),
        "description": table.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file.stat().st_size,
        "hash": f"sha256:{_hash(file)}",
        "schema": {
            "fields": [_field(source, table, column) for column in table.columns],
            "missingValues": [""],
            "primaryKey": keys,
            "foreignKeys": foreign,
        },
    }


def _field(source: Source, table: TableDoc, column: ColumnDoc) -> dict[str, Any]:
    kind = _TYPES.get(column.holds, column.holds)
    if kind == "datetime" and not _all_times(source, table, column):
        kind = "string"
    field: dict[str, Any] = {"name": column.name, "type": kind, "description": column.description}
    if kind == "datetime":
        field["format"] = "any"  # some are to the microsecond
    if kind == "boolean":
        field |= {"trueValues": ["1"], "falseValues": ["0"]}
    constraints: dict[str, Any] = {}
    # CSV has one emptiness, and free text may well be empty without being NULL.
    if (column.not_null or column.primary_key) and (column.primary_key or column.references or kind != "string"):
        constraints["required"] = True
    if column.choices and kind == "string":
        constraints["enum"] = list(column.choices)
    return field | ({"constraints": constraints} if constraints else {})


def _all_times(source: Source, table: TableDoc, column: ColumnDoc) -> bool:
    condition = source.conditions[table.name] or "1"
    sql = f'SELECT count(*) FROM main."{table.name}" WHERE ({condition}) AND "{column.name}" NOT GLOB ?'
    return bool(next(source.rows(sql, (_ISO,)))[0] == 0)


def _crate(path: Path, title: str, blogs: list[Blog], now: datetime) -> dict[str, Any]:
    files = sorted(file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file())
    files.append(MANIFEST)
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": title,
        "description": "Posts and comment threads of blogs as normalized tables.",
        "datePublished": f"{now:%Y-%m-%d}",
        "license": {"@id": "LICENSE-NOTE.md"},
        "hasPart": [{"@id": name} for name in files],
        "isBasedOn": [{"@id": blog.url} for blog in blogs],
        "mainEntity": {"@id": "datapackage.json"},
    }
    described = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }
    kinds = {".csv": "text/csv", ".json": "application/json", ".md": "text/markdown", ".txt": "text/plain"}
    parts = [{"@id": name, "@type": "File", "name": name, "encodingFormat": kinds[Path(name).suffix]} for name in files]
    sites = [{"@id": blog.url, "@type": "WebSite", "name": blog.name, "url": blog.url} for blog in blogs]
    return {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": [described, root, *parts, *sites]}


def _is_web(url: str) -> bool:
    return url.startswith(("http://", "https://"))


def _hash(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


FORMAT = Format(
    name="datapackage",
    description="a Frictionless data package: tables, codebook, hashes, RO-Crate metadata, ready to deposit",
    opens="Frictionless, R, pandas, Zenodo, Dataverse",
    write=write,
)
