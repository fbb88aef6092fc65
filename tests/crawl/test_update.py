"""An archive brought up to date: what sensors show is found by the next run, what they cannot show by the revisits."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from archiver.demo import DemoBlog, Response
from archiver.demo.server import serve
from tests.crawl.points import run
from tests.crawl.running import SOON, Ran, crawl, sound, update

pytestmark = pytest.mark.usefixtures("reads_itself")

Twist = Callable[[str, Response], Response | None]


class Blog(DemoBlog):
    """A demo blog whose answers can be made to lie. twist: what becomes of each."""

    twist: Twist | None = None

    def respond(self, target: str, *, method: str = "GET", headers: Mapping[str, str] | None = None) -> Response:
        if self.twist is None:
            return super().respond(target, method=method, headers=headers)
        response = super().respond(target, method=method)  # whole, never 304
        return self.twist(target, response) or response

    def asked(self) -> list[tuple[str, int]]:
        """What was asked since the last time, with the answers."""
        found = [(target, status) for _, target, status in self.requests]
        self.requests.clear()
        return found


class Address(DemoBlog):
    """Where the blog of the test that runs is served."""

    guest: Blog

    def respond(self, target: str, *, method: str = "GET", headers: Mapping[str, str] | None = None) -> Response:
        return self.guest.respond(target, method=method, headers=headers)


class Crawled:
    """A blog that was crawled once: each test has a copy of the archive, and the blog as it was then, to change it."""

    def __init__(self, folder: Path, servers: ExitStack) -> None:
        self._folder, self._servers = folder, servers
        self._addresses: dict[bool, Address] = {}

    @contextmanager
    def __call__(self, archive: Path, *, api: bool = True) -> Iterator[tuple[Blog, str]]:
        kept, address = self._folder / str(api), self._addresses.get(api)
        if address is None:
            address = self._addresses[api] = Address()
            address.guest = Blog(api=api)
            address.guest.home = self._servers.enter_context(serve(address))
            ran = crawl(kept, address.home, "-q")
            assert ran.code in {0, 4}, ran.err
        shutil.copytree(kept, archive, dirs_exist_ok=True)
        address.guest = Blog(api=api)
        address.guest.home = address.home
        yield address.guest, address.home


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    with ExitStack() as servers:
        yield Crawled(tmp_path_factory.mktemp("crawled"), servers)


def counts(ran: Ran) -> dict[str, int]:
    """What a run found, without zeros."""
    found = json.loads(ran.one("SELECT counts FROM crawls ORDER BY started_at DESC LIMIT 1"))
    kinds = [f"{what}_{of}" for what in ("new", "changed", "gone", "returned") for of in ("posts", "comments")]
    return {name: found[name] for name in kinds if found[name]}


def held(ran: Ran) -> tuple[int, int]:
    """Posts and comments that are there."""
    there = "SELECT count(*) FROM {} WHERE gone_at IS NULL"
    return ran.one(there.format("posts")), ran.one(there.format("comments"))


def state(ran: Ran, sensor: str) -> str:
    return str(ran.one("SELECT state FROM sensors WHERE name = ?", sensor))


OPEN_OR_CLOSED = pytest.mark.parametrize("api", [True, False], ids=["API open", "API closed"])


# ── what is found, and what it costs ─────────────────────────────────────────────────────────────


@OPEN_OR_CLOSED
def test_nothing_new_costs_a_handful(tmp_path: Path, crawled: Crawled, api: bool) -> None:
    with crawled(tmp_path, api=api) as (blog, home):
        first = update(tmp_path, "-q")
        assert (first.code, first.out, first.err, counts(first)) == (0, "", "", {})
        assert len(blog.asked()) <= 8
        second = update(tmp_path)
        asked = dict(blog.asked())
        assert len(asked) <= 8
        assert {asked["/"], asked["/feed/"], asked["/comments/feed/"]} == {304}
        (line,) = second.out.splitlines()
        site = home.removeprefix("http://")
        start = f"{site}: new 0 posts and 0 comments, changed 0 posts and 0 comments, gone 0 posts and 0 comments, "
        assert line.startswith(f"{start}{len(asked)} requests (3 answered 304), ")
        assert second.err == ""


@OPEN_OR_CLOSED
def test_what_is_new_is_found_by_the_next_run(tmp_path: Path, crawled: Crawled, api: bool) -> None:
    with crawled(tmp_path, api=api) as (blog, _):
        oldest, newest = blog.published[-1], blog.published[0]
        for change in (
            lambda: blog.add_comment(oldest, "On the oldest post."),
            lambda: blog.add_comment(newest, "On the newest post."),
            lambda: [blog.add_comment(post, f"Burst {n}") for n in range(3) for post in blog.published[5:15]],
        ):
            change()
            before = len(blog.comments)
            ran = update(tmp_path)
            assert ran.code == 0
            known = ran.one("SELECT count(*) FROM comments WHERE native_id = ?", str(blog.comments[-1].id))
            assert (known, len(blog.comments)) == (1, before)
        assert ran.one("SELECT count(*) FROM comments WHERE text LIKE 'Burst %'") == 30
        blog.add_post("A new post", "With a body.")
        assert counts(update(tmp_path)) == {"new_posts": 1}


@OPEN_OR_CLOSED
@pytest.mark.parametrize("bookmarks", [True, False])
def test_a_post_whose_name_is_a_year_is_read_once(tmp_path: Path, crawled: Crawled, api: bool, bookmarks: bool) -> None:
    """`/2023/06/2020/` looks like the list of a year. Themes that do not mark permalinks are read by their headings."""

    def unmarked(target: str, response: Response) -> Response:
        del target
        return Response(response.status, response.body.replace(b' rel="bookmark"', b""), response.headers)

    with crawled(tmp_path, api=api) as (blog, home):
        update(tmp_path)
        blog.twist = None if bookmarks else unmarked
        post = blog.add_post("2020", "A look back.")
        path = blog.url(post).removeprefix(home)
        assert path.endswith("/2020/")
        blog.add_comment(post, "Already?")
        blog.asked()
        assert counts(update(tmp_path)) == {"new_posts": 1, "new_comments": 1}
        asked = [target for target, _ in blog.asked()]
        assert [target for target in asked if asked.count(target) > 1] == []
        assert path in asked
        assert f"/?p={post.id}" not in asked
        assert counts(update(tmp_path)) == {}
        assert len(blog.asked()) <= 8


def test_a_post_that_is_told_of_by_its_number_and_by_its_address_is_read_once(tmp_path: Path, crawled: Crawled) -> None:
    """The list has no link to it, as with some themes where it has no title; Recent Posts has one."""
    new: list[str] = []

    def unlinked(target: str, response: Response) -> Response:
        if "feed" in target:
            return Response(404, b"", ())
        posts, end, beside = response.body.partition(b"</main>")
        for url in new if target == "/" else ():
            posts = posts.replace(url.encode(), b"#")
        return Response(response.status, posts + end + beside, response.headers)

    with crawled(tmp_path, api=False) as (blog, home):
        blog.twist = unlinked
        update(tmp_path)
        post = blog.add_post("", "Without a title.")
        new.append(blog.url(post))
        blog.asked()
        assert counts(update(tmp_path)) == {"new_posts": 1}
        asked = [target for target, _ in blog.asked()]
        assert (asked.count(new[0].removeprefix(home)), asked.count(f"/?p={post.id}")) == (1, 1)


def test_a_count_that_is_never_met_is_told_and_is_no_gap_for_ever(tmp_path: Path) -> None:
    """Answers to a comment that was taken down are counted and shown nowhere, neither by pages nor by feeds."""
    blog, archive = DemoBlog(posts=14, thread=8, api=False), tmp_path / "archive"
    post = next(post for post in blog.published[5:] if len(blog.approved(post)) in {4, 6, 7, 8})
    root = next(one for one in blog.approved(post) if one.parent_id is None)
    hidden = [blog.add_comment(post, "Taken down.", parent=root)]
    blog.add_comment(post, "Counted for ever.", parent=hidden[0])
    blog.remove_comment(hidden[0])
    for newer in blog.published[:5]:  # so that the feed of comments shows neither
        for number in range(3):
            blog.add_comment(newer, f"Later {number}.")
    status = ["status", "-a", str(archive), "--coverage"]
    with serve(blog) as home:
        first = run(tmp_path, ["crawl", "-a", str(archive), "--delay", "0", f"{home}/"])
        assert (first.code, "(counted but not shown)" in first.said) == (4, True), first.said
        assert run(tmp_path, status).code == 4
        full = ["update", "-a", str(archive), "--delay", "0", "--full"]
        assert run(tmp_path, full).code == 0
        told = run(tmp_path, status)
        assert told.code == 0, told.said
        assert f"/{post.slug}/ (counted, and not shown in two whole readings)" in told.said
        again = run(tmp_path, ["crawl", "-a", str(archive), "--delay", "0", f"{home}/"])
        assert (again.code, "comments out of reach of any crawl" in again.said) == (0, True), again.said
        hidden.append(blog.add_comment(post, "Taken down as well.", parent=root))
        blog.add_comment(post, "And counted.", parent=hidden[1])
        blog.remove_comment(hidden[1])
        assert run(tmp_path, full).code == 0
        assert run(tmp_path, status).code == 4  # the difference is another one


def test_an_update_comes_to_what_a_crawl_would_find(tmp_path: Path, crawled: Crawled) -> None:
    """New, edited and deleted: the tables then hold what a fresh archive holds."""
    with crawled(tmp_path / "kept") as (blog, home):
        posts = blog.published
        blog.add_post("A new post", "With a body.")
        blog.edit_post(posts[3], title="Another title")
        blog.edit_comment(blog.approved(posts[4])[0], "Other words.")
        parent = blog.approved(posts[-1])[0]
        blog.add_comment(posts[-1], "An answer.", parent=parent)
        blog.remove_comment(blog.approved(posts[6])[-1])
        ran = update(tmp_path / "kept", "--full")
        assert ran.code == 0
        changed = {"new_posts": 1, "new_comments": 1, "changed_posts": 1, "changed_comments": 1, "gone_comments": 1}
        assert counts(ran) == changed
        assert sound(tmp_path / "kept")
        fresh = crawl(tmp_path / "fresh", home, "-q")
        for query in (
            "SELECT id, native_id, url, title, text, published_at, modified_at, protected, parts FROM posts",
            "SELECT id, post_id, parent_id, kind, published_at, text, position, depth, author_id FROM comments",
            "SELECT post_id, page, pages, shown, claimed FROM thread_pages",
            "SELECT post_id, author_id, position FROM post_authors",
        ):
            there = (
                " WHERE gone_at IS NULL" if "gone_at" not in query and query.endswith((" posts", " comments")) else ""
            )
            assert sorted(ran.rows(query + there), key=repr) == sorted(fresh.rows(query + there), key=repr), query


def failing(*parts: str, of: str = "") -> Twist:
    """A server that fails on whole records by what is asked of them. of: fails if that number is among them."""

    def twist(target: str, response: Response) -> Response | None:
        numbers = re.findall(r"\d+", (re.findall(r"[?&]include=([^&]*)", target) or [""])[0])
        fails = "include=" in target and "_fields" not in target and all(part in target for part in parts)
        return Response(500, b"", ()) if fails and (not of or of in numbers) else None

    return twist


def test_records_that_fail_for_what_they_embed_are_read_without(tmp_path: Path, crawled: Crawled) -> None:
    with crawled(tmp_path) as (blog, _):
        for post in blog.published[3:6]:
            blog.edit_post(post, title="Another title")
        blog.twist = failing("_embed")
        ran = update(tmp_path, "--no-pages", arranged=SOON)
        assert (ran.code, counts(ran)) == (0, {"changed_posts": 3})
        of = "posts p JOIN post_authors a ON a.post_id = p.id WHERE title = 'Another title'"
        assert ran.one(f"SELECT count(DISTINCT p.id) FROM {of}") == 3  # as they were
        blog.asked()
        assert counts(update(tmp_path)) == {}
        assert len(blog.asked()) <= 8


def test_one_broken_record_costs_no_other(tmp_path: Path, crawled: Crawled) -> None:
    with crawled(tmp_path) as (blog, _):
        posts = blog.published[3:8]
        for post in posts:
            blog.edit_post(post, title="Another title")
        blog.twist = failing(of=str(posts[2].id))
        ran = update(tmp_path, "--no-pages", arranged=SOON)
        assert (ran.code, counts(ran)) == (4, {"changed_posts": len(posts) - 1})
        blog.twist = None
        ran = update(tmp_path, "--no-pages", arranged=SOON)
        assert (ran.code, counts(ran)) == (0, {"changed_posts": 1})


def test_an_edit_that_nothing_shows_waits_for_its_turn(tmp_path: Path, crawled: Crawled) -> None:
    with crawled(tmp_path) as (blog, _):
        blog.edit_comment(blog.approved(blog.published[-1])[0], "Other words.")
        assert counts(update(tmp_path)) == {}
        age(tmp_path, 46)
        assert counts(update(tmp_path, "--budget", "0")) == {}
        assert counts(update(tmp_path)) == {"changed_comments": 1}
        blog.asked()
        assert counts(update(tmp_path)) == {}
        assert len(blog.asked()) <= 8


def test_an_edit_of_an_old_post_is_found_with_the_api_closed(tmp_path: Path, crawled: Crawled) -> None:
    """The feed's words outrank a page's; where the page has others, the post's own feed is asked for those of now."""
    with crawled(tmp_path, api=False) as (blog, _):
        old, other = blog.published[-1], blog.published[-2]
        blog.edit_post(old, title="Another title", body="Quite another text.")
        age(tmp_path, 46)
        blog.asked()
        assert counts(update(tmp_path, "--full")) == {"changed_posts": 1}
        own = [target for target, _ in blog.asked() if "withoutcomments" in target]
        assert own == [f"{blog.url(old).removeprefix(blog.home)}feed/?withoutcomments=1"]
        ran = update(tmp_path, "--full")
        assert (ran.code, counts(ran)) == (0, {})
        assert not [target for target, _ in blog.asked() if "withoutcomments" in target]
        assert ran.rows("SELECT title, text FROM posts WHERE native_id = ?", str(old.id)) == [
            ("Another title", "Quite another text.")
        ]
        assert ran.one(
            "SELECT count(*) FROM revisions WHERE post_id = (SELECT id FROM posts WHERE native_id = ?)", str(old.id)
        )
        blog.twist = lambda target, _: DemoBlog.respond(blog, target.partition("?")[0]) if "without" in target else None
        blog.edit_post(other, title="No way to learn of it")
        ran = update(tmp_path, "--full")
        assert (ran.code, counts(ran)) == (0, {}), "a feed of comments is not taken for one of posts"
        assert ran.one("SELECT count(*) FROM posts WHERE kind = 'post'") == len(blog.published)


