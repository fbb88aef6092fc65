"""Wordings that lose when archives meet: an edit that neither of them has seen, as each was there before or after it.

The one that loses is kept as an earlier wording, `replaced_at` NULL, since nobody saw it replaced, and both its times
those of its latest reading. Which ones are kept follows from what is held, not from the order of merges:

- those of the rank of the present wording, API or page: the same text looks a little different in another source;
- not where a body is joined from several pages, of which one archive may hold fewer;
- not what reads as the present wording does, or as one that was seen replaced.

A post's title is not kept with it: it may have been won from another reading.
"""

from __future__ import annotations

import sqlite3

from archiver.model import Rank
from db.keys import digest
from db.merge import Held, decode
from db.revisions import Owner

KEPT = (Rank.API, Rank.PAGE)
LEADS = {"posts": "body", "comments": "core"}
# What was seen replaced is better known than what was not; of two that were not, the later one counts.
SAVE = """
INSERT INTO main.revisions (id, post_id, comment_id, digest, html, text, seen_from, seen_until, fetch_id)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8)
ON CONFLICT (id) DO UPDATE SET html = excluded.html, text = excluded.text, seen_from = excluded.seen_from,
  seen_until = excluded.seen_until, fetch_id = excluded.fetch_id
WHERE replaced_at IS NULL
  AND (excluded.seen_until, excluded.fetch_id, excluded.html) > (seen_until, coalesce(fetch_id, ''), coalesce(html, ''))
"""
DROP = """
DELETE FROM main.revisions WHERE replaced_at IS NULL AND comment_id IS {0} AND post_id IN
    (SELECT id FROM main.posts WHERE blog_id = ?1) AND (
  (SELECT text FROM main.{1} o WHERE o.id = {2}) IS revisions.text
  OR coalesce((SELECT rank_of(provenance, '{3}') FROM main.{1} o WHERE o.id = {2}), 0)
    <> (SELECT CASE f.kind WHEN 'api' THEN {4} ELSE {5} END FROM main.fetches f WHERE f.id = revisions.fetch_id)
  OR EXISTS (SELECT 1 FROM main.revisions r WHERE r.post_id = revisions.post_id
    AND r.comment_id IS revisions.comment_id AND r.replaced_at IS NOT NULL AND r.text IS revisions.text)
  OR {6})
"""
_PARTS = "EXISTS (SELECT 1 FROM main.post_parts t WHERE t.post_id = revisions.post_id)"


def keep(connection: sqlite3.Connection, table: str, owner: Owner, one: Held, other: Held) -> None:
    """Keep the wording of one of two rows that are about to become one. Inside a transaction."""
    facet = LEADS[table]
    stamps = one.stamps.get(facet), other.stamps.get(facet)
    if stamps[0] is None or stamps[1] is None or stamps[0][0] != stamps[1][0] or stamps[0][0] not in KEPT:
        return
    loser, stamp = (one, stamps[0]) if stamps[0] < stamps[1] else (other, stamps[1])
    text = loser.row["text"]
    if text is None or one.row["text"] == other.row["text"]:
        return
    wording = digest(None, text) if table == "posts" else digest(text)
    values = (owner.post_id, owner.comment_id, wording, loser.row["html"], text, stamp[1], stamp[4])
    connection.execute(SAVE, (f"{owner.id}-{wording}", *values))


def settle(connection: sqlite3.Connection, blog_id: str) -> None:
    """Drop those of a blog that are not to be kept by what is held now."""
    for null, table, key, more in (("NULL", "posts", "post_id", _PARTS), ("NOT NULL", "comments", "comment_id", "0")):
        sql = DROP.format(null, table, key, LEADS[table], int(Rank.API), int(Rank.PAGE), more)
        connection.execute(sql, (blog_id,))


def rank_of(provenance: str, facet: str) -> int:
    """The rank of the reading that won a facet, as an SQL function; 0 where none did."""
    stamp = decode(provenance).get(facet)
    return stamp[0] if stamp else 0
