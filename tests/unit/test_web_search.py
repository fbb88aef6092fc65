"""The search page: whatever is typed finds something or explains itself; page, CSV and JSON agree."""

from __future__ import annotations

import csv
import html
import io
import re
import sqlite3
from contextlib import closing
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archiver import asking
from archiver.web import finding, plots, search_page, serve, sheets
from db.pages import search
from db.pages.search import Wanted
from tests.unit.archive_sample import BLOG, key
from tests.unit.web_client import get


def hits(site, **fields):
    answer = get(site, "/-/search.json", **fields)
    assert answer.status_code == 200, answer.text
    return [hit["id"].strip("0").removeprefix("c-").removeprefix("p-") for hit in answer.json()["hits"]]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"q": "relapses", "only": "comment"}, {"t2", "t4"}),
        ({"q": "relaps* tired"}, {"t4"}),
        ({"q": '"tired of waiting"'}, {"t4"}),
        ({"q": '"waiting tired"'}, set()),
        ({"q": "sticks OR beans"}, {"w1", "garden"}),
        ({"q": "relapse NOT tired", "only": "comment"}, {"t2"}),
        ({"q": "relapse -tired", "only": "comment"}, {"t2"}),
        ({"q": "(sticks OR tired) waiting"}, {"t4"}),
        ({"q": "Beans"}, {"garden"}),
        ({"q": "ויטמין"}, {"d1"}),
        ({"q": "relapse", "author": "ben okoro"}, {"t4"}),
        ({"author": key("a", "pro"), "only": "post"}, {"trial", "walk", "feedonly"}),
        ({"term": "cells", "only": "post"}, {"trial"}),
        ({"term": "Research", "kind": "comment"}, {"w1", "w2"}),
        ({"cites": "1"}, {"trial", "t1", "w2"}),
        ({"kind": "pingback"}, {"t5"}),
        ({"year": "2020"}, {"garden"}),
        ({"q": "weeks", "year": "2021", "blog": BLOG, "author": "Ada Lind"}, {"trial"}),
        ({"kind": "trackback", "only": "post"}, set()),
    ],
)
def test_search_finds(site, fields, expected):
    found = hits(site, **fields)
    assert (set(found), len(found)) == (expected, len(expected))


def test_order(site):
    assert hits(site, q="sticks OR walk", only="post")[0] == "walk", "a word in the title weighs more"
    dates = [hit["published_at"] for hit in get(site, "/-/search.json", q="cells", sort="oldest").json()["hits"]]
    assert dates == sorted(dates)
    newest = [hit["published_at"] for hit in get(site, "/-/search.json", only="comment").json()["hits"]]
    assert newest[-1] is None, "undated at the end"
    assert newest[:-1] == sorted(newest[:-1], reverse=True)


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
@pytest.mark.parametrize(
    "fields",
    [{}, {"kind": "comment"}, {"year": "2021"}, {"author": "Ada Lind"}, {"term": "Research"}, {"cites": "1"}],
    ids=lambda fields: next(iter(fields), "all"),
)
def test_of_many_hits_the_same_are_found(archive, monkeypatch, sort, fields):
    """Where there are many, not all are looked at; what is given is the same, a page at a time as well."""
    wanted = Wanted(expression='"week" OR "the" OR "I"', order=sort, **fields)
    with closing(sqlite3.connect(archive)) as connection:
        connection.row_factory = sqlite3.Row

        def found(limit, skip=0):
            hits = search.find(connection, wanted, ("", ""), limit=limit, skip=skip)
            return [(hit["id"], hit["score"]) for hit in hits]

        few = found(100)
        monkeypatch.setattr(search, "MANY", -1)
        many = found(100)
        assert len(many) > 0
        # Those that weigh the same stand in another order.
        assert sorted(many) == sorted(few)
        assert [score for _, score in many] == [score for _, score in few]
        assert sort == "relevance" or many == few
        assert [hit for skip in range(0, len(many), 3) for hit in found(3, skip)] == many


