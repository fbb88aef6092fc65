"""The whole way with shards in a bucket: a driver killed and called again, its units, an update, the merge, a file read
again."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from archiver.cli import main
from archiver.errors import ArchiveDamaged, Locked
from archiver.fleet.places import Elsewhere, Folder, Place, slug_behind
from archiver.fleet.shards import of_file, slug_of
from archiver.storage.manifest import key_of
from tests.crawl.running import ended, sound
from tests.crawl.test_kills import ALWAYS
from tests.fleet.bucket_server import Bucket
from tests.fleet.running import begin_command, blogs, command

BEGAN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("bucket", ["gs"], indirect=True)
def test_a_driver_killed_and_called_again_by_another_machine_then_update_merge_and_extract(
    bucket: Bucket, tmp_path: Path
) -> None:
    place = Elsewhere(bucket.url, tmp_path / "a")

    def driven(machine: str, *options: str) -> tuple[str, ...]:
        where = ("--shards", bucket.url, "--scratch", str(tmp_path / machine))
        return ("--executor", "local", "--jobs", "1", *where, *options)

    with blogs(2, posts=2, first=70) as servers:
        listed = tmp_path / "blogs.txt"
        listed.write_text("\n".join(servers))
        driver = begin_command("crawl", "-i", str(listed), *driven("a", "--delay", "0"))
        while not place.marks() and driver.poll() is None:
            time.sleep(0.02)
        os.kill(driver.pid, signal.SIGKILL)
        ended(tmp_path, driver)  # its unit, too
        had = place.marks()
        again = command("crawl", "-i", str(listed), *driven("a", "--delay", "0"))
        assert again.code == 0, again.err
        assert f"{len(had)} of 2 are done already" in again.err
        for server in servers.values():
            assert server.most_at_once == 1
            asked = Counter(target for target in server.targets() if target not in ALWAYS)
            assert asked.total() - len(asked) <= 1  # the page in flight
        first = next(iter(servers))
        for server in servers.values():
            server.log.clear()
        assert command("update", *driven("b", "--delay", "0"), first).code == 0  # a machine that has nothing of it
        assert [url for url, server in servers.items() if server.log] == [first]
    assert {mark.target: mark.verb for mark in place.marks().values()} == {
        url: "update" if url == first else "crawl" for url in servers
    }
    done = CliRunner().invoke(main, ["merge", bucket.url, "-o", str(tmp_path / "all")])
    assert done.exit_code == 0, done.output
    assert sound(tmp_path / "all")
    files = [one.key for one in place.store.listed(slug_of(first)) if one.key.endswith(".warc.gz")]
    crawled = min(files, key=lambda key: key.rpartition("/")[2])  # the later one is of the update
    listed.write_text(f"{bucket.url}/{crawled}\n")
    ran = command("extract", "-i", str(listed), *driven("b"))
    assert (ran.code, [mark.posts for mark in place.marks().values()]) == (0, [2, 2, 2]), ran.err
    kept = [one.key for one in place.store.listed(".reports")]
    report = json.loads(place.store.get(next(key for key in reversed(kept) if key.endswith("-crawl.json"))) or b"")
    assert [blog["state"] for blog in report["blogs"]] == ["done", "done"]


def test_reports_of_the_newest_runs_are_kept(bucket: Bucket, tmp_path: Path) -> None:
    def kept(place: Place) -> list[str]:
        for n in (0, 0, 1, 2):
            where = place.keep_report(BEGAN + timedelta(seconds=n), "crawl", f"{n}", 3)
            assert where.startswith(place.name)
        if isinstance(place, Elsewhere):
            return [one.key for one in place.store.listed(".reports")]
        return sorted(path.relative_to(place.folder).as_posix() for path in place.folder.rglob("*.json"))

    assert kept(Elsewhere(bucket.url, tmp_path)) == kept(Folder(tmp_path / "shards"))


def test_a_second_driver_leaves_and_a_torn_mark_is_named(bucket: Bucket, tmp_path: Path) -> None:
    place = Elsewhere(bucket.url, tmp_path)
    with (
        place.alone("update --executor local"),
        pytest.raises(Locked, match=f"^{bucket.url}: another worker is at it .update --executor local, process "),
        place.alone("crawl --executor local"),
    ):
        pass
    with place.alone("crawl --executor local"):
        assert place.marks() == {}
    place.store.put(key_of("blog-1", 1), b'{"format": 1, "generation": 1, "mark": {"x": 1}, "files": {}}')
    assert place.marks(["blog-2"]) == {}
    with pytest.raises(ArchiveDamaged, match=f"^{bucket.url}/blog-1: its manifest: it is not what stands in a whole"):
        place.marks()


def test_a_warc_file_has_one_shard_wherever_it_lies(bucket: Bucket, tmp_path: Path) -> None:
    file = tmp_path / "crawl-0001.warc.gz"
    for size in (0, 10, 1 << 17):
        file.write_bytes(b"w" * size)
        place = Elsewhere(bucket.url, tmp_path)
        place.store.put("files/crawl-0001.warc.gz", file.read_bytes())
        assert slug_behind(f"{bucket.url}/files/crawl-0001.warc.gz") == of_file(tmp_path, file).slug
