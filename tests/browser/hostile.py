"""An archive of a hostile blog: every text in it tries to run something, to load something, or to break the page."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tests.unit.archive_sample import filled

AWAY = "http://127.0.0.1:9/"  # nobody listens there; that it is asked for is what shows
RUN = "window.pwned=1;alert(1)"
BODIES = (
    f"<script>{RUN}</script><script src='{AWAY}a.js'></script>",
    f"<img src=x onerror='{RUN}'><img src='{AWAY}p.gif' srcset='{AWAY}q.gif 2x'>",
    f"<svg onload='{RUN}'><script>{RUN}</script><image href='{AWAY}i.svg'/><use href='{AWAY}u.svg#x'/></svg>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror={RUN}&gt;'>",
    f"<form><math><mtext></form><form><mglyph><style></math><img src onerror={RUN}>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
    f"<a href='java\tscript:{RUN}'>x</a><a href='\x01javascript:{RUN}'>x</a>",
    f"<a href=' &#x6A;avascript&colon;{RUN}'>x</a>",
    f"<a href='data:text/html,<script>{RUN}</script>'>x</a><a href='vbscript:x'>x</a>",
    f"<style>@import '{AWAY}s.css'; body {{ display: none; background: url({AWAY}b.png) }}</style>",
    f"<link rel=stylesheet href='{AWAY}l.css'><base href='{AWAY}'><meta http-equiv=refresh content='0;url={AWAY}m'>",
    f"<div style='position:fixed;inset:0;background:url({AWAY}d.png)'>over everything</div>",
    f"<iframe src='{AWAY}f' srcdoc='<script>parent.{RUN}</script>'></iframe><object data='{AWAY}o'></object>",
    f"<embed src='{AWAY}e'><video src='{AWAY}v' poster='{AWAY}w' autoplay></video><audio src='{AWAY}u' autoplay>",
    f"<form action='{AWAY}form'><input autofocus onfocus='{RUN}'><button formaction='javascript:{RUN}'>x</button>",
    f"<details open ontoggle='{RUN}'><summary>x</summary></details><body onload='{RUN}'>",
    "</div></article></main></body></html><!-- ", "<plaintext>", "<textarea>", "<xmp>", "<title>", "<select><option>",
    "</details></li></ol></section>", "<table><tr><td>", "<template><p>", "<noembed>", "<![CDATA[", "<?php ",
    "\u202e\u2066",
    "<p id='main' class='ba-skip' name='body'>clobber</p><a id=location name=location>", "<dialog open>x</dialog>",
)  # fmt: skip
NAMES = (
    f'"><script>{RUN}</script>', f"' onmouseover='{RUN}' x='", f"</title><script>{RUN}</script>", "</textarea></style>",
    f"<img src=x onerror={RUN}>", "{{ 7*7 }}{% raw %}", "\u202eevil\u202c", f"--><svg onload={RUN}>",
    f"<meta http-equiv=refresh content='0;url={AWAY}'>",
)  # fmt: skip
URLS = (
    f"javascript:{RUN}", f"java\nscript:{RUN}", f"\x0bjavascript:{RUN}", f"data:text/html,<script>{RUN}</script>",
    f'http://x.example/"><script>{RUN}</script>', f"//127.0.0.1:9/x' onclick='{RUN}", "http://[", "https://\u202e.example/",
)  # fmt: skip

KINDS = {"html": BODIES, "text": BODIES, "bio": BODIES, "url": URLS, "website": URLS}


def hostile(path: Path) -> None:
    """Write such an archive: the sample, with everything that a blog says of itself replaced."""
    columns = {
        "blogs": ("title", "tagline", "language", "url"), "authors": ("name", "url", "website", "bio"),
        "posts": ("title", "html", "text", "excerpt", "url", "published_text", "language"),
        "comments": ("html", "text", "url", "published_text"), "terms": ("name", "url", "description"),
        "works": ("identifier", "url"), "revisions": ("title", "html", "text"), "links": ("url", "text", "host"),
        "media": ("url", "alt"), "archives": ("label", "url"), "widgets": ("title", "text"),
        "fetches": ("url", "error", "warc_file"), "frontier": ("url", "last_error"), "crawls": ("reason", "settings"),
    }  # fmt: skip
    with closing(filled(path)) as connection, connection:
        turn = 0
        for table, names in columns.items():
            for (rowid,) in connection.execute(f"SELECT rowid FROM {table} ORDER BY rowid").fetchall():
                for name in names:
                    kind = {"html": BODIES, "text": BODIES, "bio": BODIES, "url": URLS, "website": URLS}.get(
                        name, NAMES
                    )
                    turn += 1
                    end = "" if kind is URLS else f" {turn}"
                    connection.execute(
                        f"UPDATE {table} SET {name} = ? WHERE rowid = ?", (kind[turn % len(kind)] + end, rowid)
                    )
        # One thread in which every body stands.
        (post,) = connection.execute("SELECT id FROM posts WHERE id LIKE 'p-trial%'").fetchone()
        connection.execute("UPDATE posts SET html = ? WHERE id = ?", ("".join(BODIES), post))
        comments = connection.execute("SELECT id FROM comments ORDER BY id").fetchall()
        for number, body in enumerate(BODIES):
            connection.execute(
                "UPDATE comments SET post_id = ?, html = ?, text = ? WHERE id = ?",
                (post, body + BODIES[-1 - number], body, comments[number % len(comments)][0]),
            )
