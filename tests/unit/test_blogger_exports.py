"""Blogger's exports in the forms that there are: back-up, Takeout with its zip, a saved feed; and what is none."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from archiver.errors import UsageError
from archiver.reread.packed import checked
from archiver.reread.platform_exports import Taken, take
from tests.crawl.running import rows
from tests.unit.test_imports import GOLDEN
from tests.unit.test_torn_exports import packed

HOME = "https://tremor.example.com/"
FEED = (GOLDEN / "blogger-takeout.atom").read_text("utf-8")
COMMENT = """  <entry>
    <id>tag:blogger.com,1999:blog-{blog}.post-{number}</id>
    <blogger:parent>tag:blogger.com,1999:blog-{blog}.post-9001</blogger:parent>
    <blogger:type>COMMENT</blogger:type><blogger:status>LIVE</blogger:status>
    <author><name>Ada Lind</name></author><content type='html'>And milk</content>
    <published>2015-02-03T13:00:00Z</published>
  </entry>
"""


def own(blog: int, number: int) -> bytes:
    """The comments that a person wrote at a blog, which Takeout has in a file of their own."""
    head = FEED[: FEED.index("  <entry>")].replace("blog-7001", f"blog-{blog}")
    return (head + COMMENT.format(blog=blog, number=number) + "</feed>").encode()


def test_takeouts_zip_is_read_without_what_its_owner_wrote_elsewhere(tmp_path: Path) -> None:
    members = {
        "Takeout/archive_browser.html": b"<!DOCTYPE html><html><head><title>Takeout</title></head></html>",
        "Takeout/Blogger/Albums/Tremor Diary/1.jpg": b"\xff\xd8",
        "Takeout/Blogger/Blogs/Tremor Diary/feed.atom": FEED.encode(),
        "Takeout/Blogger/Blogs/Tremor Diary/settings.csv": b"blog_name,blog_locale\nTremor Diary,en\n",
        "Takeout/Blogger/Blogs/Tremor Diary/theme-layouts.xml": b"<!DOCTYPE html><html><b:skin/></html>",
        "Takeout/Blogger/Comments/Somebody else/feed.atom": own(7002, 9900),
        "Takeout/Blogger/Comments/Tremor Diary/feed.atom": own(7001, 9300),
    }
    done: Taken = take(tmp_path / "a", [packed(tmp_path / "takeout.zip", members)], home=HOME)
    assert (done.posts, done.comments, done.failed) == (1, 3, [])
    assert done.notes["of_another_site"] == 1
    assert rows(tmp_path / "a", "SELECT title, engine FROM blogs") == [("Tremor Diary", "blogger")]


def test_several_blogs_in_one_takeout_are_named(tmp_path: Path) -> None:
    other = FEED.replace("blog-7001", "blog-7002").replace("Tremor Diary", "Slow Kitchen")
    members = {f"Takeout/Blogger/Blogs/{n}/feed.atom": feed.encode() for n, feed in enumerate((FEED, other))}
    with pytest.raises(UsageError, match=r"several blogs \(Tremor Diary, Slow Kitchen\)\. Unpack it, and import the"):
        take(tmp_path / "a", [packed(tmp_path / "takeout.zip", members)], home=HOME)


def test_a_feed_saved_from_the_blog_is_read(tmp_path: Path) -> None:
    text = (GOLDEN / "blogger-backup.xml").read_text("utf-8")
    kind = "<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#"
    assert kind in text
    file = tmp_path / "default.xml"
    for name in ("post", "comment"):
        text = text.replace(f"{kind}{name}'/>", "")
    file.write_text(text, "utf-8")
    done: Taken = take(tmp_path / "a", [file])
    alone: Taken = take(tmp_path / "b", [GOLDEN / "blogger-backup.xml"])
    assert (done.posts, done.comments) == (alone.posts, alone.comments)


def test_another_version_is_told_and_entries_of_an_unknown_kind_are_counted(tmp_path: Path) -> None:
    text = FEED.replace("blogger/2018", "blogger/2031").replace(">POST<", ">STORY<", 1)
    (tmp_path / "feed.atom").write_text(text, "utf-8")
    done: Taken = take(tmp_path / "a", [tmp_path / "feed.atom"], home=HOME)
    assert done.odd == [
        "feed.atom: it is Blogger 2031, and 2008 to 2018 are known: it is read as far as it is alike",
    ]
    assert (done.posts, done.notes["entries_of_unknown_kind"]) == (0, 1)
    assert done.comments == 2


def test_a_form_in_which_nothing_is_known_is_told(tmp_path: Path) -> None:
    text = FEED.replace("blogger:type>", "blogger:sort>").replace("<id>tag:blogger.com,1999:blog-7001.post", "<id>post")
    (tmp_path / "feed.atom").write_text(text, "utf-8")
    done: Taken = take(tmp_path / "a", [tmp_path / "feed.atom"], home=HOME)
    assert (done.posts, done.comments) == (0, 0)
    assert done.failed == ["feed.atom holds nothing that is known: is it of another version?"]
    assert done.notes["entries_of_unknown_kind"] == FEED.count("<entry>")


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("blog.html", b"<!DOCTYPE html><html><head></head><body>Tremor Diary</body></html>", "it is a web page and no"),
        ("takeout.tgz", gzip.compress(b"Takeout/Blogger/Blogs/Tremor Diary/feed.atom" + b"\0" * 600), "with gzip"),
    ],
    ids=["a page", "packed"],
)
def test_what_is_no_export_is_named(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert checked([tmp_path / name]) == ([], [tmp_path / name])
    with pytest.raises(UsageError, match=words):
        take(tmp_path / "a", [tmp_path / name])
    assert not (tmp_path / "a").exists()