@pytest.mark.parametrize(
    "fields", [{"q": "week"}, {"q": "week", "year": "2021"}, {"q": "week OR walk", "term": "Research"}]
)
def test_few_hits_and_many_come_to_the_same_page(archive, monkeypatch, fields):
    """Few are found and counted by one question, many by two at a time."""
    site = serve.application(archive)
    few = get(site, "/-/search", **fields)
    monkeypatch.setattr(finding, "FEW", -1)
    assert "ba-hits" in few.text
    assert get(site, "/-/search", **fields).text == few.text


@pytest.mark.parametrize("fields", [{}, {"year": "2021"}])
def test_dates_of_hits_are_read_from_an_index(archive, fields):
    """Hits lie all over a large archive: to read the row of each costs more than all the rest."""
    asked = []
    with closing(sqlite3.connect(archive)) as connection:
        connection.row_factory = sqlite3.Row
        connection.set_trace_callback(asked.append)
        search.years(connection, Wanted(expression="week", **fields))
        connection.set_trace_callback(None)
        (sql,) = (sql for sql in asked if "comments_fts" in sql and sql.lstrip().startswith("SELECT coalesce"))
        plan = [row["detail"] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert sum("USING COVERING INDEX posts_dated" in line for line in plan) == 1
    assert sum("USING COVERING INDEX comments_dated" in line for line in plan) == 1


@given(st.lists(st.text(min_size=1), min_size=1, unique=True), st.text() | st.integers(0, 9), st.text())
def test_one_term_at_most_is_selected(keys, chosen, name):
    """Of the form, whatever terms are called."""
    terms = {key: {"id": key, "name": name, "taxonomy": "tag"} for key in keys}
    picked = keys[chosen % len(keys)] if isinstance(chosen, int) else chosen
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(search_page.search, "choices", lambda _: {"blogs": [], "terms": list(terms.values())})
        options = search_page.choices(None).options(picked)
    found = re.findall(r'<option( selected)? value="([^"]*)"( selected)?>', options)
    assert [html.unescape(value) for first, value, after in found if first or after] == ([picked] if picked else [])
    assert {html.unescape(value) for _, value, _ in found} == {*keys, *([picked] if picked else [])}


def test_a_hit_is_shown_in_its_place(site):
    page = get(site, "/-/search", q="relapse fell").text
    assert (
        f'<a href="/-/post/{key("p", "trial")}#c-{key("c", "t2")}"><bdi>Prof. Quill</bdi> on <bdi>The trial post'
        in page
    )
    assert "The <mark>relapse</mark> rate <mark>fell</mark> by half." in page
    assert "In answer to" in page
    assert f'<q dir="auto">Has anybody read doi:{"10.1234/trial.2021(05)7"}?' in page
    assert "<b>1 hit</b> for “relapse” and “fell”" in page


def test_what_was_archived_cannot_become_markup(site):
    page = get(site, "/-/search", author='"><script>alert(2)</script>').text
    assert "<script" not in page
    assert "&lt;script&gt;alert(&#34;x&#34;)" in page


def test_years_are_counted_and_lead_on(site):
    page = get(site, "/-/search", q="beans OR sticks").text
    assert 'aria-label="2020: 1 posts, 0 comments"' in page
    assert 'href="/-/search?q=beans+OR+sticks&amp;year=2021"' in page
    assert "<b>2 hits</b>" in page
    assert "<b>1 hit</b>" in get(site, "/-/search", q="beans OR sticks", year="2021").text


def test_the_address_of_a_form_is_made_plain(site):
    answer = get(site, "/-/search?q=relapse&year=&author=&page=1&sort=")
    assert (answer.status_code, answer.headers["location"]) == (302, "/-/search?q=relapse")


def test_page_and_files_are_of_one_query(site):
    fields = {"q": "stem cells", "sort": "oldest"}
    page = get(site, "/-/search", **fields).text
    links = re.findall(r'href="(/-/search\.(?:csv|json)[^"]+)"', page)
    assert len(links) == 2
    lines = list(csv.DictReader(io.StringIO(get(site, links[0].replace("&amp;", "&")).text)))
    answer = get(site, links[1].replace("&amp;", "&")).json()
    assert [line["id"] for line in lines] == [hit["id"] for hit in answer["hits"]]
    shown = re.findall(r'<h3><a href="/-/post/([^"#]+)(?:#c-([^"]+))?"', page)
    assert [comment or post for post, comment in shown] == [line["id"] for line in lines]
    assert answer["meaning"] == "“stem” and “cells”"


def test_more_hits_are_on_further_pages(site, monkeypatch):
    monkeypatch.setattr(search_page, "PAGE", 5)
    monkeypatch.setattr(search_page, "FILE", 8)
    first, second = (get(site, "/-/search", q="week", **more).text for more in ({}, {"page": "2"}))
    ids = [set(re.findall(r'<h3><a href="/-/post/([^"]+)"', page)) for page in (first, second)]
    assert [len(found) for found in ids] == [5, 5]
    assert not ids[0] & ids[1]
    answer = get(site, "/-/search.json", q="week")
    assert answer.headers["link"] == f'<{answer.json()["next"]}>; rel="next"'
    rest = get(site, answer.json()["next"])
    assert len(answer.json()["hits"]) == 8
    assert "link" not in rest.headers
    assert len(rest.json()["hits"]) == 2


def test_a_spreadsheet_is_given_no_formulas():
    line = dict.fromkeys(search_page.COLUMNS, None) | {"title": "=1+1", "author": "@x", "score": -0.5}
    written = sheets.table(search_page.COLUMNS, [line]).splitlines()[1]
    assert "'=1+1" in written
    assert "'@x" in written
    assert "-0.5" in written


STRANGE = [
    '"', "*", "(", ")", "((((", "AND", "OR", "NOT", "a AND", "OR b", "NOT x", "NEAR(a b)", "title:x", "-", "--", "^a",
    "{a b}", "a\x00b", "x" * 10_000, "word " * 2_000, "(" * 10_000, "a OR " * 2_000, '"a" *', "\ud7ff", "💙", "'; --",
    "a NOT NOT b", "()", '""', "( OR )", "<script>", "%", "\ufdd0x\ufdd1", "a*b*", "*" * 300, "-" * 300, '"' * 999,
]  # fmt: skip


@pytest.mark.parametrize("typed", STRANGE)
@pytest.mark.parametrize("field", ["q", "year", "author", "term", "kind", "only", "sort", "blog", "page"])
def test_any_typing_is_safe(site, typed, field):
    page = get(site, "/-/search", **{field: typed})
    assert page.status_code in {200, 302}
    assert "</html>" in page.text or page.status_code == 302
    assert get(site, "/-/search.json", **{field: typed}).status_code == 200


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ('"stem cell', "A quotation mark was never closed"),
        ("(stem", "A parenthesis was never closed"),
        ("stem)", "closed that had not been opened"),
        ("stem OR", "OR stands between two words"),
        ("NOT stem", "before “stem” there is nothing"),
        ("***", "There is no word in it"),
        ("stem ++", "“++” holds neither letter nor digit"),
        ("x" * 3000, "Only the first 2,000 characters"),
        ("word " * 100, "Only the first 64 words"),
        ("(" * 20 + "a" + ")" * 20, "Parentheses deeper than 12"),
    ],
)
def test_what_was_passed_over_is_said(site, typed, words):
    assert words in get(site, "/-/search", q=typed).text.replace("&#34;", '"')


