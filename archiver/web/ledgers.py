"""The ledgers of an archive, which take long to draw up and are wanted by several pages: kept."""

from __future__ import annotations

from archiver.web import kept
from archiver.web.kept import Answer
from archiver.web.place import Place
from db.pages import books, front
from db.pages.front import Overview
from db.pages.rows import Row


async def overview(at: Place) -> Overview:
    """What the archive holds as a whole."""
    return await kept.answer(at, "front", front.overview)


async def overview_soon(at: Place, patience: float | None) -> Answer[Overview] | None:
    """The same, or None where it is not known yet and takes longer to find than so many seconds."""
    return await kept.soon(at, "front", front.overview, patience)


async def totals(at: Place) -> list[Row]:
    """What each blog claims to have as a whole, beside what was captured."""
    return await kept.answer(at, "totals", front.totals)


async def gaps(at: Place, limit: int, skip: int) -> list[Row]:
    """Posts that lack something, the gravest gaps first."""
    return await kept.answer(at, f"gaps {limit} {skip}", lambda c: books.gaps(c, limit=limit, skip=skip))


async def months(at: Place) -> list[Row]:
    """Every month of every blog, the gravest gaps first."""
    return await kept.answer(at, "months", books.months)


async def terms(at: Place) -> dict[str, Row]:
    """Every category and tag by its key, the gravest gaps first."""
    found = await kept.answer(at, "terms", books.terms)
    return {line["term_id"]: line for line in found}
