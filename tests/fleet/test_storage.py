"""Shards in a bucket: one worker at a time, a state or the next and never a half, gone on with on any machine.

With servers on loopback that speak as Amazon's and Google's do (see bucket_server.py), not with these themselves.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest
from click.testing import CliRunner

from archiver.cli import main
from archiver.demo import DemoBlog
from archiver.errors import ArchiveDamaged, ArchiveError, ArchiveMissing, ArchiverError, Locked, StoreAway, UsageError
from archiver.fleet.elsewhere import fetched
from archiver.fleet.shards import of_blog
from archiver.merging.distant import Distant
from archiver.model import Extract, Post, Rank
from archiver.storage import lease as leases
from archiver.storage import manifest as manifests
from archiver.storage import stores
from archiver.storage.lease import leased, newest
from archiver.storage.manifest import Entry, Manifest, place_of
from archiver.storage.stores import Store, explained, open_store
from archiver.storage.transfer import fetch, send
from tests.crawl.faults import FaultServer
from tests.crawl.running import crawl, differences, ended, sound
from tests.crawl.test_kills import ALWAYS, kill, until
from tests.fleet.bucket_server import KINDS, Bucket
from tests.fleet.conftest import Buckets
from tests.fleet.running import begin_command, told
from tests.unit.merged_archives import rows, shard
from tests.unit.readings import visit

READ = "2026-01-02T03:04:05.000001Z"


@pytest.fixture(params=[*KINDS, "file"])
def store(request: pytest.FixtureRequest, buckets: Buckets, tmp_path: Path) -> Store:
    """The stores that can be had here."""
    kind = request.param
    return open_store((tmp_path / "store").as_uri() if kind == "file" else buckets(kind).url, create=True)


def begin(machine: Path, url: str, target: str, *options: str) -> subprocess.Popen[str]:
    """Begin a unit of work on a machine, which is a scratch folder of its own."""
    words = ("--shards", url, "--scratch", str(machine), "--delay", "0", "--json")
    return begin_command("run-one", target, *words, *options)


def content(store: Store, slug: str, folder: Path) -> Path:
    """The shard as whoever reads it gets it."""
    manifest = manifests.newest(store, slug)
    assert manifest
    fetch(store, slug, manifest, folder)
    return folder


@pytest.mark.parametrize("bucket", ["gs"], indirect=True)
def test_of_two_workers_at_a_blog_one_leaves_or_waits(tmp_path: Path, bucket: Bucket) -> None:
    blog = FaultServer(DemoBlog(posts=3, thread=2))
    with blog.running() as home:
        first = begin(tmp_path / "a", bucket.url, f"{home}/")
        until(blog, 2, first)
        os.kill(first.pid, signal.SIGSTOP)  # at work for as long as we like
        left = ended(tmp_path, begin(tmp_path / "b", bucket.url, home))
        waits = begin(tmp_path / "b", bucket.url, home, "--wait", "300")
        os.kill(first.pid, signal.SIGCONT)
        ran, waited = ended(tmp_path, first), ended(tmp_path, waits)
    slug = of_blog(tmp_path, home).slug
    assert (left.code, ran.code, waited.code) == (6, 0, 0)
    (line,) = left.said
    assert line.startswith(
        f"archiver: {bucket.url}/{slug}: another worker is at it (run-one --verb crawl {home}/, process "
    )
    assert (told(ran).posts, told(waited).idle, told(waited).posts) == (3, True, 3)
    targets = [target for target in blog.targets() if target not in ALWAYS]
    assert len(targets) == len(set(targets))
    assert blog.most_at_once == 1
    assert sound(content(open_store(bucket.url), slug, tmp_path / "read"))


@pytest.mark.parametrize("bucket", ["s3"], indirect=True)
def test_killed_while_it_is_sent_the_state_before_counts_and_another_machine_goes_on(
    tmp_path: Path, bucket: Bucket
) -> None:
    blog, store = FaultServer(DemoBlog(posts=6, thread=2)), open_store(bucket.url)
    with blog.running() as home:
        slug = of_blog(tmp_path, home).slug
        part = ended(tmp_path, begin(tmp_path / "a", bucket.url, f"{home}/", "--max-requests", "6"))
        before = manifests.newest(store, slug)
        bucket.hold("/warc/")
        second = begin(tmp_path / "b", bucket.url, home)
        bucket.until_held(second)
        kill(second)
        ended(tmp_path, second)
        bucket.release()  # a dead worker's words come late
        assert (part.code, told(part).state) == (5, "continued")
        assert before
        assert before.mark is None
        assert manifests.newest(store, slug) == before
        assert sound(content(store, slug, tmp_path / "between"))
        asked = len(blog.log)
        third = ended(tmp_path, begin(tmp_path / "b", bucket.url, home))
        assert set(blog.targets()[asked:]) <= ALWAYS  # all of it was on that machine
        targets = [target for target in blog.targets() if target not in ALWAYS]
        crawl(tmp_path / "alone", f"{home}/")
    assert (third.code, told(third).posts) == (0, 6)
    assert len(targets) == len(set(targets))
    archive = content(store, slug, tmp_path / "whole")
    assert sound(archive)
    assert differences(archive, tmp_path / "alone") == {}
    manifest = manifests.newest(store, slug)
    assert manifest
    named = {place_of(slug, name, entry.generation) for name, entry in manifest.files.items()}
    assert {one.key for one in store.listed(slug)} == named | {manifests.key_of(slug, manifest.generation)}
    assert not [path for path in tmp_path.glob("[ab]/*/*") if not path.name.startswith(".")]
    assert merged(bucket.url, "-o", str(tmp_path / "all"))[0] == 0
    assert differences(tmp_path / "all", tmp_path / "alone") == {}
    assert CliRunner().invoke(main, ["verify", "-a", str(tmp_path / "all")]).output.startswith("Sound: ")


def test_of_many_who_make_an_object_one_is_told_so(store: Store) -> None:
    start, made = Barrier(8), []

    def make(n: int) -> None:
        start.wait()
        made.append((store.create("at/once", bytes([n])), bytes([n])))

    threads = [Thread(target=make, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [data for is_it, data in made if is_it] == [store.get("at/once")]
    before = store.listed("at")
    store.put("at/once", b"anew")
    assert store.listed("at")[0].tag != before[0].tag
    store.delete(["at/once", "at/once"])
    assert (store.get("at/once"), store.listed("at")) == (None, [])


def test_of_many_who_want_a_lease_one_gets_it(store: Store) -> None:
    start, end, held, left = Barrier(6), Barrier(6), [], []

    def want() -> None:
        start.wait()
        try:
            with leased(store, "blog", "one", 0, left.append) as lease:
                held.append(lease)
                end.wait()
        except Locked as error:
            left.append(str(error))
            end.wait()

    for _ in range(2):
        threads = [Thread(target=want) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (len(held), len(left)) == (2, 10)
    assert held[0].generation < held[1].generation
    last = newest(store, "blog")
    assert last
    assert last.gone


def test_who_is_silent_is_taken_over_and_what_he_writes_counts_for_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "STEP", 0.001)
    folder, said = tmp_path / "shard", []
    folder.mkdir()
    (folder / "shard.json").write_text("{}")
    with leased(store, "blog", "first", 0, said.append) as silent:
        first = send(folder, silent, None, None, tmp_path / "copy")
        with pytest.raises(Locked, match=r"another worker is at it \(first, process [0-9]+ on "):
            _get(store, "second", 0, said)
        clock = count(step=30)
        with leased(store, "blog", "second", 1000, said.append, clock=lambda: float(next(clock))) as lease:
            (folder / "shard.json").write_text('{"posts": 2}')
            second = send(folder, lease, first, {"posts": 2}, tmp_path / "copy")
            (folder / "shard.json").write_text('{"posts": 1}')
            with pytest.raises(Locked, match=r"it was taken over \(second, "):
                send(folder, silent, first, {"posts": 1}, tmp_path / "copy")
            store.create(manifests.key_of("blog", silent.generation), b"{}")  # it had looked just before
    assert said == [line for line in said if line.startswith("waiting for another worker (first, ")]
    assert manifests.newest(store, "blog") == second
    assert (content(store, "blog", tmp_path / "read") / "shard.json").read_text() == '{"posts": 2}'


def _get(store: Store, command: str, wait: float, said: list[str]) -> None:
    with leased(store, "blog", command, wait, said.append):
        pass


def test_who_lost_the_lease_is_asked_to_end_the_run(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or two would be at one blog at a time."""
    monkeypatch.setattr(leases, "STEP", 0.001)
    asked, clock = Event(), count(step=30)
    before = signal.signal(signal.SIGTERM, lambda *_: asked.set())
    try:
        with leased(store, "blog", "first", 0, lambda _: None) as silent:  # it beats after 20 s, when that is over
            monkeypatch.setattr(leases, "BEAT", 0.01)
            with leased(store, "blog", "next", 1000, lambda _: None, clock=lambda: float(next(clock))) as lease:
                again = Thread(target=leases._beat, args=(silent, Event()))
                again.start()
                again.join()
                assert asked.wait(60)
                lease.check()
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_holder_that_ended_on_this_machine_is_not_waited_for(store: Store) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    said = {"pid": dead.pid, "host": "here", "machine": leases.machine(), "command": "c", "since": "s", "token": "t"}
    store.create(leases.key_of("blog", 41), json.dumps({**said, "released": False}).encode())
    with leased(store, "blog", "next", 0, lambda _: None) as lease:
        assert lease.generation == 42
        assert [one.key for one in store.listed(".locks/blog")] == [lease.key]
    store.create(leases.key_of("other", 1), b"torn")
    with pytest.raises(Locked, match="it does not say which"), leased(store, "other", "next", 0, lambda _: None):
        pass


