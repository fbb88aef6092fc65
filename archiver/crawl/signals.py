"""Which signal ended a run: Scrapy stops for it, but does not tell."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import NoReturn

ENDING = (signal.SIGINT, signal.SIGTERM)


class Signals:
    """Stands before the handlers that are set when `watch()` is called, and remembers what came last."""

    def __init__(self) -> None:
        self.last: int | None = None
        self._watching = False

    @property
    def exit_code(self) -> int:
        """130 for Ctrl-C, 143 for a termination."""
        return 128 + (self.last or signal.SIGINT)

    def leave(self) -> NoReturn:
        """End the command as the signal would have done before there was anything to finish."""
        if self.last == signal.SIGTERM:
            sys.exit(self.exit_code)
        raise KeyboardInterrupt

    def watch(self) -> None:
        """Begin, if that has not been done. Only the main thread may."""
        if self._watching:
            return
        self._watching = True
        for number in ENDING:
            handler = signal.getsignal(number)

            def remember(number: int, frame: FrameType | None, handler: signal._HANDLER = handler) -> None:
                self.last = number
                if callable(handler):
                    handler(number, frame)

            signal.signal(number, remember)
