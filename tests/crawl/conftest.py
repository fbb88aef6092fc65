"""What tests of crawls share."""

from __future__ import annotations

import pytest

from tests.crawl import running


@pytest.fixture
def reads_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of many short runs, whatever reads their pages: one process less is a fifth of such a run.

    That pages are read by another process is what tests of kills, of signals and of the real WordPress go through.
    """
    monkeypatch.setattr(running, "READS_ITSELF", True)
