"""What archiver.toml says of runs as a whole: what is kept of them, and who is told.

    [keep]
    reports = 100                      # of so many runs, the newest
    logs = 100

    [notify]
    command = ["/usr/local/bin/tell"]  # is given the report, as JSON, on its standard input
    webhook = "https://hooks.example.org/blogs"
    when = "changes"

Nothing is ever sent but to what stands here.
"""

from __future__ import annotations

import difflib
import ipaddress
import reprlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

from archiver.errors import UsageError

When = Literal["always", "changes", "trouble"]
WHEN: tuple[When, ...] = ("always", "changes", "trouble")
MOST_KEPT = 100_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """Of how many runs the reports and the logs are kept; the oldest go first."""

    reports: int = 100
    logs: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Who is told when a run has ended.

    command: program and arguments, run without a shell. webhook: is sent the report by POST. when: `always`;
    `changes`, if something is new, changed, gone or wrong; `trouble`, only if something is wrong.
    """

    command: tuple[str, ...] = ()
    webhook: str | None = None
    when: When = "changes"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """Both tables."""

    keep: Keep = Keep()
    notify: Notify = Notify()


def read_runs(keep: Any, notify: Any, where: str) -> RunSettings:
    """The tables as they came out of the file `where`, checked. Raises UsageError."""
    return RunSettings(keep=_read(Keep, keep, f"{where}, [keep]"), notify=_read(Notify, notify, f"{where}, [notify]"))


def _read(kind: type[T], table: Any, where: str) -> T:
    if not isinstance(table, Mapping):
        raise UsageError(where, "it is not a table", f"Write {where.rpartition(', ')[2]} on a line of its own")
    known = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    values = {}
    for name, value in table.items():
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            todo = f"Did you mean {close[0]}?" if close else f"Known are {', '.join(known)}"
            raise UsageError(f"{where} {name}", "there is no such setting", todo)
        try:
            values[name] = _CHECKS[name](value)
        except ValueError as error:
            why, todo = error.args
            raise UsageError(f"{where} {name}", f"{reprlib.repr(value)} {why}", todo) from error
    return kind(**values)


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_KEPT:
        raise ValueError(f"is not a whole number between 1 and {MOST_KEPT}", "Write it such as 100")
    return value


def _command(value: Any) -> Sequence[str]:
    if (
        not isinstance(value, list)
        or not value
        or not all(isinstance(word, str) and "\0" not in word for word in value)
        or not value[0]
    ):
        raise ValueError("is not a list of a program and its arguments", 'Write it such as ["/usr/local/bin/tell"]')
    return tuple(value)


def _webhook(value: Any) -> str:
    why = "is neither an https:// address nor one on this machine"
    todo = "Write it such as https://hooks.example.org/blogs"
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or " " in value:
        raise ValueError(why, todo)
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(why, todo) from error
    if not host or "@" in parts.netloc or not (parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))):
        raise ValueError(why, todo)
    return value


def _is_here(host: str) -> bool:
    """Whether a host is this machine; what is sent there needs no encryption."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _when(value: Any) -> When:
    for known in WHEN:
        if value == known:
            return known
    raise ValueError(f"is none of {', '.join(WHEN)}", 'Write it such as "changes"')


_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "reports": _number,
    "logs": _number,
    "command": _command,
    "webhook": _webhook,
    "when": _when,
}
