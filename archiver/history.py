"""The history of a post or comment: its wordings, when it was seen, and what has become of it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from archiver.differences import Change, Kind, changes
from archiver.errors import UsageError
from archiver.terminal import count, field, safe
from archiver.urls import url_key
from db.pages.rows import BYLINE

MOST_NAMED = 5

Mark = Callable[[Kind, str], str]
"""Shows some words as what they are in a change."""

_OF_COMMENT = re.compile(r"#(?:\w+-)*?comment-(\d+)$")
_COMMENT_PAGE = re.compile(r"/comment-page-\d+/?$|[?&]cpage=\d+$")

_POST = f"""
SELECT p.id, p.native_id, p.url, p.title, p.text, p.html, p.published_at, p.first_seen_at, p.last_seen_at, p.gone_at,
  b.site_key AS blog,
  {BYLINE} AS author
FROM posts p JOIN blogs b ON b.id = p.blog_id WHERE p.id = ?
"""  # noqa: S608 - our words
_COMMENT = """
SELECT c.id, c.native_id, c.url, p.title, c.text, c.html, c.published_at, c.first_seen_at, c.last_seen_at, c.gone_at,
  b.site_key AS blog, a.name AS author
FROM comments c JOIN posts p ON p.id = c.post_id JOIN blogs b ON b.id = c.blog_id
  LEFT JOIN authors a ON a.id = c.author_id
WHERE c.id = ?
"""
_REVISIONS = "SELECT title, text, html, seen_from, seen_until, replaced_at FROM revisions"
# By the index of the thread, and that of what stands aside in it.
_TOUCHED = """
SELECT id FROM comments c WHERE post_id = ? AND (gone_at IS NOT NULL
  OR EXISTS (SELECT 1 FROM revisions r WHERE r.comment_id = c.id))
ORDER BY position
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One wording. title: of a post. seen_from, seen_until: its first and latest reading.

    replaced_at: the first reading of the next wording; None for the present one. The change was made between
    seen_until and replaced_at.
    """

    title: str | None
    text: str
    html: str | None
    seen_from: str
    seen_until: str
    replaced_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A post or comment. title: of the post, or of the one that the comment stands under.

    gone_at: when a complete reading no longer held it. wordings: the earliest first, the present one last;
    empty for what is known by name only. held: how many comments of a post are archived. comments: those of
    them that have another wording now, or have vanished; in reading order.
    """

    kind: Literal["post", "comment"]
    id: str
    native_id: str | None
    blog: str
    url: str | None
    title: str | None
    author: str | None
    published_at: str | None
    first_seen_at: str
    last_seen_at: str
    gone_at: str | None
    wordings: tuple[Wording, ...]
    held: int = 0
    comments: tuple[History, ...] = ()


# ── looking up ───────────────────────────────────────────────────────────────────────────────────


def history(connection: sqlite3.Connection, name: str) -> History:
    """The history of what is named by permalink, key or native id. Raises UsageError when that is not one thing."""
    name = name.strip()
    found = list(dict.fromkeys(find(connection, name)))
    if not found:
        todo = "Name it by its address, or by the id that `archiver search --json` gives"
        raise UsageError(safe(name), "there is no such post or comment in the archive", todo)
    if len(found) > 1:
        urls = [_read(connection, *one, deep=False).url or one[1] for one in found[:MOST_NAMED]]
        more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        raise UsageError(
            safe(name), "it may be any of several", f"Name one by its address: {safe(', '.join(urls))}{more}"
        )
    return _read(connection, *found[0], deep=True)


def find(connection: sqlite3.Connection, name: str) -> Iterator[tuple[Literal["post", "comment"], str]]:
    """Kinds and keys of all that the name may mean. A key or an address comes before a native id."""
    number = _OF_COMMENT.search(name)
    if number:
        for (id_,) in connection.execute("SELECT id FROM comments WHERE url = ?", (name,)):
            yield "comment", id_
        # The comment may have moved to another comment page, or be known by its post's address.
        for id_, url in connection.execute(
            "SELECT c.id, b.site_key FROM comments c JOIN blogs b ON b.id = c.blog_id WHERE c.native_id = ?",
            (number[1],),
        ):
            if f"{url_key(name)}/".startswith(f"{url}/"):
                yield "comment", id_
        return
    if "/" in name or "." in name:
        address = name if "://" in name else f"https://{name}"
        query = "SELECT post_id FROM post_urls WHERE address IN (?, ?) UNION SELECT id FROM posts WHERE url = ?"
        keys = (url_key(address), url_key(_COMMENT_PAGE.sub("", address)), address)
        for (id_,) in connection.execute(query, keys):
            yield "post", id_
        return
    for column in ("id", "native_id"):
        posts = connection.execute(f"SELECT id FROM posts WHERE {column} = ?", (name,)).fetchall()  # noqa: S608
        comments = connection.execute(f"SELECT id FROM comments WHERE {column} = ?", (name,)).fetchall()  # noqa: S608
        yield from (("post", row[0]) for row in posts)
        yield from (("comment", row[0]) for row in comments)
        if posts or comments:
            return


