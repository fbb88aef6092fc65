"""A blog that changed its platform half-way: every post is read by the engine that fits its page, in one archive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from archiver.demo import DemoBlog
from tests.crawl.faults import FaultServer, page
from tests.crawl.running import content, crawl, run, sound

GOLDEN = Path(__file__).parents[1] / "golden"
WORDS = "The knot that holds the ferry was tied by the old keeper, and nobody has dared to look at it since. " * 3
BLOGGER = (
    (GOLDEN / "blogger" / "old-page" / "page.html").read_text("utf-8").replace("http://quaynotes.blogspot.com", "")
)
HUGO = (
    "<!DOCTYPE html><html lang='en'><head><meta name='generator' content='Hugo 0.31'><title>Reef knots - Quay</title>"
    "<meta property='og:title' content='Reef knots'></head><body><header><a href='/'>Quay</a></header><main>"
    "<article><h1>Reef knots</h1><time datetime='2017-03-04T08:00:00Z'>4 March 2017</time>"
    f"<div class='content'><p>{WORDS}</p></div></article></main></body></html>"
)
DRUPAL = (
    "<!DOCTYPE html><html lang='en'><head><meta name='Generator' content='Drupal 7 (http://drupal.org)'>"
    "<link rel='canonical' href='/node/1'><title>Fog signals | Quay</title></head><body class='page-node page-node-1'>"
    "<h1 class='page-title'>Fog signals</h1><div id='node-1' class='node node-blog'>"
    "<div class='submitted'>Submitted by <span class='username'>Moll Quay</span> on Sun, 04/06/2014 - 09:30</div>"
    f"<div class='content'><div class='field field-name-body'><p>{WORDS}</p></div></div></div>"
    "<div id='comments' class='comment-wrapper'><a id='comment-1'></a><div class='comment'>"
    "<h3><a href='/comment/1#comment-1' class='permalink'>I hear it</a></h3>"
    "<div class='submitted'><span class='username'>Ned Skerry</span> on Mon, 04/07/2014 - 08:00</div>"
    "<div class='content'><p>I hear it, too.</p></div></div></div></body></html>"
)
OLD = {
    "/2006/05/lamp-oil.html": (BLOGGER, "blogger", "Lamp oil", 2),
    "/posts/reef-knots/": (HUGO, "generic", "Reef knots", 0),
    "/node/1": (DRUPAL, "drupal", "Fog signals", 1),
}
"""Path, page, the engine that fits it, its title, and how many comments it shows."""


@contextmanager
def changed(**blog: bool) -> Iterator[tuple[FaultServer, str]]:
    """A WordPress whose front page leads to one of the old posts, and a sitemap in its robots.txt to the others."""
    server = FaultServer(DemoBlog(posts=4, thread=5, **blog))
    with server.running() as home:
        first, *others = OLD
        shown = server.blog.respond("/").body.decode("utf-8")
        teaser = f"<article class='hentry'><h2><a rel='bookmark' href='{first}'>Once</a></h2></article>"
        server.always("/", page(200, shown.replace("<article", f"{teaser}<article", 1)))
        for path, (html, *_) in OLD.items():
            server.always(path, page(200, html))
        locs = "".join(f"<url><loc>{home}{path}</loc></url>" for path in others)
        sitemap = f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{locs}</urlset>"
        server.always("/old.xml", page(200, sitemap, Content_Type="application/xml"))
        server.always("/robots.txt", page(200, f"User-agent: *\nSitemap: {home}/old.xml\n", Content_Type="text/plain"))
        yield server, home


READ = (
    "SELECT replace(p.url, ?, ''), substr(f.engine, 1, instr(f.engine, '/') - 1), p.title, "
    "(SELECT count(*) FROM comments c WHERE c.post_id = p.id) FROM posts p JOIN fetches f ON f.id = p.fetch_id"
)


@pytest.mark.parametrize("api", [True, False], ids=["api", "no api"])
def test_each_post_is_read_by_the_engine_that_fits_its_page(tmp_path: Path, api: bool) -> None:
    with changed(api=api) as (server, home):
        ran = crawl(tmp_path / "a", home)
    assert ran.code == 0, ran.out
    read = {path: tuple(told) for path, *told in ran.rows(READ, home)}
    assert {path: read.pop(path, None) for path in OLD} == {path: tuple(told) for path, (_, *told) in OLD.items()}
    assert len(read) == 6  # four posts, two pages
    assert {engine for engine, *_ in read.values()} == {"wordpress"}
    assert "1 page read as blogger, 1 page read as drupal, 1 page read as generic" in ran.out
    assert [row[0] for row in ran.rows("SELECT detail FROM oddities WHERE kind = 'page_read_as_drupal'")] == [
        f"{home}/node/1 speaks for drupal, not wordpress: generator Drupal 7 (http://drupal.org)"
    ]
    # Numbers of one platform meet none of the other: WordPress has a comment 1, too.
    assert ran.rows("SELECT native_id FROM comments WHERE native_id LIKE 'drupal%'") == [("drupal:1",)]
    assert ran.one("SELECT count(*) FROM blogs") == 1
    assert len(server.targets()) == len(set(server.targets()))
    assert sound(ran.archive)
    before = content(ran.archive)
    assert run("extract", "-a", ran.archive).returncode == 0
    assert content(ran.archive) == before  # read again from the WARC files, and the same


def test_without_pages_those_are_read_that_the_api_does_not_have(tmp_path: Path) -> None:
    with changed() as (_, home):
        ran = crawl(tmp_path / "a", home, "--no-pages")
    assert ran.code == 0, ran.out
    read = {path: tuple(told) for path, *told in ran.rows(READ, home)}
    assert {path: read.pop(path, None) for path in OLD} == {path: tuple(told) for path, (_, *told) in OLD.items()}
    assert len(read) == 6
    asked = {path for (path,) in ran.rows("SELECT replace(url, ?, '') FROM fetches WHERE kind = 'post'", home)}
    assert asked == set(OLD)  # no page of a post that the API has
    assert sound(ran.archive)


def test_an_engine_that_a_person_names_reads_every_page(tmp_path: Path) -> None:
    with changed(api=False) as (_, home):
        ran = crawl(tmp_path / "a", home, "--engine", "wordpress")
    assert {row[1] for row in ran.rows(READ, home)} == {"wordpress"}
    assert "3 page of another engine" in ran.out
