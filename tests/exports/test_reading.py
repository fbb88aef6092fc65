"""Copies to read: every post and comment is there, in its place, and nothing in them runs or loads."""

from __future__ import annotations

import re
import zipfile

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from lxml import html as parser
from markdown_it import MarkdownIt

from archiver.exports import as_epub
from archiver.exports._markdown import inline, to_markdown
from archiver.exports.as_markdown import file_name
from archiver.exports.escapes import held
from db import documents
from db.source import Source
from tests.exports.writing import rows, write


def letters(text):
    return re.sub(r"\W|_", "", held(text or ""))


def plain(html):
    """The words of a fragment as a browser shows them."""
    return letters("".join(parser.fragment_fromstring(html, create_parent="div").itertext()))


# ---- Markdown


def read_post(path):
    _, front, body = path.read_text("utf-8").split("---\n", 2)
    return yaml.safe_load(front), body


def test_markdown_has_a_file_for_each_post(archive, tmp_path):
    out = write(archive, "markdown", tmp_path)
    files = {}
    for path in out.glob("*/*.md"):
        front, body = read_post(path)
        files[front["id"]] = (front, body)
    stored = rows(archive, "SELECT id, title, url FROM posts")
    assert {key: (front.get("title"), front["url"]) for key, (front, _) in files.items()} == {
        key: (None if title is None else held(title), url) for key, title, url in stored
    }
    assert {path.parent.parent for path in out.rglob("*.md")} == {out}


def test_markdown_shows_threads_in_order(archive, tmp_path):
    out = write(archive, "markdown", tmp_path)
    shown = {front["id"]: MarkdownIt().render(body) for front, body in map(read_post, out.glob("*/*.md"))}
    source = Source(archive)
    for post in documents.posts(source):
        words = plain(shown[post.id])
        place = 0
        for comment in documents.thread(source, post):
            found = words.find(letters(comment.author or "unknown"), place)
            assert found >= place, (post.title, comment.author)
            place = found
    source.close()


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One <b>bold</b>, one <em>weak </em>word.</p><p>Two.</p>", "One **bold**, one *weak* word.\n\nTwo."),
        ('<a href="https://a.example/x(1) y">a [link]</a>', r"[a \[link\]](https://a.example/x%281%29%20y)"),
        ('<a href="javascript:alert(1)">no</a>', "no"),
        ("<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>", "- a\n- b\n\n  1. c"),
        ("<blockquote><p>q</p><p>r</p></blockquote>", "> q\n>\n> r"),
        ("<pre>a\n  ``` b</pre>", "````\na\n  ``` b\n````"),
        ("<code>a`b</code>", "`` a`b ``"),
        ("<h1>Top</h1>text<hr>", "## Top\n\ntext\n\n---"),
        ("one<br>two<br>", "one\\\ntwo"),
        ("1. no list<br># nor a heading<br>- nor this", "1\\. no list\\\n\\# nor a heading\\\n\\- nor this"),
        ("<script>alert(1)</script><style>x</style>", ""),
        ('<img src="https://t.example/p.gif" alt="A cell">', r"\[image: A cell\]"),
        ("<table><tr><th>a<td>b</table>", "a | b"),
        ("&lt;b&gt; &amp;amp; *x* _y_", r"\<b\> \&amp; \*x\* \_y\_"),
        ("", ""),
    ],
)
def test_html_becomes_markdown(html, markdown):
    assert to_markdown(html) == markdown


def test_what_lies_deep_is_not_lost():
    assert to_markdown("<div>" * 2000 + "deep") == "deep"
    assert "deep" in to_markdown("<ul><li>" * 300 + "deep")
    assert "deep" in to_markdown("<em>" * 300 + "deep")