def test_a_torn_shard_is_named_and_what_is_whole_is_not_fetched_again(store: Store, tmp_path: Path) -> None:
    folder, read = tmp_path / "shard", tmp_path / "read"
    (folder / "warc").mkdir(parents=True)
    (folder / "warc" / "a.warc.gz").write_bytes(b"a" * 100)
    (folder / "shard.json").write_text("{}")
    with leased(store, "blog", "one", 0, lambda _: None) as lease:
        manifest = send(folder, lease, None, {}, tmp_path / "copy")
    key = place_of("blog", "warc/a.warc.gz", lease.generation)
    store.put(key, b"a" * 99 + b"b")
    with pytest.raises(ArchiveDamaged, match=f"{store.url}/{key}: it is not what its manifest names"):
        fetch(store, "blog", manifest, read)
    store.delete([key])
    with pytest.raises(ArchiveDamaged, match=f"{store.url}/{key}: a manifest names it, and it is not there. Restore"):
        fetch(store, "blog", manifest, read)
    store.put(key, b"a" * 100)
    (read / "archive.db-wal").write_text("of another state")
    store.delete([place_of("blog", "shard.json", lease.generation)])  # it is here by now
    fetch(store, "blog", manifest, read)
    assert sorted(path.name for path in read.rglob("*")) == ["a.warc.gz", "shard.json", "warc"]
    with leased(store, "blog", "two", 0, lambda _: None) as again:  # whoever has the shard mends it
        mended = send(folder, again, manifest, {"posts": 1}, tmp_path / "copy")
    assert mended.files == manifest.files
    fetch(store, "blog", mended, tmp_path / "anew")


