"""Formats of tables, read by the programs that people use, hold what the archive holds."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess

import duckdb
import openpyxl
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.exports.escapes import cell, held, uncell
from db import open_archive
from db.source import Source
from tests.exports import nasty as sample
from tests.exports.postgres import Postgres
from tests.exports.writing import dump, rows, tables, write

FLAGS = {"by_post_author", "member", "best_effort", "comments_open", "protected"}


def columns(archive, table):
    return [row[0] for row in rows(archive, "SELECT name FROM pragma_table_info(?)", table)]


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_csv_holds_every_row(archive, tmp_path):
    out = write(archive, "csv", tmp_path)
    for table in tables(archive):
        names, *found = read_csv(out / f"{table}.csv")
        assert names == columns(archive, table)
        stored = rows(archive, f"SELECT * FROM {table}")
        assert [[uncell(value) for value in row] for row in found] == [
            ["" if value is None else held(str(value)) for value in row] for row in stored
        ]


def test_csv_tells_null_from_empty(archive, tmp_path):
    out = write(archive, "csv", tmp_path)
    for table in ("posts", "comments", "links", "media", "terms"):
        database = duckdb.connect()
        database.execute(
            f"CREATE TABLE t AS FROM read_csv('{out}/{table}.csv', all_varchar=true, allow_quoted_nulls=false)"
        )
        names = columns(archive, table)
        wanted = rows(archive, f"SELECT {', '.join(f'count({name})' for name in names)} FROM {table}")
        assert database.execute(f"SELECT {', '.join(f'count({name})' for name in names)} FROM t").fetchall() == wanted


def test_no_cell_is_a_formula(nasty, tmp_path):
    out = write(nasty, "csv", tmp_path)
    texts = [value for row in read_csv(out / "comments.csv")[1:] for value in row]
    risky = [value for value in texts if value[:1] in {*"=+-@\t\r＝"}]
    assert risky == []
    assert {cell(text) for text in sample.FORMULAS} <= set(texts)


@pytest.mark.slow
def test_a_spreadsheet_computes_nothing(nasty, tmp_path):
    """LibreOffice, to which a file of CSV is no safer than a spreadsheet: formulas in it would run."""
    out = write(nasty, "csv", tmp_path)
    risky = tmp_path / "risky.csv"
    risky.write_text("formula\r\n=1+1\r\n", encoding="utf-8")
    opened = tmp_path / "opened"
    spreadsheets(tmp_path, opened, [out / "comments.csv", out / "posts.csv", risky])
    for table in ("comments", "posts"):
        book = openpyxl.load_workbook(opened / f"{table}.xlsx").active
        head, *found = book.iter_rows()
        assert "f" not in {one.data_type for row in found for one in row}
        stored = {row["id"]: row for row in csv.DictReader((out / f"{table}.csv").open(encoding="utf-8", newline=""))}
        names = [one.value for one in head]
        texts = [name for name in ("text", "title", "html") if name in names]
        shown = {row[names.index("id")].value: [row[names.index(name)].value for name in texts] for row in found}
        assert {key: [plain(value) for value in values] for key, values in shown.items()} == {
            key: [plain(row[name]) for name in texts] for key, row in stored.items()
        }
    # It would have: what is not escaped is a formula there.
    assert openpyxl.load_workbook(opened / "risky.xlsx").active["A2"].data_type == "f"


def plain(text):
    """What a spreadsheet keeps of a text: it has one sign for the end of a line."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n")


