"""The command line: what each verb passes on, prints and returns. Crawls are faked; real ones are tested elsewhere."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import click
import pytest
from click.testing import CliRunner, Result

import archiver.commands.search
from archiver import __version__
from archiver.cli import main
from archiver.commands.demo import try_out
from archiver.commands.status import unknown
from archiver.config import BlogConfig
from archiver.crawl.outcome import DetectResult, Outcome, Stats
from archiver.crawl.progress import PlainProgress, Progress
from archiver.errors import ArchiveError, ArchiverError, Locked, Unreachable
from tests.unit import sample

BLOG = "https://blog.example.org/"
VERBS = (
    *("crawl", "update", "add", "remove", "detect", "try", "schedule", "status", "search", "history", "serve"),
    *("export", "publish", "codebook", "extract", "import", "merge", "redact", "verify", "emit", "demo"),
)


class FakeCrawl(ModuleType):
    """In the place of archiver.crawl.run: remembers how it was called and answers as told."""

    def __init__(self) -> None:
        super().__init__("archiver.crawl.run")
        self.calls: list[tuple[Path, list[BlogConfig]]] = []
        self.progress: Progress | None = None
        self.others: dict[str, object] = {}
        self.codes: list[int] = []
        self.error: BaseException | None = None
        self.seen: list[DetectResult] = []

    def run(self, archive_dir, blogs, *, progress, **others):
        self.calls.append((archive_dir, list(blogs)))
        self.progress, self.others = progress, others
        if self.error:
            raise self.error
        progress.start(blogs)
        codes = self.codes or [0] * len(blogs)
        outcomes = [outcome(blog.url, code) for blog, code in zip(blogs, codes, strict=True)]
        progress.finish(outcomes)
        return outcomes

    def detect(self, blogs):
        self.calls.append((Path(), list(blogs)))
        return self.seen

    @property
    def blogs(self) -> list[BlogConfig]:
        return self.calls[-1][1]


def outcome(url: str, code: int) -> Outcome:
    kinds = {0: "complete", 4: "incomplete", 5: "limit", 130: "interrupted"}
    return Outcome(
        site_key=url.split("/")[2],
        url=url,
        crawl_id="c1",
        outcome=kinds.get(code, "failed"),
        exit_code=code,
        reason=None if code == 0 else f"because {code}",
        stats=Stats(started=0.0, finished=1.0, posts=3),
    )


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    """An empty directory to work in, and no settings from outside."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("ARCHIVER_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def crawl(monkeypatch):
    fake = FakeCrawl()
    monkeypatch.setitem(sys.modules, "archiver.crawl.run", fake)
    return fake


@pytest.fixture
def served(monkeypatch):
    """The calls of archiver.web.serve.serve, which is faked."""
    calls = []
    fake = ModuleType("archiver.web.serve")
    fake.serve = lambda path, **options: calls.append((path, options))
    monkeypatch.setitem(sys.modules, "archiver.web.serve", fake)
    return calls


@pytest.fixture
def archive(tmp_path):
    return sample.make(tmp_path / "archive")


def call(*words: str, code: int | None = 0, **options) -> Result:
    """Call the command line; code: the exit code that it must have."""
    result = CliRunner().invoke(main, list(words), **options)
    assert code is None or result.exit_code == code, result.output
    return result


def error_line(result: Result) -> str:
    """The one line of stderr, without the name of the program."""
    (line,) = result.stderr.splitlines()
    assert line.startswith("archiver: ")
    return line.removeprefix("archiver: ")


# ---- Help


def test_help_names_every_verb_in_order():
    text = call("--help").output
    assert tuple(re.findall(r"^  (\w+)  +[A-Z]", text.partition("Commands:")[2], re.MULTILINE)) == VERBS
    assert call().output == text


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_examples_that_it_understands(verb):
    text = call(verb, "--help").output
    examples = re.findall(r"^    archiver (.+?)(?:  .*)?$", text, re.MULTILINE)
    assert examples
    for example in examples:
        first, *words = [word.strip("'") for word in re.findall(r"'[^']*'|\S+", example)]
        assert first == verb
        command = main.get_command(main.make_context("archiver", []), verb)
        assert command is not None
        command.make_context(verb, [w for w in words if w not in {"-i", "urls.txt"}])


def test_version():
    assert call("--version").output == f"archiver, version {__version__}\n"


