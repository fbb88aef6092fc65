"""How a run over a blog ends: which gaps make it incomplete, and what is only told."""

from __future__ import annotations

import pytest

from archiver.crawl.ending import Ending, judged
from archiver.crawl.outcome import Coverage

WHOLE = Coverage(claimed_posts=3, captured_posts=3, claimed_comments=9, captured_comments=9)


@pytest.mark.parametrize(
    ("coverage", "given_up", "ending"),
    [
        (WHOLE, 0, Ending("complete")),
        (Coverage(), 0, Ending("incomplete", "no post was found", 4)),
        (Coverage(claimed_posts=0), 0, Ending("complete")),  # a blog that has none, and says so
        # What no crawl can bring is told elsewhere, and is no reason to crawl again.
        (Coverage(captured_posts=1, claimed_comments=9, captured_comments=6, out_of_reach=3), 0, Ending("complete")),
        (
            Coverage(claimed_comments=15, captured_comments=13, posts_with_gaps=1),
            0,
            Ending("incomplete", "1 post with fewer comments than claimed", 4),
        ),
        (
            Coverage(claimed_posts=4, captured_posts=3, months_with_gaps=1, categories_with_gaps=2),
            0,
            Ending(
                "incomplete",
                "1 post that the blog claims could not be found; posts are missing in 1 month;"
                " posts are missing in 2 categories",
                4,
            ),
        ),
        (Coverage(months_with_gaps=2), 0, Ending("incomplete", "posts are missing in 2 months", 4)),
        (WHOLE, 2, Ending("incomplete", "2 URLs given up", 4)),
    ],
)
def test_gaps_make_a_run_incomplete(coverage, given_up, ending):
    assert judged(coverage, given_up, None, chosen=False) == ending


GAPS = Coverage(claimed_posts=4, captured_posts=3, months_with_gaps=1, categories_with_gaps=2, posts_with_gaps=1)


def test_who_chooses_posts_misses_none():
    ending = judged(GAPS, 0, None, chosen=True)
    assert ending == Ending("incomplete", "1 post with fewer comments than claimed", 4)


def test_who_chooses_none_is_told():
    ending = judged(Coverage(claimed_posts=4), 0, None, chosen=True)
    assert ending == Ending("incomplete", "--include and --exclude leave no post", 4)
    assert judged(Coverage(claimed_posts=0), 0, None, chosen=True) == Ending("complete")


def test_a_limit_comes_first():
    ending = judged(GAPS, 1, "--limit 3", chosen=False)
    reason = "stopped by --limit 3; 1 post with fewer comments than claimed; 1 URL given up"
    assert ending == Ending("limit", reason, 5)
