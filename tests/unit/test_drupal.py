"""Drupal: which pages are its own, which addresses are nodes, and dates that a weekday settles."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.engines import for_page
from archiver.engines._dating import Dating
from archiver.engines.dom import Dom
from archiver.engines.drupal import Drupal
from archiver.model import Site, Target, TargetKind
from archiver.page import Page

HOME = "https://quay.example/"
SITE = Site(key="quay.example", home=HOME)
URL = f"{HOME}ebb"
DAYS = st.dates(date(1999, 1, 1), date(2040, 12, 31))


def node(body: str, url: str = URL) -> Page:
    words = (
        "<article data-history-node-id='12'><div class='field--name-body'>The tide went out, with all the boats.</div>"
    )
    return Page(url, f"<html><body>{words}{body}</article></body></html>".encode())


@given(day=DAYS, day_first=st.booleans())
def test_a_weekday_settles_which_number_is_the_day_and_never_wrongly(day: date, day_first: bool) -> None:
    shown = f"{day:%a}, {day:%d/%m/%Y}" if day_first else f"{day:%a}, {day:%m/%d/%Y}"
    moment = Dating(Dom(Page(HOME, b"<html></html>")), SITE).printed(f"{shown} - 10:00")
    other = date(day.year, day.day, day.month) if day.day <= 12 else None
    if other is not None and other != day and other.weekday() == day.weekday():
        assert moment is None
    else:
        assert moment is not None
        assert moment.at[:10] == day.isoformat()


def test_a_weekday_that_fits_neither_settles_nothing() -> None:
    days = (date(2014, 4, 6) + timedelta(n) for n in range(7))
    wrong = next(day for day in days if day.weekday() not in {date(2014, 4, 6).weekday(), date(2014, 6, 4).weekday()})
    assert Dating(Dom(Page(HOME, b"<html></html>")), SITE).printed(f"{wrong:%a}, 04/06/2014 - 10:00") is None


@pytest.mark.parametrize(
    ("path", "post", "list_"),
    [
        ("blog/ebb-flow", True, False),
        ("node/12", True, False),
        ("2014/04/ebb", True, False),
        ("node", False, True),
        ("blog", False, True),
        ("blog?page=3", False, True),
        ("user/1", False, False),
        ("taxonomy/term/3", False, False),
        ("comment/31", False, False),
        ("comment/reply/12/31", False, False),
        ("ebb?page=x", False, False),
        ("sites/default/files/a.pdf", False, False),
    ],
)
def test_addresses(path: str, post: bool, list_: bool) -> None:
    engine = Drupal()
    assert (engine.is_post(HOME + path, SITE), engine.is_list(HOME + path, SITE)) == (post, list_)


def test_a_pager_of_another_list_on_the_page_is_not_the_threads() -> None:
    pagers = (
        "<a href='/ebb?page=2'>3</a><a href='/other?page=9'>10</a><a href='?page=-1'>x</a><a href='?page=1e3'>y</a>"
    )
    found = Drupal().discover(node(pagers), Target(url=URL, kind=TargetKind.POST), SITE).targets
    assert [(t.url, t.hint["page"]) for t in found] == [(f"{URL}?page=1", "2"), (f"{URL}?page=2", "3")]


def test_comments_without_indentation_say_nothing_of_parents() -> None:
    thread = "".join(
        f"<article id='comment-{n}' class='comment'><div class='comment__content'>x</div></article>" for n in (1, 2)
    )
    found = Drupal().extract(node(thread), Target(url=URL, kind=TargetKind.POST), SITE).comments
    assert [(c.parent, c.depth, c.parent_source.value) for c in found] == [(None, None, "unknown")] * 2


@pytest.mark.parametrize(
    ("html", "headers", "expected"),
    [
        ("<meta name='generator' content='Drupal 7 (http://drupal.org)'>", {}, "drupal"),
        ("<p>x</p>", {"x-generator": "Drupal 9 (https://www.drupal.org)"}, "drupal"),
        ("<p>x</p>", {"x-drupal-cache": "HIT"}, "drupal"),
        ("<script src='/core/misc/drupal.js?v=1'></script>", {}, "drupal"),
        # WordPress with pictures that still lie where its Drupal of old had them.
        (
            (
                "<meta name='generator' content='WordPress 6.4'><link rel='https://api.w.org/' href='/wp-json/'>"
                "<img src='/sites/default/files/a.jpg'><script src='/wp-includes/a.js'></script>"
            ),
            {},
            "wordpress",
        ),
    ],
)
def test_who_knows_a_page(html: str, headers: dict[str, str], expected: str) -> None:
    found = for_page(Page(HOME, f"<html><head></head><body>{html}</body></html>".encode(), headers=headers))
    assert found is not None
    assert found[0].name == expected
