"""What an archive holds as a whole, for its front page."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from db.pages.rows import Row, number, rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """An archive at a glance.

    blogs: each with posts, comments, first_at, last_at, and its latest crawl (crawled_at, outcome). states: posts
    by the state of their thread, with claimed, captured and missing comments. post_months, comment_months: period
    (YYYY-MM), claimed, held, missing; comments count for the month of their post. totals: see `totals`.
    """

    posts: int
    pages: int
    comments: int
    people: int
    works: int
    blogs: list[Row]
    languages: list[Row]
    states: list[Row]
    totals: list[Row]
    post_months: list[Row]
    comment_months: list[Row]
    newest_posts: list[Row]
    newest_comments: list[Row]
    terms: list[Row]
    talkers: list[Row]
    discussed: list[Row]


_BLOGS = """
SELECT b.*,
  (SELECT count(*) FROM posts p WHERE p.blog_id = b.id) AS posts,
  (SELECT count(*) FROM comments c WHERE c.blog_id = b.id) AS comments,
  (SELECT min(published_at) FROM posts p WHERE p.blog_id = b.id) AS first_at,
  (SELECT max(published_at) FROM posts p WHERE p.blog_id = b.id) AS last_at,
  (SELECT max(started_at) FROM crawls k WHERE k.blog_id = b.id) AS crawled_at,
  (SELECT outcome FROM crawls k WHERE k.blog_id = b.id ORDER BY started_at DESC LIMIT 1) AS outcome
FROM blogs b ORDER BY coalesce(b.title, b.site_key)"""
_LANGUAGES = """
SELECT language, count(*) AS posts FROM (
  SELECT coalesce(p.language, b.language) AS language FROM posts p JOIN blogs b ON b.id = p.blog_id
) WHERE language IS NOT NULL GROUP BY language ORDER BY posts DESC, language"""
_POST_MONTHS = """
SELECT period, sum(claimed) AS claimed, sum(captured) AS held, sum(missing) AS missing
FROM month_coverage WHERE length(period) = 7 GROUP BY period ORDER BY period"""
# One way through the ledger for both the states and the months.
_LEDGER = """
SELECT substr(published_at, 1, 7) AS period, state, count(*) AS posts, sum(claimed) AS claimed, sum(captured) AS held,
  sum(missing) AS missing FROM coverage GROUP BY 1, 2"""
# What a total speaks of: read by any way, comments without pings. What has vanished since it was stated is in it.
_TOTALS = """
WITH said AS (
  SELECT b.id AS blog_id, coalesce(b.title, b.site_key) AS blog, k.measure, k.number AS claimed, k.source, k.said_at,
    row_number() OVER (PARTITION BY b.id, k.measure ORDER BY k.said_at DESC, k.number DESC, k.source) AS place
  FROM blogs b CROSS JOIN claims k ON k.blog_id = b.id AND k.subject_kind = 'blog'
  WHERE k.measure IN ('posts', 'pages', 'comments')
)
SELECT blog_id, blog, measure, claimed, source, said_at,
  CASE measure
    WHEN 'comments' THEN (SELECT count(*) FROM comments c WHERE c.blog_id = s.blog_id)
      - (SELECT count(*) FROM comments c INDEXED BY comments_aside WHERE c.blog_id = s.blog_id
        AND (c.kind <> 'comment' OR c.gone_at IS NOT NULL) AND (c.kind <> 'comment' OR c.gone_at < s.said_at))
    ELSE (SELECT count(*) FROM posts p WHERE p.blog_id = s.blog_id AND p.kind = rtrim(s.measure, 's')
      AND (p.html IS NOT NULL OR p.protected IS 1 OR instr(p.sources, 'page') > 0)
      AND (p.gone_at IS NULL OR p.gone_at >= s.said_at))
  END AS captured,
  source = 'api' AND (
    SELECT count(*) > 0 AND count(*) = count(*) FILTER (WHERE f.state = 'done' AND x.status = 200)
    FROM frontier f LEFT JOIN fetches x ON x.id = f.done_in
    WHERE f.blog_id = s.blog_id AND f.kind = 'api' AND json_extract(f.hint, '$.route') = s.measure
      AND f.round = (SELECT max(round) FROM frontier l WHERE l.blog_id = s.blog_id)
  ) AS listed
