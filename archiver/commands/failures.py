"""Whatever ends a command early, as one line and an exit code."""

from __future__ import annotations

import errno
import sqlite3
import traceback
from datetime import UTC, datetime
from pathlib import Path

import click

from archiver.commands.session import DEFAULT_ARCHIVE, Session
from archiver.errors import ArchiverError, UsageError

# What keeps files from being written or read; other OSErrors are not known beforehand.
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ENOTDIR, errno.EISDIR}


def explained(error: Exception, session: Session) -> ArchiverError | None:
    """The error as a user can understand it; None when it is a fault of this program."""
    if isinstance(error, ArchiverError):
        return error
    if isinstance(error, click.ClickException):
        return _usage(error)
    where = session.archive or DEFAULT_ARCHIVE
    # IntegrityError, ProgrammingError and their like are faults of this program.
    if isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError:
        from db.archive import explain  # late: only commands that fail need it

        return explain(error, where)
    if isinstance(error, OSError) and error.errno in _DISK:
        from db.archive import explain_os

        return explain_os(error, Path(error.filename) if isinstance(error.filename, str) else _stuck(error) or where)
    return None


def _stuck(error: OSError) -> Path | None:
    """The name of standard output, where it was in saying something that it came up: such an error names no file."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return Path("standard output") if frames and frames[-1].f_globals.get("__name__") == click.utils.__name__ else None


def crash(error: Exception, session: Session) -> ArchiverError:
    """A fault of this program: its traceback goes to a file beside the archive, where there is one."""
    what = f"internal error: {type(error).__name__}"
    why = " ".join(str(error).split())[:200]
    text = "".join(traceback.format_exception(error))
    if session.debug:
        click.echo(text, err=True, nl=False)
        return ArchiverError(what, why, "Please report it with the lines above")
    if session.archive is not None and session.archive.is_dir():
        file = session.archive / "logs" / f"crash-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.txt"
        try:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, "utf-8", "replace")
        except OSError:
            pass  # the disk may be what failed; the line below still tells how to see more
        else:
            return ArchiverError(what, why, f"Please report it with {file}")
    return ArchiverError(what, why, "Run it again as archiver --debug … to see where, and please report it")


def _usage(error: click.ClickException) -> ArchiverError:
    """A wrong call, in one line instead of click's three."""
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    message = " ".join(error.format_message().split()).rstrip(".")
    path = ctx.command_path if ctx else "archiver"
    verb = path.removeprefix("archiver").strip()
    todo = f"See {path} --help"
    if isinstance(error, click.NoSuchOption) and not verb:
        todo = f"Options stand after the command, as in archiver status -a DIR. {todo}"
    return UsageError(verb or message, message if verb else "", todo)
