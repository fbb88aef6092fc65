"""The front page, and the pages of people, months, terms, works, runs and gaps."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from contextlib import closing

import pytest
from datasette.app import Datasette

from archiver.web import group_pages, kept, serve
from tests.unit.archive_sample import BLOG, LATER, SEEN, empty, filled, insert, key
from tests.unit.web_client import get

PAGES = (
    "/", "/-/front", f"/-/post/{key('p', 'trial')}", "/-/search?q=cells", f"/-/author/{key('a', 'ada')}",
    "/-/month/2021-09", f"/-/term/{key('t', 'cells')}", f"/-/cited/{key('w', 'doi')}", "/-/crawls", "/-/crawl/run-1",
    "/-/ledger", "/-/plots", f"/-/comment/{key('c', 't3')}",
)  # fmt: skip


def text_of(site, path, **fields):
    answer = get(site, path, **fields)
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", answer.text)


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("/", [
            "<h1 dir=\"auto\">2 archived blogs</h1>", "<dt>posts</dt><dd>13</dd>", "<dt>comments</dt><dd>20</dd>",
            "<dt>years</dt><dd>2020–2021</dd>", "<dt>language</dt><dd>en-GB</dd>", "<bdi>Garden notes</bdi>",
            '<span class="ba-state ba-missing">incomplete</span>', "The blogs claim 29 comments in all; 9 are missing",
            'aria-label="October 2021: 6 posts, 9 claimed"', "Stem &amp; Cell",
        ]),
        (f"/-/author/{key('a', 'ada')}", [
            '<h1 dir="auto">Ada Lind</h1>', "<dt>comments</dt><dd>7</dd>", "<bdi>The trial post</bdi>",
            f'in answer to <a href="/-/post/{key("p", "walk")}#c-{key("c", "w1")}"><bdi>Ben Okoro</bdi></a>',
            "I walk with two sticks.", "In conversation with", 'aria-label="2021: 1 posts, 7 comments"',
        ]),
        ("/-/month/2021-10", [
            "<h1>October 2021</h1>", "The diet post", "The blog claims 9 posts", "What you say is not so.",
            'href="/-/month/2021-09"', 'href="/-/month/2021-11"',
        ]),
        ("/-/month/2020-12", ["<h2>0 posts</h2>", 'href="/-/month/2020-03"', 'href="/-/month/2021-09"']),
        (f"/-/term/{key('t', 'research')}", [
            '<h1 dir="auto">Research</h1>', f'<a href="/-/term/{key("t", "cells")}"><bdi>Cells</bdi></a>',
            "The walk post", "The blog claims 2 posts, of which 2 are here",
            "<h2>1 post filed here itself, newest first</h2>",
        ]),
        (f"/-/cited/{key('w', 'doi')}", [
            "<h1>DOI 10.1234/trial.2021(05)7</h1>", "cited in 1 post and 1 comment, in 1 thread", "cited in the post",
            f'href="/-/post/{key("p", "trial")}#c-{key("c", "t1")}"', "Stem cells gave me hope.",
        ]),
        (f"/-/cited/{key('w', 'nct')}", ["<h1>NCT01234567</h1>"]),
        ("/-/crawls", ['<a href="/-/crawl/run-1">1 May 2024, 10:00 UTC</a>', "2 pages could not be had"]),
        ("/-/crawl/run-1", ["<b>incomplete</b>", 'href="/archive/fetches?crawl_id=run-1&amp;kind=post"']),
        ("/-/ledger", [
            "The diet post", "page failed", "503 Service Unavailable", 'href="/archive/coverage?state=missing"',
            "October 2021</a> <span class=\"ba-note\">6 of 9, <bdi>Stem &amp; Cell</bdi></span>",
            "robots.txt forbids it",
        ]),
        ("/-/plots", [
            'aria-label="October 2021: ', "posts with 0 comments", "comments on level 1", "Ada Lind: 7 comments on",
            'href="/-/plots/most_active_commenters.csv"', 'href="/-/plots/thread_depth.json"',
            'href="/archive/most_active_commenters?number=20"',
        ]),
        ("/-/network", [
            "people in", f'<a href="/-/author/{key("a", "ada")}"><bdi>Ada Lind</bdi></a>', "network.js",
            'href="/-/network.csv?number=100"',
        ]),
    ],
)  # fmt: skip
def test_a_page_shows(site, path, parts):
    page = text_of(site, path)
    missing = [part for part in parts if part not in page]
    assert missing == []


def test_a_category_whose_posts_are_all_in_narrower_ones(tmp_path):
    path = tmp_path / "archive.db"
    with closing(filled(path)) as connection, connection:
        connection.execute("DELETE FROM post_terms WHERE term_id = ?", (key("t", "research"),))
    page = text_of(serve.application(path), f"/-/term/{key('t', 'research')}")
    assert "No post is filed here itself" in page
    assert "0 posts" not in page


def test_a_work_is_found_by_its_identifier(site):
    assert "<h1>DOI 10.1234" in text_of(site, "/-/cited/10.1234/TRIAL.2021(05)7")


@pytest.mark.parametrize(
    "path",
    [
        "/-/author/x",
        "/-/month/2021-13",
        "/-/month/x",
        "/-/term/x",
        "/-/cited/x",
        "/-/crawl/x",
        "/-/nothing",
        "/x/-/front",
    ],
)
def test_what_is_not_there_is_not_found(site, path):
    assert get(site, path).status_code == 404


def links(page):
    return set(re.findall(r'href="(/[^"#]*)', page))


def test_every_link_leads_somewhere(site):
    seen, waiting = set(), {"/"}
    while waiting:
        path = waiting.pop()
        seen.add(path)
        answer = get(site, path.replace("&amp;", "&"))
        if "/-/capture/" in path:  # the sample is a database without its WARC files
            assert "is not beside the database" in answer.text
            continue
        assert answer.status_code in {200, 302}, path
        if answer.status_code == 200 and ("/-/" in path or path == "/") and "static" not in path:
            waiting |= links(answer.text) - seen
    assert len(seen) > 80


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_harmless_and_well_formed(site, path):
    answer = get(site, path)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    scripts = re.findall(r"<script[^>]*>[^<]*", answer.text)
    # Files of ours, on the page of plots alone; a script between the tags would not match.
    drawing = [r'<script src="/-/static-plugins/[\w.-]+/plot(?:\.min|s)\.js" defer>'] * 2 if path == "/-/plots" else []
    assert len(scripts) == len(drawing)
    assert all(re.fullmatch(known, script) for known, script in zip(drawing, scripts, strict=True))
    assert ("script-src" in policy) == bool(drawing)
    assert not re.search(r"<[^>]+\s(?:style|on\w+)=", answer.text)
    assert 'href="javascript:' not in answer.text
    for tag in ("ol", "ul", "li", "details", "section", "div", "table", "svg", "a", "bdi"):
        assert len(re.findall(rf"<{tag}[ >]", answer.text)) == answer.text.count(f"</{tag}>"), tag


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("public", [True, False])
def test_pages_need_no_sql_of_ones_own(archive, path, public):
    assert get(serve.application(archive, public=public), path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_an_empty_archive_has_its_pages(tmp_path, path):
    empty(tmp_path / "archive.db").close()
    assert get(serve.application(tmp_path / "archive.db"), path).status_code in {200, 404}


@pytest.mark.parametrize("path", PAGES)
def test_a_prefix_comes_before_everything(archive, path):
    site = Datasette(immutables=[str(archive)], settings={"base_url": "/a/"})
    page = get(site, path).text
    assert page.count('href="/') == page.count('href="/a/') > 3
    assert page.count('action="/') == page.count('action="/a/')


def test_the_rows_of_a_plot_are_files(site):
    for address, columns in {
        "/-/plots/comments_per_month": {"month", "comments"},
        "/-/network": {"author", "answered", "replies"},
    }.items():
        listed = get(site, f"{address}.json").json()
        assert listed
        assert columns <= set(listed[0])
        (heading, *lines) = csv.reader(io.StringIO(get(site, f"{address}.csv").text, newline=""))
        assert heading == list(listed[0])
        assert len(lines) == len(listed)
    assert get(site, "/-/network.json", post="none").status_code == 404
    assert len(get(site, "/-/network.json", post=key("p", "trial")).json()) < len(get(site, "/-/network.json").json())
    assert get(site, "/-/plots/thread.csv").status_code == 404  # which is no plot


def test_rows_lead_to_pages(site):
    for table, kind, name in (
        ("posts", "post", key("p", "trial")), ("comments", "comment", key("c", "t1")),
        ("authors", "author", key("a", "ada")), ("terms", "term", key("t", "hope")),
        ("works", "cited", key("w", "nct")), ("crawls", "crawl", "run-1"),
    ):  # fmt: skip
        assert f'<a href="/-/{kind}/{name}">' in get(site, f"/archive/{table}/{name}").text


def test_with_other_databases_the_first_page_is_datasettes(tmp_path, archive):
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE t (x)")
    site = Datasette([str(other), str(archive)])
    assert "other" in get(site, "/").text
    assert get(site, "/-/front").status_code == 200


def test_long_lists_are_cut_into_pages(tmp_path, monkeypatch):
    monkeypatch.setattr(group_pages, "PAGE", 3)
    filled(tmp_path / "archive.db").close()
    site = serve.application(tmp_path / "archive.db")
    path = f"/-/author/{key('a', 'ada')}"
    shown = [set(re.findall(r'id="|#c-([\w-]+)"><', get(site, path, page=str(page)).text)) - {""} for page in (1, 2, 3)]
    assert "Page 3 of 3" in get(site, path, page="3").text
    assert f'href="{path}?page=2"' in get(site, path).text
    assert len(set.union(*shown)) >= 7


def test_the_front_page_stays_fresh(tmp_path, monkeypatch):
    path = tmp_path / "archive.db"
    filled(path).close()
    site = serve.application(path)
    assert "<dd>20</dd>" in get(site, "/").text
    with closing(sqlite3.connect(path)) as writer:
        insert(writer, "comments", [
            {"id": "c-new", "docid": 9000, "blog_id": BLOG, "post_id": key("p", "walk"), "text": "A zebra.",
             "published_at": LATER, "first_seen_at": SEEN, "last_seen_at": SEEN},
        ])  # fmt: skip
        writer.commit()
        assert "A zebra." in get(site, f"/-/month/{LATER[:7]}").text, "while the writer is open"
        assert "<dd>20</dd>" in get(site, "/").text, "kept for a while"
        monkeypatch.setattr(kept, "FRESH_SECONDS", 0)
        monkeypatch.setattr(kept, "REST", 0)
        assert "<dd>21</dd>" in get(site, "/").text


def test_blogs_that_are_called_alike_are_told_apart(copy):
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE blogs SET title = 'Stem & Cell'")
    site = serve.application(copy)
    one, other = (f"<bdi>Stem &amp; Cell ({host})</bdi>" for host in ("stemcells.example", "host.example/garden"))
    for path, named in {
        "/": [one, other],
        "/-/ledger": [one],
        "/-/crawls": [one],
        "/-/search?kind=post": [one],
    }.items():
        text = text_of(site, path)
        assert [name for name in named if name not in text] == [], path
        assert "<bdi>Stem &amp; Cell</bdi>" not in text
    labels = get(site, "/archive/posts.json?_labels=on&_shape=array&_size=max").json()
    assert {row["blog_id"]["label"] for row in labels} == {"stemcells.example", "host.example/garden"}


def test_pages_of_a_month_are_not_counted_as_posts(copy):
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE posts SET kind = 'page' WHERE id = ?", (key("p", "diet"),))
    assert "<h2>6 posts and 1 page</h2>" in text_of(serve.application(copy), "/-/month/2021-10")


def test_the_turn_of_a_month_is_that_of_the_blog(site):
    entry = f'<h3><a href="/-/post/{key("p", "diet")}"><bdi>'
    assert entry in text_of(site, "/-/month/2021-10")
    assert entry not in text_of(site, "/-/month/2021-09")
