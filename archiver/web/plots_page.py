"""The page of plots: each drawn from a named query, whose rows are a click away.

Bars come drawn, for print and for browsers without scripts; elsewhere static/plots.js draws them anew from the
same rows.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from datasette.utils.asgi import Response
from markupsafe import Markup

from archiver.web import kept, metadata, plots, respond, safety, sheets, when
from archiver.web.place import Place
from archiver.web.plots import Bar
from db.pages.rows import Row, rows

SCRIPTS = ("plot.min.js", "plots.js")
FIRST = 24  # rows shown as a table beside the plot; the files have all

Draw = Callable[[Sequence[Row], Place], Markup]


@dataclass(frozen=True, slots=True)
class Figure:
    """A plot. query: its name; values: what it is asked with; columns: those of the table, with their headings.

    leads: the pages that its bars lead to.
    """

    query: str
    heading: str
    draw: Draw
    columns: dict[str, str]
    values: dict[str, str]
    leads: str = ""


def _months(found: Sequence[Row], at: Place, noun: str) -> Markup:
    counts: Counter[str] = Counter()
    for row in found:
        counts[row["month"]] += row[noun]
    drawn = [
        Bar(
            label=month[:4] if month.endswith("-01") or len(counts) == 1 else "",
            held=counts[month],
            words=f"{when.month(month)}: {counts[month]:,} {noun}",
            href=at.path("month", month) if counts[month] else None,
        )
        for month in when.months(sorted(counts), plots.MOST)
    ]
    return plots.bars(drawn, f"{noun.capitalize()} in each month")


def _posts(found: Sequence[Row], at: Place) -> Markup:
    return _months(found, at, "posts")


def _comments(found: Sequence[Row], at: Place) -> Markup:
    return _months(found, at, "comments")


def _sizes(found: Sequence[Row], _: Place) -> Markup:
    drawn = []
    for row in found:
        least, most = row["least"], row["most"]
        label = str(least) if least == most else f"{least}–{most}" if most else f"from {least}"
        words = f"{row['posts']:,} {'post' if row['posts'] == 1 else 'posts'} with {label} comments"
        drawn.append(Bar(label=label, held=row["posts"], words=words))
    return plots.bars(drawn, "Posts by the number of their comments")


def _depths(found: Sequence[Row], _: Place) -> Markup:
    counts: Counter[int] = Counter()
    for row in found:
        counts[row["depth"] or 0] += row["comments"]
    drawn = [
        Bar(
            label=f"level {depth}" if depth else "unknown",
            held=counts[depth],
            words=f"{counts[depth]:,} comments on {f'level {depth}' if depth else 'a level that is not known'}",
        )
        for depth in sorted(counts)
    ]
    return plots.bars(drawn, "Comments by their level in the thread")


def _people(found: Sequence[Row], at: Place) -> Markup:
    drawn = [
        Bar(
            label=row["name"],
            held=row["comments"],
            words=f"{row['name']}: {row['comments']:,} comments on {row['posts']:,} posts",
            href=at.path("author", row["author_id"]),
        )
        for row in found
    ]
    return plots.lying(drawn, "Who commented most")


FIGURES = (
    Figure("posts_per_month", "Posts in each month", _posts, {"month": "Month", "blog": "Blog", "posts": "Posts"}, {},
           "month"),
    Figure("comments_per_month", "Comments in each month", _comments,
           {"month": "Month", "blog": "Blog", "comments": "Comments"}, {}, "month"),
    Figure("comments_per_post", "Posts by the number of their comments", _sizes,
           {"least": "From", "most": "To", "posts": "Posts", "comments": "Comments"}, {}),
    Figure("thread_depth", "Comments by their level in the thread", _depths,
           {"blog": "Blog", "depth": "Level", "comments": "Comments", "percent": "Per cent"}, {}),
    Figure("most_active_commenters", "Who commented most", _people,
           {"name": "Name", "blog": "Blog", "comments": "Comments", "posts": "Posts"}, {"number": "20"}, "author"),
)  # fmt: skip


async def page(_: Any, at: Place) -> Response | None:
    """All plots."""
    shown = []
    for figure in FIGURES:
        found = await ask(at, figure.query, figure.values)
        shown.append(
            {
                "figure": figure,
                "drawing": figure.draw(found, at),
                "rows": found[:FIRST],
                "total": len(found),
                "files": files(at, figure.query, figure.values),
            }
        )
    scripts = [safety.static_url(at.datasette, name) for name in SCRIPTS]
    return await respond.html(at, "plots", {"shown": shown, "scripts": scripts}, scripts=True)


async def ask(at: Place, name: str, values: dict[str, str]) -> list[Row]:
    """The rows of a named query."""
    query = metadata.named(name)
    bound = query.bind(values)
    return await kept.answer(at, f"{name} {sorted(values.items())}", lambda c: rows(c, query.sql, bound))


async def file(request: Any, at: Place) -> Response | None:
    """The rows of a plot: those that it is drawn from, so that no large archive must be asked anew."""
    name = request.url_vars["name"]
    figure = next((figure for figure in FIGURES if figure.query == name), None)
    if figure is None:
        return None
    return as_file(await ask(at, name, figure.values), name, request.url_vars["suffix"])


def as_file(found: Sequence[Row], name: str, suffix: str) -> Response:
    """The rows of a named query as CSV or JSON."""
    if suffix == "csv":
        return respond.data(sheets.table(list(found[0]) if found else [], found), "text/csv", f"{name}.csv")
    return respond.data(json.dumps(found, ensure_ascii=False, indent=1), "application/json")


def files(at: Place, name: str, values: dict[str, str], *page: str) -> dict[str, str]:
    """The addresses of the same query: as a table, as CSV, as JSON. page: that of ours which has the files."""
    asked = {param.name: values.get(param.name, "") for param in metadata.named(name).params}
    given = {param: value for param, value in asked.items() if value} if page else {}
    *above, last = page or ("plots", name)
    found = {suffix.upper(): at.path(*above, f"{last}.{suffix}", query=given) for suffix in ("csv", "json")}
    return {"table": at.query(name, **asked), **found}
