"""Our WXR beside the one that this WordPress exports of itself: the same elements, the same posts and threads.

And imported into a WordPress, which is crawled in turn: what comes back is what was archived.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from archiver.exports import Wanted, export, find_format
from benchmarks.crawling import SETTLED
from db import open_archive
from tests.exports.writing import rows
from tests.wordpress.crawled import crawl

SPACES = {
    "wp": "http://wordpress.org/export/1.2/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
}
IMPORTER = Path(__file__).parent / "testbed" / "import.php"
ITS_OWN = "require ABSPATH . 'wp-admin/includes/export.php'; export_wp(array('content' => 'all'));"
POST = ("wp:post_date_gmt", "wp:post_type", "wp:comment_status")
COMMENT = ("wp:comment_date_gmt", "wp:comment_parent", "wp:comment_type")
NAMED, SLUG = ("wp:comment_author",), ("wp:post_name",)


@pytest.fixture(scope="module")
def archived(data_alone, tmp_path_factory):
    """A site that was crawled through its API, and our export of it."""
    archive, path = open_archive(data_alone), tmp_path_factory.mktemp("wxr") / "ours.xml"
    export(archive, find_format("wxr"), path, Wanted())
    return archive, path


@pytest.fixture(scope="module")
def exports(wordpress, archived):
    """Ours and its own."""
    path = archived[1]
    its = wordpress.php(ITS_OWN)
    parser = etree.XMLParser(recover=True, huge_tree=True)  # WordPress hands out control characters as they are
    return etree.parse(path).getroot(), etree.fromstring(its[its.index("<?xml") :].encode(), parser)


def paths(root):
    """All elements, by the names of those around them."""
    found = set()
    for element in root.iter(etree.Element):
        names = [etree.QName(one).localname for one in (element, *element.iterancestors())]
        found.add("/".join(reversed(names)))
    return found


def values(element, names):
    return tuple((element.findtext(name, namespaces=SPACES) or "").strip() for name in names)


def items(root, only=lambda status: status == "publish"):
    """Posts and pages by their numbers."""
    return {
        item.findtext("wp:post_id", namespaces=SPACES): item
        for item in root.iterfind(".//item")
        if item.findtext("wp:post_type", namespaces=SPACES) in {"post", "page"}
        and only(item.findtext("wp:status", namespaces=SPACES))
    }


def comments(root):
    return {
        comment.findtext("wp:comment_id", namespaces=SPACES): comment
        for item in items(root).values()
        for comment in item.iterfind("wp:comment", SPACES)
        if comment.findtext("wp:comment_approved", namespaces=SPACES) == "1"
    }


def test_no_element_is_unknown_to_wordpress(exports):
    ours, its = exports
    assert paths(ours) - paths(its) == set()
    assert ours.findtext(".//wp:wxr_version", namespaces=SPACES) == its.findtext(".//wp:wxr_version", namespaces=SPACES)


def test_posts(exports):
    ours, its = map(items, exports)
    shared = ours.keys() & its.keys()
    assert len(shared) > 80
    different = [(values(ours[one], POST), values(its[one], POST)) for one in shared]
    # In the hour that a clock skips in spring, WordPress contradicts itself.
    skipped = re.compile(r"\d{4}-03-2\d 0[12]:30:00")
    assert [pair for pair in different if pair[0] != pair[1] and not skipped.match(pair[1][0])] == []
    # Slugs of letters; WordPress cuts long encoded ones, and drops signs that are not shown.
    slugs = [(values(ours[one], SLUG)[0], values(its[one], SLUG)[0]) for one in shared]
    assert [pair for pair in slugs if "%" not in pair[1] and pair[0] != pair[1]] == []
    assert all(slug.isascii() and slug == slug.lower() for slug, _ in slugs)


def test_threads(exports):
    ours, its = map(comments, exports)
    assert len(ours) > 200
    assert ours.keys() <= its.keys()
    # The API lists no pings, and nothing under posts with a password.
    missing = [its[one] for one in its.keys() - ours.keys()]
    hidden = [one for one in missing if one.findtext("wp:comment_type", namespaces=SPACES) == "comment"]
    assert all(one.getparent().findtext("wp:post_password", namespaces=SPACES) for one in hidden)
    shown = {one: values(its[one], COMMENT) for one in ours}
    # What answers a comment that is not public has no parent that anybody could see.
    shown = {one: (at, above if above in ours else "0", kind) for one, (at, above, kind) in shown.items()}
    assert {one: values(ours[one], COMMENT) for one in ours} == shown
    assert sum(above != "0" for _, above, _ in shown.values()) > 50
    # Where WordPress keeps markup in names, the API and the pages show the words.
    names = [(values(ours[one], NAMED), values(its[one], NAMED)) for one in ours]
    assert sum(mine == theirs for mine, theirs in names) > 0.9 * len(names)


# ---- and back again


@pytest.fixture(scope="module")
def again(wordpress, archived, tmp_path_factory):
    """The archive of another WordPress, which holds nothing but what was imported."""
    database = wordpress.clone("imported")
    told = wordpress.php(f"$wxr = {json.dumps(str(archived[1]))}; {IMPORTER.read_text('utf-8')[5:]}", database)
    wanted = [rows(archived[0], f"SELECT count(*) FROM {table}")[0][0] for table in ("posts", "comments")]
    assert [json.loads(told)[name] for name in ("posts", "comments")] == wanted
    site = wordpress.site("imported", database=database)
    try:
        directory = tmp_path_factory.mktemp("again") / "archive"
        assert crawl(directory, site.url, "--no-pages").exit_code in SETTLED
    finally:
        wordpress.stop_site(site)
    return open_archive(directory)


def path_of(url):
    return re.sub(r"^https?://[^/]+", "", url or "")


def said(text):
    return "".join((text or "").split())


def threads(archive):
    """How often each comment is there, by the way that leads to it from its post: who, when, what."""
    found = rows(
        archive, "SELECT c.id, c.parent_id, p.url, a.name, c.published_at, c.kind, c.text FROM comments c"
                 " JOIN posts p ON p.id = c.post_id LEFT JOIN authors a ON a.id = c.author_id")  # fmt: skip
    own = {one: (name, at, kind, said(text)) for one, _, _, name, at, kind, text in found}
    above = {one: parent for one, parent, *_ in found}

    def way(one):
        return (*way(above[one]), own[one]) if one else ()

    return Counter((path_of(url), way(one)) for one, _, url, *_ in found)


def test_what_is_protected_comes_back_protected(archived, again):
    sql = "SELECT title, html FROM posts WHERE protected = 1 ORDER BY title"
    assert len(rows(archived[0], sql)) > 0
    assert rows(again, sql) == rows(archived[0], sql)
    assert {html for _, html in rows(again, sql)} == {None}


def test_it_comes_back_to_the_same_threads(archived, again):
    before, after = threads(archived[0]), threads(again)
    assert before.total() > 200
    assert (before - after, after - before) == (Counter(), Counter())


# What was never read becomes a draft; what lies behind a password is there, and protected again.
FILED = "WITH filed AS (SELECT * FROM terms WHERE taxonomy IN ('category', 'tag') AND name <> 'Before the import') "
READ = "FROM (SELECT * FROM posts WHERE html IS NOT NULL OR protected = 1) AS p"


@pytest.mark.parametrize(
    "sql",
    [
        # WordPress puts players and videos in place of addresses that stand alone, as it likes.
        f"SELECT url, kind, title, published_at, protected, CASE WHEN slug <> 'videos-and-tweets' THEN text END {READ}",
        f"SELECT p.url, a.name {READ} JOIN post_authors ON p.id = post_id JOIN authors a ON a.id = author_id",
        f"SELECT p.url, t.taxonomy, t.name {READ} JOIN post_terms ON p.id = post_id JOIN filed t ON t.id = term_id",
        "SELECT taxonomy, (SELECT name FROM terms b WHERE b.id = t.parent_id), name FROM filed t",
    ],
    ids=["posts", "authors", "terms of posts", "terms"],
)
def test_it_comes_back_to_the_same(archived, again, sql):
    def found(archive):
        return Counter(tuple(said(path_of(str(value))) for value in row) for row in rows(archive, FILED + sql))

    before, after = found(archived[0]), found(again)
    assert before.total() > 5
    assert (before - after, after - before) == (Counter(), Counter())