@pytest.mark.parametrize(
    ("years", "drawn"),
    [
        (["2019", "2022"], ["2019", "2020", "2021", "2022"]),
        (["", "2021"], ["2021"]),
        (["1850", "2021", "2023"], ["1850", "2021", "2023"]),
        ([], []),
    ],
)
def test_years_without_hits_keep_their_place(years, drawn):
    """Unless there are more of them than anybody has blogged."""

    def bar(year, row):
        return plots.Bar(label=year, held=row["hits"], words=f"{year}: {row['hits']}", href=f"?year={year}")

    page = str(plots.by_year([{"year": year, "hits": 3} for year in years], bar, "Hits"))
    assert re.findall(r"<title>(\d+): (?:3|nothing)</title>", page) == drawn
    assert re.findall(r"year=(\d+)", page) == [year for year in years if year]


def test_what_holds_no_word_finds_nothing(site):
    page = get(site, "/-/search", q="?!").text
    assert "There is no word in it to look for." in page
    assert "<b>0 hits</b>" in page
    assert "ba-plot" not in page


@pytest.mark.parametrize(
    ("field", "words"), [("year", "is not a year"), ("kind", "is none of post, page"), ("sort", "is none of relevance")]
)
def test_a_bad_filter_is_said(site, field, words):
    assert words in get(site, "/-/search", q="x", **{field: "bad"}).text


