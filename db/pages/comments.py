"""A comment by itself: what it says, what it answers, who answered it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from db.pages.captures import OF_ADDRESS
from db.pages.people import IN_CONTEXT
from db.pages.rows import Row, row, rows

MOST_REPLIES = 100  # shown; a comment with more is read in its thread


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentPage:
    """A comment.

    comment: its row, with author, title and post_url of its post, blog, the time of its capture (fetched_at) and
    the key of the fetch that holds its page as readers saw it (page_fetch_id). answered: the comment it answers.
    replies: direct ones, in reading order. revisions: earlier wordings, newest first.
    """

    comment: Row
    answered: Row | None
    replies: list[Row]
    revisions: list[Row]


_COMMENT = f"""
SELECT c.*, a.name AS author, p.title, p.url AS post_url, b.title AS blog, b.site_key, f.warc_file, f.warc_offset,
  f.fetched_at, ({OF_ADDRESS.format("substr(c.url, 1, instr(c.url || '#', '#') - 1)")}) AS page_fetch_id
FROM comments c JOIN posts p ON p.id = c.post_id JOIN blogs b ON b.id = c.blog_id
  LEFT JOIN authors a ON a.id = c.author_id LEFT JOIN fetches f ON f.id = c.fetch_id
WHERE c.id = ?"""  # noqa: S608 - our words


def comment(connection: sqlite3.Connection, comment_id: str) -> Row | None:
    """The row of a comment as `CommentPage` has it; None where there is none."""
    return row(connection, _COMMENT, (comment_id,))


def comment_page(connection: sqlite3.Connection, comment_id: str) -> CommentPage | None:
    """The comment with this id; None where there is none."""
    found = comment(connection, comment_id)
    if found is None:
        return None
    return CommentPage(
        comment=found,
        answered=row(connection, f"{IN_CONTEXT} WHERE c.id = ?", (found["parent_id"],)),
        replies=rows(
            connection,
            f"{IN_CONTEXT} WHERE c.parent_id = ? ORDER BY c.position IS NULL, c.position, c.published_at, c.id LIMIT ?",
            (comment_id, MOST_REPLIES + 1),
        ),
        revisions=rows(
            connection, "SELECT * FROM revisions WHERE comment_id = ? ORDER BY seen_until DESC, id", (comment_id,)
        ),
    )
