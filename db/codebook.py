"""The codebook: what every table, view and column of a database means, read from the database itself.

SQLite keeps the comments of a CREATE statement. The ones that stand right after the opening line describe
the table, the one behind a column describes the column:

    CREATE TABLE posts (
      -- One post or page of a blog.
      id TEXT PRIMARY KEY,  -- stable key
                            -- (goes on, below the comment above)
      -- A comment on a line of its own describes the column that follows.
      title TEXT
    ) STRICT;

Views are described the same way in their list of columns, `CREATE VIEW post_list (…) AS SELECT …`.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

_TIME = re.compile(r"_at$|^seen_(?:from|until)$|^not_before$")
_CHOICES = re.compile(r"CHECK \((\w+) IN \(([^()]*)\)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnDoc:
    """One column.

    type: as declared, empty for most columns of views. references: `table.column`. choices: the only values
    that a CHECK allows, as they are written; none where anything goes.
    """

    name: str
    type: str
    description: str
    not_null: bool = False
    primary_key: bool = False
    references: str | None = None
    choices: tuple[str, ...] = ()

    @property
    def holds(self) -> Literal["text", "integer", "number", "boolean", "time", "json"]:
        """What kind of value it is, more closely than SQLite's types tell."""
        if self.type == "INTEGER":
            return "boolean" if self.choices == ("0", "1") else "integer"
        if self.type == "REAL":
            return "number"
        if _TIME.search(self.name):
            return "time"
        return "json" if self.description.endswith("(JSON)") else "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDoc:
    """One table or view, its columns in their order."""

    name: str
    kind: Literal["table", "view"]
    description: str
    columns: tuple[ColumnDoc, ...]


@dataclass(frozen=True, slots=True)
class Described:
    """The comments of a CREATE statement: of the whole, and by column. '' and missing keys where there are none."""

    table: str
    columns: dict[str, str]


def is_archive(connection: sqlite3.Connection) -> bool:
    """Whether a database was made by blog-archiver; any SQLite database may be asked."""
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if {"frontier", "_sqlite_migrations"} <= names:
        columns = {row[1] for row in connection.execute("PRAGMA table_info(_sqlite_migrations)")}
        query = "SELECT 1 FROM _sqlite_migrations WHERE migration_set = 'archive'"
        if "migration_set" in columns and connection.execute(query).fetchone():
            return True
    return {"blogs", "posts", "comments", "fetches"} <= names


def tables(connection: sqlite3.Connection) -> list[TableDoc]:
    """All tables, then all views, in the order in which they were made.

    Left out is what serves SQLite or a library: virtual tables and what lies behind them, and names that
    begin with `_` or `sqlite_`.
    """
    rows = connection.execute(
        "SELECT m.name, m.type, m.sql FROM sqlite_master m JOIN pragma_table_list t ON t.name = m.name"
        " WHERE t.schema = 'main' AND t.type IN ('table', 'view')"
        " AND substr(m.name, 1, 1) <> '_' AND substr(m.name, 1, 7) <> 'sqlite_' ORDER BY m.type, m.rowid"
    ).fetchall()
    return [_table(connection, *row) for row in rows]


def _table(connection: sqlite3.Connection, name: str, kind: Literal["table", "view"], ddl: str) -> TableDoc:
    described = describe(ddl)
    choices = {match[1]: tuple(re.findall(r"[\w-]+", match[2])) for match in _CHOICES.finditer(ddl)}
    foreign = {
        row[0]: f"{row[1]}.{row[2]}"
        for row in connection.execute(
            'SELECT "from", "table", coalesce("to", \'id\') FROM pragma_foreign_key_list(?)', (name,)
        )
    }
    columns = connection.execute(
        'SELECT name, type, "notnull", pk FROM pragma_table_xinfo(?) WHERE hidden <> 1', (name,)
    )
    return TableDoc(
        name=name,
        kind=kind,
        description=described.table,
        columns=tuple(
            ColumnDoc(
                name=row[0],
                type=row[1],
                description=described.columns.get(row[0], ""),
                not_null=bool(row[2]),
                primary_key=bool(row[3]),
                references=foreign.get(row[0]),
                choices=choices.get(row[0], ()),
            )
            for row in columns
        ),
    )


