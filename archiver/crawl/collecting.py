"""Memory, for processes that make many records and trees which soon go all by themselves."""

from __future__ import annotations

import ctypes
import gc

AMONG_RESPONSES = 20_000
"""Objects between two rounds where some go by the collector alone and hold whole responses."""
AMONG_PAGES = 200_000
"""Where nearly all go by themselves: a page of 3,000 comments, which makes half as many, is read in one round."""
# Names and numbers of glibc's <malloc.h>.
_M_MXFAST, _M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = 1, -1, -3
_KEPT = 32 << 20  # bytes: the tree of a page of 3,000 comments takes half of it


def collect_seldom(objects: int = AMONG_PAGES) -> None:
    """Fewer, larger rounds, and none over what is there already. To be called when all is imported.

    objects: so many new ones make a round.
    """
    gc.freeze()
    gc.set_threshold(objects, 20, 20)


def prepare_reading() -> None:
    """For a process that reads page after page: collect seldom, and let each tree lie in memory in its own order.

    glibc keeps small pieces that were freed in lists, the last one first, and hands them out again so: the tree of the
    second page is scattered, and each walk over it takes twice as long. Joined at once they make room in one piece.
    """
    collect_seldom()
    mallopt = getattr(_c_library(), "mallopt", None)
    if mallopt is not None:  # other libraries have no such lists
        mallopt(_M_MXFAST, 0)
        mallopt(_M_TRIM_THRESHOLD, _KEPT)
        mallopt(_M_MMAP_THRESHOLD, _KEPT)


def _c_library() -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(None)
    except (OSError, TypeError):  # not on Windows
        return None
