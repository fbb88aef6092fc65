"""Exports of which a part is lost: it is named, and all else is done."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.errors import UsageError
from archiver.imports import Torn, recognised
from archiver.model import Extract
from archiver.reread.packed import opened
from archiver.reread.platform_exports import Taken, take
from tests.unit.test_imports import GOLDEN, joined

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

HOME = "https://salt.example.org/"
XML = {
    "wxr": ("wordpress-1.0.xml", b"</item>"),
    "blogger": ("blogger-backup.xml", b"</entry>"),
    "disqus": ("disqus.xml", b"</thread>"),
    "tumblr": ("tumblr.xml", b"</post>"),
}


def packed(path: Path, members: dict[str, bytes], *, streamed: bool = False) -> Path:
    """A zip. streamed: as programs write it that cannot go back, with the sizes behind the data."""
    with path.open("wb") as file:
        out = _Streamed(file) if streamed else file
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
            for name, data in members.items():
                package.writestr(name, data)
    return path


class _Streamed(io.RawIOBase):
    def __init__(self, file: io.BufferedWriter) -> None:
        self._file = file

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer) -> int:
        return self._file.write(data)


def spoilt(path: Path, name: str) -> Path:
    """The data of a member made others than its checksum says."""
    with zipfile.ZipFile(path) as package:
        member = package.getinfo(name)
    data = bytearray(path.read_bytes())
    start = member.header_offset + 30 + len(name)
    middle = start + member.compress_size // 2
    data[middle : middle + 8] = bytes(255 - byte for byte in data[middle : middle + 8])
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("form", list(XML))
def test_a_member_that_is_cut_short_keeps_no_other_back(form: str, tmp_path: Path) -> None:
    name, end = XML[form]
    data = (GOLDEN / name).read_bytes()
    cut = data[: data.index(end) - 3]
    file = packed(tmp_path / "export.zip", {"a.xml": cut, "b.xml": data, "c.xml": cut})
    done: Taken = take(tmp_path / "archive", [file], home=HOME)
    alone: Taken = take(tmp_path / "alone", [GOLDEN / name], home=HOME)
    assert (done.posts, done.comments) == (alone.posts, alone.comments)
    assert [line.partition(" at line ")[0] for line in done.failed] == [
        "export.zip: a.xml is cut short or broken",
        "export.zip: c.xml is cut short or broken",
    ]
    assert all("all else is imported" in line and "\n" not in line for line in done.failed)


@pytest.mark.parametrize("form", list(XML))
def test_a_member_whose_data_are_spoilt_is_named(form: str, tmp_path: Path) -> None:
    name, _ = XML[form]
    data = (GOLDEN / name).read_bytes()
    file = spoilt(packed(tmp_path / "export.zip", {"a.xml": data, "b.xml": data}), "a.xml")
    done: Taken = take(tmp_path / "archive", [file], home=HOME)
    alone: Taken = take(tmp_path / "alone", [GOLDEN / name], home=HOME)
    assert (done.posts, done.comments) == (alone.posts, alone.comments)
    assert len(done.failed) == 1
    assert done.failed[0].startswith("export.zip: a.xml is cut short or broken")


def substack() -> dict[str, bytes]:
    folder = GOLDEN / "substack"
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def test_a_text_of_substack_that_is_spoilt_keeps_no_other_post_back(tmp_path: Path) -> None:
    name = "posts/501.first-letter.html"
    file = spoilt(packed(tmp_path / "letters.zip", substack()), name)
    done: Taken = take(tmp_path / "archive", [file], home="https://l.example.org/")
    assert done.posts == 3
    assert [line.partition(" (")[0] for line in done.failed] == [f"letters.zip: {name} is cut short or broken"]
    assert done.notes["no_text_found"] == 2  # one has no text in the whole export


def test_a_zip_in_a_zip_that_is_broken_keeps_no_other_file_back(tmp_path: Path) -> None:
    data = (GOLDEN / "tumblr.xml").read_bytes()
    inner = packed(tmp_path / "inner.zip", {"posts.xml": data}).read_bytes()
    file = packed(tmp_path / "outer.zip", {"conversations.zip": inner[: len(inner) // 2], "posts.zip": inner})
    done: Taken = take(tmp_path / "archive", [file])
    assert done.posts == take(tmp_path / "alone", [GOLDEN / "tumblr.xml"]).posts
    assert done.failed == ["outer.zip: conversations.zip is cut short or broken (File is not a zip file)"]


def test_a_member_with_a_password_is_named(tmp_path: Path) -> None:
    file = packed(tmp_path / "export.zip", {"a.xml": b"<secret/>", "b.xml": (GOLDEN / "tumblr.xml").read_bytes()})
    data = bytearray(file.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    file.write_bytes(data)
    done: Taken = take(tmp_path / "archive", [file])
    assert (done.posts > 0, done.failed) == (True, ["export.zip: a.xml is locked with a password"])


def read(file: Path) -> tuple[list[Extract], list[str]]:
    """What is read of a zip, and what is said to be lost."""
    with opened(file) as source:
        form = recognised(source)
        if form is None:
            return [], [*source.unread]
        found: list[Extract] = []
        lines = [*source.unread]
        try:
            found.extend(form.read(source, "https://l.example.org/"))
        except Torn as error:
            lines += error.lines
        return found, lines


@settings(max_examples=60)
@given(st.sampled_from(["substack", "livejournal"]), st.booleans(), st.floats(0, 1, exclude_max=True))
def test_a_zip_cut_anywhere_gives_what_its_beginning_holds(
    tmp_path_factory: pytest.TempPathFactory, name: str, streamed: bool, share: float
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    files = sorted(file for file in (GOLDEN / name).rglob("*") if file.is_file())
    members = {str(file.relative_to(GOLDEN / name)): file.read_bytes() for file in files}
    whole = packed(folder / "whole.zip", members, streamed=streamed)
    data = whole.read_bytes()
    with zipfile.ZipFile(whole) as package:
        last = package.infolist()[-1]
        end = last.header_offset + 30 + len(last.filename) + last.compress_size  # 30: of a header, before the name
    cut = max(int(share * len(data)), 4)
    (folder / "cut.zip").write_bytes(data[:cut])
    if cut < 30 + len(next(iter(members))):  # not even the first header is whole
        with pytest.raises(UsageError, match="the zip is broken"):
            read(folder / "cut.zip")
        return
    found, lines = read(folder / "cut.zip")
    assert "only its beginning can be read" in lines[0]
    expected, _ = read(whole)
    got, wanted = joined(found), joined(expected)
    assert {post.native_id for post in got.posts} <= {post.native_id for post in wanted.posts}
    texts = {post.native_id: post.content for post in wanted.posts}
    assert all(post.content is None or post.content == texts[post.native_id] for post in got.posts)
    if cut >= end:
        assert (got.posts, got.comments) == (wanted.posts, wanted.comments)


def test_a_zip_cut_in_half_is_told_in_lines(tmp_path: Path) -> None:
    file = packed(tmp_path / "half.zip", substack())
    data = file.read_bytes()
    file.write_bytes(data[: data.index(b"PK\x01\x02")])
    done: Taken = take(tmp_path / "archive", [file], home="https://l.example.org/")
    assert done.posts == 3
    assert done.failed == ["half.zip: the zip is cut short or broken, and only its beginning can be read"]


def test_one_of_several_files_that_is_no_use_keeps_no_other_back(tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04" + b"\0" * 90)
    files = [tmp_path / "broken.zip", GOLDEN / "wordpress-1.0.xml"]
    done: Taken = take(tmp_path / "archive", files)
    assert done.posts == 2
    assert [line.partition(": ")[2].partition(" (")[0] for line in done.failed] == [
        (
            "the zip is cut short or broken, and only its beginning can be read; no export that is known is left."
            " Download the export again"
        )
    ]
    assert "\n" not in done.failed[0]