# ── reading the comments of a CREATE statement ───────────────────────────────────────────────────

_TOKEN = re.compile(
    r"""(?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
      | (?P<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[^\W\d]\w*)
      | (?P<string>'(?:[^']|'')*')
      | (?P<mark>[(),])
      | (?P<space>\s+)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_CONSTRAINTS = {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"}


@dataclass(slots=True)
class _Reader:
    """Walks over the tokens of a CREATE statement; `end_line` is where the latest code ended."""

    table: list[str] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)
    current: str | None = None  # column that the latest code or trailing comment belongs to
    at_start: bool = True  # the next name begins a column, or a constraint
    ahead: list[str] = field(default_factory=list)  # comments that wait for the next column
    end_line: int = -1
    last_comment: tuple[int, int] | None = None  # line and offset of a trailing comment

    def name(self, text: str) -> None:
        if self.at_start:
            plain = text[0] not in '"`['
            self.current = None if plain and text.upper() in _CONSTRAINTS else _unquoted(text)
            if self.current is not None:
                self.columns[self.current] = self.ahead
            self.ahead = []
            self.at_start = False

    def comment(self, text: str, line: int, offset: int) -> None:
        goes_on = self.last_comment == (line - 1, offset)
        if not self.columns and self.at_start and self.current is None:
            self.table.append(text)
        elif line == self.end_line or goes_on or not self.at_start:
            if self.current is not None:
                self.columns[self.current].append(text)
            self.last_comment = (line, offset)
        else:
            self.ahead.append(text)


def describe(ddl: str) -> Described:
    """The comments of a CREATE TABLE or CREATE VIEW statement."""
    reader, depth, opened = _Reader(), 0, False
    for kind, text, line, offset in tokens(ddl):
        if kind == "comment":
            if opened and depth > 0:
                reader.comment(_words(text), line, offset)
            continue
        if not opened and kind == "name" and text.upper() == "AS" and depth == 0:
            return Described(_leading(ddl, line), {})
        if text == "(" and kind == "mark":
            depth += 1
            opened = True
        elif text == ")" and kind == "mark":
            depth -= 1
            if depth == 0:
                break
        elif depth == 1 and text == "," and kind == "mark":
            reader.at_start = True
        elif depth == 1 and kind == "name":
            reader.name(text)
        reader.end_line = line + text.count("\n")
    columns = {name: " ".join(parts) for name, parts in reader.columns.items() if parts}
    return Described(" ".join(reader.table), columns)


def _leading(ddl: str, line: int) -> str:
    """The comment lines that follow a `CREATE VIEW name AS` which ends on the given line."""
    found = []
    for text in ddl.split("\n")[line + 1 :]:
        if not text.strip().startswith("--"):
            break
        found.append(_words(text.strip()))
    return " ".join(found)


def tokens(ddl: str) -> Iterator[tuple[str, str, int, int]]:
    """Kind, text, line and offset in the line of everything but space."""
    for match in _TOKEN.finditer(ddl):
        kind = match.lastgroup or "other"
        if kind != "space":
            start = match.start()
            yield kind, match[0], ddl.count("\n", 0, start), start - (ddl.rfind("\n", 0, start) + 1)


def _words(comment: str) -> str:
    inner = comment[2:].removesuffix("*/") if comment.startswith("/*") else comment.lstrip("-")
    return " ".join(inner.split())


def _unquoted(name: str) -> str:
    if name[0] == "[":
        return name[1:-1]
    if name[0] in '"`':
        return name[1:-1].replace(name[0] * 2, name[0])
    return name
