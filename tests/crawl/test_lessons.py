"""A home-made blog, whose feed teaches how its older posts are to be read; kept, and the same when read again."""

from __future__ import annotations

import json
from pathlib import Path

from tests.crawl.running import content, crawl, run, sound
from tests.crawl.scripted import serve
from tests.unit.test_layout import FRAME, HOME, page, told
from tests.unit.test_layout import LEARNED as OF_POSTS

LEARNED = {**OF_POSTS, "comments": FRAME}
IN_FEED = range(4, 10)
OLDER = range(1, 4)


def blog() -> dict[str, tuple[str, str]]:
    items = "".join(
        f"<item><title>{post.title}</title><link>{{home}}/{n}.html</link><dc:creator>Moll Quay</dc:creator>"
        f"<pubDate>{n:02} Mar 2020 09:00:00 +0000</pubDate>"
        f"<slash:comments>2</slash:comments>"
        f"<content:encoded>&lt;p&gt;{post.content.text if post.content else ''}&lt;/p&gt;</content:encoded></item>"
        for n in IN_FEED
        for post in [told(n)]
    )
    spaces = "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:content='http://purl.org/rss/1.0/modules/content/'"
    spaces += " xmlns:slash='http://purl.org/rss/1.0/modules/slash/'"
    links = "".join(f"<h2><a href='/{n}.html'>On oil, part {n}</a></h2>" for n in (*IN_FEED, *OLDER))
    head = "<link rel='alternate' type='application/rss+xml' href='/feed.xml'>"
    pages = {f"/{n}.html": ("text/html", page(n, said=2 if n in IN_FEED else 1).text) for n in (*IN_FEED, *OLDER)}
    return {
        "/": ("text/html", f"<html><head><title>Harbour Lights</title>{head}</head><body>{links}</body></html>"),
        "/feed.xml": (
            "application/rss+xml",
            f"<rss version='2.0' {spaces}><channel><title>Harbour Lights</title>{items}</channel></rss>",
        ),
        **pages,
    }


def test_the_feed_teaches_how_older_posts_are_read(tmp_path: Path) -> None:
    with serve(blog()) as site:
        ran = crawl(tmp_path / "a", site.home)
    assert HOME not in ran.out
    learned = ran.rows("SELECT field, path, count(*) FROM lessons GROUP BY field, path ORDER BY field")
    assert learned == [(field, LEARNED[field], len(IN_FEED)) for field in sorted(LEARNED)]
    older = ran.rows(
        "SELECT p.title, substr(p.published_at, 1, 10), a.name, p.text FROM posts p"
        " LEFT JOIN post_authors b ON b.post_id = p.id LEFT JOIN authors a ON a.id = b.author_id"
        " WHERE p.sources = 'page' ORDER BY p.url"
    )
    assert [row[:3] for row in older] == [(f"On oil, part {n}", f"2020-03-{n:02}", "Moll Quay") for n in OLDER]
    assert all(row[3].startswith("The lamps of the quay") and row[3].endswith("So it is.") for row in older)
    threads = "SELECT p.url, count(*) FROM comments c JOIN posts p ON p.id = c.post_id GROUP BY p.url ORDER BY p.url"
    assert [row[1] for row in ran.rows(threads)] == [1] * len(OLDER) + [2] * len(IN_FEED)
    assert sound(ran.archive)
    saved = tmp_path / "saved.html"
    saved.write_text(page(30).text, "utf-8")
    shown = run("try", "-a", ran.archive, "--url", f"{site.home}/30.html", saved).stdout
    assert "  learned        title stands at div.kopf > div.titel (6 posts of its feed)" in shown.splitlines()
    assert "  title          On oil, part 30" in shown.splitlines()
    assert ran.rows("SELECT engine, best_effort FROM blogs") == [("generic", 1)]
    assert "generic (best effort: completeness is not promised)" in run("status", "-a", ran.archive).stdout
    before, kept = content(ran.archive), ran.rows("SELECT * FROM lessons ORDER BY 1, 2")
    done = run("extract", "-a", ran.archive)
    assert done.returncode == 0
    assert content(ran.archive) == before, done.stdout
    assert ran.rows("SELECT * FROM lessons ORDER BY 1, 2") == kept


def unspoken() -> dict[str, tuple[str, str]]:
    """The same blog, on which nothing but a feed of comments tells which those are; it links to their posts alone."""
    items = "".join(
        f"<item><title>Ned Skerry</title><link>{{home}}/{n}.html</link><description>I have said so {said} times."
        "</description></item>"
        for n in IN_FEED
        for said in (1, 2)
    )
    plain = {path: (kind, text.replace("<h3>Comments</h3>", "")) for path, (kind, text) in blog().items()}
    kind, front = plain["/"]
    head = "<head><link rel='alternate' type='application/rss+xml' href='/comments.xml'>"
    feed = f"<rss version='2.0'><channel><title>Comments</title>{items}</channel></rss>"
    return {**plain, "/": (kind, front.replace("<head>", head)), "/comments.xml": ("application/rss+xml", feed)}


def test_a_feed_of_comments_teaches_where_they_are(tmp_path: Path) -> None:
    with serve(unspoken()) as site:
        ran = crawl(tmp_path / "a", site.home)
    of_comments = ran.rows("SELECT path, count(*) FROM lessons WHERE field = 'comments' GROUP BY path")
    assert of_comments == [(FRAME, len(IN_FEED))]
    threads = "SELECT p.url, count(*) FROM comments c JOIN posts p ON p.id = c.post_id GROUP BY p.url ORDER BY p.url"
    assert [row[1] for row in ran.rows(threads)] == [1] * len(OLDER) + [2] * len(IN_FEED)
    before = content(ran.archive)
    assert run("extract", "-a", ran.archive).returncode == 0
    assert content(ran.archive) == before


def test_detect_tells_what_the_feed_and_its_first_posts_teach() -> None:
    with serve(blog()) as site:
        shown = run("detect", site.home, ARCHIVER_DELAY="0")
        asked = list(site.asked)
        data = run("detect", "--json", site.home, ARCHIVER_DELAY="0")
    assert shown.returncode == 0, shown.stderr
    lines = [line.strip() for line in shown.stdout.splitlines() if "posts of its feed)" in line]
    told = [line.removeprefix("layout").strip() for line in lines]
    assert sorted(told) == [f"{field} at {LEARNED[field]} (5 of 5 posts of its feed)" for field in sorted(LEARNED)]
    assert [path for path in asked if path.endswith(".html")] == [f"/{n}.html" for n in list(IN_FEED)[:5]]
    (found,) = json.loads(data.stdout)
    assert {"field": "body", "path": LEARNED["body"], "posts": 5, "of": 5} in found["layout"]


def test_detect_does_without_posts_that_robots_txt_keeps_to_itself() -> None:
    rules = {"/robots.txt": ("text/plain", "User-agent: *\nDisallow: /*.html\n")}
    with serve({**blog(), **rules}) as site:
        shown = run("detect", site.home, ARCHIVER_DELAY="0")
    assert shown.returncode == 0
    assert "of its feed" not in shown.stdout
    assert not any(path.endswith(".html") for path in site.asked)