def test_help_is_quick_to_load():
    """Neither Scrapy nor Datasette nor the database is imported before it is needed."""
    heavy = {"scrapy", "datasette", "sqlite_utils", "rich", "lxml"}
    script = f"import sys, archiver.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_verb_does_not_wait_for_the_others():
    script = "import sys; from archiver.cli import main; main.get_command(None, 'status'); print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = {name for name in VERBS if f"archiver.commands.{name}'" in done.stdout}
    assert loaded == {"status"}


# ---- Wrong usage


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["crwal"], "No such command 'crwal'. Did you mean crawl?"),
        (["frobnicate"], "No such command 'frobnicate'. See archiver --help"),
        (["--frob"], "No such option '--frob'. Options stand after the command"),
        (["crawl", "--frob", BLOG], "crawl: No such option '--frob'"),
        (["crawl", "--delay", "soon", BLOG], "crawl: Invalid value for '--delay'"),
        (["crawl", "--limit", "0", BLOG], "crawl: Invalid value for '--limit'"),
        (["crawl", "--delay", "0", BLOG], "--delay: 0 seconds between requests would burden https://blog.example.org/"),
        (["crawl", "--include", "(", BLOG], "--include: '(' is not a regular expression"),
        (["crawl", "nonsense"], "'nonsense': it is not the address of a website"),
        (["crawl"], "crawl: no URL is given, and no archiver.toml names a blog. Run `archiver crawl https://"),
        (["crawl", "-c", "none.toml"], "none.toml: it cannot be read (No such file or directory)"),
        (["crawl", "-i", "none.txt"], "crawl: Invalid value for '-i' / '--input': 'none.txt'"),
        (["detect"], "detect: Missing argument 'URL...'"),
        (["run-one", BLOG, "--shards", "hdfs://x/y"], "run-one: Invalid value for '--shards'"),
        (
            ["merge", "http://x/y", "-o", "out"],
            "merge: Invalid value for 'SHARDS...': 'http://x/y': http:// is none of s3://",
        ),
        (["search"], "search: Missing argument 'WORDS...'"),
        (["search", "--in", "titles", "x"], "search: Invalid value for '--in'"),
        (["serve", "--port", "99999"], "serve: Invalid value for '--port'"),
        (["status", "-a", "file"], "status: Invalid value for '-a' / '--archive'"),
        (["crawl", "--jobs", "4", BLOG], "--jobs: it says how workers are started"),
        (["update", "--jobs", "4"], "--jobs: it says how workers are started"),
    ],
)
def test_wrong_usage_is_one_line_and_code_2(words, line, crawl):
    Path("file").write_text("")
    assert error_line(call(*words, code=2)).startswith(line)
    assert crawl.calls == []


# ---- crawl


def test_crawl_passes_on_what_was_typed(crawl):
    flags = (
        "--delay 0.5 --contact me@example.org --no-pages --include a --include b --exclude c --limit 7 --max-requests 9"
    )
    call(
        "crawl",
        *flags.split(),
        "--engine",
        "generic",
        "--restart",
        "-a",
        "blogs",
        "blog.example.org",
        "other.example.net",
    )
    assert crawl.others["restart"] is True
    settings = {
        "delay": 0.5,
        "contact": "me@example.org",
        "pages": False,
        "include": ("a", "b"),
        "exclude": ("c",),
        "limit": 7,
        "max_requests": 9,
        "engine": "generic",
    }
    urls = (BLOG, "https://other.example.net/")
    assert crawl.calls == [(Path("blogs"), [BlogConfig(url=url, **settings) for url in urls])]


def test_crawl_by_default(crawl):
    call("crawl", "--contact", "me@example.org", BLOG)
    assert crawl.calls == [(Path("archive"), [BlogConfig(url=BLOG, contact="me@example.org")])]
    assert crawl.others["restart"] is False


def test_crawl_takes_blogs_and_settings_from_the_file_and_the_environment(crawl):
    Path("archiver.toml").write_text(f"pages = false\nlimit = 3\n[[blogs]]\nurl = '{BLOG}'\ndelay = 5\n")
    call("crawl", "--pages", env={"ARCHIVER_LIMIT": "4", "ARCHIVER_DIR": "elsewhere"})
    assert crawl.calls == [(Path("elsewhere"), [BlogConfig(url=BLOG, delay=5.0, limit=4)])]
    Path("other.toml").write_text("[[blogs]]\nurl = 'other.example.net'\n")
    call("crawl", env={"ARCHIVER_CONFIG": "other.toml"})
    assert crawl.blogs == [BlogConfig(url="https://other.example.net/")]


