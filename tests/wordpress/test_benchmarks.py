"""What the benchmarks stand on: the fixed blog, its server, the bare spider, the samples of memory, the allowance."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from benchmarks.blog import FixedBlog
from benchmarks.markup import Markup
from benchmarks.requests import allowance, least
from benchmarks.speed import _ask, fixed_blog, resident
from benchmarks.truth import Truth
from benchmarks.visits import visits
from benchmarks.writing import measure
from tests.wordpress.testbed import Testbed

BASE = "http://127.0.0.1:1"


def test_fixed_blog_is_the_same_each_time() -> None:
    one, other = Markup(FixedBlog(30), BASE), Markup(FixedBlog(30), BASE)
    assert [one.render(path) for path in one.paths()] == [other.render(path) for path in other.paths()]
    assert len(one.paths()) == 30 + 3


def test_fixed_pages_are_of_a_real_size() -> None:
    markup = Markup(FixedBlog(300), BASE)
    sizes = [len(markup.render(path) or b"") for path in markup.paths()]
    assert min(sizes) > 60_000
    assert max(sizes) < 120_000


@pytest.mark.parametrize("number", [1, 7, 30])
def test_fixed_post_shows_its_comments(number: int) -> None:
    blog = FixedBlog(30)
    page = (Markup(blog, BASE).render(blog.path(number)) or b"").decode()
    post = blog.post(number)
    shown = [f'<li id="comment-{comment.id}"' for comment in post.comments]
    assert [part for part in shown if page.count(part) == 1] == shown
    assert page.count("<li id=") == len(shown)
    assert page.count("<ol") == page.count("</ol>")
    assert len(re.findall("<li[ >]", page)) == page.count("</li>")


@pytest.mark.parametrize("path", ["/page/1/", "/page/4/", "/2009/05/post-number-31/", "/nothing/", "/1999/01/"])
def test_fixed_blog_has_no_other_pages(path: str) -> None:
    assert Markup(FixedBlog(30), BASE).render(path) is None


@pytest.mark.parametrize("fly", [False, True])
def test_server_answers_and_counts(fly: bool) -> None:
    with fixed_blog(12, fly=fly) as base:
        with urlopen(base + "/") as front:
            assert b"A Blog for Measuring" in front.read()
        with urlopen(base + "/?paged=2") as second:
            assert second.url == base + "/page/2/"
        with pytest.raises(HTTPError, match="404"):
            urlopen(base + "/feed/")
        stats = _ask(base, "stats")
        assert (stats["requests"], stats["paths"]) == (4, ["/", "/page/2/"])
        _ask(base, "reset")
        assert _ask(base, "count") == 0


def test_bare_spider_downloads_each_page_once(tmp_path: Path) -> None:
    with fixed_blog(12) as base:
        paths = Markup(FixedBlog(12), base).paths()
        urls = tmp_path / "urls.txt"
        urls.write_text("\n".join(base + path for path in paths))
        subprocess.run([sys.executable, "-m", "benchmarks.bare_spider", str(urls)], check=True)
        assert sorted(_ask(base, "stats")["paths"]) == sorted(paths)


def test_memory_of_children_counts() -> None:
    script = "import time; hold = b'x' * 50_000_000; print('ready', flush=True); time.sleep(60)"
    before = resident(os.getpid())
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        child.stdout.readline()
        assert resident(os.getpid()) - before > 50_000_000
        child.kill()


def test_writer_is_measured_on_all_its_rows() -> None:
    writing = measure(posts=5, rounds=1)
    blog = FixedBlog(5)
    assert writing.rows > 5 + sum(len(blog.post(number).comments) for number in range(1, 6))
    assert writing.ratio > 0
    assert [visit.extract.posts[0].native_id for visit in visits(5)] == ["1", "2", "3", "4", "5"]


def test_least_requests(wordpress: Testbed, tmp_path: Path) -> None:
    wordpress.truth(path=tmp_path / "truth.db").close()
    truth = Truth(tmp_path / "truth.db")
    few = least(truth)
    assert (few.posts, few.pages, few.parts, few.list_pages) == (106, 5, 3, 11)
    # 400 comments of 155 roots or so stand on four pages, 51 threads on two.
    assert few.comment_pages == 4
    assert allowance(truth, api_open=False, pages=True)[0] == pytest.approx(129 * 1.03)
    assert allowance(truth, api_open=True, pages=True)[0] is None
    assert allowance(truth, api_open=True, pages=False)[0] == 2 + 9 + 20
