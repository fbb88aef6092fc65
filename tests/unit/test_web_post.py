"""The page of a post: everything around it, the thread as readers saw it, how to cite it."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from datasette.app import Datasette
from hypothesis import given
from hypothesis import strategies as st

from archiver.harmless import clean_html
from archiver.web import arranged, citing, post_page, serve, when
from tests.unit.archive_sample import LATER, OTHER, filled, insert, key
from tests.unit.web_client import get

TRIAL = f"/-/post/{key('p', 'trial')}"


@pytest.fixture(scope="module")
def trial(site) -> str:
    return get(site, TRIAL).text


@pytest.mark.parametrize(
    "part",
    [
        '<h1 dir="auto">The trial post</h1>',
        f'<a href="/-/author/{key("a", "pro")}"><bdi>Prof. Quill</bdi></a>, ',
        '<time datetime="2021-09-01T08:00:00Z" title="to the second">1 September 2021, 08:00 UTC</time>',
        f'<a href="/-/term/{key("t", "cells")}"><bdi>Cells</bdi></a>',
        f'<a href="/-/cited/{key("w", "doi")}"><b>DOI</b> 10.1234/trial.2021(05)7</a>',
        "in the post and in 1 comment",
        "<p>About the trial. Stem cells and relapses, week 0.</p>",
        'href="https://stemcells.example/trial/" rel="noopener noreferrer nofollow ugc">Original</a>',
        'title="warc/run-1.warc.gz, at byte 512">Archived capture</a>',
        '<h2 id="thread-heading">6 comments</h2>',
        "The blog claimed 6, of which 6 are here",
        "1 more has vanished",
        f'<a rel="next" href="/-/post/{key("p", "walk")}">',
        "author of the post",
        "Edited: 1 earlier wording",
        "<p>Relapsing.</p>",
        "No longer on the blog on",
    ],
)
def test_a_post_shows(trial, part):
    assert part in trial


def test_replies_stand_inside_what_they_answer(trial):
    order = re.findall(r'<li id="c-(\w+)-|<(ol|/ol)[ >]', trial)
    assert trial.count("<li ") == trial.count("</li>") - trial.count("<li>")
    assert len([found for found in order if found[1] == "ol"]) == len([found for found in order if found[1] == "/ol"])
    inside = trial[trial.index(f'id="c-{key("c", "t1")}"') : trial.index(f'id="c-{key("c", "t5")}"')]
    for name in ("t2", "t3", "t4"):
        assert f'id="c-{key("c", name)}"' in inside
    assert inside.count("<ol>") == inside.count("</ol>") == 2


def test_a_comment_has_a_short_address(site):
    answer = get(site, f"/-/comment/{key('c', 't3')}/thread")
    assert (answer.status_code, answer.headers["location"]) == (302, f"{TRIAL}#c-{key('c', 't3')}")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("locked", "behind a password"),
        ("lost", "has not been read"),
        ("deleted", "the blog no longer showed this post on"),
        ("untitled", "Untitled post"),
        ("hidden", "In answer to a comment that is not public"),
        ("quiet", "nothing claimed"),
        ("diet", "(page failed)"),
    ],
)
def test_what_is_lacking_is_said(site, name, words):
    assert words in re.sub(r"\s+", " ", get(site, f"/-/post/{key('p', name)}").text)


def test_a_day_is_not_shown_as_an_hour(site):
    page = get(site, f"/-/post/{key('p', 'untitled')}").text
    assert '<time datetime="2021-11-07" title="to the day">7 November 2021</time>' in page
    assert "(known to the day)" in page


@pytest.mark.parametrize("path", ["/-/post/none", "/-/comment/none", "/-/post/none.bib", "/other/-/post/x"])
def test_what_is_not_there_is_not_found(site, path):
    assert get(site, path).status_code == 404


def test_nothing_runs_on_our_pages(site, trial):
    assert "<script" not in trial
    assert " style=" not in trial
    headers = get(site, TRIAL).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert "unsafe" not in headers["content-security-policy"]
    assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")


@pytest.mark.parametrize("options", [{}, {"settings": {"base_url": "/a/"}}])
@pytest.mark.parametrize("mode", ["files", "immutables"])
def test_plain_datasette_is_enough(archive, mode, options):
    site = Datasette(**{mode: [str(archive)]}, **options)
    page = get(site, TRIAL)
    assert page.status_code == 200
    base = "/a" if options else ""
    assert f'href="{base}/-/author/{key("a", "pro")}"' in page.text
    assert f'<link rel="stylesheet" href="{base}/-/static-plugins/' in page.text


def test_with_two_archives_addresses_name_theirs(tmp_path, archive):
    second = tmp_path / "second.db"
    with closing(filled(second)) as connection, connection:
        connection.execute("UPDATE comments SET post_id = ? WHERE post_id = ?", (key("p", "garden"), key("p", "quiet")))
        connection.execute("DELETE FROM posts WHERE id = ?", (key("p", "quiet"),))
    site = Datasette([str(second), str(archive)])
    page = get(site, f"/-/post/{key('p', 'quiet')}")
    assert page.status_code == 200
    assert 'href="/archive/-/search"' in page.text, "found in the archive that has it"
    assert get(site, f"/second/-/post/{key('p', 'quiet')}").status_code == 404


@pytest.mark.parametrize(
    ("suffix", "content_type", "parts"),
    [
        ("bib", "application/x-bibtex", ["@online{p-trial", "title = {{The trial post}}", "urldate = {2024-05-01}",
                                         "author = {{Prof. Quill} and {Ada Lind}}", r"organization = {Stem \& Cell}"]),
        ("ris", "application/x-research-info-systems", ["TY  - BLOG\r\n", "AU  - Prof. Quill\r\nAU  - Ada Lind\r\n",
                                                        "DA  - 2021/09/01\r\n", "Y2  - 2024/05/01\r\n", "ER  - \r\n"]),
    ],
)  # fmt: skip
def test_a_citation_is_a_file(site, suffix, content_type, parts):
    answer = get(site, f"{TRIAL}.{suffix}")
    assert answer.headers["content-type"] == f"{content_type}; charset=utf-8"
    for part in parts:
        assert part in answer.text


def test_a_citation_in_words(trial):
    assert (
        "Prof. Quill, Ada Lind (1 September 2021). The trial post. Stem &amp; Cell. https://stemcells.example/trial/"
        " (captured 1 May 2024)" in trial
    )


@given(st.text())
def test_no_title_breaks_out_of_a_citation(title):
    post = {
        "id": "x", "title": title, "blog": "B", "site_key": "b", "url": "https://b.example/}\\x y",
        "published_at": "2021-09-01T08:00:00Z", "published_precision": "month", "fetched_at": None,
        "last_seen_at": LATER,
    }  # fmt: skip
    cited = citing.cited(post, [{"name": title or "x"}])
    plain = re.sub(r"\\textbackslash\{\}|\\textascii\w+\{\}|\\[{}]", "", cited.bibtex)
    depth = 0
    for place, sign in enumerate(plain):
        depth += (sign == "{") - (sign == "}")
        assert depth > 0 or place == len(plain) - 2 or place < plain.index("{") or sign == "\n"
    assert depth == 0
    assert all(re.match(r"[A-Z][A-Z\d]  - ", line) for line in cited.ris.split("\r\n")[:-1])
    assert "2021-09" in cited.bibtex
    assert "2021-09-01" not in cited.bibtex


@pytest.mark.parametrize(
    ("at", "precision", "expected"),
    [
        ("2021-10-07T14:03:00Z", "second", "7 October 2021, 14:03 UTC"),
        ("2021-10-07T14:00:00Z", "hour", "7 October 2021, 14:00 UTC"),
        ("2021-10-07T00:00:00Z", "day", "7 October 2021"),
        ("2021-10-01T00:00:00Z", "month", "October 2021"),
        ("2021-01-01T00:00:00Z", "year", "2021"),
        ("2021-10-07T14:03:00.123456Z", None, "7 October 2021, 14:03 UTC"),
        (None, None, ""),
        ("soon", None, "soon"),
        ("2021-99-01", "day", "2021-99-01"),
    ],
)
def test_dates_in_words(at, precision, expected):
    assert when.words(at, precision) == expected


# ── threads ──────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=30), st.integers(1, 40))
def test_every_comment_is_shown_once_and_lists_balance(parents, most):
    comments = [
        {"id": str(place), "parent_id": str(parent) if has else None} for place, (parent, has) in enumerate(parents)
    ]
    steps = arranged.arrange(comments)
    assert sorted(step.comment["id"] for step in steps) == sorted(comment["id"] for comment in comments)
    pages = arranged.pages(steps, most)
    assert [step for page in pages for step in page] == steps
    for page in pages:
        assert len(page) <= most
        level = 1
        for laid in arranged.lay_out(page):
            assert laid.nested == level <= arranged.DEEPEST
            level += laid.opens - laid.closes
        assert level == 1


def test_replies_are_counted_through_all_levels():
    parents = {"a": None, "b": "a", "c": "b", "d": "a", "e": None}
    steps = arranged.arrange([{"id": key, "parent_id": parent} for key, parent in parents.items()])
    assert [(step.comment["id"], step.level, step.replies) for step in steps] == [
        ("a", 1, 3), ("b", 2, 1), ("c", 3, 0), ("d", 2, 0), ("e", 1, 0),
    ]  # fmt: skip


def _long_thread(path: Path, count: int, *, nested: bool) -> None:
    with closing(filled(path)) as connection, connection:
        seen = {"first_seen_at": LATER, "last_seen_at": LATER}
        insert(connection, "posts", [
            {"id": "long", "docid": 5000, "blog_id": OTHER, "kind": "post", "url": "https://host.example/long", **seen},
        ])  # fmt: skip
        insert(connection, "comments", [
            {"id": f"n{number}", "docid": 10_000 + number, "blog_id": OTHER, "post_id": "long", "position": number,
             "parent_id": f"n{number - 1}" if number and (nested or number % 7) else None, "html": "<p>Yes.</p>",
             "text": "Yes.", **seen}
            for number in range(count)
        ])  # fmt: skip


@pytest.mark.parametrize("nested", [True, False])
def test_a_thread_of_three_thousand_is_one_page(tmp_path, nested):
    _long_thread(tmp_path / "archive.db", 3000, nested=nested)
    page = get(serve.application(tmp_path / "archive.db"), "/-/post/long").text
    assert page.count('<li id="c-n') == 3000
    assert page.endswith("</html>")
    assert len(page) < 5_000_000


def test_longer_threads_are_cut_into_pages(tmp_path, monkeypatch):
    monkeypatch.setattr(post_page, "MOST", 10)
    _long_thread(tmp_path / "archive.db", 25, nested=False)
    site = serve.application(tmp_path / "archive.db")
    first, last = get(site, "/-/post/long").text, get(site, "/-/post/long", page="99").text
    assert 'href="/-/post/long?page=2#comments"' in first
    assert 'id="c-n24"' in last
    assert 'id="c-n0"' not in last
    assert get(site, "/-/comment/n24/thread").headers["location"].endswith("#c-n24")
    assert 'id="c-n24"' in get(site, get(site, "/-/comment/n24/thread").headers["location"].partition("#")[0]).text
    assert get(site, "/-/post/long", page="9" * 5000).status_code == 200


# ── links in archived text ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("/about", 'href="https://b.example/about"'),
        ("#note", 'href="https://b.example/p/#note"'),
        ("//c.example/", 'href="https://c.example/"'),
        ("mailto:a@b.example", None),
        ("java\tscript:x", None),
        ("http://[", None),
    ],
)
def test_links_lead_to_the_blog(link, expected):
    cleaned = clean_html(f'<a href="{link}">x</a>', "https://b.example/p/")
    assert (expected in cleaned) if expected else ("href" not in cleaned)


def test_an_archive_that_is_busy_says_so(tmp_path, monkeypatch):
    path = tmp_path / "archive.db"
    filled(path).close()
    site = serve.application(path)

    def fail(*_args):
        raise sqlite3.OperationalError("interrupted")

    monkeypatch.setattr(post_page.posts, "post_page", fail)
    answer = get(site, TRIAL)
    assert answer.status_code == 503
    assert "longer to put together than the time limit" in answer.text
