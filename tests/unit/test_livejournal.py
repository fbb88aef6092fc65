"""LiveJournal's code: which engine knows a page, and what is made of data that are cut or odd."""

from __future__ import annotations

import json
from typing import Any

import pytest

from archiver.engines import for_page
from archiver.engines.dreamwidth import Dreamwidth
from archiver.engines.livejournal import LiveJournal
from archiver.model import Extract, Site, Target, TargetKind
from archiver.page import Page

HOME = "https://moll-quay.livejournal.com/"
SITE = Site(key="moll-quay.livejournal.com", home=HOME)
URL = f"{HOME}5121.html"
ENTRY = "<h1 class='entry-title'>Ebb</h1><div class='entry-content'><p>The tide went out, and all the boats.</p></div>"


def entry(data: str, url: str = URL, body: str = "") -> Page:
    return Page(
        url, f"<html><head><script>Site.page = {data};</script></head><body>{ENTRY}{body}</body></html>".encode()
    )


def read(page: Page, engine: LiveJournal | None = None, site: Site = SITE) -> Extract:
    return (engine or LiveJournal()).extract(page, Target(url=page.url, kind=TargetKind.POST), site)


def onward(page: Page, kind: TargetKind = TargetKind.POST, **hint: str) -> list[str]:
    found = LiveJournal().discover(page, Target(url=page.url, kind=kind, hint=hint), SITE)
    return [target.url.removeprefix(HOME) for target in found.targets]


@pytest.mark.parametrize("data", ["{", '{"comments": 7}', "null", '{"comments": [null, 1, {}]}', "[" * 5000])
def test_data_that_are_no_thread_cost_the_thread_only(data: str) -> None:
    extract = read(entry(data))
    assert [post.title for post in extract.posts] == ["Ebb"]
    assert extract.comments == ()


@pytest.mark.parametrize(
    ("row", "parent", "text"),
    [
        ({"dtalkid": 9, "article": "Yes", "parent": 9}, None, "Yes"),  # its own parent
        ({"dtalkid": 9, "article": "Yes", "parent": "5", "level": "x", "ctime_ts": "soon"}, "5", "Yes"),
        ({"dtalkid": 9, "article": "a", "subject": "5 < 6 & 7"}, None, "5 < 6 & 7\n\na"),
        ({"dtalkid": 9, "article": "hidden", "deleted": 1}, None, None),
    ],
)
def test_a_row(row: dict[str, Any], parent: str | None, text: str | None) -> None:
    (comment,) = read(entry(json.dumps({"comments": [row]}))).comments
    assert (comment.parent, comment.content.text if comment.content else None) == (parent, text)


def test_of_a_collapsed_branch_its_first_comment_is_asked_for() -> None:
    rows = [{"dtalkid": 1, "article": "a", "parent": 0}, *({"dtalkid": n, "parent": n - 1} for n in range(2, 6))]
    assert onward(entry(json.dumps({"comments": rows}))) == ["5121.html?thread=2"]


def test_a_branch_does_not_lead_to_itself() -> None:
    page = entry('{"comments": [{"dtalkid": 2, "parent": 1}]}', f"{URL}?thread=2")
    assert onward(page, TargetKind.COMMENT_PAGE, post="5121", url=URL) == []


def test_every_page_of_a_thread_is_asked_for_and_none_without_end() -> None:
    pager = "".join(f"<a href='5121.html?page={n}#comments'>{n}</a>" for n in ("2", "4", "99999999", "x", "²"))
    page = entry('{"replycount": 900, "comments": [{"dtalkid": 2, "article": "a"}]}', body=pager)
    assert onward(page) == [f"5121.html?page={n}" for n in (2, 3, 4)]


def test_an_entry_behind_a_check_of_age_is_noted() -> None:
    page = Page(f"{HOME}misc/adult_concepts?ret=1", b"<html><form id='adult_check'></form></html>", asked=URL)
    extract = read(page)
    assert [(note.kind, note.detail) for note in extract.notes] == [("behind_an_age_check", URL)]
    assert extract.posts == ()


@pytest.mark.parametrize(
    ("url", "list_", "post"),
    [
        ("5121.html", False, True),
        ("2014/", True, False),
        ("2014/04/", True, False),
        ("2014/04/05/", False, False),
        ("?skip=20", True, False),
        ("?skip=20&tag=mud", False, False),
        ("tag/mud", False, False),
        ("2014/04/?mode=full", False, False),
    ],
)
def test_addresses(url: str, list_: bool, post: bool) -> None:
    engine = LiveJournal()
    assert (engine.is_list(HOME + url, SITE), engine.is_post(HOME + url, SITE)) == (list_, post)
    assert not engine.is_post(f"https://other.livejournal.com/{url}", SITE)


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ("<script>Site.page={};Site.journal={};</script>", "", "livejournal"),
        ("", "<div id='cmt12345' class='dwexpcomment'></div>", "dreamwidth"),
        ("<link rel='alternate' href='/data/atom'>", "<span class='ljuser' lj:user='a'>a</span>", "livejournal"),
        # A WordPress blog that was imported from LiveJournal, with its names of accounts.
        (
            "<meta name='generator' content='WordPress 6.4'><link rel='https://api.w.org/' href='/wp-json/'>",
            "<span class='ljuser' lj:user='a'>a</span><script src='/wp-includes/a.js'></script>",
            "wordpress",
        ),
    ],
)
def test_who_knows_a_page(head: str, body: str, expected: str) -> None:
    found = for_page(Page("https://quay.example/", f"<html><head>{head}</head><body>{body}</body></html>".encode()))
    assert found is not None
    assert found[0].name == expected


def test_a_dreamwidth_entry_of_words_without_a_number_keeps_its_address() -> None:
    url = "https://quay.dreamwidth.org/2012/02/14/lamp-oil.html"
    site = Site(key="quay.dreamwidth.org", home="https://quay.dreamwidth.org/")
    (post,) = read(Page(url, f"<html><body>{ENTRY}</body></html>".encode()), Dreamwidth(), site).posts
    assert (post.native_id, post.url) == (None, url)
