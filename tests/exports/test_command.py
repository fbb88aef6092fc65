"""The command: its errors are one line with the cause and the next step, and no half file is ever left."""

from __future__ import annotations

import errno
import importlib.util
import json
import os
import re
import resource
import subprocess
from contextlib import closing
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from click.testing import CliRunner

from archiver import exports, plugged
from archiver.cli import main
from archiver.errors import ArchiverError, DiskFull, UsageError
from archiver.exports import Format, Wanted, export, find_format, formats, target
from archiver.exports.base import Progress
from db import open_archive
from db.source import Source
from tests.crawl.running import ROOT, environment, words
from tests.exports.writing import rows, tables, write

WHOLE = "wacz"  # of which nothing can be chosen


@pytest.fixture
def run(nasty, tmp_path, monkeypatch):
    """Runs `archiver export` on the nasty archive in a folder of its own; code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        done = CliRunner().invoke(main, ["export", *arguments, "-a", str(nasty.directory)])
        assert "Traceback" not in done.output
        return done.exit_code, done.stdout, done.stderr

    return call


def test_it_says_what_was_written(run, tmp_path):
    code, out, err = run("jsonl", "--search", "helps")
    assert (code, err) == (0, "")
    assert re.fullmatch(r"nasty-jsonl: 1 post, 3 comments, [\d.]+ kB\n", out)
    manifest = json.loads((tmp_path / "nasty-jsonl" / "export.json").read_text())
    assert (manifest["format"], manifest["chosen"], manifest["rows"]["comments"]) == ("jsonl", {"search": "helps"}, 3)


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["csv", "-o", "-"], 2, "-o -: what is exported is a folder, and standard output is no place for one."),
        (["pdf"], 2, "export pdf: there is no such format. It knows csv, jsonl,"),
        (["cvs"], 2, "export cvs: there is no such format. Did you mean csv? It knows"),
        ([], 2, "export: it needs a format. Name one of csv, jsonl,"),
        (["csv", "--since", "yesterday"], 2, "--since: 'yesterday' is no date. Write 2021, 2021-10 or 2021-10-07"),
        (["csv", "--since", "2021-13"], 2, "--since: '2021-13' is no date."),
        (
            ["csv", "--since", "2030", "--blog", "host.example/garden"],
            1,
            "nothing to export: no post and no comment matches. Nothing was written",
        ),
        (["csv", "--search", "zzzz"], 1, "nothing to export: no post and no comment matches."),
        (["csv", "--search", "?!"], 2, "'?!': there is no word in it to search for."),
        (["csv", "--blog", "third.example"], 2, "third.example: "),
        (["csv", "--where", "nope = 1"], 2, "--where: no such column: nope. Give an SQL condition on posts"),
        (["csv", "--where", "1; DROP TABLE posts"], 2, "--where: "),
        (["csv", "--where", "load_extension('x')"], 2, "--where: "),
        (["csv", "--query", "DELETE FROM posts"], 2, "--query: it is not one SELECT (not authorized). Name a query"),
        (["csv", "--query", "WITH x AS (SELECT 1) DELETE FROM posts"], 2, "--query: it is not one SELECT"),
        (["csv", "--query", "PRAGMA journal_mode = DELETE"], 2, "--query: it is not one SELECT"),
        (["csv", "--query", "ATTACH 'x.db' AS x"], 2, "--query: it is not one SELECT"),
        (["csv", "--query", "SELECT 1; SELECT 2"], 2, "--query: it is not one SELECT"),
        (["csv", "--query", "CREATE TEMP TABLE t (x)"], 2, "--query: it is not one SELECT"),
        (["csv", "--query", ""], 2, "--query: it is not one SELECT (it gives no rows)"),
        (["csv", "--query", "SELECT nope FROM posts"], 2, "--query: no such column: nope. Correct the SELECT"),
        (["csv", "--query", "SELECT :x"], 2, "--query: it is not one SELECT"),
        (["csv", "--query", "no_such_query"], 2, "--query no_such_query: there is no such query. It knows "),
        (["csv", "--query", "thread", "--param", "pots=1"], 2, "--param: thread has no parameter pots (it has post)"),
        (["csv", "--query", "thread", "--param", "post"], 2, "--param: 'post' is not NAME=VALUE"),
        (["csv", "--param", "post=1"], 2, "--param: it belongs to --query"),
        (["csv", "--query", "SELECT 1 WHERE 0"], 1, "nothing to export: the query gives no rows. Nothing was written"),
        (["csv", "--query", "SELECT 1", "--since", "2021"], 2, "--query: it stands alone, without --blog,"),
        (["csv", "--query", "SELECT hex(zeroblob(900000000))"], 2, "--query: "),
        (["tei", "--query", "SELECT 1"], 2, "export tei: it holds no results of queries. Use csv, jsonl,"),
        (["wxr"], 2, "export wxr: it holds one blog, and 2 are chosen. Choose one with --blog"),
        (["csv", "-o", "no/such/folder"], 2, "no/such/folder: there is no folder no/such. Make it first"),
        (["csv", "-o", "/proc/out"], 3, "/proc/out: No such file or directory. Name another place"),
    ],
)
def test_errors(run, tmp_path, arguments, code, line):
    found, out, err = run(*arguments)
    assert (found, out, err.count("\n")) == (code, "", 1), err
    assert err.startswith(f"archiver: {line}")
    assert list(tmp_path.iterdir()) == []


def test_an_export_is_replaced_only_when_told(run, tmp_path):
    assert run("sql", "-o", "it.sql")[0] == 0
    before = (tmp_path / "it.sql").read_bytes()
    code, _, err = run("sql", "-o", "it.sql", "--search", "helps")
    assert (code, err) == (
        2,
        "archiver: it.sql: it exists already. Add --force to replace it, or name another place with -o\n",
    )
    assert (tmp_path / "it.sql").read_bytes() == before
    assert run("sql", "-o", "it.sql", "--search", "helps", "--force")[0] == 0
    assert len((tmp_path / "it.sql").read_bytes()) < len(before)
    assert run("csv", "-o", "it")[0] == run("jsonl", "-o", "it", "--force")[0] == 0
    assert not list((tmp_path / "it").glob("*.csv"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["it", "it.sql"]


def test_what_no_export_has_made_is_never_replaced(run, tmp_path, nasty):
    own = tmp_path / "thesis"
    own.mkdir()
    (own / "chapter.txt").write_text("x")
    for arguments, line in (
        (["csv", "-o", "thesis", "--force"], "thesis: it holds something that no export has made (no export.json)"),
        (["sql", "-o", "thesis", "--force"], "thesis: this format is one file, and what is there is a folder"),
        (
            ["csv", "-o", "thesis/chapter.txt", "--force"],
            "thesis/chapter.txt: this format is a folder, and what is there",
        ),
        (["sqlite", "-o", str(nasty.directory), "--force"], f"{nasty.directory}: the archive itself is there"),
        (
            ["sqlite", "-o", str(nasty.directory.parent), "--force"],
            f"{nasty.directory.parent}: the archive itself is there",
        ),
        (
            ["sql", "-o", str(nasty.directory / "archive.db"), "--force"],
            f"{nasty.directory}/archive.db: the archive itself",
        ),
    ):
        code, _, err = run(*arguments)
        assert (code, err[: len(line) + 10]) == (2, f"archiver: {line}"), err
    assert (own / "chapter.txt").read_text() == "x"
    (tmp_path / "empty").mkdir()
    assert run("csv", "-o", "empty")[0] == 0


def test_a_file_goes_to_standard_output(nasty, tmp_path):
    command = [
        *words("export", "jsonl", "-a", str(nasty.directory)),
        "--query",
        "SELECT url FROM posts ORDER BY url",
        "-o",
        "-",
    ]
    done = subprocess.run(command, cwd=ROOT, env=environment(TMPDIR=str(tmp_path)), capture_output=True, check=True)
    found = [json.loads(line)["url"] for line in done.stdout.splitlines()]
    assert found == [url for (url,) in rows(nasty, "SELECT url FROM posts ORDER BY url")]
    assert re.fullmatch(rb"-: \d+ rows, [\d.]+ (bytes|kB)\n", done.stderr)
    assert list(tmp_path.iterdir()) == []


def test_nothing_takes_the_place_of_a_device(run, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in ("pipe", "/dev/stdout", "/dev/new"):
        code, _, err = run("jsonl", "--query", "SELECT 1", "--force", "-o", path)
        assert (code, err.split(". ")[0]) == (
            2,
            f"archiver: {path}: it is no place for a file, which would replace it",
        )
    assert (tmp_path / "pipe").is_fifo()


def test_a_full_disk_leaves_nothing(nasty, tmp_path, monkeypatch):
    def full(source, path, progress):
        path.write_text("half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    form = Format(name="half", description="", opens="", write=full, suffix=".half")
    with pytest.raises(DiskFull, match=r"it.half: no space is left. Free some space"):
        export(nasty, form, tmp_path / "it.half", Wanted())
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_that_finds_no_room_leaves_nothing(nasty, tmp_path):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def written(source):
        with target.scratch(tmp_path / "book.xlsx", folder=False) as made:
            find_format("xlsx").write(source, made, Progress())

    with closing(Source(nasty)) as source:
        source.counts()  # what SQLite needs beside the database is there
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
        try:
            with pytest.raises(DiskFull, match=r"book.xlsx: File too large"):
                written(source)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_export_that_breaks_leaves_the_earlier_one(nasty, tmp_path, error):
    def broken(source, path, progress):
        (path / "half").write_text("half")
        raise error

    write(nasty, "csv", tmp_path)
    before = {path.name for path in (tmp_path / "out").iterdir()}
    with pytest.raises(error):
        export(nasty, Format(name="b", description="", opens="", write=broken), tmp_path / "out", Wanted(), force=True)
    assert {path.name for path in (tmp_path / "out").iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_cannot_be_put_in_place_comes_back(nasty, tmp_path, monkeypatch):
    write(nasty, "csv", tmp_path)
    real = Path.rename

    def stubborn(self, to):
        if self.name.endswith(".part"):
            raise PermissionError(errno.EPERM, "Operation not permitted", str(self))
        return real(self, to)

    monkeypatch.setattr(Path, "rename", stubborn)
    with pytest.raises(DiskFull, match=r"out: Operation not permitted"):
        export(nasty, find_format("csv"), tmp_path / "out", Wanted(search="helps"), force=True)
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out" / "comments.csv").is_file()


def test_what_is_missing_is_named(nasty, tmp_path, monkeypatch):
    real = importlib.util.find_spec
    monkeypatch.setattr("archiver.exports.base.find_spec", lambda name: None if name == "pyarrow" else real(name))
    with pytest.raises(
        ArchiverError, match=re.escape('pyarrow is not installed. Run pip install "blog-archiver[parquet]"')
    ):
        write(nasty, "parquet", tmp_path)
    assert "parquet" in CliRunner().invoke(main, ["export", "--list"]).output


@pytest.mark.parametrize("form", formats(), ids=lambda form: form.name)
def test_extras_are_declared(form):
    import tomllib

    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    if form.needs:
        named = {re.match(r"\w+", line)[0] for line in extras[form.extra]}
        assert named == set(form.needs)
    assert form.description
    assert form.opens
    assert form.write_result is None or form.result_suffix


def test_an_empty_archive(tmp_path):
    archive = open_archive(tmp_path / "archive", create=True)
    with pytest.raises(ArchiverError, match=r"nothing to export"):
        write(archive, "csv", tmp_path)


def test_formats_of_others(nasty, tmp_path, monkeypatch):
    def points(group):
        assert group == "blog_archiver.exports"
        here = "tests.exports.test_command"
        found = {"mine": f"{here}:MINE", "bad": "no.such:X", "odd": f"{here}:ROOT", "csv": "no.such:X"}
        return [EntryPoint(name, value, group) for name, value in found.items()]

    monkeypatch.setattr(plugged, "entry_points", points)
    assert write(nasty, "mine", tmp_path).read_text() == str(
        nasty.connect().execute("SELECT count(*) FROM posts").fetchone()[0]
    )
    assert {"mine", "csv"} <= {form.name for form in formats()}
    with pytest.raises(ArchiverError, match=r"blog_archiver.exports bad, no.such:X: it cannot be loaded"):
        find_format("bad")
    with pytest.raises(ArchiverError, match=r"export odd: .* is no archiver.exports.Format"):
        find_format("odd")
    with pytest.raises(UsageError, match=r"bad, mine, odd$"):
        find_format("none")


def _count(source, path, progress):
    path.write_text(str(source.count("posts")))


MINE = Format(name="mine", description="how many posts", opens="people", write=_count, suffix=".txt")


def test_progress_comes_to_its_end(archive, tmp_path):
    class Counted(Progress):
        total = done = 0

        def begin(self, total):
            self.total = total

        def advance(self, number=1):
            self.done += number

    for form in (form for form in formats() if form.name != WHOLE):
        counted = Counted()
        choice = Wanted(
            blog_ids=(archive.connect().execute("SELECT id FROM blogs ORDER BY site_key DESC").fetchone()[0],)
        )
        export(archive, form, tmp_path / form.name, choice, progress=counted)
        # Of a network it is not known before which comments have both ends.
        assert (
            0 < counted.done <= counted.total if form.name in {"graphml", "gexf"} else counted.done == counted.total
        ), form.name


def test_a_bar_on_a_terminal(nasty, tmp_path):
    command = words("export", "csv", "-a", str(nasty.directory), "-o", str(tmp_path / "out"))
    done = subprocess.run(["script", "-qec", " ".join(command), "/dev/null"], cwd=ROOT, env=environment(TERM="xterm"),
                          capture_output=True, text=True, timeout=120, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "Exporting" in done.stdout


def test_the_archive_is_not_touched(nasty, tmp_path):
    before = {table: rows(nasty, f"SELECT * FROM {table}") for table in tables(nasty)}
    for number, form in enumerate(formats()):
        if not form.one_blog and form.name != WHOLE:
            export(nasty, form, tmp_path / str(number), Wanted(since="2021"))
    assert {table: rows(nasty, f"SELECT * FROM {table}") for table in tables(nasty)} == before


def test_public_names():
    assert set(exports.__all__) == {"Exported", "Format", "Progress", "Wanted", "export", "find_format", "formats"}
    assert target.MANIFEST == "export.json"