def test_a_post_of_several_pages_that_has_fewer_now(tmp_path: Path, crawled: Crawled) -> None:
    """Edited down from three pages to two, and to one; then up again."""
    with crawled(tmp_path, api=False) as (blog, _):
        old = blog.published[-1]

        def updated(*parts: str) -> str:
            blog.edit_post(old, body="<!--nextpage-->".join(parts))
            age(tmp_path, 46)
            ran = update(tmp_path, "--full")
            assert ran.code == 0
            return str(ran.one("SELECT text FROM posts WHERE url = ?", blog.url(old)))

        first, second, third = "The first page.", "The second page.", "The third page."
        assert updated(first, second, third) == f"{first}\n\n{second}\n\n{third}"
        assert updated(first, third) == f"{first}\n\n{third}"
        assert updated("All on one.") == "All on one."
        assert updated(first, second) == f"{first}\n\n{second}"
        ran = update(tmp_path, "--full")
        assert (ran.code, counts(ran)) == (0, {})
        wordings = "SELECT count(*) FROM revisions WHERE text LIKE ?"
        assert ran.one(wordings, f"{first}%{second}%{third}") == 1
        assert sound(tmp_path)


@OPEN_OR_CLOSED
def test_the_budget_is_kept_and_all_come_to_their_turn(tmp_path: Path, crawled: Crawled, api: bool) -> None:
    with crawled(tmp_path, api=api) as (blog, _):
        update(tmp_path)
        age(tmp_path, 46)
        blog.asked()
        budget, runs = 3 if api else 9, 0
        while True:
            ran = update(tmp_path, "--budget", str(budget))
            assert ran.code == 0
            sensing = 8 if api else 9
            revisits = len(blog.asked()) - sensing
            assert revisits <= budget
            runs += 1
            if not ran.one("SELECT count(*) FROM revisits WHERE checked_at < datetime('now', '-40 days')"):
                break
            assert runs < 20
        assert runs > 1