FROM said s WHERE place = 1
ORDER BY blog, blog_id, CASE measure WHEN 'posts' THEN 1 WHEN 'pages' THEN 2 ELSE 3 END"""
_NEWEST_POSTS = """
SELECT id, title, published_at, published_precision FROM posts WHERE published_at IS NOT NULL AND kind <> 'attachment'
ORDER BY published_at DESC LIMIT 6"""
_NEWEST_COMMENTS = """
SELECT c.id, c.post_id, c.published_at, c.published_precision, c.author_id, substr(c.text, 1, 200) AS text, p.title,
  (SELECT name FROM authors a WHERE a.id = c.author_id) AS author
FROM comments c JOIN posts p ON p.id = c.post_id WHERE c.published_at IS NOT NULL AND c.kind = 'comment'
ORDER BY c.published_at DESC LIMIT 6"""
_TERMS = """
SELECT t.id, t.name, t.taxonomy, count(*) AS posts FROM post_terms pt JOIN terms t ON t.id = pt.term_id
GROUP BY t.id ORDER BY posts DESC, t.name LIMIT 30"""
_TALKERS = """
SELECT a.id, a.name, n.comments FROM (
  SELECT author_id, count(*) AS comments FROM comments WHERE author_id IS NOT NULL
  GROUP BY author_id ORDER BY comments DESC LIMIT 12
) n JOIN authors a ON a.id = n.author_id ORDER BY n.comments DESC, a.name"""
_DISCUSSED = """
SELECT p.id, p.title, n.comments FROM (
  SELECT post_id, count(*) AS comments FROM comments GROUP BY post_id ORDER BY comments DESC, post_id LIMIT 6
) n JOIN posts p ON p.id = n.post_id ORDER BY n.comments DESC, p.id"""


def overview(connection: sqlite3.Connection) -> Overview:
    """The archive as it stands."""
    ledger = rows(connection, _LEDGER)
    newest_posts, newest_comments = newest(connection)
    kinds = {row["kind"]: row["n"] for row in rows(connection, "SELECT kind, count(*) AS n FROM posts GROUP BY kind")}
    return Overview(
        posts=kinds.get("post", 0) + kinds.get("unknown", 0),
        pages=kinds.get("page", 0),
        comments=number(connection, "SELECT count(*) FROM comments"),
        people=number(connection, "SELECT count(*) FROM authors"),
        works=number(connection, "SELECT count(*) FROM works"),
        blogs=rows(connection, _BLOGS),
        languages=rows(connection, _LANGUAGES),
        states=_summed(ledger, "state"),
        totals=totals(connection),
        post_months=rows(connection, _POST_MONTHS),
        comment_months=[row for row in _summed(ledger, "period") if row["period"]],
        newest_posts=newest_posts,
        newest_comments=newest_comments,
        terms=rows(connection, _TERMS),
        talkers=rows(connection, _TALKERS),
        discussed=rows(connection, _DISCUSSED),
    )


def totals(connection: sqlite3.Connection) -> list[Row]:
    """What each blog has said last of how many posts, pages and comments it has as a whole, beside what was captured.

    blog_id, blog, measure, claimed, captured, missing, state, source, said_at, and listed: whether the API's whole list
    of them was read in the latest pass. state: complete, missing, or explained: counted, and not in the whole list.
    """
    found = rows(connection, _TOTALS)
    for row in found:
        row["missing"] = 0 if row["listed"] else max(row["claimed"] - row["captured"], 0)
        row["state"] = "missing" if row["missing"] else "complete"
        if row["listed"] and row["claimed"] > row["captured"]:
            row["state"] = "explained"
    return found


def newest(connection: sqlite3.Connection) -> tuple[list[Row], list[Row]]:
    """The latest posts and comments, which take no counting."""
    return rows(connection, _NEWEST_POSTS), rows(connection, _NEWEST_COMMENTS)


def _summed(ledger: list[Row], by: str) -> list[Row]:
    sums: dict[str, Row] = {}
    for line in ledger:
        row = sums.setdefault(line[by] or "", {by: line[by], "posts": 0, "claimed": 0, "held": 0, "missing": 0})
        for name in ("posts", "claimed", "held", "missing"):
            row[name] += line[name] or 0
    return [sums[key] for key in sorted(sums)]
