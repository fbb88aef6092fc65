"""One writer at a time: a lock file beside the archive, held by the kernel for as long as the process lives.

flock, not a file's mere presence: a lock that outlives its holder would need a person to take it away.
It does not work across machines on most network file systems.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from archiver.errors import Locked

FILE_NAME = "lock"


@contextmanager
def locked(directory: Path, command: str, *, name: str = FILE_NAME) -> Iterator[None]:
    """Hold the archive's lock. Raises Locked, naming who holds it, when another run does. name: of the file."""
    path = directory / name
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _taken(directory, path) from error
        file.seek(0)
        file.truncate()
        json.dump(
            {
                "pid": os.getpid(),
                "host": socket.gethostname(),
                "command": command,
                "since": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
            file,
        )
        file.flush()
        try:
            yield
        finally:
            file.seek(0)
            file.truncate()


@contextmanager
def standing_still(directory: Path) -> Iterator[None]:
    """Keep runs from beginning while an archive is looked at into which nothing can be written. Raises Locked."""
    path = directory / FILE_NAME
    with ExitStack() as stack:
        try:
            file = stack.enter_context(path.open(encoding="utf-8"))
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _taken(directory, path) from error
        except OSError:
            pass  # nobody has ever run, or only others may know
        yield


def _taken(directory: Path, path: Path) -> Locked:
    why = f"another run is writing to it ({holder(path)})"
    return Locked(str(directory), why, "Wait for it to end, or name another archive with -a")


def at_work(directory: Path) -> bool:
    """Whether a run is writing to an archive, as far as its file tells. The lock itself is not tried: a run that
    begins in that moment would find it taken."""
    try:
        said = json.loads((directory / FILE_NAME).read_text("utf-8"))
        if said["host"] == socket.gethostname():
            os.kill(said["pid"], 0)
    except PermissionError:
        return True  # a process of somebody else's
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return False
    return True


def holder(path: Path) -> str:
    """Who holds the lock, as far as the file tells: it may be read while it is written."""
    try:
        said = json.loads(path.read_text("utf-8"))
        return f"{said['command']}, process {said['pid']} on {said['host']} since {said['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "it does not say which"
