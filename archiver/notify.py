"""Telling others that a run has ended: a command that is given the report, a webhook that it is sent to.

Nothing here changes what the run came to; what goes wrong comes back as lines for a person.
"""

from __future__ import annotations

import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
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
        trouble = _run(notify.command, body)
        if trouble:
            yield f"notify, command {safe(notify.command[0])}: {trouble}"
    if notify.webhook:
        trouble = _post(notify.webhook, body, pause)
        if trouble:
            # What follows the host may be a secret.
            yield f"notify, webhook at {urllib.request.Request(notify.webhook).host}: {trouble}"  # noqa: S310 - checked


def _run(command: tuple[str, ...], body: bytes) -> str | None:
    """Why the command failed, or None. It has no terminal, and its output is not ours to show."""
    try:
        done = subprocess.run(  # noqa: S603 - the user's own words, without a shell
            command, input=body, capture_output=True, timeout=COMMAND_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return f"it did not end within {COMMAND_SECONDS:g} s"
    except OSError as error:
        return f"it cannot be run ({error.strerror})"
    if done.returncode == 0:
        return None
    said = safe(done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2])[:200]
    return f"it ended with exit code {done.returncode}" + (f" ({said})" if said else "")


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
