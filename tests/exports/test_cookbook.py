"""Every recipe of the cookbook runs against the demo's archive, and answers its question truly."""

from __future__ import annotations

import re
import shlex
import sqlite3
from collections import Counter
from contextlib import closing

import pytest
from click.testing import CliRunner

from archiver.cli import main
from tests.crawl.running import ROOT
from tests.exports.writing import rows
from tests.house.markdown import blocks

BLOCKS = blocks((ROOT / "docs" / "cookbook.md").read_text("utf-8"))
SQL = [block.code for block in BLOCKS if block.info == ("sql",)]


@pytest.fixture(scope="module")
def answers(crawled, tmp_path_factory):
    """The names that the Python recipes leave behind, run one after the other beside the archive."""
    folder = tmp_path_factory.mktemp("cookbook")
    (folder / "archive").symlink_to(crawled.directory)
    names: dict[str, object] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for block in BLOCKS:
            if block.info == ("sh",):
                for line in block.code.splitlines():
                    assert CliRunner().invoke(main, shlex.split(line)[1:]).exit_code == 0
            if block.info == ("python",):
                exec(compile(block.code, "cookbook.md", "exec"), names)
    return names


@pytest.mark.parametrize("code", SQL, ids=lambda code: " ".join(code.split())[7:40])
def test_sql(code, crawled):
    with closing(sqlite3.connect(f"{crawled.path.as_uri()}?mode=ro", uri=True)) as connection:
        assert connection.execute(code).fetchall()


def test_there_are_ten_questions():
    text = (ROOT / "docs" / "cookbook.md").read_text("utf-8")
    assert [number for number in range(1, 12) if f"\n## {number}. " in text] == list(range(1, 11))
    assert len(SQL) == 5


def test_comments_per_month(answers, crawled):
    dated = "SELECT substr(published_at, 1, 7), count(*) FROM comments WHERE kind = 'comment' GROUP BY 1 ORDER BY 1"
    assert answers["per_month"].select("month", "comments").rows() == rows(crawled, dated)


def test_waits(answers, crawled):
    replies = "SELECT count(*) FROM comments WHERE parent_id IS NOT NULL AND published_precision = 'second'"
    assert sum(answers["waits"]["answers"]) == rows(crawled, replies)[0][0] > 0
    assert all(0 < some <= most for some, most in answers["waits"].select("median_hours", "within_hours_90").rows())


def test_vocabulary(answers, crawled):
    texts = rows(crawled, "SELECT text FROM comments WHERE kind = 'comment'")
    told = Counter(word for (text,) in texts for word in re.findall(r"[^\W\d_]{4,}", text.lower()) if word.isascii())
    found = Counter(word for word in answers["words"]["word"] if word.isascii())
    assert found["leaflets"] == told["leaflets"] > 0
    per_year = answers["vocabulary"].group_by("year").len()["len"]
    assert max(per_year) == 15


def test_gone(answers, crawled):
    assert sum(answers["gone"]["comments"]) == rows(crawled, "SELECT count(*) FROM comments")[0][0]


def test_shape(answers, crawled):
    deepest = rows(crawled, "SELECT max(depth), count(DISTINCT post_id) FROM comments WHERE kind = 'comment'")[0]
    assert (max(answers["shape"]["deepest"]), sum(answers["shape"]["threads"])) == deepest


def test_retention(answers, crawled):
    people = rows(crawled, "SELECT count(DISTINCT author_id) FROM comments WHERE published_at IS NOT NULL")[0][0]
    assert sum(new for _, new, _ in answers["retention"]) == people
