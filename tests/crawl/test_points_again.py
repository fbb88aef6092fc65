"""kill -9 at every point at which `archiver extract` and `archiver import` change anything on the disk."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from archiver.demo import DemoBlog
from archiver.verify import verify
from tests.crawl.faults import FaultServer
from tests.crawl.points import Moment, Point, run
from tests.crawl.running import crawl, differences, rows, sound
from tests.crawl.test_import import foreign, recorded
from tests.crawl.test_points import assert_whole, chosen, each, is_begun, thorough

__all__ = ["thorough"]
EXPORT = Path(__file__).parents[1] / "golden" / "imports" / "wordpress-1.0.xml"


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("again")
    server = FaultServer(DemoBlog(posts=2, thread=4))
    with server.running() as home:
        crawl(folder / "crawled", f"{home}/")
    return folder / "crawled"


def passed(work: Path, words: list[str], at: Point | None = None, moment: Moment = "before") -> list[Point]:
    """Run to the end, or to the kill. Returns the points that were passed."""
    ran = run(work, words, at, moment)
    assert "Traceback" not in ran.said, ran.said
    assert ran.code == (-9 if at else 0), ran.said
    # How an archive is opened, a crawl tries.
    return [point for point in ran.points if not point.place.startswith("db/archive.py")]


def test_extract_is_killed_anywhere(crawled: Path, tmp_path: Path, thorough: bool) -> None:
    """The tables are then those of before or the new ones, which here are the same; the next run clears away."""
    shutil.copytree(crawled, tmp_path / "whole")
    points = passed(tmp_path, ["extract", "-j", "1", "-a", str(tmp_path / "whole")])
    assert {"commit", "close"} <= {point.kind for point in points}
    assert any("Rebuild.replace" in point.place for point in points)

    def proof(archive: Path, point: Point, moment: Moment) -> None:
        shutil.copytree(crawled, archive)
        passed(tmp_path, ["extract", "-j", "1", "-a", str(archive)], point, moment)
        assert_whole(archive)
        assert differences(archive, crawled) == {}
        if "replace" in point.place:
            passed(tmp_path, ["extract", "-j", "1", "-a", str(archive)])
            assert differences(archive, crawled) == {}
            assert not list(archive.glob("*.tmp"))
            assert verify(archive).problems == []

    each(chosen(points, thorough=thorough), tmp_path, proof)


@pytest.mark.parametrize("kind", ["warc", "export"])
def test_import_is_killed_anywhere(kind: str, crawled: Path, tmp_path: Path, thorough: bool) -> None:
    """The same command goes on to what an undisturbed import leaves; no response is on record twice."""
    file = foreign(tmp_path / "theirs.warc.gz", recorded(crawled)) if kind == "warc" else EXPORT
    expected = tmp_path / "expected"
    points = passed(tmp_path, ["import", "-a", str(expected), str(file)])
    assert {"commit", "close"} <= {point.kind for point in points}

    def proof(archive: Path, point: Point, moment: Moment) -> None:
        passed(tmp_path, ["import", "-a", str(archive), str(file)], point, moment)
        if kind == "warc":
            assert_whole(archive)
        elif is_begun(archive):
            assert sound(archive)
        passed(tmp_path, ["import", "-a", str(archive), str(file)])
        assert differences(archive, expected) == {}
        assert not list(archive.glob("*.tmp"))
        assert verify(archive).problems == []
        if kind == "warc":
            stored = rows(archive, "SELECT url, fetched_at, digest FROM fetches WHERE warc_file IS NOT NULL")
            assert len(recorded(archive)) == len(rows(expected, "SELECT 1 FROM fetches"))
            assert len(stored) >= len(set(stored)) == len(rows(expected, "SELECT 1 FROM fetches"))

    each(chosen(points, thorough=thorough), tmp_path, proof)
