"""Comments that a platform's data of a thread no longer hold: gone once it was read whole, and not before."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crawl.platform_blogs import JSON, Written, blogger, ghost, squarespace
from tests.crawl.running import crawl, sound
from tests.crawl.scripted import Answers, serve

THERE = "SELECT text FROM comments WHERE gone_at IS NULL ORDER BY text"


def shorter(answers: Answers, path: str) -> Answers:
    """A thread that lacks its first comment, and states more than it gives."""
    data = json.loads(answers[path][1])
    rows = data["feed"]["entry"] if "feed" in data else data["comments"]
    del rows[0]
    if "meta" in data:
        rows[0]["count"] = {"replies": 2}  # to be asked for apart, in vain
    return {**answers, path: (JSON, json.dumps(data))}


@pytest.mark.parametrize(
    ("platform", "thread"),
    [
        (blogger, "/feeds/802/comments/default"),
        (ghost, "/members/api/comments/post/6f2/"),
        (squarespace, "/api/comment/GetComments?targetId=5f2"),
    ],
)
def test_a_comment_is_gone_when_its_whole_thread_lacks_it(
    tmp_path: Path, platform: Callable[[list[Written]], Answers], thread: str
) -> None:
    posts = [Written(n, f"Of day {n}", [f"Said {k} of {n}." for k in range(3)]) for n in (1, 2)]
    before = platform(posts)
    if platform is blogger:  # whose newest comments would bring it, too
        before = {name: answer for name, answer in before.items() if name != "/feeds/comments/default"}
    with serve(before) as blog:
        assert len(crawl(tmp_path, blog.home).rows(THERE)) == 6
        blog.answers = shorter(before, thread)  # holds a comment back
        assert len(crawl(tmp_path, blog.home).rows(THERE)) == 6
        del posts[1].comments[0]
        blog.answers = platform(posts)
        ran = crawl(tmp_path, blog.home)
        left = ["Said 0 of 1.", "Said 1 of 1.", "Said 1 of 2.", "Said 2 of 1.", "Said 2 of 2."]
        assert [text for (text,) in ran.rows(THERE)] == left
        posts[1].comments.insert(0, "Said 0 of 2.")
        blog.answers = platform(posts)
        assert len(crawl(tmp_path, blog.home).rows(THERE)) == 6  # it is back
    assert sound(tmp_path)
