"""A server that misbehaves in mid-crawl: a table of fault, and what is expected of the post's page that meets it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from archiver.demo import DemoBlog
from archiver.demo._sitemaps import NAMESPACE
from tests.crawl.fault_table import LASTING, PASSING, READ, Case, documented, listed
from tests.crawl.faults import RESET, FaultServer, Raw, Reset, page
from tests.crawl.running import SOON, Ran, crawl

IMPATIENT = {**SOON, "settings": {"DOWNLOAD_TIMEOUT": 0.4}}


@dataclass
class Scene:
    """A blog with its API closed, in front of which one post's page has trouble. path: of that page."""

    server: FaultServer
    home: str
    path: str
    archive: Path

    def crawl(self, *arguments: str) -> Ran:
        return crawl(self.archive, *arguments, f"{self.home}/", arranged=IMPATIENT)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    server = FaultServer(DemoBlog(posts=8, thread=6, api=False, feeds=False))
    with server.running() as home:
        # The oldest but one: the last is found by none of the other tests' limits.
        path = server.blog.url(server.blog.published[-2]).removeprefix(home)
        yield Scene(server, home, path, tmp_path / "archive")


@pytest.mark.parametrize("case", PASSING, ids=str)
def test_what_passes_is_waited_for(scene: Scene, case: Case) -> None:
    fault = case.made(scene.server, scene.path)
    scene.server.fault(scene.path, fault)
    ran = scene.crawl()
    assert scene.server.targets().count(scene.path) == 2
    at_once = isinstance(fault, Reset) or fault == Raw(b"")  # the client itself then tries a new connection
    assert ran.one("SELECT count(*) FROM frontier WHERE state = 'given_up'") == 0
    assert ran.one("SELECT count(*) FROM posts WHERE url = ? AND text <> ''", scene.home + scene.path) == 1
    assert "given up" not in ran.out
    assert ran.one("SELECT count(*) FROM fetches WHERE url = ?", scene.home + scene.path) == 2 - at_once
    assert documented(case, ran, scene.home, scene.path)


@pytest.mark.parametrize("case", LASTING, ids=str)
def test_what_lasts_costs_that_page_only(scene: Scene, case: Case) -> None:
    fault = case.made(scene.server, scene.path)
    scene.server.always(scene.path, fault)
    scene.server.always(scene.path + "?", fault)
    ran = scene.crawl()
    assert ran.code == 4
    (line,) = [line for line in ran.out.splitlines() if line.strip().startswith(scene.home + scene.path)]
    assert case.words in line
    assert "1 URL given up" in ran.out
    asked = [target for target in scene.server.targets() if target.rstrip("?") == scene.path]
    assert case.times <= len(asked) <= (2 * case.times if fault == RESET else case.times)
    assert ran.rows("SELECT url FROM frontier WHERE state = 'given_up'") == [(scene.home + scene.path,)]
    assert (
        ran.one("SELECT count(*) FROM posts WHERE kind = 'post' AND title IS NOT NULL")
        == len(scene.server.blog.published) - 1
    )
    assert documented(case, ran, scene.home, scene.path)


@pytest.mark.parametrize("case", READ, ids=str)
def test_what_is_odd_is_read_nevertheless(scene: Scene, case: Case) -> None:
    scene.server.always(scene.path, case.made(scene.server, scene.path))
    ran = scene.crawl()
    assert scene.server.targets().count(scene.path) == 1
    assert ran.one("SELECT count(*) FROM frontier WHERE state = 'given_up'") == 0
    assert ran.one("SELECT count(*) FROM posts WHERE url = ? AND text <> ''", scene.home + scene.path) == 1
    assert documented(case, ran, scene.home, scene.path)


def test_the_table_names_every_fault_once() -> None:
    names = [str(case) for case in (*PASSING, *LASTING, *READ)]
    assert sorted(listed()) == sorted(names)


def test_a_redirect_within_the_blog_is_followed(scene: Scene) -> None:
    scene.server.always(scene.path, page(301, Location=f"{scene.path}?from=old"))
    ran = scene.crawl()
    assert ran.one("SELECT location FROM fetches WHERE url = ?", scene.home + scene.path).endswith("?from=old")
    assert ran.one("SELECT count(*) FROM posts WHERE kind = 'post' AND title IS NOT NULL") == len(
        scene.server.blog.published
    )


def test_a_redirect_to_a_post_that_is_read_costs_one_request(scene: Scene) -> None:
    other = scene.server.blog.url(scene.server.blog.published[0]).removeprefix(scene.home)
    scene.server.always(scene.path, page(301, Location=other))
    ran = scene.crawl()
    assert [scene.server.targets().count(path) for path in (scene.path, other)] == [1, 1]
    assert ran.one("SELECT count(*) FROM frontier WHERE state IN ('pending', 'in_flight', 'given_up')") == 0


