"""What headings count beyond what whole threads show, and how often that was found to be the same.

Blogs count comments that they never show: answers to one that was not approved, pings that a theme leaves out. A
thread of which a part was not read looks alike. So a difference is explained only when two successive whole readings
of the thread, in two runs, have found the very same one, and nothing hints at a rest (`Whole.may_be_cut`). The view
`coverage` asks for more: no later reading of a part, and no comment held that the pages do not show.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

JUDGED = frozenset({"complete", "incomplete", "limit"})
"""Outcomes of runs that did not fail, and were not stopped by hand: each thread that they read whole counts."""
FULL = 5
"""Blogs are set to so many comments a page, or a multiple of that."""
READ_WHOLE = """
FROM thread_pages t JOIN fetches f ON f.id = t.fetch_id
WHERE f.crawl_id = ?1
GROUP BY t.post_id
HAVING count(t.pages) = count(*) AND (max(t.pages) <= 1 OR count(*) FILTER (WHERE t.page > 0) >= max(t.pages))
  AND count(DISTINCT t.claimed) <= 1
"""
"""Threads that the run ?1 has read whole from their pages, while their headings said one and the same."""
SHORT = f"""
SELECT r.post_id, r.seen_at, r.shown, r.claimed, r.pages,
  (SELECT count(*) FROM comments c
    WHERE c.post_id = r.post_id AND c.depth = 1 AND c.gone_at IS NULL AND instr(c.sources, 'page')) AS roots,
  s.claimed - s.shown AS before, coalesce(s.readings, 0) AS readings
FROM (
  SELECT t.post_id, max(t.seen_at) AS seen_at, sum(t.shown) AS shown, max(t.claimed) AS claimed, max(t.pages) AS pages
  {READ_WHOLE}
) r LEFT JOIN surpluses s ON s.post_id = r.post_id
WHERE (r.claimed > r.shown OR s.post_id IS NOT NULL) AND r.seen_at > coalesce(s.seen_at, '')
"""  # noqa: S608 - a constant of ours
SAVE = """
INSERT INTO surpluses (post_id, crawl_id, seen_at, shown, claimed, readings) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (post_id) DO UPDATE SET crawl_id = excluded.crawl_id, seen_at = excluded.seen_at, shown = excluded.shown,
  claimed = excluded.claimed, readings = excluded.readings
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A thread that was read whole, on so many pages. roots: comments on the post itself among those shown.

    before: the difference that the reading before found; None if there was none. readings: how often in succession.
    """

    post_id: str
    seen_at: str
    shown: int
    claimed: int | None
    pages: int
    roots: int
    before: int | None
    readings: int

    @property
    def surplus(self) -> int:
        """What the heading counts and no page shows."""
        return max(0, (self.claimed or 0) - self.shown)

    @property
    def may_be_cut(self) -> bool:
        """Whether it may go on in a way that its theme hides.

        That is so where half of what is counted is not shown, and where a thread of one page ends as a full page does.
        """
        ends_full = any(number >= 2 * FULL and number % FULL == 0 for number in (self.shown, self.roots))
        return self.surplus >= self.shown or (self.pages <= 1 and ends_full)

    @property
    def successive(self) -> int:
        """In how many successive readings the difference was this one."""
        return self.readings + 1 if self.surplus == self.before else 1


def note(connection: sqlite3.Connection, crawl_id: str) -> None:
    """Take note of the whole threads of a run. Doing it again changes nothing. Inside the writer's transaction."""
    found = [Whole(**dict(row)) for row in connection.execute(SHORT, (crawl_id,))]
    steady = [one for one in found if one.surplus and not one.may_be_cut]
    met = [(one.post_id,) for one in found if one not in steady]
    connection.executemany("DELETE FROM surpluses WHERE post_id = ?", met)
    connection.executemany(
        SAVE, [(one.post_id, crawl_id, one.seen_at, one.shown, one.claimed, one.successive) for one in steady]
    )
