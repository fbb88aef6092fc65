"""What a person sees of a run over many blogs: a bar on a terminal, lines in a log, a table at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import IO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from archiver.fleet.driver import Next, Row, Watch
from archiver.terminal import count, duration, is_terminal, safe

MOST_SHOWN = 40
"""Lines of the table at the end; the report has all of them."""


class Lines(Watch):
    """A line for each attempt."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._done = self._total = 0

    def begin(self, total: int, whole: int) -> None:
        """See Watch."""
        self._total, self._done = total, whole
        if whole:
            self._write(f"{whole:,} of {total:,} are done already")

    def ended(self, row: Row, next_: Next) -> None:
        """See Watch."""
        self._done += next_ == "settled"
        self._write(f"[{self._done:,}/{self._total:,}] {said(row, next_)}")

    def _write(self, line: str) -> None:
        print(safe(line), file=self._stream, flush=True)


class Bar(Watch):
    """One bar over all of them; above it a line for what did not go well."""

    def __init__(self, stream: IO[str]) -> None:
        self._text = TextColumn("{task.description}")
        self._bar = Progress(
            self._text, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=Console(file=stream)
        )
        self._task = self._bar.add_task("")
        self._busy = 0

    def begin(self, total: int, whole: int) -> None:
        """See Watch."""
        self._bar.update(self._task, total=total, completed=whole)
        self._bar.start()

    def at_work(self) -> None:
        """See Watch."""
        self._busy += 1
        self._describe()

    def ended(self, row: Row, next_: Next) -> None:
        """See Watch."""
        self._busy -= 1
        self._bar.advance(self._task, next_ == "settled")
        self._describe()
        if next_ == "again" or row.exit_code:
            self._bar.console.print(safe(said(row, next_)), markup=False, highlight=False)

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._bar.stop()

    def _describe(self) -> None:
        self._bar.update(self._task, description=f"{self._busy} at work")


def watch_for(stream: IO[str], *, quiet: bool) -> Watch:
    """What suits the stream."""
    if quiet:
        return Watch()
    return Bar(stream) if is_terminal(stream) else Lines(stream)


def said(row: Row, next_: Next) -> str:
    """An attempt in a line."""
    then = {"settled": "", "on": "; goes on", "again": "; once more"}[next_]
    held = f": {count(row.ended.posts, 'post')}, {count(row.ended.comments, 'comment')}" if row.ended else ""
    return f"{row.target}: {row.state}{held}{f' ({row.why})' if row.why else ''}{then}"


def table(rows: Sequence[Row]) -> Iterator[str]:
    """All blogs, those that need somebody first; then how many there are of each kind."""
    order = {"failed": 0, "another worker is at it": 1, "to be continued": 2, "not begun": 3}
    listed = sorted(rows, key=lambda row: (order.get(row.state, 4), row.exit_code != 4))
    width = max((len(row.target) for row in listed[:MOST_SHOWN]), default=0)
    for row in listed[:MOST_SHOWN]:
        held = f"{row.ended.posts:>7,} posts {row.ended.comments:>8,} comments" if row.ended else " " * 31
        cost = f"{row.requests:>7,} requests  {duration(row.seconds):>9}"
        gaps = "with gaps" if row.exit_code == 4 and not row.why else row.why
        yield safe_columns(f"{row.target:<{width}}  {row.state:<15} {held} {cost}", gaps)
    if len(listed) > MOST_SHOWN:
        yield f"… and {len(listed) - MOST_SHOWN:,} more"
    kinds = Counter(row.state for row in rows)
    yield f"{count(len(rows), 'blog')}: " + ", ".join(f"{number:,} {kind}" for kind, number in kinds.most_common())


def safe_columns(line: str, why: str) -> str:
    """A line of the table: strangers' words stand at its end."""
    return f"{line}  {safe(why)}".rstrip()