@given(st.text(st.sampled_from("a1 .)-+=*_`[]<>&#|~!\\(\n\té漢")))
def test_plain_text_stays_itself(text):
    shown = MarkdownIt("commonmark").render(inline(text))
    assert "".join(parser.fragment_fromstring(shown or "<p></p>", create_parent="div").itertext()).strip() == " ".join(
        text.split()
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("Hello, World! _ \x00", "hello-world"),
        ("漢字 🙂", "漢字"),
        ("...", "untitled"),
        ("a/b\\c:d", "a-b-c-d"),
        ("é" * 80, "é" * 30),
        ("", "untitled"),
    ],
)
def test_names_of_files(text, name):
    assert file_name(text) == name


# ---- HTML


@pytest.fixture
def copy(archive, tmp_path):
    return archive, write(archive, "html", tmp_path)


def test_html_has_a_page_for_each_post_and_an_index(copy):
    archive, out = copy
    keys = {row[0] for row in rows(archive, "SELECT id FROM posts")}
    assert {path.stem for path in (out / "posts").iterdir()} == keys
    index = parser.parse(out / "index.html")
    assert sorted(index.xpath("//li/a/@href")) == sorted(f"posts/{key}.html" for key in keys)
    for path in out.rglob("*.html"):
        for link in parser.parse(path).xpath("//a/@href | //link/@href"):
            assert link.startswith(("https://", "http://")) or (path.parent / link).is_file(), (path, link)


def test_html_shows_threads_in_reading_order(copy):
    archive, out = copy
    for key, *_ in rows(archive, "SELECT DISTINCT post_id FROM comments"):
        page = parser.parse(out / "posts" / f"{key}.html")
        wanted = rows(archive, "SELECT id FROM comments WHERE post_id = ? ORDER BY position IS NULL, position", key)
        assert page.xpath("//article/@id") == [f"c{row[0]}" for row in wanted]


def test_html_runs_and_loads_nothing(copy):
    _, out = copy
    for path in out.rglob("*.html"):
        page = parser.parse(path)
        assert page.xpath("//script | //iframe | //object | //form | //img[@src] | //*[@style] | //@onerror") == []
        assert page.xpath("//a[contains(@href, 'script:')]") == []
        assert "default-src 'none'" in page.xpath("//meta[@http-equiv]/@content")[0]


# ---- EPUB


@pytest.mark.parametrize("size", [as_epub.PART, 1])
def test_epub_is_one(archive, tmp_path, monkeypatch, size):
    """Many posts to a file, or each in its own."""
    monkeypatch.setattr(as_epub, "PART", size)
    path = write(archive, "epub", tmp_path)
    with zipfile.ZipFile(path) as book:
        assert book.testzip() is None
        first = book.infolist()[0]
        assert (first.filename, first.compress_type, book.read(first)) == ("mimetype", 0, b"application/epub+zip")
        container = etree.fromstring(book.read("META-INF/container.xml"))
        package = etree.fromstring(book.read(container.find(".//{*}rootfile").get("full-path")))
        items = {item.get("id"): item.get("href") for item in package.iter("{*}item")}
        assert {f"book/{href}" for href in items.values()} == {
            name for name in book.namelist() if name.startswith("book/") and not name.endswith(".opf")
        }
        spine = [items[item.get("idref")] for item in package.iter("{*}itemref")]
        posts = [f"p{row[0]}" for row in rows(archive, "SELECT id FROM posts ORDER BY published_at, id")]
        assert len(spine) == (len(posts) if size == 1 else 1)
        contents = etree.fromstring(book.read("book/nav.xhtml"))
        links = [link.get("href").split("#") for link in contents.iter("{*}a")]
        assert [key for _, key in links] == posts
        pages = [etree.fromstring(book.read(f"book/{name}")) for name in spine]
        inside = [
            (name, key)
            for name, page in zip(spine, pages, strict=True)
            for key in page.xpath("//*/@id[starts-with(., 'p')]")
        ]
        assert inside == [tuple(link) for link in links]
        assert (
            sum(len(list(page.iter("{*}article"))) for page in pages)
            == rows(archive, "SELECT count(*) FROM comments")[0][0]
        )
        assert not [page for page in pages for _ in page.iter("{*}script")]
        assert {item.get("properties") for item in package.iter("{*}item")} == {"nav", None}
