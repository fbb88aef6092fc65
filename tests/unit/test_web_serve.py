"""Serving: nothing is written, nothing is given away, and the server says what is wrong in a line."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from contextlib import closing

import pytest
from datasette.app import Datasette

from archiver.errors import ArchiveDamaged, ArchiveMissing, UsageError
from archiver.web import metadata, place, serve
from tests.unit.archive_sample import key
from tests.unit.web_client import found, get


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO terms (id) VALUES ('x')",
        "DELETE FROM comments",
        "UPDATE posts SET title = 'x'",
        "WITH x AS (SELECT 1) DELETE FROM posts",
        "DROP VIEW coverage",
        "PRAGMA query_only = OFF",
        "ATTACH 'x.db' AS x",
        "VACUUM",
    ],
)
def test_sql_that_writes_is_refused(site, archive, sql):
    def dump():
        with closing(sqlite3.connect(archive)) as connection:
            return "\n".join(connection.iterdump())

    before = dump()
    assert get(site, "/archive", sql=sql).status_code == 400
    assert dump() == before


def test_even_a_connection_for_writing_only_reads(copy):
    site = serve.application(copy)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        asyncio.run(site.get_database("archive").execute_write("DELETE FROM comments"))


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("select length(hex(zeroblob(60000000))) as n", "too big"),
        ("select replace(hex(zeroblob(10000000)), '00', 'aaaaaaaaaaaaaa') as n", "too big"),
        ("select length(printf('%.*c', 100000000, 'x')) as n", None),  # of what is too long, NULL is left
    ],
)
def test_no_query_takes_all_memory(site, sql, error):
    answer = get(site, "/archive.json", sql=sql).json()
    if error:
        assert error in answer["error"]
    else:
        assert answer["rows"] == [[None]]


def test_no_result_takes_all_memory(site):
    """Of values each of which is allowed."""
    long = "printf('%.*c', 20000000, 'x')"
    assert get(site, "/archive.json", sql=f"select {long} as n union all select {long}").status_code == 200
    for much in (long, "zeroblob(20000000)"):
        answer = get(site, "/archive.json", sql=f"select {much} as n, id from comments")
        assert (answer.status_code, "larger than 64 MB" in answer.json()["error"]) == (400, True)
    assert get(site, "/archive/comments").status_code == 200


def test_a_result_that_was_cut_keeps_nobody_from_writing(copy):
    with closing(sqlite3.connect(copy)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        site = serve.application(copy)
        answer = get(site, "/archive.json", sql="select a.id from comments a, comments b, comments c").json()
        assert answer["truncated"]
        writer.execute("DELETE FROM revisions")
        writer.commit()
        assert writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0


def test_what_fits_is_answered(site):
    answer = get(site, "/archive.json", sql="select length(printf('%.*c', 10000000, 'x')) as n").json()
    assert answer["rows"] == [[10000000]]


ENDLESS = "with recursive n (i) as (select 1 union all select i + 1 from n) select sum(i) from n"


@pytest.mark.parametrize("public", [False, True])
def test_no_query_takes_more_than_its_second(archive, public):
    assert serve.application(archive, public=public).setting("sql_time_limit_ms") == 1000


def test_a_query_without_end_is_ended_and_told_so(archive):
    site = serve.application(archive, time_limit=0.2)
    page = get(site, "/archive", sql=ENDLESS)
    assert page.status_code == 400
    assert "longer than the 0.2 seconds" in page.text
    assert "archiver serve --time-limit 30" in page.text
    assert f'<pre class="ba-sql" tabindex="0">{ENDLESS}</pre>' in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    answer = get(site, "/archive.json", sql=ENDLESS)
    assert (answer.status_code, answer.json()["title"]) == (400, "Too much at once")
    assert get(site, "/archive.csv", sql=ENDLESS).status_code == 400
    assert get(site, "/archive.json", sql="select 1").json()["rows"] == [[1]]


def test_a_question_of_our_own_pages_is_ended_as_well(archive):
    (at,) = place.all_of(serve.application(archive, time_limit=0.2))
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        asyncio.run(at.ask(lambda connection: connection.execute(ENDLESS).fetchall()))
    assert asyncio.run(at.ask(lambda connection: connection.execute("SELECT 1").fetchone()[0])) == 1


def test_in_public_nothing_is_said_of_options(archive):
    site = serve.application(archive, public=True, time_limit=0.2)
    site._settings["default_allow_sql"] = True  # no other query takes so long here
    page = get(site, "/archive", sql=ENDLESS)
    assert (page.status_code, "Ask for less" in page.text, "--time-limit" in page.text) == (400, True, False)


def test_plain_datasette_gives_no_query_more(archive):
    """Its own limit is a second as well."""
    assert Datasette([str(archive)]).setting("sql_time_limit_ms") == 1000


def test_what_datasette_sends_to_spreadsheets_is_no_formula(copy):
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("UPDATE comments SET text = ? WHERE id = ?", ('=1+1,"a"\n-2', key("c", "t1")))
        connection.commit()
    site = serve.application(copy)
    wanted = {"id": key("c", "t1"), "_col": "text"}
    for more in ({}, {"_stream": "1"}, {"_labels": "on"}):
        text = get(site, "/archive/comments.csv", **wanted, **more).text
        (heading, row) = csv.reader(io.StringIO(text, newline=""))
        assert row[heading.index("text")] == '\'=1+1,"a"\n-2'
    sql = "select -5 as a, -2.5e-3 as b, '@x' as c, '-' as d, null as e, 'Ä' as f"
    assert get(site, "/archive.csv", sql=sql).text.splitlines() == ["a,b,c,d,e,f", "-5,-0.0025,'@x,'-,,Ä"]
    assert get(site, "/archive.json", sql="select '=1' as a").json()["rows"] == [["=1"]]


def test_pages_of_an_archive_load_nothing_from_elsewhere(site):
    for path in ("/archive", "/archive/posts", f"/archive/posts/{key('p', 'trial')}", "/archive/thread"):
        headers = get(site, path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"


def test_in_public_only_what_is_offered_runs(archive):
    site = serve.application(archive, public=True)
    refused = get(site, "/archive", sql="select 1")
    assert refused.status_code == 403
    assert "SQL of one&#39;s own is switched off here" in refused.text
    assert get(site, "/archive.json", sql="select 1").json()["title"] == "Not in public"
    assert get(site, "/archive/posts", _where="1=1").status_code == 403
    assert get(site, "/archive.db").status_code == 403
    assert get(site, "/archive/comments.csv", _stream="1").status_code == 400
    assert "sql-editor" not in get(site, "/archive").text
    assert get(site, "/archive/most_discussed_posts").status_code == 200
    assert found(site, "comments", "relapse") == {"t2", "t4"}


@pytest.mark.parametrize(
    "path",
    ["/-/databases", "/-/databases.json", "/-/threads", "/-/versions.json", "/-/plugins", "/-/settings.json",
     "/-/patterns", "/-/metadata.json", "/-/config", "/-/allow-debug", "/-/actor.json"],
)  # fmt: skip
@pytest.mark.parametrize("prefix", ["", "/of/blogs"])
def test_in_public_nothing_is_said_of_the_machine(archive, path, prefix):
    def statuses(public):
        site = serve.application(archive, public=public)
        site._settings["base_url"] = f"{prefix}/"
        return get(site, path).status_code, get(site, "/-/front").status_code  # the client puts the prefix before them

    assert statuses(public=True) == (403, 200)
    assert statuses(public=False)[0] in {200, 301}


def test_in_public_pages_offer_nothing_that_is_refused(archive):
    site = serve.application(archive, public=True)
    for path in (
        "/",
        f"/-/post/{key('p', 'trial')}",
        f"/-/comment/{key('c', 't1')}",
        "/-/plots",
        "/-/network",
        "/archive",
    ):
        page = get(site, path).text
        assert "/-/capture/" not in page
        for address in set(re.findall(r'href="(/[^"#]*)', page)):
            assert get(site, address.replace("&amp;", "&")).status_code in {200, 302}, address


def test_large_archives_are_shown_without_what_takes_long(archive, monkeypatch):
    monkeypatch.setattr(metadata, "LARGE", 10)
    site = Datasette([str(archive)])
    answer = get(site, "/archive/reply_network.json").json()
    assert answer["suggested_facets"] == []
    assert answer["query"]["sql"].find("order by") == -1
    assert get(site, "/archive/comments.json").json()["facet_results"] == {}
    assert get(site, "/archive/comment_list").text.count("▲") == 1
    assert "Cannot sort table by text" in get(site, "/archive/threads", _sort="text").text
    assert get(site, "/archive/threads", _sort="text").status_code == 400


# ── the server ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("host", "port", "expected"),
    [
        ("127.0.0.1", 8001, "http://127.0.0.1:8001/"),
        ("localhost", 80, "http://localhost:80/"),
        ("0.0.0.0", 9, "http://127.0.0.1:9/"),
        ("::1", 8001, "http://[::1]:8001/"),
        ("::", 8001, "http://[::1]:8001/"),
    ],
)
def test_address(host, port, expected):
    assert serve.address(host, port) == expected


def test_a_port_that_is_taken_is_said_in_a_line(archive):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=rf"port {port}: another program is listening there.*--port {port + 1}"):
            serve.serve(archive, port=port)


def test_a_host_without_an_address_is_said_in_a_line(archive):
    with pytest.raises(UsageError, match=r"no\.such\.host\.invalid"):
        serve.serve(archive, host="no.such.host.invalid", port=0)


def test_what_is_no_archive_is_not_served(tmp_path):
    with pytest.raises(ArchiveMissing, match="archiver crawl"):
        serve.application(tmp_path / "archive.db")
    (tmp_path / "archive.db").write_bytes(b"This is not a database, whatever its name says." * 100)
    with pytest.raises(ArchiveDamaged):
        serve.application(tmp_path / "archive.db")
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE x (y)")
    with pytest.raises(UsageError, match="datasette FILE"):
        serve.application(tmp_path / "other.db")


def test_an_archive_on_read_only_media_is_opened_as_it_stands(copy, freeze):
    freeze(copy)
    site = serve.application(copy)
    assert [database["is_mutable"] for database in get(site, "/-/databases.json").json()] == [False]
    assert found(site, "comments", "relapse") == {"t2", "t4"}


SERVE = """
import sys
from pathlib import Path
from archiver.web.serve import serve
serve(Path(sys.argv[1]), port=0, announce=lambda url: print(url, flush=True))
"""


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_serve_announces_answers_and_ends(archive, stop):
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(archive)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout
            url = server.stdout.readline().strip()
            with urllib.request.urlopen(f"{url}archive/coverage.json?_shape=array", timeout=30) as answer:
                assert answer.headers["content-type"].startswith("application/json")
                assert b"the post has vanished" in answer.read()
            with urllib.request.urlopen(f"{url}archive", timeout=30) as answer:
                style = re.search(r'href="(/-/static-plugins/[^"]*archiver\.css)"', answer.read().decode())
            assert style
            with urllib.request.urlopen(url.rstrip("/") + style[1], timeout=30) as answer:
                assert b".archive-text" in answer.read()
        finally:
            server.send_signal(stop)
            errors = server.communicate(timeout=30)[1]
    assert server.returncode == (0 if stop == signal.SIGINT else -signal.SIGTERM)
    assert errors == ""
