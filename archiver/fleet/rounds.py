"""One round of `update` over many shards: when it began, so that who is called again goes on with it.

    SHARDS/.locks/update.round      {"began_at": "…Z", "options": […]}; there while a round is under way

A whole shard is whole before an update and after it. Whether it had its turn is told by the time in its mark, beside
that of the round. A round ends when each blog was handed out until nothing more helped. A day after its beginning it is
given up: what it had asked is old by then.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from archiver.crawl.jobs import stamp
from archiver.fleet.driver import Row
from archiver.fleet.places import Place
from archiver.fleet.shards import LOCKS

FILE = f"{LOCKS}/update.round"
LONGEST = timedelta(days=1)
"""From the beginning of a round to the last moment at which it is gone on with."""
_TURNS = frozenset({"crawl", "update"})


@dataclass(frozen=True, slots=True)
class Round:
    """A round that is under way. began_at: UTC, as in the marks of shards; resumed: by an earlier driver."""

    place: Place
    began_at: str
    resumed: bool

    def pass_over(self, rows: Sequence[Row]) -> None:
        """Note in the rows of those that had their turn what it came to. Raises ArchiveDamaged for a torn mark."""
        left = [row for row in rows if row.exit_code is None] if self.resumed else []
        marks = self.place.marks([row.slug for row in left]) if left else {}
        for row in left:
            mark = marks.get(row.slug)
            if mark and mark.verb in _TURNS and mark.done_at >= self.began_at:
                row.exit_code, row.why, row.ended = mark.exit_code, mark.reason or "", mark.told(row.target, row.slug)

    def over(self) -> None:
        """The next call begins another one."""
        self.place.remove(FILE)


def begin(place: Place, options: Sequence[str], *, again: bool, now: datetime | None = None) -> Round:
    """Go on with the round that is under way, or begin one. The driver's lock must be held. Raises OSError,
    ArchiveError.

    options: of its units; with others it is another round. again: everything is asked, whoever had its turn.
    """
    now = now or datetime.now(UTC)
    earliest, latest = stamp(now - LONGEST), stamp(now)
    began = None if again else _under_way(place.read(FILE), options)
    if began is not None and earliest <= began <= latest:
        return Round(place, began, resumed=True)
    place.write(FILE, json.dumps({"began_at": latest, "options": list(options)}) + "\n")
    return Round(place, latest, resumed=False)


def _under_way(text: str | None, options: Sequence[str]) -> str | None:
    """When a round with these options began; None where there is none, or its file is torn."""
    try:
        said = json.loads(text or "")
        return str(said["began_at"]) if said["options"] == list(options) else None
    except (ValueError, KeyError, TypeError):
        return None
