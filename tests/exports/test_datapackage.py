"""The data package is valid by Frictionless's own validator, keys and types included; the codebook is whole."""

from __future__ import annotations

import hashlib
import json
import subprocess
from contextlib import closing

import pytest
from click.testing import CliRunner
from frictionless import Package, system

from archiver.cli import main
from archiver.exports import codebook
from db.source import Source
from tests.exports.writing import rows, tables, write


@pytest.fixture
def package(archive, tmp_path):
    return archive, write(archive, "datapackage", tmp_path)


def errors(folder):
    with system.use_context(trusted=True):
        report = Package(str(folder / "datapackage.json")).validate()
    return report.flatten(["type", "title", "rowNumber", "fieldName", "note"])


def test_it_is_valid(package):
    archive, out = package
    assert errors(out) == []
    described = json.loads((out / "datapackage.json").read_text("utf-8"))
    assert [resource["name"] for resource in described["resources"]] == tables(archive)


def test_what_is_broken_is_found(package):
    """The validator looks at keys, hashes and types, or the test above would say nothing."""
    _, out = package
    comments = out / "data" / "comments.csv"
    lines = comments.read_bytes().split(b"\r\n")
    names = lines[0].split(b",")
    broken = [b"nobody" if name == b"post_id" else b"soon" if name == b"first_seen_at" else b"1" for name in names]
    comments.write_bytes(b"\r\n".join([*lines[:-1], b",".join(broken), b""]))
    kinds = {error[0] for error in errors(out)}
    assert kinds >= {"foreign-key", "hash-count", "type-error"}


def test_every_column_has_type_and_meaning(package):
    _, out = package
    described = json.loads((out / "datapackage.json").read_text("utf-8"))
    fields = {resource["name"]: resource["schema"] for resource in described["resources"]}
    assert all(field["description"] for schema in fields.values() for field in schema["fields"])
    kinds = {field["name"]: field["type"] for field in fields["comments"]["fields"]}
    assert (kinds["depth"], kinds["by_post_author"], kinds["first_seen_at"]) == ("integer", "boolean", "datetime")
    assert {"fields": "parent_id", "reference": {"resource": "", "fields": "id"}} in fields["comments"]["foreignKeys"]
    assert fields["post_authors"]["primaryKey"] == ["post_id", "position"]


def test_hashes_and_crate(package):
    _, out = package
    done = subprocess.run(["sha256sum", "-c", "--strict", "--quiet", "manifest-sha256.txt"], cwd=out, check=False)
    assert done.returncode == 0
    described = json.loads((out / "datapackage.json").read_text("utf-8"))
    for resource in described["resources"]:
        octets = (out / resource["path"]).read_bytes()
        assert (resource["bytes"], resource["hash"]) == (len(octets), f"sha256:{hashlib.sha256(octets).hexdigest()}")
    graph = json.loads((out / "ro-crate-metadata.json").read_text("utf-8"))["@graph"]
    entities = {entity["@id"]: entity for entity in graph}
    assert {part["@id"] for part in entities["./"]["hasPart"]} <= {
        *entities, *(path.relative_to(out).as_posix() for path in out.rglob("*"))
    }  # fmt: skip
    assert entities["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    assert "How to cite" in (out / "README.md").read_text("utf-8")


# ---- the codebook


def test_the_codebook_has_every_column(nasty):
    with closing(Source(nasty)) as source:
        pages = codebook.describe(source)
    stored = rows(nasty, "SELECT m.name, i.name FROM sqlite_master m, pragma_table_info(m.name) i WHERE m.type = 'view'"
                         " OR m.name IN (SELECT value FROM json_each(?))", json.dumps(tables(nasty)))  # fmt: skip
    assert sorted((page.name, entry.name) for page in pages for entry in page.columns) == sorted(stored)
    assert all(entry.meaning and entry.type and entry.source for page in pages for entry in page.columns)


def test_the_codebook_tells_how_much_is_filled(nasty):
    with closing(Source(nasty)) as source:
        posts = next(page for page in codebook.describe(source) if page.name == "posts")
    filled = {entry.name: entry.filled for entry in posts.columns}
    (every, titled) = rows(nasty, "SELECT count(*), count(*) FILTER (WHERE title <> '') FROM posts")[0]
    assert (posts.rows, filled["id"], filled["title"]) == (every, 1.0, titled / every)
    assert {entry.name: entry.source for entry in posts.columns}.items() >= {
        "id": "key", "blog_id": "key", "title": "blog", "native_id": "blog", "word_count": "computed",
        "last_seen_at": "archiver",
    }.items()  # fmt: skip


def test_the_codebook_as_a_command(nasty):
    words = ["codebook", "-a", str(nasty.directory)]
    text = CliRunner().invoke(main, words).output
    assert "## comments" in text
    meaning = "how the parent is known; one of unknown, inferred, dom, feed, api"
    assert f"| parent_source | text | {meaning} | archiver | 100 % |" in text
    pages = json.loads(CliRunner().invoke(main, [*words, "--json"]).output)
    assert {"posts", "threads"} <= {page["name"] for page in pages}