def test_a_comment_that_was_approved_late_is_found_behind_newer_ones(tmp_path: Path) -> None:
    blog = Blog(posts=60)
    late = blog.comments[20]
    blog.remove_comment(late, status="hold")
    with serve(blog) as home:
        crawl(tmp_path, home, "-q")
        assert update(tmp_path).code == 0
        blog.remove_comment(late, status="approved")
        ran = update(tmp_path)
        assert ran.one("SELECT gone_at IS NULL FROM comments WHERE native_id = ?", str(late.id)) == 1
        assert counts(ran)["new_comments"] >= 1


def test_more_than_the_comments_feed_shows_is_looked_for_behind_it(tmp_path: Path, crawled: Crawled) -> None:
    """The API is closed, and one post got all ten that the feed holds, after others had got theirs."""
    with crawled(tmp_path, api=False) as (blog, _):
        for post in blog.published[20:26]:
            blog.add_comment(post, "Pushed out of the feed.")
        for number in range(12):
            blog.add_comment(blog.published[0], f"The newest, {number}.")
        assert counts(update(tmp_path)) == {"new_comments": 18}


def test_a_deleted_post_and_what_stood_under_it(tmp_path: Path, crawled: Crawled) -> None:
    with crawled(tmp_path) as (blog, _):
        post = blog.published[8]
        beneath = len(blog.approved(post))
        blog.edit_post(post, status="trash")
        assert counts(update(tmp_path)) == {"gone_posts": 1, "gone_comments": beneath}
        blog.edit_post(post, status="publish")
        assert counts(update(tmp_path))["returned_posts"] == 1


