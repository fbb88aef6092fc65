"""The test bed itself: its truth is sane and the same for the same seed, its sites answer as switched, and it ends."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urljoin
from urllib.request import Request, urlopen

import pytest

from tests.wordpress.testbed import SCRIPT, Spec, Testbed


def get(url: str) -> tuple[int, str]:
    """Status and text, redirects followed."""
    try:
        with urlopen(Request(url, headers={"User-Agent": "test"}), timeout=60) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except HTTPError as error:
        return error.code, error.read().decode()


def one(db: sqlite3.Connection, query: str, *values: object) -> object:
    return db.execute(query, values).fetchone()[0]


# ---- truth


@pytest.fixture(scope="module")
def truth(wordpress: Testbed) -> sqlite3.Connection:
    return wordpress.truth()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT count(*) FROM posts WHERE key LIKE 'ordinary-%'", 30),
        ("SELECT count(*) FROM posts WHERE type = 'page'", 5),
        ("SELECT count(*) FROM posts WHERE protected", 1),
        ("SELECT pages FROM posts WHERE key = 'paged'", 4),
        ("SELECT comments_in_thread FROM posts WHERE key = 'target'", 16),
        ("SELECT comments_in_thread FROM posts WHERE key = 'threethousand'", 120),
        ("SELECT max(depth) FROM comments", 10),
        ("SELECT max(shown_depth) FROM comments", 5),
        ("SELECT count(DISTINCT type) FROM comments WHERE in_thread", 3),
        # Three replies to spam and unapproved comments, and the three comments of the protected post.
        ("SELECT count(*) FROM comments WHERE NOT in_thread", 6),
        ("SELECT count(*) FROM comments WHERE shown_depth > 1 AND shown_parent IS NULL", 0),
        ("SELECT sum(posts) - (SELECT count(*) FROM posts WHERE type = 'post') FROM archives", 0),
        ("SELECT count(*) FROM posts WHERE title_text LIKE '%HIDDEN%' OR body_text LIKE '%hidden-%'", 0),
        ("SELECT count(*) FROM comments WHERE content_text LIKE '%HIDDEN%'", 0),
        ("SELECT count(*) FROM hidden WHERE kind = 'protected body'", 1),
    ],
)
def test_truth(truth: sqlite3.Connection, query: str, expected: int) -> None:
    assert one(truth, query) == expected


def contents(db: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    rows = {name: db.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in tables}
    rows["site"] = [row for row in rows["site"] if row[0] != "base"]
    return rows


def test_same_seed_gives_the_same_truth(wordpress: Testbed, tmp_path: Path) -> None:
    def built(seed: int) -> dict[str, list[tuple[object, ...]]]:
        name = f"seed{seed}"
        wordpress.populate(name, posts=3, seed=seed, big=20)
        with sqlite3.connect(tmp_path / f"{name}.db") as db:
            wordpress.truth(path=tmp_path / "truth.db", spec=Spec(database=name)).backup(db)
        return contents(db)

    first, again, other = built(7), built(7), built(8)
    assert first == again
    assert first["posts"] != other["posts"]


def test_truth_follows_the_switches(wordpress: Testbed) -> None:
    spec = Spec(options={"thread_comments_depth": "2", "page_comments": "0", "permalink_structure": "/%postname%/"})
    db = wordpress.truth(spec=spec)
    assert one(db, "SELECT max(shown_depth) FROM comments") == 2
    assert one(db, "SELECT max(comment_pages) FROM posts") == 1
    assert one(db, "SELECT path FROM posts WHERE key = 'one'") == "/one-comment-only/"


# ---- sites


def test_four_sites(wordpress: Testbed) -> None:
    pages = {site.name: get(site.url) for site in wordpress.sites}
    assert {name: status for name, (status, _) in pages.items()} == dict.fromkeys(
        ["classic", "block", "closed", "plain"], 200
    )
    assert "widget_archive" in pages["classic"][1]
    assert "wp-block-archives-list" in pages["block"][1]
    assert "?p=" in pages["plain"][1]
    for site in wordpress.sites:  # one database, but every site speaks of itself alone
        others = [other.url for other in wordpress.sites if other != site]
        assert site.url in pages[site.name][1]
        assert not [url for url in others if url in pages[site.name][1]]


@pytest.mark.parametrize(("name", "status"), [("classic", 200), ("block", 200), ("closed", 401), ("plain", 200)])
def test_api(wordpress: Testbed, name: str, status: int) -> None:
    assert get(wordpress[name].url + "?rest_route=/wp/v2/posts")[0] == status


def test_words_of_the_truth_are_on_the_page(wordpress: Testbed, truth: sqlite3.Connection) -> None:
    path = str(one(truth, "SELECT path FROM posts WHERE key = 'target'"))
    for name in ("classic", "block", "closed"):
        status, page = get(urljoin(wordpress[name].url, path))
        assert status == 200
        assert all(f"Target comment number {number}." in page for number in range(1, 16))
        assert "HIDDEN" not in page


SWITCHES: list[tuple[dict[str, Any], str, Callable[[int, str], object]]] = [
    ({"feeds": "off"}, "feed/", lambda status, page: status == 200 and "<rss" not in page),
    ({"feeds": "403"}, "feed/", lambda status, page: status == 403),
    ({}, "feed/", lambda status, page: status == 200 and "<rss" in page),
    ({"sitemap": False}, "wp-sitemap.xml", lambda status, page: status == 404),
    ({}, "wp-sitemap.xml", lambda status, page: status == 200 and "<sitemapindex" in page),
    ({"rest": 404}, "wp-json/wp/v2/posts", lambda status, page: status == 404),
    ({"date": "relative"}, "", lambda status, page: " years ago" in page),
    ({"date": "d/m/Y"}, "", lambda status, page: re.search(r"\b\d\d/0[56]/2026", page)),
    ({"faults": "1:100"}, "", lambda status, page: status in {429, 500, 503}),
    ({"options": {"permalink_structure": "/archives/%post_id%"}}, "", lambda status, page: "/archives/" in page),
    ({"options": {"blogname": "Switched"}}, "", lambda status, page: "<title>Switched" in page),
]


@pytest.mark.parametrize(
    ("switches", "path", "right"), SWITCHES, ids=lambda value: "" if callable(value) else str(value)
)
def test_switches(wordpress: Testbed, switches: dict[str, Any], path: str, right: Callable[[int, str], object]) -> None:
    site = wordpress.site(**switches)
    try:
        status, page = get(site.url + path)
    finally:
        wordpress.stop_site(site)
    assert right(status, page), (status, page[:300])


def test_faults_pass_after_two_requests(wordpress: Testbed) -> None:
    site = wordpress.site(faults="1:100")
    assert [get(site.url)[0] == 200 for _ in range(3)] == [False, False, True]
    wordpress.stop_site(site)


def test_a_percent_sign_breaks_an_unpatched_block_theme(wordpress: Testbed) -> None:
    """WordPress 6.1's bug, which TBPATCH=0 leaves in: see testbed/README.md."""
    path = broken_path(wordpress)
    site = wordpress.site(theme="twentytwentythree", patched=False)
    assert get(urljoin(site.url, path))[0] == 500
    assert get(urljoin(wordpress["closed"].url, path))[0] == 200
    wordpress.stop_site(site)


