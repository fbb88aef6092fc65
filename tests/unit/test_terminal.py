"""How things are shown: safe whatever a stranger wrote, numbers as people read them."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import terminal


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("two\nlines\tand  more", "two lines and more"),
        ("\x1b[31mred\x1b[0m", "[31mred [0m"),
        ("\x9b31mred", "31mred"),
        ("right \u202eleft", "right left"),
        ("lone \ud800 half", "lone half"),
        ("emoji 🧠, 漢字, עברית", "emoji 🧠, 漢字, עברית"),
    ],
)
def test_safe(text, shown):
    assert terminal.safe(text) == shown


@given(st.text(st.characters(codec=None, exclude_categories=[])))
def test_safe_is_one_printable_line(text):
    shown = terminal.safe(text)
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in shown)
    assert len(shown.splitlines()) <= 1
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 posts"), (1, "1 post"), (2, "2 posts"), (1034, "1,034 posts"), (10**6, "1,000,000 posts")],
)
def test_count(number, words):
    assert terminal.count(number, "post") == words


def test_count_with_another_plural():
    assert terminal.count(2, "reply", "replies") == "2 replies"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0.0 s"),
        (0.42, "0.4 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (60, "1 min"),
        (185, "3 min 5 s"),
        (3599.7, "1 h"),
        (7800, "2 h 10 min"),
        (86_400, "1 d"),
        (273_600, "3 d 4 h"),
    ],
)
def test_duration(seconds, words):
    assert terminal.duration(seconds) == words


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (999_940, "999.9 kB"),
        (999_960, "1.0 MB"),
        (45_200_000, "45.2 MB"),
        (3_100_000_000, "3.1 GB"),
        (2 * 10**15, "2000.0 TB"),
    ],
)
def test_size(octets, words):
    assert terminal.size(octets) == words


@pytest.mark.parametrize(
    ("stream", "environ", "is_terminal", "has_colour"),
    [
        (Screen(), {}, True, True),
        (Screen(), {"NO_COLOR": "1"}, True, False),
        (Screen(), {"NO_COLOR": ""}, True, True),
        (Screen(), {"TERM": "dumb"}, False, False),
        (io.StringIO(), {}, False, False),
    ],
)
def test_where_to_colour(stream, environ, is_terminal, has_colour):
    assert terminal.is_terminal(stream, environ) is is_terminal
    assert terminal.has_colour(stream, environ) is has_colour


CLOSED = """
import os, subprocess, sys
from archiver.terminal import complete_streams
complete_streams()
print("lost"), print("lost", file=sys.stderr), sys.stdin.read()
found = [os.readlink(f"/proc/self/fd/{number}") for number in range(3)]
child = subprocess.run(["readlink", "/proc/self/fd/1"])  # who writes to a stream that is closed fails
with open(sys.argv[1], "w") as file:
    print(file.fileno() > 2, set(found), child.returncode, file=file)
"""


def test_streams_that_are_closed_are_opened_upon_nothing(tmp_path):
    command = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", sys.executable, "-c", CLOSED, str(tmp_path / "said")]
    subprocess.run(command, check=True)
    assert (tmp_path / "said").read_text() == "True {'/dev/null'} 0\n"
