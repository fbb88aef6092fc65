"""`archiver new-engine`, `archiver try --save`, and what other distributions plug in."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archiver import comments, plugged
from archiver import engines as every
from archiver.cli import main
from archiver.commands.new_engine import skeleton
from archiver.engines import engines, golden
from archiver.engines.evidence import Places
from archiver.errors import ArchiverError
from archiver.model import Target, TargetKind
from archiver.page import Page
from tests.house import ROOT
from tests.unit.golden_wordpress import GOLDEN, Case

POST = GOLDEN / "blogger" / "threaded-page" / "page.html"
URL = "https://quaynotes.blogspot.com/2021/03/ebb-flow.html"


def called(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def python(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_skeleton_passes_its_lint_and_its_golden_test(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    made = called("new-engine", "--into", folder, "tide_log")
    assert made.exit_code == 0, made.output
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == set(skeleton("tide_log"))
    for words in (("ruff", "check"), ("ruff", "format", "--check")):
        done = python(folder, *words, ".")
        assert done.returncode == 0, done.stdout
    tested = python(folder, "pytest", "-q", "-p", "no:cacheprovider")
    assert tested.returncode == 0, tested.stdout
    assert "3 passed" in tested.stdout
    page = folder / "tests/golden/tide_log/post/page.html"
    page.write_text(page.read_text("utf-8").replace("An answer.", "Another answer."), "utf-8")
    assert "1 failed" in python(folder, "pytest", "-q", "-p", "no:cacheprovider").stdout


@pytest.mark.parametrize(
    ("name", "words"),
    [("Tide-Log", "it is no name"), ("class", "it is no name"), ("ghost", "there is such an engine")],
)
def test_names_that_cannot_be(name: str, words: str, tmp_path: Path) -> None:
    made = called("new-engine", "--into", tmp_path / "mine", name)
    assert (made.exit_code, (tmp_path / "mine").exists()) == (2, False)
    assert words in made.stderr


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    assert called("new-engine", "--into", tmp_path, "tide_log").exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


# ── try ──────────────────────────────────────────────────────────────────────────────────────────


def test_try_saves_a_golden_case_that_holds(tmp_path: Path) -> None:
    folder = tmp_path / "threaded"
    said = called("try", "--url", URL, "--save", folder, POST)
    assert said.exit_code == 0, said.output
    assert "post, comments, " in said.stdout
    engine = next(engine for engine in engines() if engine.name == "blogger")
    case = golden.Case(folder, engine)
    assert case.wrong == {}
    ours = Case("threaded-page", engine).expected
    assert case.expected["comments"] == ours["comments"]
    case.expected["comments"] = []
    assert list(case.wrong) == ["comments"]
    again = called("try", "--url", URL, "--save", folder, POST)
    assert again.exit_code == 2
    assert "there is a golden case" in again.stderr


def test_a_case_of_json_is_kept_as_json(tmp_path: Path) -> None:
    engine = next(engine for engine in engines() if engine.name == "ghost")
    ours = Case("content-api", engine)
    kept = golden.save(tmp_path / "api", ours.page, ours.target, engine)
    assert "post" in kept or "posts" in kept
    assert (tmp_path / "api" / "page.json").read_bytes() == ours.page.body
    assert json.loads((tmp_path / "api" / "expected.json").read_text("utf-8"))["target"] == "api"
    assert golden.Case(tmp_path / "api", engine).wrong == {}


def test_try_shows_where_each_field_stands() -> None:
    lines = called("try", "--url", URL, POST).stdout.splitlines()
    after = {line.split()[0]: lines[number + 1].strip() for number, line in enumerate(lines[:-1]) if line.strip()}
    assert after["title"].startswith("at ")
    assert after["published"].startswith("at ")
    assert after["content"].startswith("at ")


def test_places_of_html_and_json() -> None:
    html = b"""<html><head><meta property="og:title" content="A post"></head><body><article id="p1">
    <h1 class="entry-title">The  title</h1><p class="by">Moll</p></article></body></html>"""
    places = Places(Page("https://a.example/", html, headers={"content-type": "text/html"}))
    assert places.of("A post") == 'meta[property="og:title"] @content'
    assert places.of("The title") == "article#p1 > h1.entry-title"
    assert places.of("Moll") == "article#p1 > p.by"
    assert places.of("not there") is None
    data = b'{"posts": [{"id": 7, "title": "A &amp; B", "html": "<p>Words</p>"}]}'
    places = Places(Page("https://a.example/", data, headers={"content-type": "application/json"}))
    assert [places.of(value) for value in ("7", "A & B", "Words")] == [
        *("$.posts[0].id", "$.posts[0].title", "$.posts[0].html"),
    ]


# ── plugged in ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def plug(monkeypatch: pytest.MonkeyPatch):
    """Let a distribution be installed that names something."""

    def plugged_in(group: str, name: str, value: str) -> None:
        points = EntryPoints([EntryPoint(name=name, value=value, group=group)])
        monkeypatch.setattr(plugged, "entry_points", lambda group: points.select(group=group))
        forget()

    def forget() -> None:
        comments.systems.cache_clear()
        every._others.cache_clear()

    yield plugged_in
    forget()


def test_a_comment_system_of_others_is_known(plug) -> None:
    plug("blog_archiver.comments", "harbour", "tests.unit.plugged_in:Harbour")
    assert "harbour" in [system.name for system in comments.systems()]
    page = Page(
        "https://a.example/p/", b'<div id="harbour-thread" data-of="7"></div>', headers={"content-type": "text/html"}
    )
    read = Case("post", next(engine for engine in engines() if engine.name == "ghost")).extract
    _, targets = comments.declared(page, Target(url=page.url, kind=TargetKind.POST), read)
    assert [target.url for target in targets] == ["https://harbour.example/threads/7"]


def test_an_engine_of_others_is_known(plug) -> None:
    plug("blog_archiver.engines", "harbour", "tests.unit.plugged_in:HarbourEngine")
    assert engines()[-1].name == "harbour"


@pytest.mark.parametrize(
    ("group", "value", "words"),
    [
        ("blog_archiver.engines", "tests.unit.no_such_module:Engine", "it cannot be loaded (No module"),
        ("blog_archiver.engines", "tests.unit.plugged_in:Harbour", "it is no archiver.engines.base.Engine"),
        ("blog_archiver.comments", "tests.unit.plugged_in:broken", "it cannot be made (not today)"),
    ],
)
def test_what_is_broken_in_others_is_said(plug, group: str, value: str, words: str) -> None:
    plug(group, "harbour", value)
    with pytest.raises(ArchiverError) as error:
        engines() if group.endswith("engines") else comments.systems()
    assert f"{group} harbour, {value}: {words}" in str(error.value)


def test_the_tutorial_can_be_followed(tmp_path: Path) -> None:
    """Its commands, in their order, in an empty folder."""
    text = (ROOT / "docs" / "engines" / "tutorial.md").read_text("utf-8")
    commands = [line for block in text.split("```sh\n")[1:] for line in block.partition("```")[0].splitlines() if line]
    assert len(commands) >= 5
    begun = "archiver() { '%s' -m archiver \"$@\"; }; pytest() { '%s' -m pytest -q -p no:cacheprovider \"$@\"; }"
    script = "\n".join(["set -e", begun % (sys.executable, sys.executable), *commands])
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout
