"""Rows that formats cannot hold as they are."""

from __future__ import annotations

import sqlite3

from tests.unit.archive_sample import BLOG, FETCH, SEEN, insert, key

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''=1", "＝1")
CONTROLS = "bell \x07, escape \x1b[31m, zero \x00, noncharacter \ufffe."
CDATA = "An end ]]> and <![CDATA[ a beginning, & an &amp;, \\ and ' and \" and %s {braces}."
SURROGATE = b"lone \xed\xa0\x80 surrogate"
POST = key("p", "nasty")


def add(connection: sqlite3.Connection) -> None:
    """A post with a thread of them."""
    seen = {"first_seen_at": SEEN, "last_seen_at": SEEN, "fetch_id": FETCH}
    with connection:
        insert(connection, "posts", [
            {"id": POST, "docid": 900, "blog_id": BLOG, "kind": "post", "url": 'https://stemcells.example/?a=1&b="2"',
             "title": "=HYPERLINK(\"https://evil.example\";\"x\")", "slug": "../../etc/passwd",
             "published_at": "sometime",
             "html": f"<p>{CONTROLS}</p><p>{CDATA}</p><ul><li>a<li>b</ul><script>alert(1)</script>",
             "text": f"{CONTROLS}\n\n{CDATA}", "language": "en", **seen},
        ])  # fmt: skip
        insert(connection, "comments", [
            {"id": key("c", f"n{number:02}x"), "docid": 900 + number, "blog_id": BLOG, "post_id": POST,
             "parent_id": key("c", f"n{number - 1:02}x") if number else None, "parent_source": "dom", "text": text,
             "html": f"<p>{text}</p>", "position": number, "depth": number + 1, **seen}
            for number, text in enumerate([
                *FORMULAS, CONTROLS, CDATA, "# not a heading\n> nor a quotation\n1. nor a list",
                "<b>bold</b> & <i>so on", "🙂 Ünïcödé עברית 漢字"])
        ])  # fmt: skip
        connection.execute(
            "INSERT INTO comments (id, docid, blog_id, post_id, text, html, first_seen_at, last_seen_at)"
            " VALUES (?, 990, ?, ?, CAST(? AS TEXT), CAST(? AS TEXT), ?, ?)",
            (key("c", "surrogate"), BLOG, POST, SURROGATE, SURROGATE, SEEN, SEEN),
        )