# ── limits ───────────────────────────────────────────────────────────────────────────────────────


def test_what_a_limit_left_is_found_the_next_time(tmp_path: Path, crawled: Crawled) -> None:
    with crawled(tmp_path) as (blog, _):
        assert update(tmp_path).code == 0
        for post in blog.published[:6]:
            blog.add_comment(post, "Something new.")
        ran = update(tmp_path, "--max-requests", "5", "-q")
        assert ran.code == 5
        assert ran.said == [f"archiver: {blog.home.removeprefix('http://')}: limit: stopped by --max-requests 5"]
        assert counts(ran) == {}
        ran = update(tmp_path)
        assert ran.code == 0
        assert ran.one("SELECT count(*) FROM comments WHERE text = 'Something new.'") == 6


@pytest.mark.parametrize("verb", [crawl, update])
def test_a_run_ends_when_its_time_is_over(tmp_path: Path, crawled: Crawled, verb: Callable[..., Ran]) -> None:
    with crawled(tmp_path) as (_, home):
        ran = verb(tmp_path, "--max-time", "0.001", home)
        assert ran.code == 5
        assert "stopped by --max-time 0.001" in ran.out + ran.err


# ── blogs that lie, close, change or go away ─────────────────────────────────────────────────────


def test_an_api_that_was_closed_is_told_once(tmp_path: Path, crawled: Crawled) -> None:
    with crawled(tmp_path) as (blog, _):
        before = held(update(tmp_path))
        blog.api = False
        blog.add_comment(blog.published[-1], "Still found.")
        ran = update(tmp_path, "-q")
        assert ran.code == 7
        (line,) = ran.said
        assert "its API does not list posts any more (401 Unauthorized); feeds and pages were read instead" in line
        assert line.endswith("Nothing was marked as gone")
        assert (held(ran), state(ran, "posts_api")) == ((before[0], before[1] + 1), "closed")
        assert update(tmp_path, "-q").code == 0
        blog.api = True
        forget_closed(tmp_path)
        blog.add_comment(blog.published[-1], "By the API again.")
        again = update(tmp_path)
        assert (again.code, counts(again), state(again, "posts_api")) == (0, {"new_comments": 1}, "open")


