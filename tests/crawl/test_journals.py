"""A journal crawled as a user does it: collapsed branches are opened, and no page is asked for twice."""

from __future__ import annotations

from pathlib import Path

from tests.crawl.running import crawl, sound
from tests.crawl.scripted import serve
from tests.crawl.test_platforms import HTML, page

LAST = """<div class="comment-thread comment-depth-odd comment-depth-1"><div id="cmt43049" class="dwexpcomment">
<div class="comment-wrapper full"><div class="comment-poster">(Anonymous)</div><div class="comment-content">I did.</div>
<li class="commentparent"><a href="{home}/1536.html?thread=42025#cmt42025">Parent</a></li></div></div></div>"""


def dreamwidth() -> dict[str, tuple[str, str]]:
    home = "https://mollquay.dreamwidth.org"
    return {
        "/": (HTML, page("dreamwidth/front", home)),
        "/archive": (HTML, page("dreamwidth/month", home)),
        "/data/atom": ("application/xml", page("dreamwidth/feed", home)),
        "/1536.html?thread=43049": (HTML, LAST),
        "/1536.html?thread=41769": (HTML, page("dreamwidth/branch", home)),
        "/1536.html": (
            HTML,
            page("dreamwidth/entry", home).replace(f"{home}/1536.html?page=2", "").replace("?page=2", ""),
        ),
        "/2012/02/14/lamp-oil.html": (HTML, page("dreamwidth/named-entry", home)),
    }


def test_dreamwidth(tmp_path: Path) -> None:
    with serve(dreamwidth()) as blog:
        ran = crawl(tmp_path / "a", blog.home)
    assert ran.one("SELECT engine FROM blogs") == "dreamwidth"
    assert ran.rows("SELECT native_id, title FROM posts WHERE kind = 'post' AND text <> '' ORDER BY native_id") == [
        ("1024", "Lamp oil"),
        ("1536", "Ebb & flow"),
    ]
    assert ran.rows("SELECT native_id, depth, text IS NULL FROM comments ORDER BY native_id") == [
        ("41001", 1, 0),
        ("41257", 2, 0),
        ("41513", 3, 0),
        ("41769", 4, 0),
        ("42025", 5, 0),
        ("42281", 1, 1),
        ("42537", 2, 0),
        ("43049", 6, 0),
    ]
    assert len(blog.asked) == len(set(blog.asked))
    assert not any("/2014/04/05/" in path or "replyto" in path for path in blog.asked)
    assert sound(ran.archive)