@pytest.mark.parametrize(
    ("variable", "near"),
    [("ARCHIVER_DEALY", "DELAY"), ("ARCHIVER_MAXTIME", "MAX_TIME"), ("ARCHIVER_DIRS", "DIR"), ("ARCHIVER_KEY", None)],
)
def test_a_misspelt_variable_is_named_with_the_one_that_was_meant(variable, near, crawl):
    said = call("crawl", BLOG, env={variable: "5", "ARCHIVER_CONTACT": "me@example.org"}).stderr
    known = f"archiver: warning: {variable}: no setting is called that, and it has no effect. Did you mean ARCHIVER_"
    assert [line for line in said.splitlines() if variable in line] == ([f"{known}{near}?"] if near else [])
    assert crawl.blogs == [BlogConfig(url=BLOG, contact="me@example.org")]


def test_crawl_says_that_all_blogs_of_the_file_are_paused(crawl):
    Path("archiver.toml").write_text(f"[[blogs]]\nurl = '{BLOG}'\npaused = true\n")
    assert error_line(call("crawl", code=2)).startswith("archiver.toml: all of its blogs are paused. Take one up")
    assert crawl.calls == []


def test_a_full_disk_behind_standard_output_is_not_that_of_the_archive():
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "archiver", "--help"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (ran.returncode, ran.stderr.splitlines()[0]) == (
        3, "archiver: standard output: no space is left. Free some space and run the same command again"
    )  # fmt: skip


def test_crawl_reads_urls_from_a_file_and_from_stdin(crawl):
    text = "\ufeff# blogs\nblog.example.org\n\n  https://other.example.net  \nblog.example.org\n"
    urls = [BLOG, "https://other.example.net/"]
    Path("urls.txt").write_text(text, "utf-8")
    call("crawl", "-i", "urls.txt")
    assert [blog.url for blog in crawl.blogs] == urls
    call("crawl", "-i", "-", "third.example", input=text)
    assert [blog.url for blog in crawl.blogs] == ["https://third.example/", *urls]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"blog.example.org\nnonsense\n", "urls.txt, line 2: 'nonsense': it is not the address"),
        (b"blog.example.org\n\xff\n", "urls.txt: it is not UTF-8 text"),
    ],
)
def test_a_wrong_line_is_named(crawl, content, line):
    Path("urls.txt").write_bytes(content)
    assert error_line(call("crawl", "-i", "urls.txt", code=2)).startswith(line)


def test_crawl_prints_progress_on_stderr_and_the_summary_on_stdout(crawl):
    result = call("crawl", "--contact", "me@example.org", "-a", "my blogs", BLOG)
    assert isinstance(crawl.progress, PlainProgress)
    assert result.stderr == f"Crawling {BLOG}\n"
    assert result.stdout.startswith("blog.example.org: complete\n  read      3 posts")
    assert result.stdout.endswith("Look:      archiver serve -a 'my blogs'\n")
    assert "\x1b" not in result.output


@pytest.mark.parametrize(("url", "warned"), [(BLOG, True), ("http://127.0.0.1:8087/", False)])
def test_crawl_asks_for_a_contact(crawl, url, warned):
    assert ("archiver: warning: no contact is set" in call("crawl", url).stderr) is warned


def test_crawl_tells_that_the_database_is_lost(crawl):
    assert "extract" not in call("crawl", BLOG, "-a", "lost").stderr
    Path("lost/warc").mkdir(parents=True)
    Path("lost/warc/a.warc.gz").touch()
    said = (
        "archiver: warning: lost: it has WARC files and no archive.db. `archiver extract` makes one of what they hold"
    )
    assert said in call("crawl", "-q", BLOG, "-a", "lost").stderr.splitlines()


def test_quiet_speaks_of_trouble_alone(crawl):
    assert call("crawl", "-q", BLOG).output == ""
    assert type(crawl.progress) is Progress
    crawl.codes = [0, 4]
    result = call("crawl", "-q", BLOG, "other.example.net", code=4)
    assert result.stdout == ""
    assert error_line(result) == "other.example.net: incomplete: because 4"


@pytest.mark.parametrize(
    ("codes", "code"), [([0, 0], 0), ([4, 0], 4), ([5, 4], 5), ([0, 7], 7), ([7, 130], 7), ([5, 130], 130)]
)
def test_the_worst_blog_decides(crawl, codes, code):
    crawl.codes = codes
    call("crawl", BLOG, "other.example.net", code=code)


