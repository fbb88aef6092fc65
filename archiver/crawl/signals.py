"""Which signal ended a run: Scrapy stops for it, but does not tell."""

from __future__ import annotations

import signal
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM)


class Signals:
    """Stands before the handlers that are set when `watch()` is called, and remembers what came last."""

    def __init__(self) -> None:
        self.last: int | None = None

    @property
    def exit_code(self) -> int:
        """130 for Ctrl-C, 143 for a termination."""
        return 128 + (self.last or signal.SIGINT)

    def watch(self) -> None:
        """Begin. Only the main thread may."""
        for number in ENDING:
            handler = signal.getsignal(number)

            def remember(number: int, frame: FrameType | None, handler: signal._HANDLER = handler) -> None:
                self.last = number
                if callable(handler):
                    handler(number, frame)

            signal.signal(number, remember)
