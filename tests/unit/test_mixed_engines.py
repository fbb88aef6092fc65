"""Pages with the signs of two platforms, of none, and an engine that a person has named by mistake."""

from __future__ import annotations

from itertools import combinations

import pytest

from archiver.crawl.reading import Question, Reading, read
from archiver.engines import by_name, engines, for_page
from archiver.model import Site, Target, TargetKind
from archiver.page import Page

HOME = "https://quay.example/"
SIGNS = {
    "blogger": "<meta name='generator' content='blogger'>",
    "substack": "<script src='https://substackcdn.com/a.js'></script><script>window._preloads = 1</script>",
    "ghost": "<meta name='generator' content='Ghost 5.2'>",
    "livejournal": "<script>Site.page = {}; Site.journal = {};</script><span class='ljuser' data-ljuser='a'>a</span>",
    "dreamwidth": "<div class='dwexpcomment' id='cmt1'></div><meta name='generator' content='Dreamwidth'>",
    "typepad": "<meta name='generator' content='http://www.typepad.com/'>",
    "movabletype": "<meta name='generator' content='Movable Type 6.1'>",
    "drupal": "<meta name='generator' content='Drupal 7 (http://drupal.org)'>",
    "squarespace": "<!-- This is Squarespace. -->",
    "tumblr": "<link rel='alternate' href='android-app://com.tumblr/tumblr/x'>",
    "medium": "<meta property='al:android:package' content='com.medium.reader'>",
}
KINDS = (TargetKind.HOME, TargetKind.API, TargetKind.FEED, TargetKind.SITEMAP, TargetKind.POST, TargetKind.COMMENT_PAGE)
WORDPRESS = (
    "<meta name='generator' content='WordPress 6.4'><link rel='https://api.w.org/' href='/wp-json/'>"
    "<link rel='stylesheet' href='/wp-content/themes/quay/style.css'><script src='/wp-includes/a.js'></script>"
)


def page(signs: str, url: str = HOME) -> Page:
    return Page(url, f"<html><head><title>Quay</title>{signs}</head><body><p>Lights</p></body></html>".encode())


def test_every_engine_of_one_platform_has_signs_here() -> None:
    assert {engine.name for engine in engines()} - {"wordpress", "generic"} == set(SIGNS)


@pytest.mark.parametrize("name", SIGNS)
def test_an_engine_knows_its_signs(name: str) -> None:
    found = for_page(page(SIGNS[name]))
    assert found is not None
    assert found[0].name == name


@pytest.mark.parametrize("name", SIGNS)
def test_wordpress_keeps_a_page_that_has_signs_of_another(name: str) -> None:
    found = for_page(page(WORDPRESS + SIGNS[name]))
    assert found is not None
    assert found[0].name == "wordpress"


@pytest.mark.parametrize(("one", "other"), list(combinations(SIGNS, 2)))
def test_a_page_with_the_signs_of_two_is_read_by_one_of_them_and_says_why(one: str, other: str) -> None:
    both = page(SIGNS[one] + SIGNS[other])
    found, again = for_page(both), for_page(both)
    assert found is not None
    assert found[0].name in {one, other}
    assert found[1].evidence
    assert again is not None
    assert again[1] == found[1]


@pytest.mark.parametrize("name", SIGNS)
def test_an_engine_named_by_mistake_is_told_in_one_line_with_what_speaks_for_which(name: str) -> None:
    other = "ghost" if name != "ghost" else "drupal"
    asked = Target(url=HOME, kind=TargetKind.HOME)
    site = Site(key="quay.example", home=HOME)
    told = read(Question(page=page(SIGNS[other]), target=asked, site=site, engine=name, forced=True))
    assert told.error is not None
    assert told.error.startswith(f"nothing on it speaks for {name}, but for {other}: ")
    assert "\n" not in told.error
    assert told.trace is None


WORDS = (
    "<h1>Oil</h1><p>"
    + "The lamps of the quay burn an hour less, since oil is dear this year and the keeper is poor. " * 3
)
OLD_POST = Target(url=f"{HOME}2009/05/oil.html", kind=TargetKind.POST)
ALL = {**SIGNS, "wordpress": WORDPRESS}


def posted(signs: str, engine: str, *, named: bool = False) -> Reading:
    """A post's page with these signs, in a blog of an engine."""
    shown = page(signs, OLD_POST.url)
    whole = Page(shown.url, shown.body.replace(b"<p>Lights</p>", f"<article>{WORDS}</article>".encode()))
    site = Site(key="quay.example", home=HOME)
    return read(Question(page=whole, target=OLD_POST, site=site, engine=engine, named=named))


@pytest.mark.parametrize("name", [*SIGNS, "wordpress", "generic"])
def test_a_page_that_another_platform_has_left_is_read_by_its_engine(name: str) -> None:
    for other, signs in ALL.items():
        told = posted(signs, name)
        noted = [note.kind for note in told.extract.notes if note.kind.startswith("page_")]
        assert (told.engine, noted) == ((other, [f"page_read_as_{other}"]) if other != name else (name, []))
        assert [post.native_id for post in told.extract.posts if other != name] in ([], [None])


@pytest.mark.parametrize("name", ["wordpress", "drupal"])
def test_a_page_of_software_that_has_no_engine_is_read_by_what_any_page_says(name: str) -> None:
    told = posted("<meta name='generator' content='Hugo 0.31'>", name)
    assert told.engine == "generic"
    assert [post.title for post in told.extract.posts] == ["Oil"]
    assert posted("", name).engine == name  # many themes hide what they are


@pytest.mark.parametrize(("one", "other"), list(combinations(SIGNS, 2)))
def test_a_post_with_the_signs_of_two_stays_with_the_engine_of_its_blog(one: str, other: str) -> None:
    for name, beside in ((one, other), (other, one)):
        assert posted(SIGNS[name] + SIGNS[beside], name).engine == name


@pytest.mark.parametrize("name", SIGNS)
def test_an_engine_that_a_person_names_reads_every_page_and_says_what_speaks_for_another(name: str) -> None:
    told = posted(WORDPRESS, name, named=True)
    assert told.engine == name
    assert "page_of_another_engine" in [note.kind for note in told.extract.notes]


@pytest.mark.parametrize("name", SIGNS)
def test_a_page_that_is_no_blog_is_known_by_none_and_breaks_none(name: str) -> None:
    known = by_name(name)
    assert known is not None
    bare = page("")
    assert known.detect(bare) is None
    site = Site(key="quay.example", home=HOME)
    for kind in TargetKind:
        told = read(Question(page=bare, target=Target(url=HOME, kind=kind), site=site, engine=name))
        assert told.trace is None, told.trace
        assert told.extract.posts == () or kind is TargetKind.POST


@pytest.mark.parametrize("name", SIGNS)
@pytest.mark.parametrize(
    "body", [b"", b"\x00\xff\xfe", b"{", b"<rss><channel><item>", b"<?xml version='1.0'?><feed", b"null"]
)
def test_an_answer_of_any_sort_is_read_or_told_in_a_line(name: str, body: bytes) -> None:
    site = Site(key="quay.example", home=HOME)
    for kind in KINDS:
        for headers in ({"content-type": "application/json"}, {"content-type": "text/html"}):
            answer = Page(HOME + "2014/04/x.html", body, headers=headers)
            hint = {"route": "thread", "post": "1", "url": HOME}
            told = read(
                Question(page=answer, target=Target(url=answer.url, kind=kind, hint=hint), site=site, engine=name)
            )
            assert told.trace is None, told.trace
            assert told.error is None or "\n" not in told.error
