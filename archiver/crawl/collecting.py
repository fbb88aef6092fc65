"""The garbage collector, for processes that make many records and trees which soon go all by themselves."""

from __future__ import annotations

import gc


def collect_seldom() -> None:
    """Fewer, larger rounds, and none over what is there already. To be called when all is imported."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
