"""The schema of a fresh archive, as SQL: `python -m db.schema > db/schema.sql`. A test keeps the file current.

It is there to be read: archives are made by the migrations. Views are left out, being in views.sql.
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from db.archive import open_archive

HEAD = """\
-- The tables, indexes and triggers of an archive. Made by `python -m db.schema`; change db/migrations instead.
"""
NOT_OURS = ("sqlite_", "_sqlite_migrations", "idx__sqlite_migrations")
SHADOWS = ("_fts_data", "_fts_idx", "_fts_docsize", "_fts_config", "_fts_content")


def schema() -> str:
    """The schema, in the order in which it was made; without what SQLite and sqlite-utils keep for themselves."""
    query = "SELECT name, type, sql FROM sqlite_master WHERE type <> 'view' AND sql IS NOT NULL ORDER BY rowid"
    with TemporaryDirectory() as made, closing(open_archive(Path(made), create=True).connect()) as connection:
        rows = connection.execute(query).fetchall()
    statements = [
        f"\n{sql};\n" if kind == "table" else f"{sql};\n"
        for name, kind, sql in rows
        if not name.startswith(NOT_OURS) and not name.endswith(SHADOWS)
    ]
    return HEAD + "".join(statements)


if __name__ == "__main__":
    sys.stdout.write(schema())