def spreadsheets(home, target, files):
    """Open files in LibreOffice and save them as its own kind of thing."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed (Debian: libreoffice-calc-nogui)")
    command = [program, f"-env:UserInstallation={(home / 'office').as_uri()}", "--headless", "--convert-to", "xlsx",
               "--infilter=CSV:44,34,76,1,,0,false,true,true", "--outdir", target, *files]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env={
        "PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8"})  # fmt: skip
    assert done.returncode == 0, done.stderr


@given(st.text(st.sampled_from("'=+-@\t\r\n＝ab1 \x00\ud800é")))
def test_a_cell_gives_back_its_text(text):
    assert uncell(cell(text)) == held(text)
    assert cell(text)[:1] not in {*"=+-@\t\r\n＝＋－＠"}


@given(st.text())
def test_held_text_is_held(text):
    assert held(held(text)) == held(text)
    assert len(held(text)) == len(text)
    held(text).encode()


def test_jsonl_holds_every_value(archive, tmp_path):
    out = write(archive, "jsonl", tmp_path)
    for table in tables(archive):
        found = [json.loads(line) for line in (out / f"{table}.jsonl").read_text("utf-8").split("\n")[:-1]]
        stored = rows(archive, f"SELECT * FROM {table}")
        assert len(found) == len(stored)
        for row, values in zip(found, stored, strict=True):
            wanted = dict(zip(columns(archive, table), values, strict=True))
            assert {name: value for name, value in row.items() if isinstance(value, str | int | None)} == {
                name: wanted[name] for name, value in row.items() if isinstance(value, str | int | None)
            }
            assert all(json.loads(wanted[name]) == row[name] for name in row if isinstance(row[name], dict | list))


def test_parquet_is_typed(archive, tmp_path):
    out = write(archive, "parquet", tmp_path)
    schema = pq.read_schema(out / "comments.parquet")
    kinds = {name: str(schema.field(name).type) for name in schema.names}
    assert kinds["by_post_author"] == "bool"
    assert kinds["published_at"] == "timestamp[us, tz=UTC]"
    assert kinds["depth"] == "int64"
    assert kinds["text"] == "string"
    assert schema.field("parent_source").metadata == {b"description": b"how the parent is known"}
    for table in tables(archive):
        assert (
            pq.read_metadata(out / f"{table}.parquet").num_rows == rows(archive, f"SELECT count(*) FROM {table}")[0][0]
        )


def test_parquet_is_read_alike_by_all(archive, tmp_path):
    out = write(archive, "parquet", tmp_path)
    stored = rows(archive, "SELECT id, text, by_post_author, depth FROM comments ORDER BY id")
    duck = duckdb.sql(f"SELECT id, text, by_post_author, depth FROM '{out}/comments.parquet' ORDER BY id").fetchall()
    assert [(key, text, None if flag is None else bool(flag), depth) for key, text, flag, depth in stored] == duck
    polar = pl.read_parquet(out / "comments.parquet").sort("id").select("id", "text", "by_post_author", "depth")
    assert polar.rows() == duck


def test_parquet_keeps_times_and_tells_of_others(nasty, tmp_path):
    from archiver.exports import Wanted, export, find_format
    from archiver.exports.progress import Noting

    noting = Noting()
    export(nasty, find_format("parquet"), tmp_path / "out", Wanted(), progress=noting)
    assert noting.notes == ["posts.parquet: 1 of published_at are no times and were left empty"]
    spelt = "strftime(published_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ')"
    times = duckdb.sql(f"SELECT id, {spelt} FROM '{tmp_path}/out/posts.parquet'")
    wanted = {key: at for key, at in rows(nasty, "SELECT id, published_at FROM posts") if at != "sometime"}
    assert dict(times.fetchall()) == wanted | {sample.POST: None}


def test_sql_loads_into_sqlite(archive, tmp_path):
    out = write(archive, "sql", tmp_path)
    made = tmp_path / "made.db"
    with out.open() as file:
        subprocess.run(["sqlite3", "-bail", str(made)], stdin=file, check=True, timeout=60)
    assert dump(made, "PRAGMA foreign_key_check") == []
    assert len(dump(made, "SELECT * FROM pragma_foreign_key_list('comments')")) == 5
    for table in tables(archive):
        stored = rows(archive, f"SELECT * FROM {table}")
        assert dump(made, f"SELECT * FROM {table}") == [
            tuple(held(value) if isinstance(value, str) else value for value in row) for row in stored
        ]


@pytest.mark.slow
def test_sql_loads_into_postgresql(crawled, nasty, tmp_path):
    with Postgres() as postgres:
        for number, archive in enumerate((crawled, nasty)):
            folder = tmp_path / str(number)
            folder.mkdir()
            out = write(archive, "sql", folder)
            database = postgres.create(f"copy{number}")
            database.load(out)
            for table in tables(archive):
                assert database.one(f"SELECT count(*) FROM {table}") == str(
                    rows(archive, f"SELECT count(*) FROM {table}")[0][0]
                )
            query = "SELECT coalesce(sum(length(text)), 0) FROM comments"
            stored = rows(archive, "SELECT text FROM comments WHERE text IS NOT NULL")
            assert database.one(query) == str(sum(len(text) for (text,) in stored))
            # The keys hold, and are there.
            assert database.fails("INSERT INTO post_authors (post_id, position, author_id) VALUES ('none', 0, 'none')")
            assert database.fails("INSERT INTO comments SELECT * FROM comments LIMIT 1")
            assert int(database.one("SELECT count(*) FROM pg_indexes WHERE tablename = 'comments'")) >= 8


def test_sqlite_is_an_archive(archive, tmp_path):
    out = write(archive, "sqlite", tmp_path)
    made = open_archive(out)
    for table in tables(archive):
        assert rows(made, f"SELECT * FROM {table}") == rows(archive, f"SELECT * FROM {table}")
    assert rows(made, "SELECT * FROM threads") == rows(archive, "SELECT * FROM threads")
    search = "SELECT count(*) FROM comments_fts WHERE comments_fts MATCH 'and'"
    assert rows(made, search) == rows(archive, search)
    assert rows(made, "PRAGMA journal_mode") == [("delete",)]


def test_xlsx_opens(archive, tmp_path):
    out = write(archive, "xlsx", tmp_path)
    book = openpyxl.load_workbook(out, read_only=True)
    assert book.sheetnames[:3] == ["about", "posts", "comments"]
    names, *found = book["comments"].iter_rows(values_only=True)
    assert len(found) == rows(archive, "SELECT count(*) FROM comments")[0][0]
    text = names.index("text")
    stored = {held(value)[:32_767] for (value,) in rows(archive, "SELECT text FROM comments WHERE text <> ''")}
    # Excel keeps no difference between carriage return and line feed.
    plain = {value.replace("\r", "\n").replace("_x000D_", "\n") for value in stored}
    assert {row[text].replace("_x000D_", "\n") for row in found if row[text]} == plain
    kinds = {cell.data_type for row in openpyxl.load_workbook(out)["comments"].iter_rows() for cell in row}
    assert "f" not in kinds


@pytest.mark.parametrize("name", ["csv", "jsonl", "parquet", "xlsx"])
def test_the_result_of_a_query(nasty, tmp_path, name):
    sql = (
        "SELECT kind, count(*) AS n, 1.5 AS half, NULL AS nix, min(text) AS n FROM comments GROUP BY kind ORDER BY kind"
    )
    out = write(nasty, name, tmp_path, query=sql)
    wanted = rows(nasty, sql)
    match name:
        case "csv":
            head, *found = read_csv(out)
            assert [uncell(row[0]) for row in found] == [row[0] for row in wanted]
        case "jsonl":
            lines = [json.loads(line) for line in out.read_text().splitlines()]
            head, found = list(lines[0]), lines
            assert [tuple(line.values()) for line in lines] == wanted
        case "parquet":
            table = pq.read_table(out)
            head, found = table.column_names, table.to_pylist()
            assert [tuple(row.values()) for row in found] == wanted
        case _:
            (head, *found) = openpyxl.load_workbook(out).active.iter_rows(values_only=True)
            assert [row[:4] for row in found] == [row[:4] for row in wanted]
    assert list(head) == ["kind", "n", "half", "nix", "n_2"]
    assert len(found) == len(wanted)


def test_a_named_query_with_a_parameter(crawled, tmp_path):
    out = write(crawled, "csv", tmp_path, query="search_posts", params={"words": "the"})
    assert len(read_csv(out)) > 1


def test_tables_come_in_the_order_of_their_keys(nasty):
    source = Source(nasty)
    seen = set()
    for table in source.tables:
        seen.add(table.name)
        assert {column.references.partition(".")[0] for column in table.columns if column.references} <= seen
    source.close()
