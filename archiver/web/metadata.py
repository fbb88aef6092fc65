"""What Datasette is told of an archive: its words come from the codebook, its habits from the table below."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from functools import cache
from typing import Any

from markupsafe import Markup

from archiver.web.holdings import Holding
from db.codebook import TableDoc
from db.named_queries import NamedQuery, load

TableUrl = Callable[[str, str], str]  # database and table -> address

# In larger archives, sorting and counting by what no index holds runs into Datasette's time limits, so
# pages begin without it there.
LARGE = 100_000

POST_SEARCH = {"fts_table": "posts_fts", "fts_pk": "docid"}
COMMENT_SEARCH = {"fts_table": "comments_fts", "fts_pk": "docid"}

# label_column: what stands for a row where another one refers to it.
TABLES: dict[str, dict[str, Any]] = {
    "blogs": {"label_column": "title"},  # or what tells them apart
    "crawls": {"label_column": "started_at", "sort_desc": "started_at", "facets": ["outcome"]},
    "fetches": {"label_column": "url", "sort_desc": "fetched_at", "facets": ["kind", "status"]},
    "authors": {"label_column": "name", "sort": "name", "facets": ["member"]},
    "posts": {"label_column": "title", "sort_desc": "published_at", "facets": ["kind"], "size": 50, **POST_SEARCH},
    "comments": {
        "label_column": "text",
        "sort_desc": "published_at",
        "facets": ["kind", "parent_source"],
        "size": 50,
        **COMMENT_SEARCH,
    },
    "terms": {"label_column": "name", "sort": "name", "facets": ["taxonomy"]},
    "archives": {"label_column": "label"},
    "widgets": {"label_column": "title", "facets": ["kind"]},
    "links": {"label_column": "url", "facets": ["host"]},
    "media": {"label_column": "url", "facets": ["kind"]},
    "works": {"label_column": "identifier", "sort": "identifier", "facets": ["scheme"]},
    "revisions": {"sort_desc": "seen_until", "size": 50},
    "claims": {"facets": ["subject_kind", "source"]},
    "oddities": {"facets": ["kind"]},
    "frontier": {"label_column": "url", "facets": ["state", "kind"]},
    "post_list": {"sort_desc": "published_at", "facets": ["kind"], "size": 50, **POST_SEARCH},
    "comment_list": {"sort_desc": "published_at", "facets": ["kind"], "size": 50, **COMMENT_SEARCH},
    "threads": {"size": 200},
    "coverage": {"sort_desc": "missing", "facets": ["state", "reason"]},
    "month_coverage": {"facets": ["state"]},
    "category_coverage": {"sort_desc": "missing", "facets": ["taxonomy", "state"]},
    "reply_network": {"sort_desc": "replies"},
    "cited_works": {"sort_desc": "threads", "facets": ["scheme"]},
}
_INDEXED = {"comments": "published_at", "comment_list": "published_at"}  # sorted through an index
_GROWING = {"comments", "comment_list", "fetches", "links", "reply_network", "threads"}

# The doors of an archive, with what they are called on its first page.
START = (
    ("post_list", "Posts"),
    ("comment_list", "Comments"),
    ("threads", "Threads"),
    ("coverage", "How complete is it?"),
    ("month_coverage", "Posts month by month"),
    ("reply_network", "Who answered whom"),
    ("cited_works", "Works cited"),
)

# Tables about the archive itself rather than the blog; they are listed last.
_BOOKKEEPING = (
    "claims",
    "thread_pages",
    "thread_answers",
    "lessons",
    "revisions",
    "crawls",
    "fetches",
    "oddities",
    "frontier",
)
# Our own page of what a row tells of: by the column that holds its key, the kind of page and words for the link.
_PAGES = {
    "posts": {"id": ("post", "Read it with its thread")},
    "comments": {"id": ("comment", "Read it in its thread")},
    "authors": {"id": ("author", "Everything by this person")},
    "terms": {"id": ("term", "Everything filed under it")},
    "works": {"id": ("cited", "Where it was discussed")},
    "crawls": {"id": ("crawl", "What this run brought")},
}


NOT_OURS = frozenset({"allow", "allow_sql", "plugins"})
"""What Datasette asks for several times a page, and an archive never has anything to say of."""

_made: dict[str, tuple[Holding, str, dict[str, Any]]] = {}
"""The metadata of an archive by its name, with what it was made from: Datasette asks for it several times a page."""


def for_databases(holdings: Iterable[Holding], table_url: TableUrl, *, alone: bool) -> dict[str, Any]:
    """Metadata of all archives, copied for each call: Datasette writes into what it is given.

    alone: there is nothing but archives, so that the page that lists the databases is ours as well.
    """
    databases = {holding.name: _copied(holding, table_url) for holding in holdings}
    if not databases:
        return {}
    return {"title": "Archived blogs", "databases": databases} if alone else {"databases": databases}


def _copied(holding: Holding, table_url: TableUrl) -> dict[str, Any]:
    root = table_url(holding.name, "")
    known = _made.get(holding.name)
    if known is None or known[0] is not holding or known[1] != root:
        known = _made[holding.name] = (holding, root, _database(holding, table_url))
    made = known[2]
    tables = {
        name: {key: copy(value) if isinstance(value, dict | list) else value for key, value in table.items()}
        for name, table in made["tables"].items()
    }
    return {**made, "tables": tables}


def _database(holding: Holding, table_url: TableUrl) -> dict[str, Any]:
    return {
        "title": _title(holding),
        "description_html": str(_description(holding, table_url)),
        "tables": {
            **{doc.name: _table(doc, holding) for doc in holding.docs},
            "_sqlite_migrations": {"hidden": True},
        },
    }


def _title(holding: Holding) -> str:
    if len(holding.blogs) == 1:
        return next(iter(holding.blogs.values()))
    return f"{len(holding.blogs)} archived blogs" if holding.blogs else "An archive, still empty"


def _description(holding: Holding, table_url: TableUrl) -> Markup:
    """Totals, and where to begin. Titles of blogs were written by others: `Markup` escapes them."""
    span = ""
    if holding.first_at and holding.last_at:
        span = f", {holding.first_at[:4]} to {holding.last_at[:4]}"
    many = Markup("<p>{}</p>").format(", ".join(holding.blogs.values())) if len(holding.blogs) > 1 else ""
    views = {doc.name: doc.description for doc in holding.docs if doc.name in holding.views}
    doors = Markup().join(
        Markup('<li><a href="{}">{}</a> <span>{}</span></li>').format(table_url(holding.name, view), label, views[view])
        for view, label in START
        if view in views
    )
    return Markup(
        '{}<p class="archive-totals">{:,} posts and {:,} comments{}</p><ul class="archive-doors">{}</ul>'
    ).format(many, holding.posts, holding.comments, span, doors)


def _table(doc: TableDoc, holding: Holding) -> dict[str, Any]:
    habits, large = dict(TABLES.get(doc.name, {})), holding.comments > LARGE
    if doc.name == "blogs":
        habits["label_column"] = holding.blog_label
    if large and doc.name == "coverage":
        del habits["facets"]
    if large and doc.name in _GROWING:
        habits = {key: habits[key] for key in habits if key not in {"facets", "sort_desc"}}
        indexed = _INDEXED.get(doc.name)
        if indexed:
            habits["sort_desc"] = indexed
        if doc.kind == "view":
            habits["sortable_columns"] = [indexed] if indexed else []
    return {
        "description": doc.description,
        "columns": {column.name: column.description for column in doc.columns if column.description},
        **habits,
    }


def page(holding: Holding, table: str | None) -> dict[str, Any]:
    """What our templates say about an archive, or about one of its tables."""
    names = [doc.name for doc in holding.docs if doc.kind == "table"]
    columns = {doc.name: {column.name: column.description for column in doc.columns} for doc in holding.docs}
    return {
        "order": [name for name in names if name not in _BOOKKEEPING]
        + [name for name in _BOOKKEEPING if name in names],
        "descriptions": {doc.name: doc.description for doc in holding.docs},
        "columns": columns.get(table or "", {}),
        "pages": _PAGES.get(table or "", {}),
    }


@cache
def _queries() -> Mapping[str, NamedQuery]:
    return load()


def named(name: str) -> NamedQuery:
    """A named query of ours."""
    return _queries()[name]


def queries() -> dict[str, Any]:
    """The named queries as Datasette wants them, copied for each call."""
    return {name: {**query, "params": list(query["params"])} for name, query in _told().items()}


@cache
def _told() -> dict[str, dict[str, Any]]:
    return {
        query.name: {
            "sql": query.sql,
            "title": query.title,
            "description": query.description,
            "description_html": str(_explanation(query)),
            "params": [param.name for param in query.params],
            "hide_sql": True,
        }
        for query in _queries().values()
    }


def _explanation(query: NamedQuery) -> Markup:
    lines = Markup().join(
        Markup("<li><b>{}</b>: {}{}</li>").format(
            param.name, param.description, f" (if empty: {param.default})" if param.default else ""
        )
        for param in query.params
    )
    return Markup("<p>{}</p>").format(query.description) + (Markup("<ul>{}</ul>").format(lines) if lines else Markup())
