"""Blogs that are no WordPress brought up to date: new posts at once, new comments where something counts them."""

from __future__ import annotations

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
