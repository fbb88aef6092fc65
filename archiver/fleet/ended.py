"""What a unit of work came to, told by one process to another as a line of JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Literal

Verb = Literal["crawl", "update", "extract"]
State = Literal["done", "continued", "busy", "failed"]

DONE = frozenset({0, 4})
CONTINUED = frozenset({5, 130, 143})
BUSY = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """One attempt at a unit of work.

    target: URL or path as it was given. idle: it was whole already, and nothing was done. reason: why it is not
    complete, in a line. posts, comments: that the shard holds now. requests: of this attempt. host: where it ran.
    """

    target: str
    slug: str
    exit_code: int
    outcome: str
    reason: str | None = None
    idle: bool = False
    posts: int = 0
    comments: int = 0
    requests: int = 0
    seconds: float = 0.0
    host: str = ""

    @property
    def state(self) -> State:
        """What is to be made of it."""
        return state_of(self.exit_code)


def state_of(exit_code: int) -> State:
    """What an exit code says of a unit of work; a limit that was asked for counts as to be continued here."""
    if exit_code in DONE:
        return "done"
    if exit_code in CONTINUED:
        return "continued"
    return "busy" if exit_code == BUSY else "failed"


def as_line(ended: Ended) -> str:
    """For the standard output of the unit."""
    return json.dumps(asdict(ended), ensure_ascii=False)


def from_lines(text: str) -> Ended | None:
    """The last line that is such a one; None when there is none, since the unit was killed or raised an error."""
    for line in reversed(text.splitlines()):
        try:
            said = json.loads(line)
            return Ended(**{field.name: said[field.name] for field in fields(Ended)})
        except (ValueError, KeyError, TypeError):
            continue
    return None
