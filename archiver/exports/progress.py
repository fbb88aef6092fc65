"""How an export shows that it goes on."""

from __future__ import annotations

from typing import IO, Self

from archiver.exports.base import Progress


class Noting(Progress):
    """Shows nothing, and keeps what a person should know, each line once."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, line: str) -> None:
        """See Progress."""
        if line not in self.notes:
            self.notes.append(line)


class Bar(Noting):
    """A bar with what is done, and how long the rest will take. Gone when it has ended."""

    def __init__(self, stream: IO[str]) -> None:
        from rich.console import Console  # late: `archiver --help` does without
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Live

        super().__init__()
        columns = (TextColumn("Exporting"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._live = Live(*columns, console=Console(file=stream), transient=True)
        self._task = self._live.add_task("export", total=None)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def begin(self, total: int) -> None:
        """See Progress."""
        self._live.update(self._task, total=total)

    def advance(self, number: int = 1) -> None:
        """See Progress."""
        self._live.advance(self._task, number)