def _read(connection: sqlite3.Connection, kind: Literal["post", "comment"], id_: str, *, deep: bool) -> History:
    row = dict(connection.execute(_POST if kind == "post" else _COMMENT, (id_,)).fetchone())
    wordings = tuple(_wordings(connection, kind, row))
    held, comments = 0, tuple[History, ...]()
    if kind == "post" and deep:
        (held,) = connection.execute("SELECT count(*) FROM comments WHERE post_id = ?", (id_,)).fetchone()
        touched = connection.execute(_TOUCHED, (id_,)).fetchall()
        comments = tuple(_read(connection, "comment", one[0], deep=False) for one in touched)
    del row["text"], row["html"]
    return History(kind=kind, wordings=wordings, held=held, comments=comments, **row)


def _wordings(connection: sqlite3.Connection, kind: str, row: dict[str, Any]) -> Iterator[Wording]:
    where = "comment_id = ?" if kind == "comment" else "post_id = ? AND comment_id IS NULL"
    since = row["first_seen_at"]
    sql = f"{_REVISIONS} WHERE {where} ORDER BY coalesce(replaced_at, seen_until), seen_until"
    for earlier in connection.execute(sql, (row["id"],)):
        since = max(since, earlier["replaced_at"] or earlier["seen_until"])
        yield Wording(**{**dict(earlier), "text": earlier["text"] or ""})
    if row["text"] is not None:
        yield Wording(
            title=row["title"] if kind == "post" else None,
            text=row["text"],
            html=row["html"],
            seen_from=since,
            seen_until=row["last_seen_at"],
            replaced_at=None,
        )


# ── in words ─────────────────────────────────────────────────────────────────────────────────────


def describe(one: History, mark: Mark | None = None) -> Iterator[str]:
    """The lines that a person reads.

    mark: shows a piece as gone or new, so that a change can be told word by word; without it, paragraphs that
    were replaced stand one below the other, behind - and +.
    """
    yield from _lines(one, mark)
    if one.kind == "post":
        yield field("comments", _tally(one))
    for comment in one.comments:
        yield ""
        yield from _lines(comment, mark)


def _tally(post: History) -> str:
    edited = sum(len(comment.wordings) > 1 for comment in post.comments)
    vanished = sum(comment.gone_at is not None for comment in post.comments)
    parts = [f"{post.held:,} archived"]
    parts += [f"{number:,} {what}" for number, what in ((edited, "changed"), (vanished, "gone")) if number]
    return ", ".join(parts)


def _lines(one: History, mark: Mark | None) -> Iterator[str]:
    title = one.title or "(untitled)"
    yield safe(f"Comment on {title}" if one.kind == "comment" else title) + f" ({safe(one.blog)})"
    yield field("author", one.author or "not known")
    if one.published_at:
        yield field("published", _clock(one.published_at))
    yield field("seen", f"first {_clock(one.first_seen_at)}, last {_clock(one.last_seen_at)}")
    if one.gone_at:
        yield field("gone", f"no longer there on {_clock(one.gone_at)}")
    if one.url:
        yield field("address", one.url)
    yield field("wordings", _wording_count(one))
    for was, is_ in pairwise(one.wordings):
        yield field("changed", f"between {_clock(was.seen_until)} and {_clock(was.replaced_at or is_.seen_from)}")
        for change in changes(_whole(was), _whole(is_)):
            yield from _marked(change, mark) if mark else _replaced(change)


def _replaced(change: Change) -> Iterator[str]:
    for sign, text in (("-", change.before), ("+", change.after)):
        yield from (f"    {sign} {safe(line)}" for line in text.split("\n") if line)


def _marked(change: Change, mark: Mark) -> Iterator[str]:
    """The change with both wordings in it; a piece that goes over several lines is marked on each."""
    shown = "".join(
        "\n".join(mark(piece.kind, _harmless(line)) if line else "" for line in piece.text.split("\n"))
        for piece in change.pieces
    )
    yield from (f"    {line}" for line in shown.split("\n") if line)


def _harmless(line: str) -> str:
    """Like `safe`, but for the spaces at both ends, which part the piece from its neighbours."""
    middle = safe(line)
    return f"{' ' * (line[:1].isspace())}{middle}{' ' * (middle != '' and line[-1:].isspace())}"


def _wording_count(one: History) -> str:
    if not one.wordings:
        return "none; it is known by name only"
    return "1, unchanged" if len(one.wordings) == 1 else count(len(one.wordings), "wording")


def _whole(wording: Wording) -> str:
    """The text, under its title where it has one."""
    return f"{wording.title}\n{wording.text}" if wording.title else wording.text


def _clock(at: str) -> str:
    """`2021-10-07 14:03 UTC`."""
    return f"{at[:16].replace('T', ' ')} UTC"
