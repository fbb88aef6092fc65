"""The Atom feed: what it holds, that readers understand it, and that nothing hostile comes through."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import feedparser
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from archiver.web import serve
from tests.unit.archive_sample import BLOG, OTHER, filled, key
from tests.unit.web_client import get

NAMES = {"a": "http://www.w3.org/2005/Atom", "t": "http://purl.org/syndication/thread/1.0"}


def ask(site, path="/-/feed.atom", *, headers=None, **params):
    return asyncio.run(site.client.get(path, params=params or None, headers=headers))


@pytest.fixture
def own(tmp_path):
    """An archive to be changed, and its site."""
    path = tmp_path / "archive.db"
    filled(path).close()
    return path, serve.application(path)


def settle(path: Path) -> None:
    """Make it long ago that the archive was written to."""
    for file in (path, path.with_name(f"{path.name}-wal")):
        if file.exists():
            os.utime(file, (1_700_000_000, 1_700_000_000))


def root(site, **params) -> ET.Element:
    answer = ask(site, **params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(answer.content)


def shown(site, **params) -> list[str]:
    """The short keys of the entries, in order."""
    links = root(site, **params).findall("a:entry/a:link[@rel='alternate']", NAMES)
    keys = [re.search(r"/-/post/([^#]*)(?:#c-(.*))?$", link.get("href")) for link in links]
    return [(match[2] or match[1])[2:].strip("0") for match in keys]


def entry(site, short: str, **params) -> ET.Element:
    (found,) = [
        one
        for one in root(site, **params).findall("a:entry", NAMES)
        if short in one.find("a:link[@rel='alternate']", NAMES).get("href").rpartition("/")[2]
    ]
    return found


def test_the_newest_come_first_and_what_is_gone_is_left_out(site):
    names = shown(site)
    assert names[:4] == ["q1", "untitled", "f2", "f1"]  # q1 has no date: it is as new as its first reading
    assert names[-1] == "garden"
    assert not {"deleted", "t7", "t5", "y2"} & set(names)  # gone, or another site's links
    dated = [one.text for one in root(site).findall("a:entry/a:published", NAMES)]
    assert dated == sorted(dated, reverse=True)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"blog": OTHER}, {"garden"}),
        ({"blog": "host.example/garden"}, {"garden"}),
        ({"q": "relapsing tired"}, {"t4"}),
        ({"q": '"two sticks"'}, {"w1"}),
        ({"q": "sticks OR beans"}, {"w1", "garden"}),
        ({"q": "sticks OR beans", "blog": BLOG}, {"w1"}),
        ({"q": "sticks OR beans", "only": "post"}, {"garden"}),
        ({"q": '"('}, set()),
        ({"q": "links", "kind": "pingback"}, {"t5"}),
        ({"author": "Ben Okoro", "q": "tired"}, {"t4"}),
        ({"only": "post", "blog": OTHER}, {"garden"}),
    ],
)
def test_feeds_of_a_part(site, params, expected):
    assert set(shown(site, **params)) == expected


def test_a_blog_that_is_not_there(site):
    assert ask(site, blog="nothing").status_code == 404


def test_a_comment_names_what_it_answers(site):
    reply, parent, post = (
        entry(site, "c-t4", q="tired"),
        entry(site, "c-t1", q="hope"),
        entry(site, "p-trial", only="post"),
    )

    def id_of(one):
        return one.find("a:id", NAMES).text

    answers = reply.find("t:in-reply-to", NAMES)
    assert answers.get("ref") == id_of(parent)
    assert answers.get("href").endswith(f"/-/post/{key('p', 'trial')}#c-{key('c', 't1')}")
    assert parent.find("t:in-reply-to", NAMES).get("ref") == id_of(post)
    assert post.find("t:in-reply-to", NAMES) is None
    assert parent.find("a:title", NAMES).text == "Ada Lind on The trial post"
    assert [name.text for name in post.findall("a:author/a:name", NAMES)] == ["Prof. Quill", "Ada Lind"]
    assert post.find("a:link[@rel='via']", NAMES).get("href") == "https://stemcells.example/trial/"


def test_ids_are_for_ever(site):
    """Another value would show every entry once more in every reader."""
    assert entry(site, "p-garden").find("a:id", NAMES).text == "urn:uuid:192bcfe7-f33b-504b-bd3f-779b52b3163c"
    assert entry(site, "c-t4", q="tired").find("a:id", NAMES).text == "urn:uuid:3afbee7f-d896-5632-8673-9ddac14039a2"
    assert root(site).find("a:id", NAMES).text != root(site, q="tired").find("a:id", NAMES).text


def test_what_the_standard_asks_for_is_there(site):
    feed = root(site, q="tired")
    assert [len(feed.findall(f"a:{name}", NAMES)) for name in ("id", "title", "updated", "author")] == [1] * 4
    assert feed.find("a:title", NAMES).text == "2 archived blogs: tired"
    own = feed.find("a:link[@rel='self']", NAMES).get("href")
    assert parse_qs(urlsplit(own).query) == {"q": ["tired"]}
    assert own.startswith("http://localhost/-/feed.atom")
    ids = []
    for one in root(site).findall("a:entry", NAMES):
        assert [len(one.findall(f"a:{name}", NAMES)) for name in ("id", "title", "updated")] == [1] * 3
        assert one.findall("a:author/a:name", NAMES)
        assert len(one.findall("a:link[@rel='alternate']", NAMES)) == 1
        for at in (*one.findall("a:updated", NAMES), *one.findall("a:published", NAMES)):
            assert datetime.strptime(at.text, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 - only its form
        ids.append(one.find("a:id", NAMES).text)
    assert len(set(ids)) == len(ids) > 20
    assert all(re.fullmatch("urn:uuid:[0-9a-f-]{36}", id_) for id_ in ids)


def test_a_reader_understands_it(site):
    read = feedparser.parse(ask(site).content)
    assert not read.bozo
    assert (read.version, len(read.entries)) == ("atom10", len(shown(site)))
    assert read.entries[-1].title == "Beans"


def test_nothing_hostile_comes_through(site):
    hostile = entry(site, "c-d2", only="comment")
    html = BeautifulSoup(hostile.find("a:content", NAMES).text, "html.parser")
    assert not html.find_all(["script", "iframe", "style"])
    assert [tag.text for tag in html.select("img, [data-picture]")] == ["Picture: a dot"]
    assert hostile.find("a:content", NAMES).get("type") == "html"
    assert hostile.find("a:link[@rel='via']", NAMES) is None  # javascript:
    assert hostile.find("a:author/a:uri", NAMES) is None
    assert b"<script" not in ask(site).content
    assert ask(site).headers["content-security-policy"].startswith("default-src 'none'")


def test_a_reader_that_has_it_is_told_so(own):
    path, site = own
    assert "last-modified" not in ask(site).headers
    settle(path)
    first = ask(site, q="tired")
    tag, changed = first.headers["etag"], first.headers["last-modified"]
    assert ask(site, q="relapse").headers["etag"] != tag
    later = format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True)
    for headers, status in (
        ({"if-none-match": tag}, 304),
        ({"if-none-match": f'"other", W/{tag}'}, 304),
        ({"if-none-match": "*"}, 304),
        ({"if-none-match": '"other"'}, 200),
        ({"if-none-match": '"other"', "if-modified-since": later}, 200),
        ({"if-modified-since": changed}, 304),
        ({"if-modified-since": later}, 304),
        ({"if-modified-since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 200),
        ({"if-modified-since": "yesterday"}, 200),
    ):
        answer = ask(site, q="tired", headers=headers)
        assert (answer.status_code, bool(answer.content)) == (status, status == 200), headers
        assert answer.headers["etag"] == tag


def change(path: Path, sql: str, *values) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql, values)


def test_a_change_is_seen(own):
    path, site = own
    ask(site)
    settle(path)
    first = ask(site)
    change(path, "UPDATE comments SET html = '<p>Reworded.</p>' WHERE id = ?", key("c", "w1"))
    headers = {"if-none-match": first.headers["etag"]}
    assert ask(site, headers=headers).status_code == 200
    headers = {"if-modified-since": first.headers["last-modified"]}
    assert ask(site, headers=headers).status_code == 200


def test_an_edit_makes_an_entry_newer(own):
    path, site = own
    before = entry(site, "c-t4", q="tired").find("a:updated", NAMES).text
    change(path, "UPDATE revisions SET replaced_at = '2024-06-01T10:00:00Z'")
    assert entry(site, "c-t4", q="tired").find("a:updated", NAMES).text == "2024-06-01T10:00:00Z" > before


def test_a_very_long_body_is_cut(own):
    path, site = own
    change(
        path,
        "UPDATE posts SET html = ?, text = ? WHERE id = ?",
        "<p>x</p>" * 50_000,
        "word " * 50_000,
        key("p", "garden"),
    )
    long = entry(site, "p-garden")
    assert long.find("a:content", NAMES) is None
    assert long.find("a:summary", NAMES).text == ("word " * 50_000)[:2000] + "…"


@pytest.mark.parametrize(
    "at", ["2021", "2021-10", "2021-10-07", "2021-10-07T14:03", "2021-10-07T14:03:09.123Z", "once"]
)
def test_coarse_dates_are_whole(own, at):
    path, site = own
    change(path, "UPDATE posts SET published_at = ? WHERE id = ?", at, key("p", "garden"))
    written = entry(site, "p-garden", blog=OTHER).find("a:published", NAMES).text
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", written)
    assert written.startswith(at[:16]) or at == "once"


def test_an_archive_without_anything(tmp_path):
    from tests.unit.archive_sample import empty

    path = tmp_path / "archive.db"
    empty(path).close()
    feed = root(serve.application(path))
    assert feed.findall("a:entry", NAMES) == []
    assert feed.find("a:updated", NAMES).text == "1970-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def worded(tmp_path_factory):
    path = tmp_path_factory.mktemp("worded") / "archive.db"
    filled(path).close()
    return path, serve.application(path)


@given(text=st.text(st.characters(exclude_categories=["Cs"])), typed=st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_is_stored_or_asked_is_a_feed(worded, text, typed):
    path, site = worded
    change(
        path,
        "UPDATE posts SET title = ?, html = ?, url = 'https://x.example/' || ?",
        text,
        text,
        text.replace("\0", ""),
    )
    change(path, "UPDATE authors SET name = ?, url = ?", text, text)
    assert root(site).findall("a:entry", NAMES)
    root(site, q=typed)


def test_pages_lead_to_the_feed(site):
    page = BeautifulSoup(get(site, "/-/search", q="tired").text, "html.parser")
    link = page.find("link", rel="alternate", type="application/atom+xml")
    assert link["href"] == "/-/feed.atom"
    (own,) = [a["href"] for a in page.find_all("a") if a.text == "Atom feed"]
    assert own == "/-/feed.atom?q=tired"
    assert get(site, own).status_code == 200
