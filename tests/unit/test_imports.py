"""Exports of platforms: what each format gives, and what comes of them in an archive."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archiver.cli import main
from archiver.errors import UsageError
from archiver.imports import Source, Torn, formats, recognised
from archiver.model import Author, Extract, Fetch, Rank, Target, TargetKind, Visit
from archiver.reread.packed import checked
from archiver.reread.platform_exports import Taken, take
from db import open_archive
from tests.unit import sample

GOLDEN = Path(__file__).parents[1] / "golden" / "imports"
HOMES = {
    "wordpress-1.0.xml": "https://salt.example.org/",
    "blogger-backup.xml": "https://tremor.example.com/",
    "disqus.xml": "https://salt.example.org/",
    "tumblr.xml": "https://pulse-notes.tumblr.com/",
    "livejournal": "https://night-watch.livejournal.com/",
}
"""What the exports say of where they are from; the others do not say it."""


def source(name: str) -> Source:
    """A golden export, one that is a folder as if from a zip."""
    path = GOLDEN / name
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return Source(name, {str(file.relative_to(GOLDEN)): (lambda file=file: file.open("rb")) for file in files})


def read(name: str, home: str | None = None) -> Extract:
    """All records of a golden export."""
    given = source(name)
    form = recognised(given)
    assert form is not None
    home = home or form.about(given).home
    assert home is not None
    return joined(form.read(given, home))


def joined(extracts) -> Extract:
    found = list(extracts)
    names = ("posts", "authors", "terms", "comments", "notes")
    return Extract(**{name: tuple(one for extract in found for one in getattr(extract, name)) for name in names})


def posts(extract: Extract) -> list[tuple]:
    return [
        (
            post.native_id,
            post.url,
            post.title,
            post.content and post.content.text,
            post.published and post.published.at,
            tuple(term.name for term in post.terms or ()),
        )
        for post in extract.posts
    ]


def comments(extract: Extract) -> list[tuple]:
    return [
        (
            one.native_id,
            one.post.native_id or one.post.url,
            one.parent,
            one.kind.value,
            one.author and (one.author.name, one.author.member),
            one.content and one.content.text,
            one.published and one.published.at,
        )
        for one in extract.comments
    ]


def zipped(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                package.write(file, file.relative_to(folder))
    return path


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("wordpress-1.0.xml", "wxr"),
        ("blogger-backup.xml", "blogger"),
        ("blogger-takeout.atom", "blogger"),
        ("disqus.xml", "disqus"),
        ("substack", "substack"),
        ("tumblr.xml", "tumblr"),
        ("livejournal", "livejournal"),
        ("livejournal-own.xml", "livejournal"),
    ],
)
def test_a_format_is_known_by_its_content(name: str, form: str) -> None:
    given = source(name)
    assert [one.name for one in formats() if one.knows(given)] == [form]
    renamed = Source("export.bin", {f"{n}.dat": member for n, (_, member) in enumerate(given.members.items())})
    assert form == "substack" or [one.name for one in formats() if one.knows(renamed)] == [form]
    (known,) = (one for one in formats() if one.name == form)
    assert known.about(given).home == HOMES.get(name)


def test_wordpress() -> None:
    """Terms named twice, spam, drafts, a password, attachments, paragraphs that WordPress puts in."""
    found = read("wordpress-1.0.xml")
    assert posts(found) == [
        (
            "12",
            "https://salt.example.org/2010/05/a-night/",
            "A night without & a day with salt",
            "We slept badly.\nTwice.\n\nSalt, said the nurse.\n\nSee about, doi 10.1234/salt.77",
            "2010-05-04T08:15:00Z",
            ("Trials", "salt intake"),
        ),
        ("14", "https://salt.example.org/2010/06/ward/", "For the ward only", None, "2010-06-01T09:00:00Z", ()),
    ]
    first, second = found.posts
    assert first.content is not None
    assert [link.url for link in first.content.links] == ["https://salt.example.org/about/"]
    assert [term.slug for term in first.terms or ()] == ["trials", "salt-intake"]
    assert (first.excerpt, first.slug, first.comments_open) == ("Salt at night", "a-night", True)
    assert (second.protected, second.kind.value, second.published and second.published.floating) == (True, "page", True)
    assert comments(found) == [
        ("31", "12", None, "comment", ("Tom", False), "Same here.\n\nEvery night.", "2010-05-04T10:00:00Z"),
        ("33", "12", "31", "comment", ("Ines Moll", True), "Try less of it.", "2010-05-04T11:00:00Z"),
        ("34", "12", None, "pingback", ("Another ward", False), "[...] slept badly [...]", "2010-05-05T11:00:00Z"),
    ]
    assert found.comments[0].url == "https://salt.example.org/2010/05/a-night/#comment-31"
    assert [note.kind for note in found.notes] == ["not_public"]
    assert "mail.example" not in repr(found)
    assert "192.0.2" not in repr(found)


BLOGGER = [
    (
        "9001",
        "https://tremor.example.com/2015/02/a-steady-hand.html",
        "A steady hand",
        "Coffee, half a cup.",
        "2015-02-03T08:30:00Z",
        ("tremor",),
    )
]
ANSWERS = [
    ("9100", "9001", None, "comment", ("Bo", False), "Tea, then?", "2015-02-03T10:00:00Z"),
    ("9101", "9001", "9100", "comment", ("Ada Lind", True), "Tea it is", "2015-02-03T11:00:00Z"),
]


def test_blogger_in_both_forms() -> None:
    backup = read("blogger-backup.xml")
    assert (posts(backup), comments(backup)) == (BLOGGER, ANSWERS)
    assert [note.kind for note in backup.notes] == ["not_public"]
    takeout = read("blogger-takeout.atom", "https://tremor.example.com/")
    assert (posts(takeout), comments(takeout)) == (BLOGGER, ANSWERS)
    assert "mail.example" not in repr(backup)


def test_disqus() -> None:
    """Threads by address or by an identifier that is one; spam, deleted comments, threads of test sites."""
    found = read("disqus.xml")
    night, about = "https://salt.example.org/2010/05/a-night/", "https://salt.example.org/about/"
    assert comments(found) == [
        ("disqus:800", night, None, "comment", ("Tom", False), "Same here.", "2010-05-04T10:00:00Z"),
        ("disqus:801", night, "disqus:800", "comment", ("Ines Moll", True), "Try less of it.", "2010-05-04T11:00:00Z"),
        ("disqus:802", about, None, "comment", None, None, "2010-05-04T11:30:00Z"),
    ]
    assert [(note.kind, note.detail) for note in found.notes] == [("of_another_site", "http://localhost:4000/test/")]
    assert "mail.example" not in repr(found)
    assert "192.0.2" not in repr(found)


def test_substack() -> None:
    found = read("substack", "https://letters.example.org/")
    letters = "https://letters.example.org/p/"
    assert posts(found) == [
        (
            "501",
            f"{letters}first-letter",
            "First letter, of many",
            "Dear reader, see this.",
            "2022-01-10T08:00:00Z",
            (),
        ),
        ("502", f"{letters}for-patrons", "For patrons", "Thank you.", "2022-02-10T08:00:00Z", ()),
        ("504", f"{letters}lost-text", "Lost text", None, "2022-04-10T08:00:00Z", ()),
    ]
    assert [(post.protected, post.rank) for post in found.posts] == [
        (None, Rank.API),
        (True, Rank.API),
        (None, Rank.STUB),
    ]
    assert [note.kind for note in found.notes] == ["not_public", "no_text_found"]


def test_tumblr() -> None:
    found = read("tumblr.xml")
    at = "https://pulse-notes.tumblr.com/post/"
    assert posts(found) == [
        (
            "3001",
            f"{at}3001/resting-pulse",
            "Resting pulse",
            "Fifty-two.",
            "2013-04-05T06:07:08Z",
            ("pulse", "morning"),
        ),
        ("3002", f"{at}3002", "", "The chart", "2013-04-06T06:07:08Z", ()),
        ("3003", f"{at}3003", "", "Count to sixty.\n\nA nurse", "2013-04-07T06:07:08Z", ()),
    ]
    assert [image.url for image in found.posts[1].content.media] == ["https://media.example/1280.jpg"]


def test_livejournal() -> None:
    """Numbers as its pages have them, where the export tells how they are made."""
    found = read("livejournal")
    page = "https://night-watch.livejournal.com/3117.html"
    text = "Quiet until two.\nThen the bell."
    assert posts(found) == [("3117", page, "Night watch", text, "2006-07-08T21:10:00Z", ("nights", "ward"))]
    assert comments(found) == [
        ("557", "3117", None, "comment", ("day_shift", True), "Bells\n\nWhose bell?", "2006-07-09T05:00:00Z"),
        ("813", "3117", "557", "comment", ("Anonymous", False), "Number nine.", "2006-07-09T06:00:00Z"),
    ]
    assert found.comments[0].url == f"{page}?thread=557#t557"
    own = read("livejournal-own.xml", "https://night-watch.livejournal.com/")
    assert [one[0] for one in posts(own)] == ["12"]
    assert [one[:5] for one in comments(own)] == [
        ("2", "12", None, "comment", ("day_shift", True)),
        ("3", "12", "2", "comment", ("Anonymous", False)),
    ]


# ── bad input ────────────────────────────────────────────────────────────────────────────────────


def test_a_bomb_of_entities_stays_small_and_loads_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a secret", "utf-8")
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    head = f'<!DOCTYPE rss [<!ENTITY l0 "lol">{lines}<!ENTITY file SYSTEM "{secret.as_uri()}">]>'
    text = (GOLDEN / "wordpress-1.0.xml").read_text("utf-8")
    text = text.replace("<rss", f"{head}<rss", 1).replace("<title>A night", "<title>&l8;&file;A night", 1)
    given = Source("bomb.xml", {"bomb.xml": lambda: io.BytesIO(text.encode())})
    (form,) = (one for one in formats() if one.name == "wxr")
    try:
        found = repr(joined(form.read(given, "https://salt.example.org/")))
    except Torn:
        return  # refused altogether
    assert "a secret" not in found
    assert "lollol" not in found


@given(st.integers(0, (GOLDEN / "wordpress-1.0.xml").stat().st_size - 1))
def test_a_file_cut_anywhere_is_torn_and_gives_what_came_before(cut: int) -> None:
    data = (GOLDEN / "wordpress-1.0.xml").read_bytes().rstrip()
    whole = joined(form_of("wxr").read(source("wordpress-1.0.xml"), "https://salt.example.org/"))
    cut = min(cut, len(data) - 1)
    piece = Source("x", {"x": lambda: io.BytesIO(data[:cut])})
    if recognised(piece) is None:
        assert cut < 700  # its own names come later
        return
    found: list[Extract] = []
    with pytest.raises(Torn, match="x is cut short or broken at line"):
        found.extend(form_of("wxr").read(piece, "https://salt.example.org/"))
    ended = data[:cut].count(b"</item>")
    assert len(joined(found).posts) == min(ended, 1) + (ended >= 3)
    assert joined(found).posts == whole.posts[: len(joined(found).posts)]


XML = ("blogger-backup.xml", "blogger-takeout.atom", "disqus.xml", "livejournal-own.xml", "tumblr.xml")
ENDS = (b"</entry>", b"</post>", b"</comment>")


@example("disqus.xml", 0.995)
@example("livejournal-own.xml", 0.995)
@given(st.sampled_from(XML), st.floats(0, 1, exclude_max=True))
def test_whatever_export_is_cut_anywhere_gives_all_that_came_before(name: str, share: float) -> None:
    data, home = (GOLDEN / name).read_bytes().rstrip(), "https://tremor.example.com/"
    whole = joined(form.read(source(name), home)) if (form := recognised(source(name))) else None
    assert form is not None
    assert whole is not None
    piece = Source(name, {name: lambda: io.BytesIO(data[: int(share * len(data))])})
    if recognised(piece) is None:
        return  # its head is not whole
    form.about(piece)
    found: list[Extract] = []
    with pytest.raises(Torn, match=f"{name} is cut short or broken at line"):
        found.extend(form.read(piece, home))
    got, ended = joined(found), sum(data[: int(share * len(data))].count(end) for end in ENDS)
    assert got.posts == whole.posts[: len(got.posts)]
    assert [one.native_id for one in got.comments] == [one.native_id for one in whole.comments[: len(got.comments)]]
    if ended == sum(data.count(end) for end in ENDS):
        assert (len(got.posts), len(got.comments)) == (len(whole.posts), len(whole.comments))


def form_of(name: str):
    return next(one for one in formats() if one.name == name)


def test_dirt_in_a_file_is_no_reason_to_stop() -> None:
    data = (GOLDEN / "wordpress-1.0.xml").read_bytes().replace(b"We slept", b"We\x0b\xff \x08slept", 1)
    given = Source("x", {"x": lambda: io.BytesIO(b"\xef\xbb\xbf\n" + data)})
    found = joined(form_of("wxr").read(given, "https://salt.example.org/"))
    assert found.posts[0].content.text.startswith("We\N{REPLACEMENT CHARACTER} slept badly.")


# ── in an archive ────────────────────────────────────────────────────────────────────────────────


def rows(archive: Path, sql: str) -> list[tuple]:
    connection = open_archive(archive).connect()
    connection.row_factory = None
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


def test_imported_twice_nothing_is_doubled_and_the_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    archive, file = tmp_path / "archive", GOLDEN / "wordpress-1.0.xml"
    assert run("import", "-a", archive, file) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Read 2 posts and 3 comments of salt.example.org (wxr): 2 new posts, 3 new comments.",
        "Left out, since not public: 1.",
    ]
    threads = "SELECT c.native_id, p.native_id, c.depth FROM comments c LEFT JOIN comments p ON p.id = c.parent_id"
    assert sorted(rows(archive, threads)) == [("31", None, 1), ("33", "31", 2), ("34", None, 1)]
    assert run("import", "-a", archive, file) == 0
    assert "0 new posts, 0 new comments" in capsys.readouterr().out
    fetched = "SELECT DISTINCT url, kind, fetched_at, engine, substr(digest, 1, 5) FROM fetches"
    assert rows(archive, fetched) == [
        ("file:wordpress-1.0.xml", "api", "2011-03-02T10:00:00.000000Z", "wxr/1", "sha1:")
    ]
    assert rows(archive, "SELECT DISTINCT outcome, reason FROM crawls") == [
        ("limit", "imported from wordpress-1.0.xml (WordPress)")
    ]
    assert rows(archive, "SELECT count(*) FROM revisions") == [(0,)]
    assert rows(archive, "SELECT title, engine FROM blogs") == [("Notes on Sleep & Salt", "wordpress")]


def test_disqus_joins_the_posts_that_the_archive_has(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    take(archive, [GOLDEN / "wordpress-1.0.xml"])
    done = take(archive, [GOLDEN / "disqus.xml"])
    assert (done.read_comments, done.comments, done.blogs) == (3, 3, {"salt.example.org": "disqus"})
    sql = "SELECT p.native_id, c.native_id FROM comments c JOIN posts p ON p.id = c.post_id WHERE c.native_id LIKE 'd%'"
    assert sorted(rows(archive, sql), key=str) == [("12", "disqus:800"), ("12", "disqus:801"), (None, "disqus:802")]


def test_an_import_and_a_crawl_meet_whichever_comes_first(tmp_path: Path) -> None:
    """What the API says is fuller, so it stays, and a later export makes no earlier wording of it."""

    def crawled(archive: Path) -> None:
        opened = open_archive(archive, create=True)
        writer = opened.writer()
        site = replace(sample.GAPPY, key="salt.example.org", home="https://salt.example.org/")
        post = replace(
            sample.post(
                site, 12, "A night without &amp; a day", "We slept badly. Twice.", Author(name="I", member=True)
            ),
            url="https://salt.example.org/2010/05/a-night/",
        )
        crawl_id = writer.begin_crawl(site, command="crawl", version="1", settings={})
        fetch = Fetch(url=site.home, fetched_at="2010-12-01T00:00:00.000000Z", status=200)
        target = Target(url=site.home, kind=TargetKind.API)
        writer.save(Visit(site=site, target=target, fetch=fetch, extract=Extract(posts=(post,))), crawl_id)
        writer.end_crawl(crawl_id, outcome="limit", reason=None, counts={})
        writer.close()

    def imported(archive: Path) -> None:
        take(archive, [GOLDEN / "wordpress-1.0.xml"])

    def told(*steps: Callable[[Path], None]) -> list[list[tuple]]:
        archive = tmp_path / "-".join(step.__name__ for step in steps)
        for step in steps:
            step(archive)
        queries = (
            "SELECT id, native_id, url, title, text, published_at FROM posts ORDER BY id",
            "SELECT id, post_id, parent_id, text FROM comments ORDER BY id",
            "SELECT id FROM revisions",
        )
        return [rows(archive, sql) for sql in queries]

    one, other = told(crawled, imported), told(imported, crawled)
    assert one == other
    assert [row[4] for row in one[0] if row[1] == "12"] == ["We slept badly. Twice."]
    assert (len(one[0]), len(one[1]), one[2]) == (2, 3, [])


def test_reading_again_loses_nothing_of_an_export(tmp_path: Path) -> None:
    from archiver.reread.extract import _uncovered

    take(tmp_path, [GOLDEN / "wordpress-1.0.xml"])
    assert "imported from exports" in _uncovered(tmp_path)


def test_several_files_of_one_export_and_a_zip(tmp_path: Path) -> None:
    first = (GOLDEN / "wordpress-1.0.xml").read_text("utf-8")
    (tmp_path / "1.xml").write_text(first, "utf-8")
    (tmp_path / "2.xml").write_text(
        first.replace("<wp:post_id>12<", "<wp:post_id>112<").replace("a-night/", "b-night/").replace(">3", ">9"),
        "utf-8",
    )
    done = take(tmp_path / "archive", [tmp_path / "1.xml", tmp_path / "2.xml"])
    assert (done.posts, done.comments) == (3, 6)
    done = take(tmp_path / "letters", [zipped(GOLDEN / "substack", tmp_path / "s.zip")], home="https://l.example.org/")
    assert (done.posts, done.blogs) == (3, {"l.example.org": "substack"})
    inner = zipped(GOLDEN / "livejournal", tmp_path / "posts.zip")
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as package:
        package.write(inner, "posts.zip")
        package.writestr("media/1.jpg", b"\xff\xd8")
    assert take(tmp_path / "journal", [tmp_path / "outer.zip"]).comments == 2


def test_a_file_cut_in_half_says_so_and_what_was_read_stays(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    data = (GOLDEN / "wordpress-1.0.xml").read_bytes()
    file = tmp_path / "half.xml"
    file.write_bytes(data[: data.index(b"</item>") + 400])
    assert run("import", "-a", tmp_path / "archive", file) == 4
    out = capsys.readouterr().out
    assert "1 could not be read:\n  half.xml is cut short or broken at line" in out
    assert "what came before that is imported (1 post)" in out
    assert rows(tmp_path / "archive", "SELECT count(*) FROM comments") == [(3,)]


def test_another_version_is_read_as_far_as_it_is_alike(tmp_path: Path) -> None:
    text = (GOLDEN / "wordpress-1.0.xml").read_text("utf-8")
    text = text.replace("export/1.0/", "export/2.7/").replace("wxr_version>1.0", "wxr_version>2.7")
    (tmp_path / "new.xml").write_text(text, "utf-8")
    done: Taken = take(tmp_path / "archive", [tmp_path / "new.xml"])
    assert (done.posts, done.comments) == (2, 3)
    assert done.odd == ["new.xml: it is WXR 2.7, and 1.0 to 1.2 are known: it is read as far as it is alike"]


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("tumblr.xml", 'tumblr version="1.0"', 'tumblr version="2.0"', "it is Tumblr 2.0, and 1.0 is known"),
        (
            "disqus.xml",
            'XMLSchema-instance">',
            'XMLSchema-instance" xsi:schemaLocation="http://disqus.com/api/schemas/2.1/disqus.xsd">',
            "it is Disqus 2.1, and 1.0 is known",
        ),
    ],
)
def test_another_version_of_any_export_is_told(tmp_path: Path, name: str, old: str, new: str, told: str) -> None:
    text = (GOLDEN / name).read_text("utf-8")
    assert old in text
    (tmp_path / name).write_text(text.replace(old, new), "utf-8")
    done: Taken = take(tmp_path / "archive", [tmp_path / name])
    assert done.odd == [f"{name}: {told}: it is read as far as it is alike"]
    assert (done.read_posts, done.read_comments) == (len(read(name).posts), len(read(name).comments))
    assert take(tmp_path / "same", [GOLDEN / name]).odd == []


def test_an_export_with_nothing_that_is_known_is_told(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    file = tmp_path / "posts.xml"
    file.write_text(
        '<tumblr version="9"><tumblelog name="pulse"/><articles><article id="1"/></articles></tumblr>', "utf-8"
    )
    assert run("import", "-a", tmp_path / "archive", file) == 4
    out = capsys.readouterr().out
    assert "posts.xml holds nothing that is known: is it of another version?" in out
    assert "posts.xml: it is Tumblr 9, and 1.0 is known: it is read as far as it is alike" in out


def test_a_list_of_substack_that_is_cut_gives_the_posts_before(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    folder = tmp_path / "export"
    shutil.copytree(GOLDEN / "substack", folder)
    rows_ = (folder / "posts.csv").read_text("utf-8").rstrip().splitlines(keepends=True)
    (folder / "posts.csv").write_text("".join(rows_[:2]) + rows_[2][:3], "utf-8")
    half = zipped(folder, tmp_path / "half.zip")
    assert run("import", "-a", tmp_path / "archive", "--url", "https://l.example.org/", half) == 4
    assert "half.zip: posts.csv is cut short or broken; all else is imported (1 post)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("x.xml", b"<?xml version='1.0'?><recipes/>", "it is no export that is known"),
        ("x.xml", b"", "it is no export that is known"),
        ("x.csv", b"a,b\n1,2\n", "it is no export that is known"),
        ("x.zip", b"PK\x03\x04" + b"\0" * 90, "the zip is cut short or broken"),
    ],
)
def test_what_is_no_export_is_said_and_makes_no_archive(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    webs, exports = checked([file])
    assert (webs, exports) == ([], [file])
    with pytest.raises(UsageError, match=words):
        take(tmp_path / "archive", exports)
    assert not (tmp_path / "archive").exists()


def test_an_export_that_does_not_say_where_it_is_from(tmp_path: Path) -> None:
    file = GOLDEN / "blogger-takeout.atom"
    with pytest.raises(UsageError, match=r"does not say which blog it is of\. Name the blog.s front page with --url"):
        take(tmp_path / "archive", [file])
    take(tmp_path / "archive", [GOLDEN / "blogger-backup.xml"])
    assert take(tmp_path / "archive", [file]).posts == 0  # the archive's only blog
    assert take(tmp_path / "other", [file], home="https://tremor.example.com/").posts == 1
