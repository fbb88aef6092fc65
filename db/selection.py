"""What is chosen of an archive: which blogs, posts and comments, and with them which rows of every table.

A filter chooses posts and comments, each by itself. Then what was chosen is made whole, so that nothing that
is handed out points at something that is not:

- a chosen post comes with its whole thread;
- a chosen comment comes with the comments that it answers, up to the first, and with its post;
- of the other tables, the rows that belong to these posts and comments.

Without a filter but the blog, everything of these blogs is chosen, what is not about posts included.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from db.codebook import TableDoc
from db.guarded import reading_only


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What to choose; all filters must hold.

    blog_ids: these blogs, all when empty. since: UTC, as a beginning of ISO-8601; what was published then or
    later, and where no date is known, first seen. where: an SQL condition on posts, over the columns of `posts`
    and of `post_list`. match_posts, match_comments: an FTS5 expression for each; when `searched`, None finds nothing.
    """

    blog_ids: tuple[str, ...] = ()
    since: str | None = None
    where: str | None = None
    searched: bool = False
    match_posts: str | None = None
    match_comments: str | None = None

    @property
    def is_all(self) -> bool:
        """Whether it leaves nothing out."""
        return not self.blog_ids and self.is_whole

    @property
    def is_whole(self) -> bool:
        """Whether the blogs that it names are chosen as wholes."""
        return self.since is None and self.where is None and not self.searched


_TABLES = ("posts", "comments", "terms", "fetches")
_P = "IN (SELECT id FROM temp.chosen_posts)"
_C = "IN (SELECT id FROM temp.chosen_comments)"
_F = "IN (SELECT id FROM temp.chosen_fetches)"
_HELD = f"(post_id {_P} AND (comment_id IS NULL OR comment_id {_C}))"
_CONDITION = """
    SELECT id FROM (
      SELECT posts.*, list.authors, list.comments, list.claimed_comments, list.terms, list.month, list.blog
      FROM main.posts JOIN main.post_list AS list ON list.id = posts.id
    ) WHERE (
{}
    )"""


def choose(connection: sqlite3.Connection, selection: Selection, tables: Sequence[TableDoc]) -> dict[str, str]:
    """Put the keys of what is chosen into temporary tables; the condition of each table's rows, empty for all.

    The connection must be free to make temporary tables. Raises sqlite3.Error for a `where` that is no condition.
    """
    if selection.is_all:
        return {table.name: "" for table in tables}
    for name in _TABLES:
        connection.execute(f"CREATE TEMP TABLE chosen_{name} (id TEXT PRIMARY KEY) WITHOUT ROWID")
    _choose_posts(connection, selection)
    conditions = {table.name: _condition(table, selection) for table in tables}
    if not selection.is_whole:
        _choose_terms(connection)
        _choose_fetches(connection, tables, conditions)
    return conditions


def _choose_posts(connection: sqlite3.Connection, selection: Selection) -> None:
    """The posts and comments that the filters choose, and what makes them whole."""
    posts, comments, values = _filters(selection)
    if selection.where is not None:
        connection.execute("CREATE TEMP TABLE fitting (id TEXT PRIMARY KEY) WITHOUT ROWID")
        with reading_only(connection):
            found = connection.execute(_CONDITION.format(selection.where))
        connection.executemany("INSERT INTO temp.fitting VALUES (?)", found)
        posts.append("p.id IN (SELECT id FROM temp.fitting)")
        comments.append("c.post_id IN (SELECT id FROM temp.fitting)")
    put = "INSERT OR IGNORE INTO temp.chosen_"
    connection.execute(f"{put}posts SELECT p.id FROM main.posts p WHERE {' AND '.join(posts) or 1}", values)
    connection.execute(f"{put}comments SELECT c.id FROM main.comments c WHERE {' AND '.join(comments) or 1}", values)
    connection.execute(f"{put}comments SELECT c.id FROM main.comments c WHERE c.post_id {_P}")
    connection.execute(
        f"""WITH RECURSIVE above (id) AS (
              SELECT id FROM temp.chosen_comments
              UNION SELECT c.parent_id FROM above JOIN main.comments c ON c.id = above.id WHERE c.parent_id IS NOT NULL
            ) {put}comments SELECT id FROM above"""
    )
    connection.execute(f"{put}posts SELECT DISTINCT c.post_id FROM main.comments c WHERE c.id {_C}")