def without_comments(target: str, response: Response) -> Response:
    """Another theme: its threads are drawn by a script."""
    if "html" not in (response.header("Content-Type") or ""):
        return response
    body = re.sub(rb"<[a-z]+[^>]*\bid=.comments.*", b"</body></html>", response.body, flags=re.DOTALL)
    return Response(response.status, body, response.headers)


def test_a_theme_that_hides_its_comments_takes_none_away(tmp_path: Path, crawled: Crawled) -> None:
    with crawled(tmp_path, api=False) as (blog, _):
        before = held(update(tmp_path))
        blog.twist = without_comments
        age(tmp_path, 46)
        ran = update(tmp_path, "-q", "--budget", "5")
        assert ran.code == 7, ran.said
        (line,) = ran.said
        assert "that they showed before: a log-in page, or another theme. Nothing was marked as gone" in line
        assert held(ran) == before


def test_a_single_thread_that_was_emptied_is_believed(tmp_path: Path, crawled: Crawled) -> None:
    with crawled(tmp_path, api=False) as (blog, _):
        update(tmp_path)
        post = next(post for post in blog.published[15:] if 2 <= len(blog.shown(post)) <= 4)
        emptied = blog.approved(post)
        for comment in emptied:
            blog.remove_comment(comment)
        age(tmp_path, 46)
        ran = update(tmp_path)
        assert ran.code == 0, ran.err
        assert counts(ran)["gone_comments"] == len(emptied)