# ---- Failures


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (
            Unreachable("blog.example.org", "its name is not known", "Check the spelling"),
            7,
            "blog.example.org: its name is not known. Check the spelling",
        ),
        (Locked("archive", "another run is at work", "Wait"), 6, "archive: another run is at work. Wait"),
        (ArchiveError("a\x1b[2Jb", "two\nlines"), 3, "a [2Jb: two lines"),
        (sqlite3.OperationalError("database or disk is full"), 3, "archive: database or disk is full. Free some space"),
        (sqlite3.OperationalError("attempt to write a readonly database"), 3, "archive: it cannot be written"),
        (sqlite3.OperationalError("unable to open database file"), 3, "archive: it cannot be opened"),
        (sqlite3.OperationalError("database is locked"), 3, "archive: another program"),
        (sqlite3.DatabaseError("database disk image is malformed"), 3, "archive: database disk image is malformed"),
        (OSError(errno.ENOSPC, "No space left on device"), 3, "archive: no space is left. Free some space"),
        (OSError(errno.ENOSPC, "No space left on device", "archive/warc/x"), 3, "archive/warc/x: no space is left"),
        (PermissionError(errno.EACCES, "Permission denied", "archive"), 3, "archive: Permission denied"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (click.Abort(), 130, "interrupted"),
    ],
)
def test_a_failure_is_one_line_and_its_code(crawl, error, code, line):
    crawl.error = error
    result = call("crawl", "-q", BLOG, code=code)
    assert error_line(Result(*_without_first_empty_line(result))).startswith(line)


def _without_first_empty_line(result: Result) -> tuple:
    """click ends the line that shows ^C."""
    stderr = result.stderr_bytes.lstrip(b"\n")
    return (result.runner, result.stdout_bytes, stderr, stderr, None, result.exit_code, None)


@pytest.mark.parametrize(
    "error", [KeyError("lost"), sqlite3.IntegrityError("UNIQUE constraint failed"), ValueError("a\nb")]
)
def test_a_crash_is_kept_beside_the_archive(crawl, archive, error):
    crawl.error = error
    line = error_line(call("crawl", "-q", "-a", str(archive), BLOG, code=1))
    assert line.startswith(f"internal error: {type(error).__name__}: ")
    (file,) = (archive / "logs").iterdir()
    assert line.endswith(f"Please report it with {file}")
    text = file.read_text()
    assert text.startswith("Traceback")
    assert repr(error)[:10] in text or str(error) in text


def test_a_crash_without_an_archive_tells_how_to_see_more(crawl):
    crawl.error = KeyError("lost")
    assert "archiver --debug" in error_line(call("crawl", "-q", BLOG, code=1))
    assert not Path("archive").exists()
    shown = call("--debug", "crawl", "-q", BLOG, code=1).stderr
    assert shown.startswith("Traceback")
    assert "KeyError: 'lost'" in shown.splitlines()[-2]


def test_a_crash_when_even_the_log_cannot_be_written(crawl, archive):
    crawl.error = KeyError("lost")
    (archive / "logs").write_text("a file in the way")
    assert "archiver --debug" in error_line(call("crawl", "-q", "-a", str(archive), BLOG, code=1))


def test_the_terminal_is_put_right_after_a_failure(crawl, monkeypatch):
    finished = []
    monkeypatch.setattr(PlainProgress, "finish", lambda self, outcomes: finished.append(list(outcomes)))
    crawl.error = Unreachable("x")
    call("crawl", BLOG, code=7)
    assert finished == [[]]


# ---- detect


DETECTED = DetectResult(
    url=BLOG,
    final_url="https://www.blog.example.org/",
    engine="wordpress",
    confidence=0.98,
    evidence=("generator: WordPress", "/wp-json/ link"),
    version="6.7",
    api="partly",
    feeds=("https://blog.example.org/feed/",),
    title="Notes\x1b[31m",
)


def test_detect(crawl):
    crawl.seen = [DETECTED]
    assert call("detect", "blog.example.org").output.splitlines() == [
        "https://www.blog.example.org/  Notes [31m",
        "  engine    wordpress 6.7 (sure to 98%)",
        "  because   generator: WordPress",
        "            /wp-json/ link",
        "  API       partly open: the pages carry the rest",
        "  feeds     https://blog.example.org/feed/",
        "  sitemap   none found",
    ]
    assert crawl.blogs == [BlogConfig(url=BLOG)]


