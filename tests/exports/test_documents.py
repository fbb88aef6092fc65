"""Formats of texts and networks, read by other programs, hold posts, threads and people as the archive does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import networkx as nx
import pytest
import trafilatura
from lxml import etree

from archiver.errors import UsageError
from archiver.exports.escapes import held
from archiver.reread.platform_exports import take
from db import open_archive
from tests.exports import nasty as sample
from tests.exports.writing import rows, write
from tests.unit.archive_sample import AUTHORS, BLOG, DOI, key

WP = {"wp": "http://wordpress.org/export/1.2/", "content": "http://purl.org/rss/1.0/modules/content/",
      "dc": "http://purl.org/dc/elements/1.1/"}  # fmt: skip
TEI = {"t": "http://www.tei-c.org/ns/1.0"}
ID, LANG = "{http://www.w3.org/XML/1998/namespace}id", "{http://www.w3.org/XML/1998/namespace}lang"
HEAD = f"{{{TEI['t']}}}head"

REPLIES = "SELECT id, coalesce(parent_id, post_id) FROM comments"


def tree(path):
    return etree.parse(path, etree.XMLParser(resolve_entities=False, huge_tree=True)).getroot()


def texts(node, path, spaces):
    return [found.text or "" for found in node.iterfind(path, spaces)]


# ---- networks


@pytest.mark.parametrize(("name", "read"), [("graphml", nx.read_graphml), ("gexf", nx.read_gexf)])
def test_the_network(archive, tmp_path, name, read):
    graph = read(write(archive, name, tmp_path))
    assert set(graph) == {row[0] for row in rows(archive, "SELECT id FROM authors UNION ALL SELECT id FROM posts")}
    labels = {node: data["label"] for node, data in graph.nodes(data=True) if data["kind"] == "person"}
    assert labels == {person: held(label) for person, label in rows(archive, "SELECT id, name FROM authors")}
    edges = sorted((a, b, data["kind"]) for a, b, data in graph.edges(data=True))
    wanted = rows(
        archive,
        """SELECT author_id, post_id, 'wrote' FROM post_authors
        UNION ALL SELECT author_id, post_id, 'commented' FROM comments WHERE author_id IS NOT NULL
        UNION ALL SELECT c.author_id, p.author_id, 'answered' FROM comments c JOIN comments p ON p.id = c.parent_id
          WHERE c.author_id IS NOT NULL AND p.author_id IS NOT NULL""",
    )
    assert edges == sorted(wanted)
    dates = {data["comment"]: data.get("date") for _, _, data in graph.edges(data=True) if data.get("comment")}
    assert dates == dict(rows(archive, "SELECT id, published_at FROM comments WHERE author_id IS NOT NULL"))


def test_gexf_edges_begin_on_their_day(nasty, tmp_path):
    root = tree(write(nasty, "gexf", tmp_path))
    starts = {edge.get("id"): edge.get("start") for edge in root.iter("{*}edge")}
    assert starts[key("c", "t1")] == "2021-09-01"
    assert starts[key("c", "q1")] is None  # undated


# ---- WordPress


@pytest.fixture
def wxr(crawled, tmp_path):
    return tree(write(crawled, "wxr", tmp_path))


def test_wxr_holds_threads(crawled, wxr):
    found = {}
    for comment in wxr.iterfind(".//wp:comment", WP):
        values = {child.tag.partition("}")[2]: child.text for child in comment}
        found[values["comment_id"]] = (values["comment_parent"], values["comment_author"], values["comment_content"])
    wanted = rows(
        crawled,
        """SELECT c.native_id, coalesce(p.native_id, '0'), a.name, c.html FROM comments c
        LEFT JOIN comments p ON p.id = c.parent_id LEFT JOIN authors a ON a.id = c.author_id""",
    )
    assert len(wanted) > 100
    assert found == {number: (above, name, held(html)) for number, above, name, html in wanted}


def test_wxr_holds_posts_and_authors(crawled, wxr):
    items = list(wxr.iterfind(".//item"))
    wanted_tags = ("title", "content:encoded", "wp:post_date_gmt")
    posts = {
        item.findtext("wp:post_id", None, WP): [item.findtext(tag, None, WP) for tag in wanted_tags] for item in items
    }
    wanted = rows(crawled, "SELECT native_id, title, html, replace(substr(published_at, 1, 19), 'T', ' ') FROM posts")
    assert {number: tuple(value or "" for value in values) for number, values in posts.items()} == {
        number: tuple(value or "" for value in values) for number, *values in wanted
    }
    logins = set(texts(wxr, ".//wp:author_login", WP))
    assert {login for item in items for login in texts(item, "dc:creator", WP)} <= logins | {""}
    names = {
        row[0] for row in rows(crawled, "SELECT name FROM authors WHERE id IN (SELECT author_id FROM post_authors)")
    }
    assert set(texts(wxr, ".//wp:author_display_name", WP)) == names
    filed = sum(len(item.findall("category")) for item in items)
    assert filed == rows(crawled, "SELECT count(*) FROM post_terms JOIN terms t ON t.id = term_id"
                                  " WHERE taxonomy IN ('category', 'tag')")[0][0]  # fmt: skip


def test_wxr_holds_one_blog(nasty, tmp_path):
    with pytest.raises(UsageError, match=r"2 are chosen\. Choose one with --blog"):
        write(nasty, "wxr", tmp_path)
    root = tree(write(nasty, "wxr", tmp_path, blog_ids=(BLOG,)))
    # Not all are numbered, so all are numbered anew.
    numbers = texts(root, ".//wp:comment_id", WP)
    assert len(numbers) == len(set(numbers)) == rows(nasty, "SELECT count(*) FROM comments")[0][0]
    assert set(texts(root, ".//wp:comment_parent", WP)) - {"0"} <= set(numbers)
    html = rows(nasty, "SELECT html FROM posts WHERE id = ?", sample.POST)[0][0]
    assert held(html) in texts(root, ".//content:encoded", WP)
    assert texts(root, ".//wp:comment_approved", WP).count("trash") == 1


def test_wxr_protects_what_was_protected(nasty, tmp_path):
    def passwords(folder):
        folder.mkdir()
        path = write(nasty, "wxr", folder, blog_ids=(BLOG,))
        names = ("link", "wp:post_password", "wp:status", "content:encoded")
        return path, {url: rest for url, *rest in ([item.findtext(name, None, WP) for name in names]
                                                   for item in tree(path).iterfind(".//item"))}  # fmt: skip

    protected = {url for (url,) in rows(nasty, "SELECT url FROM posts WHERE protected = 1")}
    path, found = passwords(tmp_path / "one")
    _, again = passwords(tmp_path / "two")
    assert {url for url, (password, *_) in found.items() if password} == protected != set()
    for url in protected:
        password, status, html = found[url]
        assert (status, html or "") == ("publish", "")
        assert len(password) == 20
        assert password != again[url][0]  # nobody can know it
    done = take(tmp_path / "returned", [path])
    assert done.failed == []
    returned = open_archive(tmp_path / "returned")
    assert {url for (url,) in rows(returned, "SELECT url FROM posts WHERE protected = 1 AND html IS NULL")} == protected


# ---- TEI and ConvoKit


def test_tei_holds_who_replies_to_what(archive, tmp_path):
    root = tree(write(archive, "tei", tmp_path))
    posts = root.findall(".//t:post", TEI)
    ids = [post.get(ID) for post in root.iter("{*}post", "{*}person")]
    assert len(ids) == len(set(ids))
    pointers = {
        pointer[1:]
        for post in posts
        for name in ("who", "replyTo", "corresp")
        for pointer in post.get(name, "").split()
    }
    assert pointers <= set(ids)
    certain = {
        f"k{one}": f"#k{above}"
        for one, above in rows(archive, f"{REPLIES} WHERE parent_source IN ('api', 'dom', 'feed')")
    }
    assert {post.get(ID): post.get("replyTo") for post in posts if post.get("replyTo")} == certain
    inferred = {f"k{one}": f"#k{above}" for one, above in rows(archive, f"{REPLIES} WHERE parent_source = 'inferred'")}
    assert {post.get(ID): post.get("corresp") for post in posts if post.get("corresp")} == inferred
    words = {
        f"k{one}": "".join(held(text or "").split()) for one, text in rows(archive, "SELECT id, text FROM comments")
    }
    assert {
        post.get(ID): "".join("".join(post.itertext()).split()) for post in posts if post.get("type") != "post"
    } == words


def test_tei_has_people_and_header(nasty, tmp_path):
    root = tree(write(nasty, "tei", tmp_path))
    assert etree.QName(root).localname == "teiCorpus"
    assert len(root.findall("t:TEI", TEI)) == 2
    assert sorted(texts(root, ".//t:persName", TEI)) == sorted(AUTHORS.values())
    for part in root.iterfind(".//t:TEI", TEI):
        assert [etree.QName(child).localname for child in part] == ["teiHeader", "text"]
    assert {post.get("when") for post in root.iterfind(".//t:post", TEI)} >= {
        "2021-11-07",
        "2021-09-01T08:00:00Z",
        None,
    }


# What the Guidelines (P5 4.8, elementSpec post) let a <post> have; the classes that it belongs to bring most of it.
POST = {
    ID: r"[\w.-]+", LANG: r"[A-Za-z]{2,8}(-\w+)*", "type": r"\w+", "subtype": "gone", "modality": "written|spoken",
    "generatedBy": "human|template|system|bot|unspecified", "who": r"#\S+( #\S+)*", "when": r"\d{4}[-\d:TZ]*",
    "replyTo": r"#\S+", "corresp": r"#\S+", "indentLevel": r"\d+", "source": r"\S+",
}  # fmt: skip
OF_POSTS_ALONE = {"modality", "generatedBy", "who", "when", "replyTo", "indentLevel"}


def test_tei_is_as_the_guidelines_want(archive, tmp_path):
    """By the schema of TEI 4.8 that trafilatura brings. It lacks <post>, which is checked by itself and then counts as
    a <div>, since that may stand where it may."""
    root = tree(write(archive, "tei", tmp_path))
    posts = root.findall(".//t:post", TEI)
    for post in posts:
        assert [name for name, value in post.items() if not re.fullmatch(POST[name], value)] == []
        assert [etree.QName(child).localname for child in post if child.tag not in {f"{{{TEI['t']}}}p", HEAD}] == []
        assert etree.QName(post.getparent()).localname == "div"
        post.tag = f"{{{TEI['t']}}}div"
        for name in OF_POSTS_ALONE & set(post.keys()):
            del post.attrib[name]
    assert len(posts) > 20
    schema = etree.DTD(str(Path(trafilatura.__file__).parent / "data" / "tei_corpus.dtd"))
    assert schema.validate(root), schema.error_log
    posts[0].getparent().tag = f"{{{TEI['t']}}}persName"
    assert not schema.validate(root)


def test_convokit_has_conversations(archive, tmp_path):
    out = write(archive, "convokit", tmp_path)
    files = {path.name for path in out.iterdir()}
    assert files == {
        "utterances.jsonl",
        "speakers.json",
        "conversations.json",
        "corpus.json",
        "index.json",
        "export.json",
    }
    spoken = [json.loads(line) for line in (out / "utterances.jsonl").read_text("utf-8").split("\n")[:-1]]
    speakers, conversations, index = (
        json.loads((out / f"{name}.json").read_text("utf-8")) for name in ("speakers", "conversations", "index")
    )
    ids = {one["id"] for one in spoken}
    replies = {one["id"]: one["reply_to"] for one in spoken}
    assert replies == dict(rows(archive, REPLIES)) | {row[0]: None for row in rows(archive, "SELECT id FROM posts")}
    assert set(conversations) == {one["id"] for one in spoken if one["reply_to"] is None}
    assert {one["conversation_id"] for one in spoken} == set(conversations)
    assert {one["speaker"] for one in spoken} <= set(speakers)
    assert {one["reply-to"] for one in spoken} - {None} <= ids
    assert all(set(one["meta"]) == set(index["utterances-index"]) for one in spoken)
    assert all(set(one["meta"]) == set(index["speakers-index"]) for one in speakers.values())
    assert all(set(one["meta"]) == set(index["conversations-index"]) for one in conversations.values())
    dated = "FROM comments WHERE strftime('%s', published_at) IS NOT NULL"
    stored = dict(rows(archive, f"SELECT id, CAST(strftime('%s', published_at) AS INTEGER) {dated}"))
    assert {one["id"]: one["timestamp"] for one in spoken if one["id"] in stored} == stored
    before = 0
    for one in spoken:  # what is not dated has the time of what stands before it
        before = 0 if one["reply_to"] is None else before
        assert one["id"] in stored or one["meta"]["date"] or one["timestamp"] == before
        before = one["timestamp"]


# ---- works


def test_bibtex(nasty, tmp_path):
    text = write(nasty, "bibtex", tmp_path).read_text("utf-8")
    assert text.count("\n@") + text.startswith("@") == 2
    assert f"  doi = {{{DOI}}},\n" in text
    assert "Cited in 1 post and 1 comment: https://stemcells.example/trial/, https" in text
    plain = re.sub(r"\\[{}]", "", text)
    assert plain.count("{") == plain.count("}")


def test_ris(nasty, tmp_path):
    text = write(nasty, "ris", tmp_path).read_bytes().decode()
    assert text.count("ER  - \r\n") == text.count("TY  - ") == 2
    assert f"DO  - {DOI}\r\n" in text
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in text.split("\r\n") if line)
