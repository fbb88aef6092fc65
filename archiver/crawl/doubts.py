"""When what a sensor says is not the whole truth, or none at all. Pure."""

from __future__ import annotations

from collections.abc import Sequence

FEW = 5
"""Below so many, nothing is made of it that most have vanished."""


def markedly_less(before: int | None, now: int) -> bool:
    """Whether a reading shows so much less than what is known that it cannot be believed."""
    return before is not None and before >= FEW and now * 2 < before


def goes_on(known: Sequence[bool]) -> bool:
    """Whether a list, newest first, hides more behind its end. known: of each of its entries."""
    return bool(known) and not known[-1]


def is_unlike(claimed: int, heading: int | None, before: int | None, held: int) -> bool:
    """Whether the number of comments that a feed claims tells of a change.

    heading: what the post's own page claimed when it was read; before: what the feed claimed then, None where that was
    not followed up for certain; held: comments that are held of it. Headings and feeds count alike, but not what pages
    show.
    """
    if heading is not None:
        return claimed != heading
    return claimed != (held if before is None else before)


def lies(changed: int, of: int) -> bool:
    """Whether dates of change cannot be right: most of the pages would have changed since they were read."""
    return of >= FEW * 2 and changed * 2 > of