def test_detect_what_is_unknown_and_what_fails(crawl):
    crawl.seen = [
        DetectResult(url=BLOG),
        DetectResult(url="https://x.example/", error=Unreachable("x.example", "no answer")),
    ]
    text = call("detect", BLOG, "x.example", code=7).output
    assert "none that is known; a crawl would be a best effort" in text
    assert text.endswith("https://x.example/\n  error     x.example: no answer\n")


def test_detect_as_json(crawl):
    crawl.seen = [DETECTED, DetectResult(url="https://x.example/", error=ArchiverError("x.example", "no"))]
    first, second = json.loads(call("detect", "--json", BLOG, "x.example", code=1).output)
    assert (first["engine"], first["evidence"], first["error"]) == ("wordpress", list(DETECTED.evidence), None)
    assert (second["engine"], second["error"]) == (None, "x.example: no")


# ---- status


def test_status_of_all_blogs(archive):
    text = call("status", code=4).output
    assert text.startswith("Notes on Nerves (blog.example.org)\n")
    assert "\n\nSmall Days (other.example.net)\n" in text
    assert "claimed captured missing" not in text


def test_status_of_one_blog_and_its_gaps(archive):
    assert "Notes" not in call("status", "--coverage", "other.example.net", code=0).output
    lines = call("status", "--coverage", BLOG, code=4).output.splitlines()
    assert lines[-3].startswith("        4        2       2  https://blog.example.org/2021/02/post-1/")
    assert lines[-1] == "        3        2       1  February 2021"


def test_status_names_the_blogs_of_the_file_of_which_nothing_is_archived(archive):
    named = ["other.example.net", "third.example", "https://paused.example/'\npaused = true\n#'"]
    Path("archive/archiver.toml").write_text("".join(f"[[blogs]]\nurl = '{url}'\n" for url in named))
    said = "third.example: archiver.toml names it, and nothing of it is archived\n"
    assert call("status", code=4).stderr == call("status", "--json", code=4).stderr == said
    assert call("status", "other.example.net").stderr == ""


def test_a_blog_in_a_folder_of_the_host_that_is_named_is_held():
    named = {"a.example", "b.example", "b.example/blog", "c.example"}
    assert unknown(named, ["a.example/blog", "b.example", "c.example.org"]) == ["b.example/blog", "c.example"]


def test_status_as_json(archive):
    first, second = json.loads(call("status", "--json", "--coverage", code=4).output)
    assert (first["site_key"], first["comments"], first["coverage"]["claimed_comments"], first["has_gaps"]) == (
        "blog.example.org",
        2,
        5,
        True,
    )
    assert first["month_gaps"][0]["missing"] == 1
    assert first["post_gaps"][0]["missing"] == 2
    assert (second["has_gaps"], second["post_gaps"], second["month_gaps"]) == (False, [], [])
    assert "post_gaps" not in json.loads(call("status", "--json", code=4).output)[0]


@pytest.mark.parametrize("verb", [["status"], ["search", "x"], ["serve"]])
def test_no_archive(verb, served):
    assert error_line(call(*verb, "-a", "nothing", code=3)).startswith(
        "nothing: there is no archive.db in it. Run `archiver"
    )
    assert not Path("nothing").exists()


def test_not_an_archive():
    Path("archive").mkdir()
    Path("archive/archive.db").write_bytes(b"nonsense" * 1000)
    assert "not a database" in error_line(call("status", code=3))


def test_status_of_a_blog_that_is_not_there(archive):
    assert error_line(call("status", "third.example", code=2)).startswith("third.example: there is no such blog")


# ---- search


def test_search(archive):
    text = call("search", "transplants").output
    assert text == (
        "Comment on A stem cell trial (Mia, 2021-03-01, blog.example.org)\n"
        "  My transplanted cells are doing well.\n"
        "  https://blog.example.org/2021/02/post-1/#comment-1\n"
        "\n"
        "A stem cell trial (Anna Berg, Owen Reed, 2021-02-01, blog.example.org)\n"
        "  Stem cell transplants were tried, see 10.1016/S1474-4422(21)00301-X.\n"
        "  https://blog.example.org/2021/02/post-1/\n"
    )