def broken_path(bed: Testbed) -> str:
    """A page that fails on an unpatched block theme: a % stands below the deepest level of its thread."""
    query = (
        "SELECT posts.path FROM comments JOIN posts ON posts.id = post_id"
        " WHERE depth > shown_depth AND content_text LIKE '%95% CI%' AND comment_pages = 1"
    )
    return str(one(bed.truth(), query))


def test_access_log(wordpress: Testbed) -> None:
    site = wordpress.site()
    get(site.url + "about/?x=1")
    get(site.url + "nothing-here/")
    get(site.url + "index.php?rest_route=/wp/v2/posts")
    get(site.url + "wp-includes/images/blank.gif")  # a file: WordPress is not asked
    asked = [(request.method, request.uri, request.status) for request in wordpress.requests(site)]
    assert asked == [
        ("GET", "/about/?x=1", 200),
        ("GET", "/nothing-here/", 404),
        ("GET", "/index.php?rest_route=/wp/v2/posts", 200),
    ]
    assert [request.status for request in wordpress.requests(site, since=1)] == [404, 200]
    wordpress.stop_site(site)


def test_a_clone_can_be_edited(wordpress: Testbed) -> None:
    copy = wordpress.clone("edited")
    assert wordpress.php("update_option('blogname', 'Edited'); echo get_option('blogname');", copy) == "Edited"
    site = wordpress.site(database=copy)
    assert "Edited" in get(site.url)[1]
    assert "Edited" not in get(wordpress["classic"].url)[1]
    wordpress.stop_site(site)


# ---- end


def processes(home: str) -> list[str]:
    """Command lines that name a state directory, zombies left out."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if f"{home}/" in words:
            found.append(words)
    return found


def until(condition: Callable[[], object], seconds: float = 30) -> bool:
    """Whether something comes true within a generous time; the time itself is not what is tested."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


STARTER = """
import sys, time
from tests.wordpress.testbed import start
bed = start(posts=1, big=5)
print(bed.home, bed._guard.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("guard_too", [False, True])
def test_nothing_outlives_a_session_that_was_killed(guard_too: bool) -> None:
    with subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True) as session:
        assert session.stdout
        home, guard = session.stdout.readline().split()
        assert processes(home)
        if guard_too:
            os.kill(int(guard), signal.SIGKILL)
        session.kill()
    if guard_too:  # then the next start sweeps
        assert processes(home)
        subprocess.run([str(SCRIPT), "sweep"], check=True)
    assert until(lambda: not processes(home) and not Path(home).exists())


def test_a_build_that_is_killed_leaves_nothing(tmp_path: Path) -> None:
    env = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE, env=env) as session:
        assert until(lambda: list(tmp_path.glob("wp-testbed-*/run/db.pid")))
        (home,) = map(str, tmp_path.glob("wp-testbed-*"))
        session.kill()
    assert until(lambda: not processes(home) and not Path(home).exists())