LOGIN = (
    b"<html><head><title>Log In</title></head><body class='login wp-core-ui'><form id='loginform'></form></body></html>"
)


@pytest.mark.parametrize(
    ("answer", "parts"),
    [
        (Response(200, LOGIN, (("Content-Type", "text/html"),)), ("its front page shows no posts any more",)),
        (Response(403, b"no"), ("403 Forbidden",)),
        (Response(410, b"gone"), ("410 Gone",)),
        (Response(200, b"<html><body><h1>This domain is for sale</h1></body></html>"), ("no posts, feed or known",)),
        (Response(301, b"", (("Location", "http://127.0.0.1:9/"),)), ("it has moved to http://127.0.0.1:9/",)),
        (Response(503, b"", (("Retry-After", "86400"),)), ("asks to wait until",)),
    ],
    ids=["log-in", "ban", "410", "parked", "moved", "503"],
)
def test_a_blog_that_is_no_longer_there_keeps_its_archive(
    tmp_path: Path, crawled: Crawled, answer: Response, parts: tuple[str, ...]
) -> None:
    with crawled(tmp_path) as (blog, _):
        before = held(update(tmp_path))
        blog.twist = lambda target, response: answer if not target.startswith("/robots") else response
        ran = update(tmp_path, "-q", arranged=SOON)
        assert ran.code == 7
        (line,) = ran.said
        assert [part for part in parts if part not in line] == [], line
        assert held(ran) == before
        assert ran.one("SELECT outcome FROM crawls ORDER BY started_at DESC LIMIT 1") == "failed"
        assert ran.one("SELECT count(*) FROM blogs") == 1
        blog.twist = None
        assert update(tmp_path).code == 0


def test_a_host_that_is_gone(tmp_path: Path) -> None:
    with serve(DemoBlog(posts=4, thread=4)) as home:
        assert crawl(tmp_path, home, "-q").code == 0
        before = held(update(tmp_path))
    ran = update(tmp_path, "-q", arranged=SOON)
    assert (ran.code, len(ran.said), held(ran)) == (7, 1, before)