def test_search_passes_on_where_to_look(archive):
    text = call("search", "--in", "posts", "--blog", "other.example.net", "--limit", "1", "trial").output
    assert text == (
        "(untitled) (Anna Berg, 2021-02-01, other.example.net)\n"
        "  A day without a title, and no trial.\n"
        "  https://other.example.net/2021/02/post-1/\n"
    )
    assert error_line(call("search", "--blog", "third.example", "x", code=2)).startswith(
        "third.example: there is no such"
    )


@pytest.mark.parametrize(("no_colour", "colours"), [(None, True), ("1", False)])
def test_search_marks_what_was_found_on_a_terminal(archive, monkeypatch, no_colour, colours):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_colour:
        monkeypatch.setenv("NO_COLOR", no_colour)
    # The runner's stdout is no terminal; the environment decides alone.
    monkeypatch.setattr(archiver.commands.search, "has_colour", lambda stream: not os.environ.get("NO_COLOR"))
    text = call("search", "rain", color=True).output
    assert ("of \x1b[33m\x1b[1mrain\x1b[0m." in text) is colours
    assert ("\x1b" in text) is colours
    assert "Weather [31m & moods" in text


def test_search_as_json(archive):
    (hit,) = json.loads(call("search", "--json", "rain").output)
    assert (hit["kind"], hit["authors"], hit["snippet"]) == (
        "post",
        "Anna Berg",
        "The trial of rain. 疲労 and fatigue.",
    )
    assert json.loads(call("search", "--json", "unheard-of").output) == []


def test_search_without_a_hit(archive):
    result = call("search", "unheard-of")
    assert (result.stdout, result.stderr) == ("", "Nothing was found.\n")


@pytest.mark.parametrize("words", ['"', "x" * 10_000, "\udcff trial", "trial\x00", "NOT (", "a" * 5000 + '"'])
def test_search_takes_anything(archive, words):
    assert call("search", words, code=None).exit_code in {0, 2}


# ---- serve


def test_serve(archive, served):
    port = free_port()
    call("serve", "--port", str(port))
    call("serve", "-a", str(archive), "--port", str(port), "--public", "--open", "--time-limit", "2.5")
    options = {"host": "127.0.0.1", "port": port}
    assert served == [
        (Path("archive/archive.db"), {**options, "open_browser": False, "public": False, "time_limit": 1.0}),
        (archive / "archive.db", {**options, "open_browser": True, "public": True, "time_limit": 2.5}),
    ]


@pytest.mark.parametrize(("options", "warned"), [([], True), (["--public"], False)])
def test_serve_warns_before_it_opens_sql_to_others(archive, served, options, warned):
    result = call("serve", "--host", "0.0.0.0", "--port", str(free_port()), *options)
    assert ("may run any SQL query" in result.stderr) is warned


def test_serve_on_a_port_that_is_taken(archive):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = error_line(call("serve", "--port", str(port), code=2))
    assert line.startswith(f"127.0.0.1 port {port}: another program is listening there")


def test_serve_on_any_port_that_is_free(archive):
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "archiver", "serve", "-a", str(archive.absolute()), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        try:
            assert server.stdout
            url = server.stdout.readline().strip()
            with urllib.request.urlopen(url, timeout=30) as answer:
                assert answer.status == 200
        finally:
            server.terminate()
    assert int(url.rstrip("/").rpartition(":")[2]) > 0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


# ---- demo


@pytest.fixture
def demo(monkeypatch, crawl, served):
    """The sample blog faked; how Datasette was tried out."""
    ports, tried = [], []
    fake = ModuleType("archiver.demo")

    @contextmanager
    def serve(*, port):
        ports.append(port)
        yield f"http://127.0.0.1:{port}"

    fake.serve = serve
    monkeypatch.setitem(sys.modules, "archiver.demo", fake)
    monkeypatch.setattr("archiver.commands.demo.try_out", lambda command, address: tried.append((command[3:], address)))
    fake.ports, fake.tried = ports, tried
    return fake


def test_demo_in_a_pipe(demo, crawl, monkeypatch):
    monkeypatch.setenv("ARCHIVER_LIMIT", "1")
    port, crawl.codes = free_port(), [4]
    result = call("demo", "--port", str(port), code=4)
    assert crawl.calls == [(Path("demo-archive"), [BlogConfig(url=f"http://127.0.0.1:{demo.ports[0]}/", delay=0.0)])]
    command = ["serve", "-a", "demo-archive", "--port", str(port)]
    assert demo.tried == [(command, f"http://127.0.0.1:{port}/")]
    assert result.stdout.endswith(
        f"\n\nDatasette: http://127.0.0.1:{port}/\nOpen it with: archiver serve -a demo-archive --port {port}\n"
    )


