"""The benchmark on strangers' pages: it knows the layouts of the sets, and counts what is right."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from archiver.errors import UsageError
from benchmarks.gold import compare, main
from benchmarks.gold_sets import sheets

WORDS = "The lamps of the quay burn an hour less, since oil is dear this year and the keeper is poor."
SAID = "Dear indeed, and the moths are glad of it."
COMMENTS = "".join(
    f"<div id='comment-{n}'><b class='fn'>Ned</b><div class='comment-text'><p>{SAID} {n}</p></div></div>"
    for n in (1, 2)
)
PAGE = f"<html><body><article><h1>Oil</h1><p>{WORDS}</p><p>{WORDS}</p></article>{COMMENTS}</body></html>"
BODY = f"{WORDS}\n\n{WORDS}"


def scrapinghub(folder: Path) -> None:
    (folder / "html").mkdir()
    (folder / "html" / "a1.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    rows = {"a1": {"url": "https://quay.example/oil", "articleBody": BODY}, "a2": {"url": "", "articleBody": ""}}
    (folder / "ground-truth.json").write_text(json.dumps(rows))


def wcxb(folder: Path) -> None:
    for part in ("html", "ground-truth"):
        (folder / "dev" / part).mkdir(parents=True)
    for name, kind in (("0001", "article"), ("0002", "forum")):
        row = {"_internal": {"page_type": {"primary": kind}}, "ground_truth": {"main_content": BODY}}
        (folder / "dev" / "ground-truth" / f"{name}.json").write_text(json.dumps(row))
        (folder / "dev" / "html" / f"{name}.html.gz").write_bytes(gzip.compress(PAGE.encode()))


def passages(folder: Path) -> None:
    (folder / "tests" / "cache").mkdir(parents=True)
    (folder / "tests" / "cache" / "oil.html").write_text(PAGE)
    row = {"file": "oil.html", "with": [WORDS[:30]], "without": ["Nowhere"], "comments": [SAID]}
    (folder / "tests" / "evaldata.json").write_text(json.dumps({"https://quay.example/oil": row}))


def readability(folder: Path) -> None:
    (folder / "test" / "test-pages" / "oil").mkdir(parents=True)
    (folder / "test" / "test-pages" / "oil" / "source.html").write_text(PAGE)
    (folder / "test" / "test-pages" / "oil" / "expected.html").write_text(f"<p>{WORDS}</p><p>{WORDS}</p>")


@pytest.mark.parametrize("layout", [scrapinghub, wcxb, passages, readability], ids=lambda layout: layout.__name__)
def test_a_page_that_is_read_right_scores_full(tmp_path: Path, layout: object) -> None:
    assert callable(layout)
    layout(tmp_path)
    (sheet,) = sheets(tmp_path)
    score = compare([sheet])["ours"]
    assert (score.body, score.comments, score.false) == (1.0, 1.0, 0)
    assert score.records["comments"] == 2


def test_what_is_wrong_costs(tmp_path: Path) -> None:
    passages(tmp_path)
    path = tmp_path / "tests" / "evaldata.json"
    rows = json.loads(path.read_text())
    rows["https://quay.example/oil"]["without"] = [WORDS[10:40]]
    rows["https://quay.example/oil"]["comments"] = [SAID, WORDS[5:20]]
    path.write_text(json.dumps(rows))
    score = compare(list(sheets(tmp_path)))["ours"]
    assert score.body == pytest.approx(2 / (1 + 2 + 1))
    assert score.comments == pytest.approx(2 / (1 + 2))


def test_a_folder_that_is_no_set_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no set that is known"):
        sheets(tmp_path)
    ran = CliRunner().invoke(main, [str(tmp_path)])
    assert ran.exit_code == 2
    assert "no set that is known" in ran.output
