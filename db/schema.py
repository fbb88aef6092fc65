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
QUERY = """
SELECT sql FROM sqlite_master
WHERE type <> 'view' AND sql IS NOT NULL
  AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%sqlite_migrations%' AND name NOT GLOB '*_fts_[acdit]*[afgxe]'
ORDER BY rowid
"""


def schema() -> str:
    """The schema, in the order in which it was made; without what SQLite and sqlite-utils keep for themselves."""
    with TemporaryDirectory() as directory:
        with closing(open_archive(Path(directory), create=True).connect()) as connection:
            statements = [row[0] for row in connection.execute(QUERY)]
    return HEAD + "".join(f"\n{statement};\n" for statement in statements)


if __name__ == "__main__":
    sys.stdout.write(schema())