def _filters(selection: Selection) -> tuple[list[str], list[str], dict[str, str]]:
    """Conditions on a post p, on a comment c, and their values."""
    posts: list[str] = []
    comments: list[str] = []
    values: dict[str, str] = {}
    if selection.blog_ids:
        names = {f"blog{number}": blog_id for number, blog_id in enumerate(selection.blog_ids)}
        values |= names
        listed = ", ".join(f":{name}" for name in names)
        posts.append(f"p.blog_id IN ({listed})")
        comments.append(f"c.blog_id IN ({listed})")
    if selection.since is not None:
        values["since"] = selection.since
        posts.append("coalesce(p.published_at, p.first_seen_at) >= :since")
        comments.append("coalesce(c.published_at, c.first_seen_at) >= :since")
    if selection.searched:
        for found, alias, table, match in (
            (posts, "p", "posts", selection.match_posts),
            (comments, "c", "comments", selection.match_comments),
        ):
            values[f"match_{table}"] = match or ""
            query = f"SELECT rowid FROM main.{table}_fts WHERE {table}_fts MATCH :match_{table}"
            found.append(f"{alias}.docid IN ({query})" if match else "0")
    return posts, comments, values


def _condition(table: TableDoc, selection: Selection) -> str:
    """Which rows of a table belong to what is chosen. Told by its columns, so that a new table needs no line here."""
    whole = f"blog_id IN ({', '.join(_quoted(blog_id) for blog_id in selection.blog_ids)})"
    own = {
        "blogs": whole.replace("blog_id", "id", 1)
        if selection.is_whole
        else f"id IN (SELECT blog_id FROM posts WHERE id {_P})",
        "posts": f"id {_P}",
        "comments": f"id {_C}",
        "works": f"id IN (SELECT work_id FROM citations WHERE {_HELD})",
    }
    if table.name in own:
        return own[table.name]
    columns = {column.name for column in table.columns}
    if {"post_id", "comment_id"} <= columns:
        return _HELD
    if selection.is_whole:
        if "blog_id" in columns:
            return whole
        lists = f"widget_id IN (SELECT id FROM widgets WHERE {whole})"
        read = f"fetch_id IN (SELECT id FROM fetches WHERE {whole})"
        return (
            f"post_id {_P}" if "post_id" in columns else {"widget_links": lists, "oddities": read}.get(table.name, "0")
        )
    people = f"id IN (SELECT author_id FROM post_authors WHERE post_id {_P})"
    narrowed = {
        "authors": f"({people} OR id IN (SELECT author_id FROM comments WHERE id {_C}))",
        "terms": "id IN (SELECT id FROM temp.chosen_terms)",
        "fetches": f"id {_F}",
        "crawls": f"id IN (SELECT crawl_id FROM fetches WHERE id {_F})",
        "oddities": f"fetch_id {_F}",
    }
    # What else there is belongs to the blog as a whole: its sidebar, its frontier.
    return f"post_id {_P}" if "post_id" in columns else narrowed.get(table.name, "0")


def _choose_terms(connection: sqlite3.Connection) -> None:
    connection.execute(
        f"""WITH RECURSIVE broader (id) AS (
              SELECT term_id FROM main.post_terms WHERE post_id {_P}
              UNION SELECT t.parent_id FROM broader JOIN main.terms t ON t.id = broader.id WHERE t.parent_id IS NOT NULL
            ) INSERT INTO temp.chosen_terms SELECT id FROM broader"""
    )
    connection.execute(
        f"""INSERT OR IGNORE INTO temp.chosen_terms
            SELECT term_id FROM main.claims WHERE post_id {_P} AND term_id IS NOT NULL"""
    )


def _choose_fetches(connection: sqlite3.Connection, tables: Sequence[TableDoc], conditions: dict[str, str]) -> None:
    """Every exchange that a chosen row was read from."""
    for table in tables:
        for column in table.columns:
            if column.references == "fetches.id" and table.name != "oddities" and conditions[table.name] != "0":
                connection.execute(
                    f"INSERT OR IGNORE INTO temp.chosen_fetches SELECT {column.name} FROM main.{table.name}"
                    f" WHERE {column.name} IS NOT NULL AND ({conditions[table.name] or 1})"
                )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
