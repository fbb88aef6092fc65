"""Links that would keep a crawler busy for ever are counted, and pages that only seem to be there are told."""

from __future__ import annotations

import pytest

from archiver.crawl.reading import SOFT_404, Question, read
from archiver.crawl.saving import loss
from archiver.engines import traps
from archiver.model import Site, Target, TargetKind
from archiver.page import Page

URL = "https://blog.example.org/2021/02/tides/"
HTML = {"content-type": "text/html; charset=utf-8"}


def page(body: str, *, classes: str = "", title: str = "Tides", status: int = 200) -> Page:
    text = f"<html><head><title>{title}</title></head><body class='{classes}'>{body}</body></html>"
    return Page(URL, text.encode(), status=status, headers=HTML)


@pytest.mark.parametrize(
    ("path", "family"),
    [
        ("tides/?replytocom=7#respond", "reply forms"),
        ("wp-login.php?redirect_to=x", "log-ins"),
        ("login", "log-ins"),
        ("tides/?share=twitter", "shares and likes"),
        ("tides/?PHPSESSID=a1", "session ids"),
        ("tides/;jsessionid=a1", "session ids"),
        ("events/2031-05/", "calendars"),
        ("?ical=1", "calendars"),
        ("shop/?orderby=price", "facets"),
        ("shop/?filter%5Bsize%5D=2", "facets"),
        ("shop/?a=1&b=2&c=3&d=4", "facets"),
        ("tides/?print=1", "other views"),
        ("2021/02/tides/", None),
        ("?p=7", None),
        ("category/orders/", None),
        ("2021/02/", None),
    ],
)
def test_what_a_link_leads_to(path: str, family: str | None) -> None:
    assert traps.family(f"https://blog.example.org/{path}") == family


def test_links_are_counted_by_the_page() -> None:
    hrefs = ("?replytocom=1", "?replytocom=2", "/wp-login.php", "/x/")
    links = "".join(f"<a href='{href}'>Here</a>" for href in hrefs)
    assert traps.seen(page(links)) == (("log-ins", 1), ("reply forms", 2))
    assert traps.seen(page(links, status=404)) == ()


@pytest.mark.parametrize(
    ("shown", "soft"),
    [
        (page("<h1>Oops</h1>", classes="error404"), True),
        (page("<h1>Oops</h1>", title="Page not found – Ebb &amp; Flow"), True),
        (page("<h1>Oops</h1>", title="Ebb &amp; Flow » Seite nicht gefunden"), True),
        (page("<h1>Oops</h1>", title="404"), True),
        (page("<h1>Oops</h1>", title="Page not found", status=404), False),  # a hard one
        (page("<article><h1>Page not found</h1></article>", title="Page not found"), False),  # a post of that name
        (page("<h1>Page not found</h1>", title="Page not found", classes="single postid-7"), False),
        (page("<h1>404 metres</h1>", title="404 metres up"), False),
    ],
)
def test_a_page_that_only_seems_to_be_there(shown: Page, soft: bool) -> None:
    assert traps.is_soft_404(shown, TargetKind.POST) is soft
    assert not traps.is_soft_404(shown, TargetKind.LIST)


@pytest.mark.parametrize("engine", ["wordpress", "generic"])
def test_nothing_is_taken_from_such_a_page_and_its_url_is_given_up(engine: str) -> None:
    shown = page("<h1>Oops</h1><p>There is nothing here, but there are other posts.</p>", classes="error404")
    site = Site(key="blog.example.org", home="https://blog.example.org/")
    target = Target(url=URL, kind=TargetKind.POST)
    reading = read(Question(page=shown, target=target, site=site, engine=engine))
    assert [note.kind for note in reading.extract.notes] == [SOFT_404]
    assert not reading.extract.posts
    assert "no such page" in (loss(target, shown, reading) or "")
    known = Target(url=URL, kind=TargetKind.POST, hint={"known": "yes"})  # asked only whether it is still there
    assert loss(known, shown, reading) is None
