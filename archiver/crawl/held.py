"""What the archive holds of a blog already: each question on a read-only connection of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

from archiver.crawl.names import FORMER
from archiver.crawl.outcome import Coverage
from archiver.model import Site
from archiver.status.gaps import blog_coverage, post_gaps
from archiver.status.lines import shortfall
from archiver.urls import host_key, url_key, within
from db import Archive, Reader
from db.keys import blog_key, key

MOST_SHORTFALLS = 3


@contextmanager
def _reader(archive: Archive) -> Iterator[Reader]:
    with closing(archive.reader()) as reader:
        yield reader


def is_known(archive: Archive, site_key: str) -> bool:
    """Whether the archive has the blog."""
    with _reader(archive) as reader:
        return reader.blog(site_key) is not None


def coverage(archive: Archive, site_key: str) -> Coverage:
    """What the blog claims beside what is held."""
    with _reader(archive) as reader:
        return blog_coverage(reader.connection, blog_key(site_key))


def shortfalls(archive: Archive, site_key: str) -> tuple[str, ...]:
    """The posts that lack the most comments, each in a line."""
    with _reader(archive) as reader:
        gaps = post_gaps(reader.connection, blog_key(site_key), most=MOST_SHORTFALLS)
        return tuple(shortfall(gap) for gap in gaps if gap.missing)


def months_with_gaps(archive: Archive, site_key: str) -> list[str]:
    """The lists of the months that claim more posts than are held."""
    with _reader(archive) as reader:
        return reader.months_with_gaps(site_key)


def recalled(archive: Archive, site: Site) -> Site:
    """A site with what the archive knows of its clock, unless that is known, and of its other name."""
    timezone, utc_offset = _clock(archive, site.key)
    if not site.timezone and site.utc_offset is None:
        site = replace(site, timezone=timezone, utc_offset=utc_offset)
    return replace(site, named=_other_name(archive, site.key))


def _clock(archive: Archive, site_key: str) -> tuple[str | None, int | None]:
    """The time zone and the offset (minutes) that are known of a blog."""
    with _reader(archive) as reader:
        row = reader.blog(site_key)
        return (row["timezone"], row["utc_offset"]) if row else (None, None)


def _other_name(archive: Archive, site_key: str) -> str | None:
    """The front page by the name of another host, as the blog's API has it."""
    with _reader(archive) as reader:
        row = reader.connection.execute(
            "SELECT json_extract(hint, '$.named') AS named FROM frontier"
            " WHERE blog_id = ? AND kind = 'api' AND named IS NOT NULL ORDER BY round DESC LIMIT 1",
            (blog_key(site_key),),
        ).fetchone()
        return row["named"] if row else None


def former_names(archive: Archive, site_key: str) -> tuple[str, ...]:
    """The names by which the blog's host was found to go, too."""
    with _reader(archive) as reader:
        rows = reader.connection.execute(
            "SELECT url FROM frontier WHERE blog_id = ? AND state = 'excluded' AND last_error = ?",
            (blog_key(site_key), FORMER),
        )
        return tuple(sorted({host_key(row["url"]) for row in rows}))


def blog_of(archive: Archive, url: str) -> str | None:
    """The site key of the blog that a page is of, the narrowest of several."""
    with _reader(archive) as reader:
        rows = reader.connection.execute("SELECT site_key, url FROM blogs").fetchall()
        found = [(len(row["url"]), row["site_key"]) for row in rows if within(url, row["url"])]
        return max(found)[1] if found else None


def is_astray(archive: Archive, site_key: str) -> bool:
    """Whether none of the posts stands below what was given as the front page: that of a post or category, say."""
    with _reader(archive) as reader:
        urls = reader.connection.execute(
            "SELECT b.url, p.url FROM posts p JOIN blogs b ON b.id = p.blog_id"
            " WHERE b.site_key = ? AND p.url IS NOT NULL AND p.kind = 'post'",
            (site_key,),
        )
        found = False
        for home, url in urls:
            if within(url, home) and url_key(url) != url_key(home):
                return False
            found = True
        return found


def lessons(archive: Archive, site_key: str) -> list[tuple[str, str, str]]:
    """What the pages of posts have taught by what the feed told of them: post, field, path."""
    with _reader(archive) as reader:
        rows = reader.connection.execute(
            "SELECT p.url, l.field, l.path FROM lessons l JOIN posts p ON p.id = l.post_id WHERE p.blog_id = ?"
            " ORDER BY l.seen_at, p.url, l.field",
            (blog_key(site_key),),
        )
        return [(url_key(row["url"]), row["field"], row["path"]) for row in rows]


def has_data(connection: sqlite3.Connection, site_key: str, url: str, post: str) -> bool:
    """Whether more than its page was read of a post, its words among it, or that they are for those with a password.

    url: of the post, or of a page of its comments; post: its own.
    """
    row = connection.execute(
        "SELECT 1 FROM post_urls u JOIN posts p ON p.id = u.post_id"
        " WHERE u.id IN (?, ?) AND p.sources NOT IN ('', 'page') AND (p.html IS NOT NULL OR p.protected)",
        [key("post", site_key, "url", url_key(one)) for one in (url, post)],
    ).fetchone()
    return row is not None


def withheld(connection: sqlite3.Connection, site_key: str) -> int:
    """How many posts fewer the API has given than it states."""
    stated, given = connection.execute(
        "SELECT (SELECT max(number) FROM claims WHERE blog_id = ?1 AND subject_kind = 'blog' AND measure = 'posts'"
        "  AND source = 'api'),"
        " (SELECT count(*) FROM posts WHERE blog_id = ?1 AND kind = 'post' AND gone_at IS NULL"
        "  AND sources LIKE '%api%')",
        (blog_key(site_key),),
    ).fetchone()
    return 0 if stated is None else int(stated) - int(given)


def posts_unseen(archive: Archive, site_key: str) -> list[str]:
    """The posts and pages that earlier passes have read, and that nothing in the latest one speaks of."""
    with _reader(archive) as reader:
        rows = reader.connection.execute(
            "SELECT url FROM posts WHERE blog_id = ?1 AND kind IN ('post', 'page') AND gone_at IS NULL"
            " AND sources <> '' AND last_seen_at < (SELECT min(f.fetched_at)"
            "  FROM frontier q JOIN fetches f ON f.id = q.done_in WHERE q.blog_id = ?1"
            "  AND q.round = (SELECT max(round) FROM frontier WHERE blog_id = ?1))",
            (blog_key(site_key),),
        )
        return [row["url"] for row in rows]


def posts_read(archive: Archive, site_key: str) -> list[str]:
    """The post pages that the latest pass over the blog has read."""
    with _reader(archive) as reader:
        rows = reader.connection.execute(
            "SELECT url FROM frontier WHERE blog_id = ?1 AND kind = 'post' AND state = 'done'"
            " AND round = (SELECT max(round) FROM frontier WHERE blog_id = ?1)",
            (blog_key(site_key),),
        )
        return [row["url"] for row in rows]


def given_up(archive: Archive, site_key: str) -> int:
    """How many URLs the latest pass over the blog has given up, also in runs that were interrupted."""
    with _reader(archive) as reader:
        (number,) = reader.connection.execute(
            "SELECT count(*) FROM frontier WHERE blog_id = ?1 AND state = 'given_up'"
            " AND round = (SELECT max(round) FROM frontier WHERE blog_id = ?1)",
            (blog_key(site_key),),
        ).fetchone()
        return int(number)
