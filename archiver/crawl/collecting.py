"""The garbage collector, for processes that make many records and trees which soon go all by themselves."""

from __future__ import annotations

import gc

AMONG_RESPONSES = 20_000
"""Objects between two rounds where some go by the collector alone and hold whole responses."""
AMONG_PAGES = 100_000
"""Where nearly all go by themselves: a page of 3,000 comments is read in one round."""


def collect_seldom(objects: int = AMONG_PAGES) -> None:
    """Fewer, larger rounds, and none over what is there already. To be called when all is imported.

    objects: so many new ones make a round.
    """
    gc.freeze()
    gc.set_threshold(objects, 20, 20)
