"""Blogs that are no WordPress brought up to date: new posts at once, new comments where something counts them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.crawl.platform_blogs import PLATFORMS, Written
from tests.crawl.running import crawl, sound, update
from tests.crawl.scripted import serve
from tests.crawl.test_update import counts


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_blog_of_another_platform(tmp_path: Path, platform: str) -> None:
    answers, engine, tells = PLATFORMS[platform]
    posts = [Written(n, f"Of day {n}", [f"Said {k} of {n}." for k in range(n % 3)]) for n in range(1, 8)]
    with serve(answers(posts)) as blog:
        ran = crawl(tmp_path, blog.home, "-q")
        assert ran.code == 0, ran.err
        assert ran.rows("SELECT engine FROM blogs") == [(engine,)]
        there = (7, sum(len(post.comments) for post in posts))
        held = "SELECT (SELECT count(*) FROM posts), (SELECT count(*) FROM comments WHERE gone_at IS NULL)"
        assert ran.rows(held) == [there]
        blog.asked.clear()
        ran = update(tmp_path, "-q")
        assert (ran.code, ran.err, counts(ran)) == (0, "", {})
        assert len(blog.asked) <= 8, blog.asked

        posts.append(Written(8, "The newest", ["At once."]))
        blog.answers = answers(posts)
        assert counts(update(tmp_path)) == {"new_posts": 1, "new_comments": 1}
        posts[1].comments.append("On an old post.")
        blog.answers = answers(posts)
        assert counts(update(tmp_path)) == ({"new_comments": 1} if tells else {})
        ran = update(tmp_path, "--full")
        assert (ran.code, counts(ran)) == (0, {} if tells else {"new_comments": 1})
        assert ran.rows(
            "SELECT p.title FROM comments c JOIN posts p ON p.id = c.post_id WHERE c.text = 'On an old post.'"
        ) == [("Of day 2",)]
        assert ran.rows(held) == [(8, there[1] + 2)]
        assert sound(tmp_path)

        blog.answers = {}
        gone = update(tmp_path, "-q")
        assert gone.code == 7
        assert gone.rows(held) == [(8, there[1] + 2)]


def test_a_post_that_is_held_by_the_name_of_its_file_is_not_held_twice(tmp_path: Path) -> None:
    """As archives of before have it: `/post-1/index.html` is read as `/post-1/` now."""

    def as_files(posts: list[Written]) -> dict[str, tuple[str, str]]:
        made = {}
        for path, (kind, body) in PLATFORMS["static"][0](posts).items():
            named = re.sub(r"(/post-\d+/)(?=['<])", r"\1index.html", body)
            made |= {path: (kind, named)}
            if path.startswith("/post-"):
                made |= {f"{path}index.html": (kind, named)}
        return made

    posts = [Written(n, f"Of day {n}", [f"Said {k} of {n}." for k in range(n % 3)]) for n in range(1, 5)]
    held = "SELECT id, title FROM posts ORDER BY id"
    with serve(as_files(posts)) as blog:
        ran = crawl(tmp_path, blog.home, "-q", arranged={"names_files": True})
        assert ran.one("SELECT count(*) FROM posts WHERE url LIKE '%/index.html'") == len(posts)
        before, said = ran.rows(held), ran.one("SELECT count(*) FROM comments")
        posts[1].comments.append("On an old post.")
        blog.answers = as_files(posts)
        ran = update(tmp_path, "--full", "-q")
        assert (ran.code, counts(ran)) == (0, {"new_comments": 1})
        ran = crawl(tmp_path, blog.home, "-q")
        assert (ran.code, ran.rows(held), ran.one("SELECT count(*) FROM comments")) == (0, before, said + 1)
        assert ran.one("SELECT count(*) FROM posts WHERE url LIKE '%/index.html'") == 0
        assert sound(tmp_path)
