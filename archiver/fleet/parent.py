"""A unit of work dies with whoever started it: a worker that was killed must not leave somebody at work unseen.

On Linux the kernel sees to it (PR_SET_PDEATHSIG), at once. Elsewhere a thread looks every two seconds whether the
parent is another one by now. The kernel goes by the *thread* that started the process: who starts one from a thread
has to let that thread wait for it, as thread pools do.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from typing import NoReturn

PR_SET_PDEATHSIG = 1  # linux/prctl.h
EVERY = 2.0
"""Seconds between two looks."""
GRACE = 60.0
"""Seconds in which a request in flight may come to its end."""


def die_with_parent(expected: int | None = None) -> None:
    """End like one that was terminated when the parent has gone, and after GRACE in any case.

    expected: the parent's number, for one that may have gone before this was called. Exits with 143 when it has.
    """
    parent = os.getppid()
    if expected is not None and parent != expected:
        _leave()
    told = _ask_kernel()
    if os.getppid() != parent:
        _leave()
    threading.Thread(target=_watch, args=(parent, told), daemon=True, name="parent").start()


def _ask_kernel() -> bool:
    """Whether the kernel will send SIGTERM."""
    if not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(None, use_errno=True)
    return bool(library.prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0) == 0)


def _watch(parent: int, told: bool) -> None:
    while os.getppid() == parent:
        time.sleep(EVERY)
    if not told:  # a second one would cut short what the first lets come to its end
        os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os.kill(os.getpid(), signal.SIGKILL)


def _leave() -> NoReturn:
    sys.exit(128 + signal.SIGTERM)