def test_a_name_that_nobody_knows_any_more(tmp_path: Path) -> None:
    blog = DemoBlog(posts=4, thread=4)
    known = {"least_delay": 0.0, "private": [], "names": {"blog.test": ["127.0.0.1"]}}
    with serve(blog) as home:
        blog.home = home.replace("127.0.0.1", "blog.test")
        blog.cache.clear()
        assert crawl(tmp_path, "-q", f"{blog.home}/", arranged=known).code == 0
        before = held(update(tmp_path, "-q", arranged=known))
        ran = update(tmp_path, "-q", arranged={**known, **SOON, "names": {"blog.test": []}})
        assert ran.code == 7
        (line,) = ran.said
        assert "its name cannot be found (DNS)" in line
        assert held(ran) == before
        assert update(tmp_path, "-q", arranged=known).code == 0


def test_a_feed_that_is_a_day_old_hides_nothing(tmp_path: Path, crawled: Crawled) -> None:
    with crawled(tmp_path, api=False) as (blog, _):
        update(tmp_path)
        stale = {target: DemoBlog.respond(blog, target) for target in ("/feed/", "/comments/feed/")}
        blog.twist = stale.get
        blog.add_comment(blog.published[-1], "The sidebar shows it.")
        blog.add_post("The front page shows it", "A body.")
        assert counts(update(tmp_path)) == {"new_posts": 1, "new_comments": 1}
        assert counts(update(tmp_path)) == {}


def test_dates_that_are_always_now_are_not_believed(tmp_path: Path, crawled: Crawled) -> None:
    def now(target: str, response: Response) -> Response:
        lastmod = b"</loc><lastmod>2099-01-01T00:00:00Z</lastmod>"
        body = response.body.replace(b"</loc>", lastmod) if "sitemap" in target else response.body
        return Response(response.status, body, response.headers)

    with crawled(tmp_path, api=False) as (blog, _):
        blog.twist = now
        ran = update(tmp_path)
        assert len(blog.asked()) <= 8
        assert (ran.code, counts(ran), state(ran, "sitemap")) == (0, {}, "distrusted")


def test_parts_of_a_sitemap_that_have_not_changed_are_not_read_again(tmp_path: Path, crawled: Crawled) -> None:
    """However many there are: a large blog has one for every thousand posts."""
    parts, changed = [f"/post-sitemap{number}.xml" for number in range(1, 13)], "2020-01-01"
    sitemap = "<{0} xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{1}</{0}>"

    def dated(target: str, response: Response) -> Response:
        entry = "<{}><loc>{}{}</loc><lastmod>{}</lastmod></{}>"
        if target == "/wp-sitemap.xml":
            days = [changed if part == parts[-1] else "2020-01-01" for part in parts]
            entries = [entry.format("sitemap", blog.home, *pair, "sitemap") for pair in zip(parts, days, strict=True)]
            return Response(200, sitemap.format("sitemapindex", "".join(entries)).encode(), response.headers)
        if target in parts:
            post = blog.url(blog.published[parts.index(target)]).removeprefix(blog.home)
            body = sitemap.format("urlset", entry.format("url", blog.home, post, "2020-01-01", "url"))
            return Response(200, body.encode(), (("Content-Type", "application/xml"),))
        return response

    def read(ran: Ran) -> list[str]:
        asked = [target for target, _ in blog.asked()]
        assert ran.code == 0
        return [target for target in asked if target in parts]

    with crawled(tmp_path, api=False) as (blog, _):
        blog.twist = dated
        assert read(update(tmp_path)) == parts
        assert read(update(tmp_path)) == []
        changed = "2099-01-01"
        assert read(update(tmp_path)) == parts[-1:]


