"""The command `archiver`, and `python -m archiver`."""

from __future__ import annotations

import signal


def start() -> None:
    """Run the command line. Ctrl-C while it is imported ends the program without a word, and as the shell expects."""
    handler = signal.getsignal(signal.SIGINT)
    if handler is signal.default_int_handler:  # and not ignored, as by nohup
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from archiver.cli import main

    signal.signal(signal.SIGINT, handler)
    main()


if __name__ == "__main__":
    start()