def test_demo_of_another_blog(demo, crawl):
    call("demo", "-a", "mine", BLOG)
    assert crawl.calls == [(Path("mine"), [BlogConfig(url=BLOG)])]
    assert demo.ports == []


def test_demo_blog_on_another_port_when_its_own_is_taken(demo, crawl, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr("archiver.commands.demo.BLOG_PORT", taken.getsockname()[1])
        call("demo")
        assert demo.ports[0] not in {0, taken.getsockname()[1]}


@pytest.mark.parametrize("code", [3, 7, 130])
def test_demo_shows_nothing_when_there_is_nothing(demo, crawl, code):
    crawl.codes = [code]
    assert "Datasette" not in call("demo", code=code).output
    assert demo.tried == []


@pytest.mark.parametrize(("ci", "stays"), [("", True), ("false", True), ("true", False), ("1", False)])
def test_demo_on_a_terminal_stays_open(demo, crawl, served, monkeypatch, ci, stays):
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr("archiver.commands.demo.is_terminal", lambda stream: True)
    sample.make(Path("demo-archive"))
    port = free_port()
    call("demo", "--port", str(port))
    expected = {"host": "127.0.0.1", "port": port, "open_browser": False, "public": False}
    assert served == ([(Path("demo-archive/archive.db"), expected)] if stays else [])
    assert bool(demo.tried) is not stays


SERVER = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(sys.argv[2]))
        self.send_header("Content-Length", "0")
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def test_datasette_is_tried_out_and_stopped():
    port = free_port()
    try_out([sys.executable, "-c", SERVER, str(port), "200"], f"http://127.0.0.1:{port}/archive")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port)).close()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (SERVER, "it answers 500 Internal Server Error"),
        ("raise SystemExit('first\\nno such table')", "the server has ended: no such table"),
        ("", "the server has ended: it did not say why"),
    ],
)
def test_datasette_that_does_not_answer(script, words):
    port = free_port()
    with pytest.raises(ArchiverError, match=words):
        try_out([sys.executable, "-c", script, str(port), "500"], f"http://127.0.0.1:{port}/archive")


# ---- As a program of its own


def program(*words: str, **options) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "archiver", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


@pytest.mark.parametrize(
    ("words", "code", "start"),
    [
        (["--version"], 0, ""),
        (["status"], 4, ""),
        (["search", "trial"], 0, ""),
        (["crawl", "nonsense"], 2, "archiver: 'nonsense'"),
        (["status", "-a", "none"], 3, "archiver: none: "),
    ],
)
def test_exit_codes_of_the_program(archive, words, code, start):
    done = program(*words)
    assert (done.returncode, done.stderr[: len(start)]) == (code, start)
    assert len(done.stderr.splitlines()) == bool(start)
    assert "\x1b" not in done.stdout + done.stderr


def test_a_reader_that_has_seen_enough_ends_it_quietly(archive):
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "archiver", "search", "trial"]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, b"")


def test_a_program_without_standard_streams(archive):
    command = [
        "sh",
        "-c",
        'exec "$@" <&- >&- 2>&-',
        "sh",
        sys.executable,
        "-m",
        "archiver",
        "export",
        "csv",
        "-o",
        "out",
    ]
    assert subprocess.run(command, check=False).returncode == 0
    assert Path("out/posts.csv").exists()


STOPPED = """
import signal, sys
class Impatient:
    def find_spec(self, name, *others):
        if name == "archiver.cli":
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Impatient())
from archiver.__main__ import start
signal.signal(signal.SIGINT, getattr(signal, sys.argv.pop(1)))
start()
"""


@pytest.mark.parametrize(("handler", "code"), [("default_int_handler", -signal.SIGINT), ("SIG_IGN", 0)])
def test_an_interrupt_before_it_has_begun_ends_it_without_a_word(handler, code):
    command = [sys.executable, "-c", STOPPED, handler, "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, "")


def test_a_terminal_that_does_not_know_every_letter(archive):
    environ = {**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    done = program("search", "rain", env=environ)
    assert (done.returncode, done.stderr) == (0, "")
    assert "The trial of rain. ?? and fatigue." in done.stdout
