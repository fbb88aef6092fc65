"""What the verbs share."""

from __future__ import annotations

import signal

import pytest

from archiver.commands.session import holding_interrupts


@pytest.fixture
def heard():
    """Interrupts as in a terminal; a process in the background may have been started with them ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
def test_an_interrupt_waits_and_is_not_lost():
    passed = []

    def importing():
        with holding_interrupts():
            signal.raise_signal(signal.SIGINT)
            passed.append("the import")

    with pytest.raises(KeyboardInterrupt):
        importing()
    assert passed == ["the import"]
    with pytest.raises(KeyboardInterrupt):  # as before
        signal.raise_signal(signal.SIGINT)
