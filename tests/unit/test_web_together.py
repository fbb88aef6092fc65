"""Several archives in one Datasette, with one search page over all of them."""

from __future__ import annotations

import csv
import io
import re

import pytest
from click.testing import CliRunner

from archiver.cli import main
from archiver.commands.serve import several
from archiver.errors import ArchiveDamaged
from archiver.web import serve
from tests.unit import archive_sample, sample
from tests.unit.web_client import get

TRIAL = {"q": "trial"}


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    """Three archives: two with the same content, one with other blogs."""
    folder = tmp_path_factory.mktemp("together")
    for name in ("north", "south"):
        archive_sample.archive(folder / name)
    sample.make(folder / "west")
    return folder


@pytest.fixture(scope="module")
def site(shards):
    return serve.application(several([shards]))


def found(site, **fields):
    answer = get(site, "/-/search.json", **fields)
    assert answer.status_code == 200, answer.text
    return answer.json()["hits"]


def test_hits_of_all_archives_come_together_and_say_where_they_are_from(site):
    hits = found(site, **TRIAL)
    assert {hit["archive"] for hit in hits} == {"north", "south", "west"}
    alone = {name: get(site, f"/{name}/-/search.json", **TRIAL).json()["hits"] for name in ("north", "south", "west")}
    assert len(hits) == sum(map(len, alone.values()))
    for name, own in alone.items():
        assert [hit["id"] for hit in hits if hit["archive"] == name] == [hit["id"] for hit in own]
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)
    for hit in hits:
        assert hit["archive_url"].startswith(f"/{hit['archive']}/-/post/")
        assert get(site, hit["archive_url"].partition("#")[0]).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [TRIAL, {"q": "relapse OR trial", "only": "comment"}, {"year": "2021"}, {"author": "Ben Okoro"}],
)
@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_by_date_they_are_sorted_across_archives(site, fields, order):
    dates = [hit["published_at"] or "" for hit in found(site, **fields, sort=order)]
    assert len(dates) > 5
    dated = [at for at in dates if at]
    assert dated == sorted(dated, reverse=order == "newest")
    assert dates[len(dated) :] == [""] * (len(dates) - len(dated))


def test_page_csv_and_json_agree(site):
    hits = found(site, **TRIAL)
    table = list(csv.DictReader(io.StringIO(get(site, "/-/search.csv", **TRIAL).text.removeprefix("\ufeff"))))
    assert [(row["archive"], row["id"]) for row in table] == [(hit["archive"], hit["id"]) for hit in hits]
    page = get(site, "/-/search", **TRIAL).text
    assert re.search(rf"<b>{len(hits)} hits</b> for .*, in 3 archives\.", page, re.DOTALL)
    links = re.findall(r'<h3><a href="([^"]+)"', page)
    assert links == [hit["archive_url"] for hit in hits][:20]
    assert "<mark>" in page


def test_pages_follow_each_other_without_gap(site):
    every = [(hit["archive"], hit["id"]) for hit in found(site, year="2021", sort="newest")]
    assert len(every) > 40
    seen = []
    for number in range(1, -(-len(every) // 20) + 1):
        page = get(site, "/-/search", year="2021", sort="newest", **({"page": number} if number > 1 else {})).text
        seen += re.findall(r'<h3><a href="/(\w+)/-/post/[^"#]+(?:#c-)?', page)
        assert ('rel="next"' in page) == (number * 20 < len(every))
    assert seen == [name for name, _ in every]


@pytest.mark.parametrize("typed", ['"', "title:", "NOT", "(relapse", "a" * 5000, "''; DROP TABLE posts", "🙂", "* *"])
def test_whatever_is_typed_explains_itself(site, typed):
    assert get(site, "/-/search", q=typed).status_code in {200, 302}
    assert get(site, "/-/search.json", q=typed[:1000]).status_code == 200


def test_the_first_page_names_the_archives(site):
    page = get(site, "/").text
    assert re.findall(r'href="/(\w+)/-/front"', page) == ["north", "south", "west"]
    assert get(site, "/north/-/front").status_code == 200


def test_an_archive_that_gives_no_answer_in_time_is_named(shards, monkeypatch):
    from archiver.web import together

    site, keys = serve.application(several([shards])), together.search.keys

    def slow(connection, wanted, **more):
        if "west" in connection.execute("PRAGMA database_list").fetchone()[2]:
            endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
            connection.execute(endless).fetchone()  # until the time limit
        return keys(connection, wanted, **more)

    monkeypatch.setattr(together.search, "keys", slow)
    answer = get(site, "/-/search.json", **TRIAL).json()
    assert {hit["archive"] for hit in answer["hits"]} == {"north", "south"}
    assert answer["notes"] == ["Without what these archives hold, which gave no answer in time: west."]


def test_one_that_cannot_be_read_is_left_out(shards, tmp_path, capsys):
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "archive.db").write_text("no database, but some words " * 50)
    found = several([shards / "north", tmp_path / "torn", shards / "north" / "archive.db", shards / "west"])
    assert sorted(found) == ["north", "west"]
    assert "torn" in capsys.readouterr().err
    with pytest.raises(ArchiveDamaged):
        several([tmp_path / "torn"])
    assert CliRunner().invoke(main, ["serve", str(tmp_path / "nowhere")]).exit_code == 2


def test_a_single_archive_is_served_as_ever(shards):
    alone = serve.application(several([shards / "north"]))
    assert get(alone, "/-/search.json", **TRIAL).json()["hits"][0]["archive_url"].startswith("/-/post/")
    assert "archive" not in get(alone, "/-/search.json", **TRIAL).json()["hits"][0]