@pytest.mark.parametrize(
    ("typed", "expression", "meaning"),
    [
        ("stem cell", '"stem" AND "cell"', "“stem” and “cell”"),
        ('"stem cell"', '"stem cell"', "“stem cell”"),
        ("immun*", '"immun" *', "words that begin with “immun”"),
        ("a OR b c", '"a" OR ("b" AND "c")', "“a” or (“b” and “c”)"),
        ("a NOT b", '("a") NOT ("b")', "“a”, but not “b”"),
        ("a -b -c", '("a") NOT ("b" OR "c")', "“a”, but not “b” nor “c”"),
        ("well-being", '"well-being"', "“well-being”"),
        ("", "", ""),
    ],
)
def test_understanding(typed, expression, meaning):
    asked = asking.understand(typed)
    assert (asked.expression, asked.meaning, asked.notes) == (expression, meaning, ())


@pytest.fixture(scope="module")
def index():
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE f USING fts5 (title, text, tokenize = 'porter unicode61')")
        connection.execute("INSERT INTO f VALUES ('A walk', 'Stem cells and hope')")
        yield connection


@given(
    st.text() | st.lists(st.sampled_from(["a", "AND", "OR", "NOT", "(", ")", '"', "b*", "-c", ":", "^"])).map(" ".join)
)
@example("(" * 3000)
@example(" OR ".join("abc" * 100))
def test_the_index_understands_whatever_is_typed(index, typed):
    asked = asking.understand(typed)
    if asked.expression:
        assert index.execute("SELECT count(*) FROM f WHERE f MATCH ?", (asked.expression,)).fetchone()[0] in {0, 1}
    else:
        assert asked.notes or not asked.typed


def test_a_long_address_is_answered(site):
    assert get(site, f"/-/search?q={quote('é' * 5000)}").status_code == 200


def test_what_takes_too_long_is_said(site, monkeypatch):
    def interrupted(*_):
        raise sqlite3.OperationalError("interrupted")

    monkeypatch.setattr(search_page.search, "years", interrupted)
    page = get(site, "/-/search", q="relapse")
    assert page.status_code == 200
    assert "Too many to count in time" in page.text
    assert "<mark>Relapsing</mark>" in page.text


# ── plots ────────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.tuples(st.integers(0, 10**9), st.none() | st.integers(0, 10**9)), max_size=600))
def test_bars_stay_inside_the_drawing(numbers):
    drawn = plots.bars([plots.Bar(label="<x>", held=held, claimed=said, words='"') for held, said in numbers], "&")
    assert "<x>" not in drawn
    for x, y, width, height in re.findall(r'x="([-.\d]+)" y="([-.\d]+)" width="([-.\d]+)" height="([-.\d]+)"', drawn):
        assert plots.LEFT <= float(x) <= float(x) + float(width) <= plots.WIDTH + 0.2
        assert plots.TOP - 0.1 <= float(y) <= float(y) + float(height) <= plots.HEIGHT - plots.BOTTOM + 0.2
    assert bool(drawn) == any(held or said for held, said in numbers[-plots.MOST :])


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"blog": "nowhere"}, "“nowhere” is no blog of this archive"),
        ({"page": "999"}, "There is no page 999 of these hits."),
    ],
)
def test_why_nothing_is_shown_is_said(site, fields, note):
    assert note in get(site, "/-/search", q="relapse", **fields).text


def test_what_is_there_needs_no_such_words(site):
    (blog,) = {get(site, "/archive/blogs.json", _shape="array").json()[0]["id"]}
    answer = get(site, "/-/search", q="relapse", blog=blog)
    assert "is no blog of" not in answer.text
    assert "There is no page" not in answer.text
