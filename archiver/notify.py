"""Telling others that a run has ended: a command that is given the report, a webhook that it is sent to.

Nothing here changes what the run came to; what goes wrong comes back as lines for a person.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from http.client import HTTPException
from typing import Any

from archiver import __version__
from archiver.config_runs import Notify
from archiver.terminal import safe

COMMAND_SECONDS = 60.0
WEBHOOK_SECONDS = 10.0
PAUSE_SECONDS = 2.0
"""Before the webhook is tried a second time, which is the last."""
# Ends that need nobody: complete, with gaps, stopped by a limit, by the person at the keyboard.
_CALM = frozenset({0, 4, 5, 130})


def is_wanted(notify: Notify, exit_code: int, *, changes: bool) -> bool:
    """Whether a run that ended so is to be told of."""
    trouble = exit_code not in _CALM
    return notify.when == "always" or trouble or (notify.when == "changes" and changes)


def deliver(notify: Notify, report: Mapping[str, Any], pause: Callable[[float], None] = time.sleep) -> Iterator[str]:
    """Tell all who are to be told. Yields what went wrong, in a line each. pause: waits for some seconds."""
    body = json.dumps(report, ensure_ascii=False).encode("utf-8", "backslashreplace")
    if notify.command:
        try:
            trouble = _run(notify.command, body)
        except OSError as error:  # no room for what it is given
            trouble = f"it cannot be given the report ({error.strerror})"
        if trouble:
            yield f"notify, command {safe(notify.command[0])}: {trouble}"
    if notify.webhook:
        trouble = _post(notify.webhook, body, pause)
        if trouble:
            # What follows the host may be a secret.
            yield f"notify, webhook at {urllib.request.Request(notify.webhook).host}: {trouble}"  # noqa: S310 - checked


def _run(command: tuple[str, ...], body: bytes) -> str | None:
    """Why the command failed, or None. It has no terminal, and its output is not ours to show.

    By files rather than pipes: what it leaves running in the background would hold a pipe open, and us up.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
        given.write(body)
        given.seek(0)
        try:
            process = subprocess.Popen(  # noqa: S603 - the user's own words, without a shell
                command, stdin=given, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True
            )
        except OSError as error:
            return f"it cannot be run ({error.strerror})"
        try:
            code = process.wait(COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            return f"it did not end within {COMMAND_SECONDS:g} s"
        finally:
            if process.poll() is None:  # late, or we are being ended ourselves
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if code == 0:
            return None
        said.seek(0)
        last = safe(said.read()[-1000:].decode("utf-8", "replace").strip().rpartition("\n")[2])[:200]
        return f"it ended with exit code {code}" + (f" ({last})" if last else "")


def _post(url: str, body: bytes, pause: Callable[[float], None]) -> str | None:
    """Why the report could not be delivered, or None; tried twice unless the answer would be the same."""
    trouble, lasting = _send(url, body)
    if trouble and not lasting:
        pause(PAUSE_SECONDS)
        trouble, _ = _send(url, body)
    return trouble


def _send(url: str, body: bytes) -> tuple[str | None, bool]:
    """What went wrong, if anything, and whether it would go wrong again."""
    headers = {"Content-Type": "application/json", "User-Agent": f"blog-archiver/{__version__}"}
    request = urllib.request.Request(url, body, headers, method="POST")  # noqa: S310 - config_runs has checked it
    try:
        with _opener().open(request, timeout=WEBHOOK_SECONDS):
            return None, True
    except urllib.error.HTTPError as error:
        with error:
            return f"it answers {error.code} {safe(str(error.reason))}", error.code < 500 and error.code not in {
                408,
                429,
            }
    except urllib.error.URLError as error:
        return f"it cannot be reached ({safe(str(error.reason))})", False
    except (OSError, HTTPException) as error:  # such as a time-out while it answers
        return f"it did not answer properly ({safe(str(error)) or type(error).__name__})", False


class _Stay(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else: the report is for the address in archiver.toml alone."""

    def redirect_request(self, *_: Any) -> None:
        """See HTTPRedirectHandler; None makes the redirect an error."""


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_Stay)
