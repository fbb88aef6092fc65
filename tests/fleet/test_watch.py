"""What is seen of a run over many blogs: lines in a log, a bar on a terminal, a table at the end."""

from __future__ import annotations

from io import StringIO

from archiver.fleet.driver import Row
from archiver.fleet.ended import Ended
from archiver.fleet.watch import MOST_SHOWN, Bar, Lines, table


def row(name: str, code: int | None, why: str = "") -> Row:
    ended = Ended(target=name, slug=name, exit_code=code, outcome="", posts=3, comments=1_204) if code == 0 else None
    return Row(name, name, exit_code=code, why=why, ended=ended)


def test_lines_of_a_log() -> None:
    stream = StringIO()
    lines = Lines(stream)
    lines.begin(3, 1)
    lines.at_work()
    lines.ended(row("a.example.org", -1, "the worker was lost"), "again")
    lines.ended(row("a.example.org", 0), "settled")
    assert stream.getvalue().splitlines() == [
        "1 of 3 are done already",
        "[1/3] a.example.org: failed (the worker was lost); once more",
        "[2/3] a.example.org: done: 3 posts, 1,204 comments",
    ]


def test_the_bar_tells_what_went_wrong_and_leaves_the_terminal() -> None:
    stream = StringIO()
    bar = Bar(stream)
    bar.begin(2, 0)
    for code, next_ in ((7, "settled"), (0, "settled")):
        bar.at_work()
        bar.ended(row("\x1b[31mb.example.org", code, "\x1b[2Jit refused" if code else ""), next_)
    bar.close()
    shown = stream.getvalue()
    assert "b.example.org: failed" in shown
    assert "it refused" in shown
    assert "\x1b[2J" not in shown
    assert "2/2" in shown


def test_the_table_has_what_needs_somebody_first() -> None:
    rows = [row(f"{n}.example.org", 0) for n in range(MOST_SHOWN)]
    rows += [row("gaps.example.org", 4), row("gone.example.org", 7, "410 Gone"), row("later.example.org", None)]
    lines = list(table(rows))
    assert lines[0].split() == ["gone.example.org", "failed", "0", "requests", "0.0", "s", "410", "Gone"]
    assert lines[1].startswith("later.example.org  not begun")
    assert lines[2].endswith("with gaps")
    assert lines[-2:] == ["… and 3 more", "43 blogs: 41 done, 1 failed, 1 not begun"]
