"""Which blogs an archive is about: named, paused, taken up again; and many of them brought up to date at a time."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

from archiver.demo import DemoBlog
from tests.crawl.faults import FaultServer, page
from tests.crawl.running import archiver, crawl, rows, update


def asked(server: FaultServer) -> list[str]:
    found = server.targets()
    server.log.clear()
    return found


def test_a_blog_from_its_naming_to_its_pause_and_back(tmp_path: Path) -> None:
    one, two = FaultServer(DemoBlog(posts=4, thread=4)), FaultServer(DemoBlog(posts=4, thread=4))
    notes = "# Asked for in March\ndelay = 0.01\n"
    file = tmp_path / "archiver.toml"
    file.write_text(notes)
    with one.running() as home, two.running(host="127.0.0.2") as other:
        (tmp_path / "blogs.txt").write_text(f"# two of them\n{home}/\n{other}/\n")
        added = archiver(tmp_path, "add", "-i", str(tmp_path / "blogs.txt"), "--max-requests", "500")
        assert (added.code, added.err) == (0, "")
        assert added.out.splitlines()[-1] == f"Now archive them: archiver crawl -a {tmp_path}"
        wanted = "".join(f'\n[[blogs]]\nurl = "{url}/"\nmax_requests = 500\n' for url in (home, other))
        assert file.read_text() == notes + wanted
        assert crawl(tmp_path, "-q").code == 0
        assert asked(one)
        assert asked(two)

        removed = archiver(tmp_path, "remove", f"{other}/")
        assert removed.out == f"{other.removeprefix('http://')}: paused in {file}; what is archived of it is kept\n"
        assert update(tmp_path, "-q").code == 0
        assert (bool(asked(one)), asked(two)) == (True, [])
        told = {blog["url"]: blog["paused"] for blog in json.loads(archiver(tmp_path, "status", "--json").out)}
        assert told == {f"{home}/": False, f"{other}/": True}
        assert rows(tmp_path, "SELECT count(*) FROM posts WHERE kind = 'post' GROUP BY blog_id") == [(4,), (4,)]
        assert update(tmp_path, "-q", f"{other}/").code == 0, "one that is named is meant"
        assert asked(two)

        again = archiver(tmp_path, "add", "--unchecked", f"{other}/")
        assert again.out == f"{other.removeprefix('http://')}: taken up again in {file}\n"
        assert file.read_text() == notes + wanted
        assert asked(two) == []
        assert update(tmp_path, "-q").code == 0
        assert asked(two)


def test_what_is_no_blog_is_not_put_in(tmp_path: Path) -> None:
    server, gone = FaultServer(DemoBlog(posts=3, thread=2)), FaultServer(DemoBlog(posts=3, thread=2))
    gone.always("/", page(410))
    with server.running() as home, gone.running(host="127.0.0.2") as other:
        ran = archiver(tmp_path, "add", f"{other}/", f"{home}/")
    assert ran.code == 7
    (line,) = ran.said
    assert line.startswith(f"archiver: {other}/: ")
    assert "410 Gone" in line
    assert (tmp_path / "archiver.toml").read_text() == f'[[blogs]]\nurl = "{home}/"\n'
    assert archiver(tmp_path, "remove", "https://blog.example.org").code == 2
    taken = archiver(tmp_path, "remove", f"{home}/")
    assert "nothing was archived of it" in taken.out
    assert (tmp_path / "archiver.toml").read_text() == ""


def test_many_are_updated_side_by_side_and_one_in_trouble_stops_none(tmp_path: Path) -> None:
    """Two blogs of one host take turns; a third host is ill, and a fourth knows nothing of that."""
    servers = [FaultServer(DemoBlog(seed=number, posts=5, thread=6)) for number in range(4)]
    one, same, ill, well = servers
    with (
        one.running() as a,
        same.running() as b,
        ill.running(host="127.0.0.2") as c,
        well.running(host="127.0.0.3") as d,
    ):
        assert crawl(tmp_path, "-q", *(f"{home}/" for home in (a, b, c, d))).code == 0
        for server in servers:
            server.blog.add_comment(server.blog.published[-1], "Something new.")
            server.log.clear()
        ill.always("/", page(403))
        ran = update(tmp_path, "--delay", "0.05")
        (told,) = ran.said
        assert told.startswith(f"archiver: {c.removeprefix('http://')}: failed: ")
        assert ran.code == 7
        lines = [line for line in ran.out.splitlines() if "new 0 posts and 1 comment," in line]
        assert len(lines) == 3
        host = sorted([*one.log, *same.log], key=lambda request: request.began)
        assert all(before.ended <= after.began for before, after in pairwise(host)), "one request to a host at a time"
        began, ended = (f([request.began for request in host]) for f in (min, max))
        assert [request for request in well.log if began <= request.began <= ended], "another host is not waited for"
        listed = tmp_path / "some.txt"
        listed.write_text(f"{d}/\n")
        well.blog.add_comment(well.blog.published[0], "One more.")
        one.log.clear()
        assert "new 0 posts and 1 comment" in update(tmp_path, "-i", str(listed)).out
        assert one.log == []