def test_a_date_of_change_is_followed(tmp_path: Path, crawled: Crawled) -> None:
    def dated(target: str, response: Response) -> Response:
        def loc(match: re.Match[bytes]) -> bytes:
            day = b"2099-01-01" if b"welcome" in match[1] else b"2020-01-01"
            return match[0] + b"<lastmod>" + day + b"</lastmod>"

        body = re.sub(rb"<loc>([^<]*)</loc>", loc, response.body) if "sitemap-posts" in target else response.body
        return Response(response.status, body, response.headers)

    with crawled(tmp_path, api=False) as (blog, _):
        oldest = blog.published[-1]
        blog.edit_comment(blog.approved(oldest)[0], "Other words.")
        blog.twist = dated
        assert counts(update(tmp_path)) == {"changed_comments": 1}


def test_an_etag_that_changes_with_every_answer_costs_bytes_only(tmp_path: Path, crawled: Crawled) -> None:
    numbers = iter(range(10_000))

    def restless(_target: str, response: Response) -> Response:
        kept = tuple(pair for pair in response.headers if pair[0] not in {"ETag", "Last-Modified"})
        return Response(response.status, response.body, (*kept, ("ETag", f'"{next(numbers)}"')))

    with crawled(tmp_path) as (blog, _):
        blog.twist = restless
        assert [counts(update(tmp_path)) for _ in range(3)] == [{}, {}, {}]
        assert len(blog.asked()) <= 3 * 8


def test_a_clock_that_was_set_back_is_told(tmp_path: Path, crawled: Crawled) -> None:
    with crawled(tmp_path):
        change(tmp_path, "UPDATE fetches SET fetched_at = '2099-01-01T00:00:00.000000Z'")
        ran = update(tmp_path, "-q")
        assert ran.code == 1
        (line,) = ran.said
        assert "clock is behind the archive, which was last written at 2099-01-01 00:00 UTC. Set the clock" in line


def test_it_updates_while_somebody_reads(tmp_path: Path, crawled: Crawled) -> None:
    with crawled(tmp_path) as (blog, _):
        blog.add_comment(blog.published[0], "New.")
        uri = f"{(tmp_path / 'archive.db').as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            before = reader.execute("SELECT count(*) FROM comments").fetchone()
            ran = update(tmp_path)
            assert reader.execute("SELECT count(*) FROM comments").fetchone() == before
        assert (ran.code, counts(ran)) == (0, {"new_comments": 1})


def test_only_what_is_archived_can_be_updated(tmp_path: Path, crawled: Crawled) -> None:
    with crawled(tmp_path):
        ran = update(tmp_path, "http://127.0.0.1:9/")
        assert ran.code == 2
        assert "the archive does not hold it. Run `archiver crawl http://127.0.0.1:9/` first" in ran.err
    assert update(tmp_path / "nowhere").code == 3


def test_an_unfinished_crawl_is_left_to_itself(tmp_path: Path) -> None:
    blog = Blog()
    with serve(blog) as home:
        assert crawl(tmp_path, "--max-requests", "20", home).code == 5
        left = "SELECT count(*) FROM frontier WHERE state = 'pending'"
        ran = update(tmp_path)
        pending = ran.one(left)
        assert ran.code == 0
        assert pending > 10
        assert crawl(tmp_path, home).one(left) == 0


# ── tools ────────────────────────────────────────────────────────────────────────────────────────


def change(archive: Path, sql: str) -> None:
    with closing(sqlite3.connect(archive / "archive.db")) as connection, connection:
        connection.execute(sql)


def age(archive: Path, days: int) -> None:
    """Let everything in the archive have happened so many days ago."""
    moved = f"strftime('%Y-%m-%dT%H:%M:%SZ', {{}}, '-{days} days')"
    for table, column in (
        *(("crawls", "started_at"), ("fetches", "fetched_at"), ("revisits", "checked_at"), ("revisits", "due_at")),
        *(("posts", "last_seen_at"), ("posts", "first_seen_at"), ("sensors", "checked_at"), ("sensors", "due_at")),
        *(("comments", "last_seen_at"), ("comments", "first_seen_at")),
    ):
        change(archive, f"UPDATE {table} SET {column} = {moved.format(column)}")


def forget_closed(archive: Path) -> None:
    """Let the time come to ask closed sensors again."""
    change(archive, "UPDATE sensors SET due_at = checked_at")
