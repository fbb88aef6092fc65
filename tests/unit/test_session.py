"""What the verbs share."""

from __future__ import annotations

import os
import signal

import pytest

from archiver.commands.session import holding_interrupts


def test_an_interrupt_waits_and_is_not_lost():
    passed = []
    with pytest.raises(KeyboardInterrupt), holding_interrupts():
        os.kill(os.getpid(), signal.SIGINT)
        passed.append("the import")
    assert passed == ["the import"]
    with pytest.raises(KeyboardInterrupt):  # as before
        os.kill(os.getpid(), signal.SIGINT)