def test_shards_in_a_bucket_become_one_archive_one_brought_at_a_time(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, store, here = tmp_path / "plain", open_store(bucket.url), []
    plain.mkdir()
    for n in range(3):
        shard(plain / f"blog-{n}", [visit(_posts(n), n, READ)], "2026-01-01T00:00:00Z")
        (plain / f"blog-{n}" / "shard.json").write_text("{}")
        put(store, plain / f"blog-{n}", f"blog-{n}", {})
    for n, mark in ((7, None), (8, {})):  # one that is not whole, and one that is torn
        put(store, plain / "blog-0", f"blog-{n}", mark)
    store.delete([place_of("blog-8", "archive.db", 1)])
    original = Distant._bring

    def bring(self: Distant) -> None:
        original(self)
        here.append(sorted(path.name for path in self.directory.parent.iterdir()))

    monkeypatch.setattr(Distant, "_bring", bring)
    code, said = merged(bucket.url, "-o", str(tmp_path / "all"))
    assert code == 4
    assert f"archiver: {bucket.url}/blog-7: it is not whole yet" in said
    assert f"archiver: {bucket.url}/blog-8/00000001/archive.db: a manifest names it, and it is not there" in said
    assert here == [["blog-0"], ["blog-1"], ["blog-2"]]
    assert merged(str(plain), "-o", str(tmp_path / "of-plain"))[0] == 0
    assert rows(tmp_path / "all") == rows(tmp_path / "of-plain")
    assert not (tmp_path / "all" / "fetched.tmp").exists()
    (code, said) = merged(bucket.url, f"{bucket.url}/blog-1", "-o", str(tmp_path / "all"))
    assert (code, len(here), "Merged 0 shards, 3 known already" in said) == (4, 3, True)
    assert merged(bucket.url, "-o", str(tmp_path / "all"), "--warc", "move")[0] == 2
    assert merged(f"{bucket.kind}://blogs/nothing", "-o", str(tmp_path / "all")) == (
        2,
        f"archiver: {bucket.kind}://blogs/nothing: there is no shard there. Name the place of shards, or one of them\n",
    )


def _posts(n: int) -> Extract:
    url = f"https://blog.example.org/{n}/"
    return Extract(posts=(Post(url=url, native_id=str(n), rank=Rank.PAGE, title=f"Number {n}"),))


def put(store: Store, folder: Path, slug: str, mark: dict[str, int] | None) -> None:
    """Have an archive as a shard in a bucket."""
    with leased(store, slug, "test", 0, lambda _: None) as lease:
        send(folder, lease, None, mark, folder.with_name(f"{slug}.copy"))


def merged(*arguments: str) -> tuple[int, str]:
    """Code and words of `archiver merge`."""
    done = CliRunner().invoke(main, ["merge", *arguments])
    return done.exit_code, done.output


def test_a_file_of_several_pieces_comes_as_it_went(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "PIECE", 5 << 20)  # the least that S3 takes
    large = tmp_path / "large.warc.gz"
    large.write_bytes(os.urandom(1 << 20) * 11)
    store.put_file("files/large.warc.gz", large)
    with fetched(f"{store.url}/files/large.warc.gz", tmp_path / "scratch") as here:
        assert here.name == large.name
        assert here.read_bytes() == large.read_bytes()
    assert [path for path in (tmp_path / "scratch").rglob("*") if path.is_file()] == []
    url = f"{store.url}/files/none.warc.gz"
    with pytest.raises(ArchiveMissing, match=f"{url}: there is no such object"), fetched(url, tmp_path / "scratch"):
        pass


@pytest.mark.parametrize("name", ["../other", "/etc/passwd", "a/../../b", "", "a//b"])
def test_a_manifest_names_nothing_outside_of_its_folder(name: str) -> None:
    text = Manifest(1, {name: Entry(1, 2, "3")}, None).text()
    with pytest.raises(ArchiveDamaged, match=r"s3://b/m: it is no manifest of a shard\. Delete"):
        manifests.read("s3://b/m", text)


def test_what_goes_wrong_is_said_in_a_line(bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def says(url: str, kind: type[ArchiverError]) -> str:
        with pytest.raises(kind) as caught:
            _get(open_store(url, create=True), "one", 0, [])
        line = str(caught.value)
        assert "\n" not in line
        assert "secretofthetest" not in line
        return line

    nowhere, kind = f"{bucket.kind}://none/x", bucket.kind
    missing = ended(
        tmp_path, begin_command("run-one", "http://127.0.0.1:9/", "--shards", nowhere, "--scratch", str(tmp_path))
    )
    assert missing.code == 3
    (line,) = missing.said
    assert line.startswith(f"archiver: {nowhere}/")
    assert line.endswith(": there is no such bucket. Create it, or name another one")
    assert "it names no bucket" in says(f"{kind}:///x", UsageError)
    assert "it names no folder" in says("file://shards", UsageError)
    assert says(f"{kind}://me:secretofthetest@blogs/x", UsageError).startswith(
        f"{kind}://blogs/x: a name and a password"
    )
    (tmp_path / "file").write_text("")
    assert says((tmp_path / "file" / "x").as_uri(), ArchiveError).endswith("Check the path, and the rights there")
    bucket.refuse()
    code = {"s3": "InvalidAccessKeyId", "gs": "AccessDenied"}[kind]
    assert f"it refuses ({code}). Check the credentials" in says(bucket.url, ArchiveError)
    bucket.admit()
    monkeypatch.setattr(stores, "TRIES", 1)
    for name, value in Bucket(kind, 9).variables.items():  # nobody listens there
        monkeypatch.setenv(name, value)
    endpoint = {"s3": " and AWS_ENDPOINT_URL", "gs": ""}[kind]
    assert f"it cannot be reached. Check the network{endpoint}. Run" in says(bucket.url, ArchiveError)
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    line = says(bucket.url, UsageError)
    assert line == f'{bucket.url}: it needs obstore, which is not installed. Run pip install "blog-archiver[storage]"'
    assert isinstance(explained("gs://b", FileNotFoundError("The specified bucket does not exist.")), StoreAway)