@pytest.mark.parametrize("there", [True, False])
def test_a_redirect_to_a_sitemap_that_is_read_costs_one_request(scene: Scene, there: bool) -> None:
    # As plugins that make sitemaps have it: robots.txt names theirs, and WordPress's leads to it.
    posts = [scene.server.blog.url(post) for post in scene.server.blog.published]
    urls = "".join(f"<url><loc>{url}</loc></url>" for url in posts)
    scene.server.always("/robots.txt", page(200, f"Sitemap: {scene.home}/named.xml"))
    listed = page(200, f"<urlset xmlns='{NAMESPACE}'>{urls}</urlset>", Content_Type="application/xml")
    scene.server.always("/named.xml", listed if there else page(404))
    scene.server.always("/wp-sitemap.xml", page(302, Location="/named.xml"))
    ran = scene.crawl()
    asked = scene.server.targets()
    assert (asked.count("/named.xml") == 1) is there
    assert ("/sitemap_index.xml" in asked) is not there
    assert ran.one("SELECT count(*) FROM posts WHERE kind = 'post' AND title IS NOT NULL") == len(posts)


def test_a_redirect_to_another_spelling_of_the_same_address_is_followed(scene: Scene) -> None:
    scene.server.fault(scene.path, page(301, Location="?"))
    ran = scene.crawl()
    assert ran.one("SELECT count(*) FROM posts WHERE url = ? AND text <> ''", scene.home + scene.path) == 1


def test_two_posts_that_redirect_to_each_other_are_given_up(scene: Scene) -> None:
    other = scene.server.blog.url(scene.server.blog.published[0]).removeprefix(scene.home)
    scene.server.always(scene.path, page(301, Location=other))
    scene.server.always(other, page(301, Location=scene.path))
    ran = scene.crawl()
    assert ran.code == 4
    assert "redirects without end" in ran.out
    assert ran.one("SELECT count(*) FROM frontier WHERE state = 'given_up'") >= 1


def test_a_redirect_to_what_robots_txt_disallows_is_not_followed(scene: Scene) -> None:
    scene.server.always("/robots.txt", page(200, "User-agent: *\nDisallow: /private/"))
    scene.server.always(scene.path, page(302, Location="/private/1"))
    ran = scene.crawl()
    assert "/private/1" not in scene.server.targets()
    ((state, why),) = ran.rows("SELECT state, last_error FROM frontier WHERE url = ?", scene.home + scene.path)
    assert state == "excluded"
    assert "robots.txt disallows it" in why


def test_a_redirect_to_a_log_in_is_not_followed(scene: Scene) -> None:
    scene.server.always(scene.path, page(302, Location=f"/wp-login.php?redirect_to={scene.path}"))
    ran = scene.crawl()
    assert not any("wp-login" in target for target in scene.server.targets())
    ((state, why),) = ran.rows("SELECT state, last_error FROM frontier WHERE url = ?", scene.home + scene.path)
    assert state == "excluded"
    assert "a log-in" in why


def test_the_host_asks_for_a_long_wait(scene: Scene) -> None:
    scene.server.always(scene.path, page(503, Retry_After="7200"))
    ran = scene.crawl()
    assert ran.code == 4
    assert "the host asks to wait until" in ran.out
    assert "it answers 503" in ran.out
    asked = scene.server.targets()
    assert asked[-1] == scene.path, "nothing is asked for after that"
    left = ran.one("SELECT count(*) FROM frontier WHERE state = 'pending'")
    assert left
    assert f"{left} URL" in ran.out
    scene.server.calm(scene.path)
    again = scene.crawl()
    assert again.one("SELECT count(*) FROM posts WHERE kind = 'post' AND title IS NOT NULL") == len(
        scene.server.blog.published
    )
    assert scene.server.repeated() <= {"/", "/robots.txt", scene.path}


def test_a_host_that_goes_away_is_left_alone(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=20, thread=6, api=False, feeds=False))
    with server.running() as home:
        paths = [server.blog.url(post).removeprefix(home) for post in server.blog.published]
        for path in paths[4:]:
            server.always(path, RESET)
        ran = crawl(tmp_path, f"{home}/", arranged=IMPATIENT)
        assert ran.code == 4
        assert "the host does not answer any more (the connection broke off)" in ran.out
        assert sum(target in paths[4:] for target in server.targets()) < 3 * 16
        server.calm()
        again = crawl(tmp_path, f"{home}/")
    assert again.one("SELECT count(*) FROM posts WHERE kind = 'post' AND title IS NOT NULL") == len(paths)


def test_a_host_that_begins_to_refuse_is_left_alone(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=20, thread=6, api=False, feeds=False))
    with server.running() as home:
        paths = [server.blog.url(post).removeprefix(home) for post in server.blog.published]
        for path in paths[4:]:
            server.always(path, page(403))
        ran = crawl(tmp_path, f"{home}/", arranged=IMPATIENT)
    assert ran.code == 4
    assert "the host does not answer any more (it answers 403)" in ran.out
    assert sum(target in paths[4:] for target in server.targets()) < 10
