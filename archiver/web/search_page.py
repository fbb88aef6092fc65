"""The search page: posts and comments together, as a page, as CSV and as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datasette.utils.asgi import Response
from markupsafe import Markup, escape

from archiver import asking
from archiver.asking import Asked
from archiver.search import marked
from archiver.web import finding, kept, plots, respond, sheets, when
from archiver.web.finding import Hits
from archiver.web.place import Place
from db.pages import search
from db.pages.rows import Row
from db.pages.search import Wanted

PAGE = 20  # hits on a page
FILE = 1000  # hits in a file; a further one begins where it ends
KINDS = ("post", "page", "comment", "pingback", "trackback")
COLUMNS = (
    "found", "id", "post_id", "title", "author", "published_at", "kind", "in_reply_to", "snippet", "url", "archive_url",
    "blog", "gone_at", "score",
)  # fmt: skip
_FIELDS = ("q", "only", "blog", "year", "author", "term", "kind", "cites", "sort", "page")


async def page(request: Any, at: Place) -> Response | None:
    """Results, or help where nothing is asked yet."""
    asked_for = filled_in(request)
    if set(request.args) - set(asked_for):  # a form sends empty fields; the address to keep has none
        return respond.redirect(at.path("search", query=asked_for))
    asked, wanted, notes = read(asked_for)
    number = int(asked_for.get("page", "1"))
    busy = any(asked_for.get(name) for name in _FIELDS if name not in {"sort", "page"})
    found = Hits(asked, wanted, [], 0, [])
    if busy:
        found = await finding.counted(at, asked, wanted, PAGE + 1, (number - 1) * PAGE)
    chosen = await kept.answer(at, "choices", choices)
    if wanted.blog and wanted.blog not in {blog["id"] for blog in chosen.blogs}:
        notes.append(f"“{wanted.blog[:20]}” is no blog of this archive: there is nothing of it to find.")
    if number > 1 and not found.hits and found.total:
        notes.append(f"There is no page {number:,} of these hits.")
    base = {name: value for name, value in asked_for.items() if name != "page"}
    context = {
        "asked": found.asked,
        "wanted": found.wanted,
        "given": asked_for,
        "notes": [*notes, *found.asked.notes],
        "busy": busy,
        "hits": [{**hit, "marked": emphasised(hit["snippet"])} for hit in found.hits[:PAGE]],
        "number": number,
        "more": len(found.hits) > PAGE,
        "total": found.total,
        "by_year": found.years is not None,
        "plot": _plot(found.years or [], base, at),
        "page_link": lambda to: at.path("search", query={**base, "page": str(to)}),
        "stable": at.path("search", query=asked_for),
        "feed": at.path("feed.atom", query={name: value for name, value in base.items() if name != "sort"}),
        "files": [(suffix, _parts(at, suffix, base, found.total or FILE)) for suffix in ("csv", "json")],
        "file_size": FILE,
        "choices": chosen,
        "kinds": KINDS,
        "when": when,
    }
    return await respond.html(at, "search", context)


def _parts(at: Place, suffix: str, base: Mapping[str, str], total: int) -> list[tuple[int, str]]:
    """The numbers and addresses of the files that hold all hits, twenty of them at most."""
    parts = range(1, min(-(-total // FILE), 20) + 1)
    return [
        (part, at.path(f"search.{suffix}", query={**base, "page": str(part)} if part > 1 else base)) for part in parts
    ]


async def file(request: Any, at: Place) -> Response | None:
    """The same hits as CSV or JSON, a thousand at a time; a `Link` header leads on where there are more."""
    suffix = request.url_vars["suffix"]
    asked_for = filled_in(request)
    asked, wanted, notes = read(asked_for)
    number = int(asked_for.get("page", "1"))
    asked, found = await finding.find(at, asked, wanted, FILE + 1, (number - 1) * FILE)
    following = None
    if len(found) > FILE:
        following = at.path(f"search.{suffix}", query={**asked_for, "page": str(number + 1)})
    lines = [
        {
            **hit,
            "snippet": marked(hit["snippet"] or "", str),
            "archive_url": at.post(hit["post_id"], hit["id"] if hit["found"] == "comment" else None),
        }
        for hit in found[:FILE]
    ]
    said = {"meaning": asked.meaning, "notes": [*notes, *asked.notes], "page": number, "next": following}
    return as_file(suffix, COLUMNS, lines, asked_for, said)


def as_file(
    suffix: str,
    columns: Sequence[str],
    lines: Sequence[Mapping[str, Any]],
    asked_for: Mapping[str, str],
    said: Mapping[str, Any],
) -> Response:
    """Hits as CSV or JSON. said: what JSON says before them; of that `next` is where more are, for both."""
    headers = {"link": f'<{said["next"]}>; rel="next"'} if said["next"] else {}
    if suffix == "csv":
        return respond.data(sheets.table(columns, lines), "text/csv", "search.csv", headers)
    query = {name: value for name, value in asked_for.items() if name != "page"}
    answer = {"query": query, **said, "hits": [{name: line[name] for name in columns} for line in lines]}
    return respond.data(json.dumps(answer, ensure_ascii=False, indent=1) + "\n", "application/json", headers=headers)


def read(given: Mapping[str, str]) -> tuple[Asked, Wanted, list[str]]:
    """The question in the fields of the form, with what was passed over in them."""
    notes: list[str] = []
    asked = asking.understand(given.get("q"))

    def one_of(name: str, allowed: tuple[str, ...] | dict[str, str]) -> str:
        value = given.get(name, "")
        if value and value not in allowed:
            notes.append(f"“{value[:20]}” is none of {', '.join(allowed)}; it was passed over.")
            return ""
        return value

    year = given.get("year", "")
    if year and not re.fullmatch(r"[0-9]{4}", year):
        notes.append(f"“{year[:20]}” is not a year of four digits; it was passed over.")
        year = ""
    wanted = Wanted(
        expression=asked.expression,
        blog=given.get("blog", ""),
        year=year,
        author=given.get("author", "")[:200],
        term=given.get("term", "")[:200],
        kind=one_of("kind", KINDS),
        only=one_of("only", ("post", "comment")),
        cites=bool(given.get("cites")),
        order=one_of("sort", search.ORDERS) or "relevance",
    )
    return asked, wanted, notes


def filled_in(request: Any) -> dict[str, str]:
    """The fields that are filled in. A question keeps its first LONGEST characters and one more, to be told of it."""
    given = {}
    for name in _FIELDS:
        value = (request.args.get(name) or "").replace("\x00", " ").encode("utf-8", "replace").decode()
        value = value.strip()[: asking.LONGEST + 1]
        if value:
            given[name] = value
    if "page" in given:
        number = given.pop("page")
        if number.isascii() and number.isdecimal() and 1 < int(number[:7]) <= 100_000:
            given["page"] = number[:7]
    return given


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen in the form. terms: options by their keys, whole: all of them; made once for a state of it."""

    blogs: list[Row]
    terms: dict[str, str]
    whole: str

    def options(self, chosen: str) -> Markup:
        """All terms; one that is chosen by its name, or is not among them, stands first."""
        if chosen in self.terms:
            option = self.terms[chosen]
            selected = option.replace("<option", "<option selected", 1)
            return Markup(self.whole.replace(option, selected))  # noqa: S704 - both were escaped
        other = Markup('<option value="{}" selected>{}</option>').format(chosen, chosen) if chosen else Markup()
        return other + Markup(self.whole)  # noqa: S704 - escaped


def choices(connection: Any) -> Choices:
    """The choices as the archive stands."""
    found = search.choices(connection)
    option = Markup('<option value="{}">{}{}</option>')
    terms = {
        term["id"]: str(option.format(term["id"], term["name"], " (tag)" if term["taxonomy"] == "tag" else ""))
        for term in found["terms"]
    }
    return Choices(found["blogs"], terms, "".join(terms.values()))


def _plot(counted: list[Row], base: Mapping[str, str], at: Place) -> Markup:
    rest = {name: value for name, value in base.items() if name != "year"}
    way = at.path("search", query={**rest, "year": ""})  # which is encoded once for all years

    def bar(year: str, row: Row) -> plots.Bar:
        return plots.Bar(
            label=year,
            held=row["posts"] + row["comments"],
            words=f"{year}: {row['posts']:,} posts, {row['comments']:,} comments",
            href=f"{way}{year}",
        )

    return plots.by_year(counted, bar, "Hits in each year; choose one to see only those")


def emphasised(snippet: str | None) -> Markup:
    """A snippet as HTML, with what was found in it marked."""
    return Markup(marked(str(escape(snippet or "")), lambda found: f"<mark>{found}</mark>"))  # noqa: S704 - escaped
