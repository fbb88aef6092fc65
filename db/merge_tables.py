"""What becomes of the rows of each table when archives are merged, as SQL over two attached databases.

`main` is the archive that grows, `shard` the one that is taken in; both have the same schema. Tables with facets
(`db.facets`) are merged row by row in `db.merging`, where both archives know a row; here are all others. Every rule is
the maximum of a total order or a union, so that the order and the grouping of merges do not matter.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial

from db.facets import FACETS
from db.revisions import MEET

_PROGRESS = """CASE {}.state WHEN 'done' THEN 5 WHEN 'alias' THEN 4 WHEN 'given_up' THEN 3 WHEN 'excluded' THEN 2
  WHEN 'in_flight' THEN 1 ELSE 0 END"""
GREATEST: dict[str, tuple[str, ...]] = {
    "crawls": ("finished_at",),
    "fetches": ("fetched_at",),
    "thread_pages": ("seen_at", "fetch_id", "shown"),
    "thread_answers": ("seen_at", "fetch_id"),
    "whole_threads": ("seen_at",),
    "surpluses": ("seen_at",),
    "claims": ("said_at", "fetch_id", "number"),
    "lessons": ("seen_at", "path"),
    "oddities": ("kind", "detail"),
    "sensors": ("checked_at", "due_at"),
    "revisits": ("checked_at", "due_at"),
    "works": ("url",),
    "withheld": (),
    "attributions": (),
    "last_readings": ("rank", "read_at", "extractor", "stamp", "exchange"),
    "frontier": ("round", _PROGRESS),
    "post_parts": ("fetched_at", "extractor", "fingerprint({0}.html, {0}.extras)", "fetch_id"),
}
"""Tables of which the greater of two rows with one key stays. Told by these columns, then by all others."""

LISTS: dict[str, str] = {
    "post_authors": "post_id NOT IN (SELECT id FROM temp.lost WHERE facet = 'byline')",
    "post_terms": "post_id NOT IN (SELECT id FROM temp.lost WHERE facet = 'terms')",
    "widget_links": "widget_id NOT IN (SELECT id FROM temp.lost WHERE facet = 'widget')",
    **dict.fromkeys(
        ("links", "media", "citations"),
        "CASE WHEN comment_id IS NULL THEN post_id NOT IN (SELECT id FROM temp.lost WHERE facet = 'body')"
        " ELSE comment_id NOT IN (SELECT id FROM temp.lost WHERE facet = 'core') END",
    ),
}
"""Tables whose rows go with a facet of a post or comment, or with a widget: which rows of the shard are taken."""

_WON = {
    "post_authors": "post_id IN (SELECT id FROM temp.won WHERE facet = 'byline')",
    "post_terms": "post_id IN (SELECT id FROM temp.won WHERE facet = 'terms')",
    "widget_links": "widget_id IN (SELECT id FROM temp.won WHERE facet = 'widget')",
}
_HANGING = (
    "comment_id IN (SELECT id FROM temp.won WHERE facet = 'core')",
    "+comment_id IS NULL AND post_id IN (SELECT id FROM temp.won WHERE facet = 'body')",
)
PLACE = ("warc_file", "warc_offset", "warc_length")
BY_HAND = frozenset({"widgets", "post_urls", "revisions", "redactions"})
"""Tables with a rule of their own."""

# An address is that of the post with a native id; of two such posts the younger has it (`db.addresses`).
_OWNER = "({0}.post_id <> {0}.id, length(coalesce(({1}), '')), coalesce(({1}), ''), {0}.post_id)"
_NATIVE = "SELECT native_id FROM main.posts WHERE posts.id = {}.post_id"
POST_URLS = """
INSERT INTO main.post_urls (id, post_id, address) SELECT id, post_id, address FROM shard.post_urls WHERE true
ON CONFLICT (id) DO UPDATE SET post_id = excluded.post_id, address = excluded.address WHERE {} > {}
""".format(*(_OWNER.format(side, _NATIVE.format(side)) for side in ("excluded", "post_urls")))
_SHOWN = "(SELECT new FROM temp.files WHERE old = warc_file)"


def columns(connection: sqlite3.Connection, table: str) -> list[str]:
    """The columns of a table, in their order."""
    return [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]


def keys(connection: sqlite3.Connection, table: str) -> list[str]:
    """The columns of its primary key."""
    return [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})") if row[5]]


def tables(connection: sqlite3.Connection) -> set[str]:
    """The tables of an archive that hold what it knows, without those that SQLite and the index keep for themselves."""
    found = connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")
    names = {row[0] for row in found}
    return {name for name in names if not name.startswith(("sqlite_", "_sqlite_")) and "_fts" not in name}


def greater(sides: tuple[str, str], told_by: Sequence[str], names: Sequence[str]) -> str:
    """The condition that the row of the first side is greater. NULL is less than any value."""
    expressions = [one if "{" in one else f"{{0}}.{one}" for one in (*told_by, *(n for n in names if n not in told_by))]

    def row(side: str) -> str:
        found = (one.replace("{}", side).replace("{0}", side) for one in expressions)
        return ", ".join(f"{one} IS NOT NULL, coalesce({one}, 0)" for one in found)

    return f"({row(sides[0])}) > ({row(sides[1])})"


def keep_greatest(connection: sqlite3.Connection, table: str) -> int:
    """Take in the rows of a table of which the greater stays. Returns how many were new or replaced."""
    names, key = columns(connection, table), keys(connection, table)
    others = [name for name in names if name not in key]
    taken = [_placed(name) if table == "fetches" else name for name in names]
    action = "NOTHING"
    if others:
        told = greater(("excluded", table), GREATEST[table], [name for name in others if name not in PLACE])
        action = f"UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in others)} WHERE {told}"
        if table == "fetches":
            action = _keeping_place(others, told)
    return connection.execute(
        f"INSERT INTO main.{table} ({', '.join(names)}) SELECT {', '.join(taken)} FROM shard.{table} WHERE true"
        f" ON CONFLICT ({', '.join(key)}) DO {action}"
    ).rowcount


def _keeping_place(others: Sequence[str], told: str) -> str:
    """Where the archive has a record of an exchange, that stays its place: its files may have been mended since."""
    sets = [f"{name} = CASE WHEN {told} THEN excluded.{name} ELSE {name} END" for name in others if name not in PLACE]
    sets += [f"{name} = CASE WHEN warc_file IS NULL THEN excluded.{name} ELSE {name} END" for name in PLACE]
    return f"UPDATE SET {', '.join(sets)} WHERE {told} OR (warc_file IS NULL AND excluded.warc_file IS NOT NULL)"


def _placed(name: str) -> str:
    """A column of `fetches`: where the WARC file is called otherwise in the archive, or is not there."""
    if name == "warc_file":
        return _SHOWN
    return f"CASE WHEN {_SHOWN} IS NOT NULL THEN {name} END" if name.startswith("warc_") else name


def keep_wordings(connection: sqlite3.Connection) -> None:
    """Take in earlier wordings."""
    names = ", ".join(columns(connection, "revisions"))
    connection.execute(f"INSERT INTO main.revisions ({names}) SELECT {names} FROM shard.revisions WHERE true {MEET}")


def keep_widgets(connection: sqlite3.Connection) -> None:
    """Take in the lists of the sidebar, as seen last; which lists won and lost is noted for their lines."""
    names = columns(connection, "widgets")
    told_by = ("seen_at", "fetch_id")
    for facet, sides in (("won", ("s", "m")), ("lost", ("m", "s"))):
        connection.execute(
            f"INSERT INTO temp.{facet} SELECT 'widget', s.id FROM shard.widgets s CROSS JOIN main.widgets m"
            f" ON m.id = s.id WHERE {greater(sides, told_by, names)}"
        )
    sets = ", ".join(f"{name} = excluded.{name}" for name in names if name != "id")
    connection.execute(
        f"INSERT INTO main.widgets ({', '.join(names)}) SELECT {', '.join(names)} FROM shard.widgets WHERE true"
        f" ON CONFLICT (id) DO UPDATE SET {sets} WHERE {greater(('excluded', 'widgets'), told_by, names)}"
    )


def keep_list(connection: sqlite3.Connection, table: str) -> None:
    """Take in the rows that go with a facet: all of those that won, none of those that lost, else both."""
    names, key = columns(connection, table), keys(connection, table)
    others = [name for name in names if name not in key]
    for where in [_WON[table]] if table in _WON else _HANGING:
        connection.execute(f"DELETE FROM main.{table} WHERE {where}")
    action = "NOTHING"
    if table in {"post_authors", "widget_links"}:
        sets = ", ".join(f"{name} = excluded.{name}" for name in others)
        action = f"UPDATE SET {sets} WHERE {greater(('excluded', table), (), others)}"
    connection.execute(
        f"INSERT INTO main.{table} ({', '.join(names)}) SELECT {', '.join(names)} FROM shard.{table}"
        f" WHERE {LISTS[table]} ON CONFLICT ({', '.join(key)}) DO {action}"
    )


RULES: dict[str, Callable[[sqlite3.Connection], object]] = {
    **{table: partial(keep_greatest, table=table) for table in GREATEST},
    **{table: partial(keep_list, table=table) for table in LISTS},
    "widgets": keep_widgets,
    "revisions": keep_wordings,
    "post_urls": lambda connection: connection.execute(POST_URLS),
}
"""Table -> how its rows are taken in, in an order in which each row finds those that it refers to."""
AFTER = (
    *("post_urls", "post_parts", "widgets", "widget_links", "post_authors", "post_terms", "works", "links", "media"),
    *("citations", "revisions", "claims", "thread_pages", "oddities", "frontier", "whole_threads", "sensors"),
    *("surpluses", "revisits", "lessons", "withheld", "thread_answers", "attributions", "last_readings"),
)
"""Tables that come after those with facets; `crawls` and `fetches` come before."""
KNOWN = frozenset({*FACETS, *GREATEST, *LISTS, *BY_HAND})
"""Every table that has a rule."""
