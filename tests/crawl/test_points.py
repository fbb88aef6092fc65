"""kill -9 at every point at which a crawl changes anything on the disk, before and after, one point after the other.

After each the archive is sound, and the same command goes on to what an undisturbed run leaves. With `--kills 20` or
more, twice as many points of each kind are tried.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from archiver.demo import DemoBlog
from archiver.reread.extract import extract
from archiver.verify import verify
from archiver.warc import cdxj
from archiver.warc.reader import Record, read_at, responses
from archiver.warc.repair import scan
from tests.crawl.faults import FaultServer, page
from tests.crawl.points import Moment, Point, run
from tests.crawl.running import differences, rows, sound

ROTATE_AT = 8_000
"""Bytes: such a crawl fills several files."""
REDIRECTED = ("/about/", "/elsewhere/")
PUT_OFF = "/wp-json/wp/v2/tags?per_page=100&page=1&orderby=id&order=asc&hide_empty=false"
END = "db/writer.py Writer.end_crawl"
OPENING = {"/", "/robots.txt"}
"""What every run asks for, and has on record before the blog has a row."""


class Scene:
    """A small blog that is crawled again and again: it puts a request off, and a page has moved to nowhere."""

    def __init__(self, work: Path, server: FaultServer, home: str) -> None:
        self.work, self.server, self.home = work, server, home

    def crawl(self, archive: Path, at: Point | None = None, moment: Moment = "before") -> tuple[list[str], list[Point]]:
        """Crawl, or go on. Returns what was asked for, and the points that were passed."""
        self.server.log.clear()
        ran = run(
            self.work, ["crawl", "-a", str(archive), "--delay", "0", f"{self.home}/"], at, moment, rotate_at=ROTATE_AT
        )
        assert "Traceback" not in ran.said, ran.said
        assert ran.code == (-9 if at else 4), ran.said  # 4: one page is not there
        return self.server.targets(), ran.points

    def calm(self) -> None:
        """Make the blog anew."""
        self.server.begin_anew()
        self.server.always(REDIRECTED[0], page(301, Location=REDIRECTED[1]))
        self.server.fault(PUT_OFF, page(503))


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    server = FaultServer(DemoBlog(posts=3, thread=5))
    with server.running() as home:
        yield Scene(tmp_path_factory.mktemp("points"), server, home)


@pytest.fixture(scope="module")
def thorough(request: pytest.FixtureRequest) -> bool:
    return int(request.config.getoption("--kills")) >= 20


@pytest.fixture(scope="module")
def undisturbed(scene: Scene) -> tuple[Path, list[Point]]:
    """An archive that nothing has disturbed, and the points that its crawl has passed."""
    scene.calm()
    archive = scene.work / "undisturbed"
    asked, points = scene.crawl(archive)
    assert len(asked) == len(set(asked)) + 1  # what was put off
    assert len(list((archive / "warc").glob("*.warc.gz"))) > 1
    again = extract(archive, jobs=1, dry_run=True)  # it reads all files
    assert {table: change for table, change in again.changes.items() if change} == {}
    assert (again.tally.responses, again.tally.unread, again.tally.orphans) == (len(asked), [], 0)
    return archive, points


def chosen(points: list[Point], *, thorough: bool) -> list[tuple[Point, Moment]]:
    """Of each kind and place the first time and one in the middle. thorough: either of them before and after."""
    times: dict[tuple[str, str], list[Point]] = {}
    for point in points:
        times.setdefault((point.kind, point.place), []).append(point)
    cases: list[tuple[Point, Moment]] = []
    for same in times.values():
        first, later = same[0], same[len(same) // 2]
        cases += [(first, "before"), (later, "after")]
        cases += [(first, "after"), (later, "before")] if thorough and first != later else []
        cases += [(point, "half") for point in sorted({first, later}) if point.kind == "write"]
    return cases


def each(cases: list[tuple[Point, Moment]], work: Path, proof: Callable[[Path, Point, Moment], None]) -> None:
    """Try each case in a folder of its own, and tell of all that fail."""
    failed = []
    for point, moment in cases:
        archive = work / "killed"
        try:
            proof(archive, point, moment)
        except (AssertionError, OSError) as error:
            failed.append(f"{moment} {point}:\n{error}")
        shutil.rmtree(archive, ignore_errors=True)
    assert not failed, "\n\n".join([f"{len(failed)} of {len(cases)}", *failed])


def target(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def is_begun(archive: Path) -> bool:
    """Whether the database has tables."""
    return (archive / "archive.db").exists() and rows(archive, "SELECT 1 FROM sqlite_master") != []


def assert_whole(archive: Path) -> None:
    """After a kill: the database is sound, rows have their records, and one file at most is torn, at its end."""
    files = sorted((archive / "warc").glob("*.warc.gz*"))
    scans = [scan(path) for path in files]
    assert sum(found.torn > 0 for found in scans) <= 1
    assert [one for found in scans for one in found.damages if one.offset != found.whole] == []
    if not is_begun(archive):
        return
    assert sound(archive)
    for file, offset, digest in rows(archive, "SELECT warc_file, warc_offset, digest FROM fetches"):
        path = archive / file
        record = read_at(path if path.exists() else path.with_name(f"{path.name}.open"), offset)
        assert record.digest == digest


def recorded(archive: Path) -> dict[tuple[str, int], Record]:
    """All responses by file and offset."""
    return {
        (f"warc/{path.name}", record.offset): record
        for path in sorted((archive / "warc").glob("*.warc.gz"))
        for record in responses(path)
    }


def assert_finished(archive: Path, undisturbed: Path) -> None:
    """Gone on with to the end: nothing tells that there was a kill, but what stands in fetches and WARC."""
    assert sound(archive)
    assert differences(archive, undisturbed) == {}
    frontier = "SELECT url, kind, state FROM frontier ORDER BY url"
    assert rows(archive, frontier) == rows(undisturbed, frontier)
    records = recorded(archive)
    known = set(rows(archive, "SELECT warc_file, warc_offset FROM fetches"))
    assert known <= set(records)
    assert {target(records[place].url) for place in set(records) - known} <= OPENING
    index = (archive / "warc" / "index.cdxj").read_text().splitlines()
    listed = [json.loads(line.split(" ", 2)[2]) for line in index]
    assert sorted((f"warc/{one['filename']}", int(one["offset"])) for one in listed) == sorted(records)
    stored = Counter((r.url, r.digest) for r in records.values() if r.body and target(r.url) not in OPENING)
    assert [one for one, times in stored.items() if times > 1] == []
    assert verify(archive).problems == []


def assert_only_what_was_in_flight_is_asked_again(first: list[str], second: list[str]) -> None:
    again = set(first) & set(second) - OPENING - {PUT_OFF}
    last = {first[-1]} if first else set()
    assert again <= (set(REDIRECTED) if last & set(REDIRECTED) else last)


def test_a_crawl_is_killed_anywhere(scene: Scene, undisturbed: tuple[Path, list[Point]], thorough: bool) -> None:
    expected, points = undisturbed
    assert {"commit", "close", "fsync", "rename", "replace", "write"} <= {point.kind for point in points}

    def proof(archive: Path, point: Point, moment: Moment) -> None:
        scene.calm()
        first, _ = scene.crawl(archive, point, moment)
        assert_whole(archive)
        over = is_begun(archive) and rows(archive, "SELECT 1 FROM crawls WHERE outcome IS NOT NULL")
        second, _ = scene.crawl(archive)
        if not over:
            assert_only_what_was_in_flight_is_asked_again(first, second)
        assert_finished(archive, expected)

    each(chosen(points, thorough=thorough), scene.work, proof)


@pytest.fixture(scope="module")
def left_behind(scene: Scene, undisturbed: tuple[Path, list[Point]]) -> Path:
    """An archive whose second crawl was killed: with an index, a file that the killed run had closed, one that it left
    open with a torn end, and a response without a row."""
    archive = scene.work / "left"
    shutil.copytree(undisturbed[0], archive)
    scene.calm()
    scene.crawl(archive, Point("write", "archiver/warc/writer.py Writer.write", 9), "after")
    (left,) = (archive / "warc").glob("*.open")
    with left.open("ab") as file:
        file.write(b"\x1f\x8b\x08torn")
    assert scan(left).torn == 7
    assert len(cdxj.unlisted(archive)) > 0
    return archive


def test_going_on_is_killed_anywhere(
    scene: Scene, undisturbed: tuple[Path, list[Point]], left_behind: Path, thorough: bool
) -> None:
    # All is fetched, and nothing is ended: so each case is at the end of the second crawl at once.
    fetched, twice = scene.work / "fetched", scene.work / "twice"
    shutil.copytree(undisturbed[0], fetched)
    scene.calm()
    scene.crawl(fetched, Point("commit", END))
    shutil.copytree(fetched, twice)
    _, points = scene.crawl(twice)
    end = [point.place for point in points].index(END)
    cases = chosen(points[end:], thorough=thorough)
    shutil.copytree(left_behind, scene.work / "recovered")
    _, points = scene.crawl(scene.work / "recovered")
    assert_finished(scene.work / "recovered", twice)
    begin = [point.place for point in points].index("db/writer.py Writer.begin_crawl")
    recovering = chosen(points[:begin], thorough=thorough)
    assert {"commit", "truncate", "fsync", "rename", "replace"} <= {point.kind for point, _ in recovering}

    def in_a_crawl_of(before: Path, archive: Path, point: Point, moment: Moment) -> None:
        shutil.copytree(before, archive)
        scene.calm()
        scene.crawl(archive, point, moment)
        assert_whole(archive)
        scene.crawl(archive)
        assert_finished(archive, twice)

    each(recovering, scene.work, partial(in_a_crawl_of, left_behind))
    each(cases, scene.work, partial(in_a_crawl_of, fetched))
