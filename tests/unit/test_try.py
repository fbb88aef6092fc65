"""`archiver try`: one page, field by field."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archiver.cli import main
from tests.crawl.scripted import serve
from tests.unit.golden_wordpress import GOLDEN

POST = GOLDEN / "blogger" / "threaded-page" / "page.html"
URL = "https://quaynotes.blogspot.com/2021/03/ebb-flow.html"


def tried(*words: str) -> Result:
    return CliRunner().invoke(main, ["try", *words])


def test_a_file_is_read_field_by_field() -> None:
    lines = tried("--url", URL, str(POST)).stdout.splitlines()
    assert lines[0] == URL
    assert "  engine         blogger" in lines
    assert "  because        generator blogger" in lines
    assert "post, from page, as page" in lines
    stated = "2021-03-02T07:30:00Z (to the second, printed as '2021-03-01T23:30:00-08:00')"
    assert f"  published      {stated}" in lines
    assert "3 comments" in lines
    assert "  parent         91000001" in lines
    assert "  parent source  dom" in lines


def test_the_same_as_json() -> None:
    said = json.loads(tried("--json", "--url", URL, str(POST)).stdout)
    assert said["engine"] == "blogger"
    assert [comment["native_id"] for comment in said["extract"]["comments"]] == ["91000001", "91000002", "91000003"]


def test_an_engine_forced_by_hand_reads_what_it_can() -> None:
    said = tried("--engine", "generic", "--url", URL, str(POST))
    assert said.exit_code == 0
    assert "  engine         generic" in said.stdout.splitlines()
    assert "because" not in said.stdout


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (
            ("--engine", "tumbler", str(POST)),
            2,
            "archiver: engine tumbler: there is no such engine. Engines: wordpress,",
        ),
        (("no-such-file.html",), 7, "no-such-file.html"),
        (
            ("/no/such/file.html",),
            2,
            "archiver: /no/such/file.html: there is no such file. Name a file, or the address",
        ),
        (("/dev/null",), 2, "archiver: /dev/null: it is no file. Name a file, or the address of a page"),
        (("--url", "not an address", str(POST)), 2, "archiver: 'not an address': it is not the address of a website"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(words: tuple[str, ...], code: int, line: str) -> None:
    said = tried(*words)
    assert said.exit_code == code
    assert line in said.stderr
    assert len(said.stderr.splitlines()) == 1


def test_json_that_is_cut_is_told(tmp_path: Path) -> None:
    cut = tmp_path / "cut.json"
    cut.write_text('{"feed": {"entry": [', "utf-8")
    said = tried("--kind", "api", "--engine", "blogger", str(cut))
    assert said.exit_code == 1
    assert "JSON was expected and not whole JSON came" in said.stdout


def test_strangers_words_cannot_move_the_cursor(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    words = "The lamps of the quay burn an hour less, since oil is dear this year and the keeper is poor. "
    page.write_text(f"<article><h1>Oil\x1b[2J</h1><p>{words}\x9b2J{words}</p></article>", "utf-8")
    said = tried(str(page)).stdout
    assert "Oil" in said
    assert not any(sign in said for sign in "\x1b\x9b")


@pytest.mark.parametrize(
    ("robots", "code"), [("User-agent: *\nDisallow: /private/\n", 0), ("User-agent: *\nDisallow: /\n", 7)]
)
def test_a_page_is_fetched_by_the_rules_of_a_crawl(robots: str, code: int) -> None:
    answers = {"/robots.txt": ("text/plain", robots), "/oil/": ("text/html", POST.read_text("utf-8"))}
    with serve(answers) as blog:
        command = [sys.executable, "-m", "archiver", "try", f"{blog.home}/oil/"]
        said = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert said.returncode == code, said.stderr
    assert blog.asked == ["/robots.txt", "/oil/"][: 2 if code == 0 else 1]
    assert ("Ebb & flow" in said.stdout) == (code == 0)
