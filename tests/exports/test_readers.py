"""ConvoKit and pandas read what we write for them."""

from __future__ import annotations

from tests.exports.readers import ask
from tests.exports.writing import rows, write

CORPUS = """
import json, sys
from convokit import Corpus
corpus = Corpus(filename=sys.argv[1])
corpus.print_summary_stats()
said = {one.id: [one.reply_to, one.conversation_id, one.speaker.id, one.text, one.timestamp, one.meta["parent_source"]]
        for one in corpus.iter_utterances()}
trees = {talk.id: [one.id for one in talk.traverse("preorder")] for talk in corpus.iter_conversations()}
sound = all(talk.check_integrity(verbose=False) for talk in corpus.iter_conversations())
speakers = {one.id: one.meta["name"] for one in corpus.iter_speakers()}
print(json.dumps({"said": said, "trees": trees, "sound": sound, "speakers": speakers}))
"""

FRAME = """
import json, sys
import pandas
frame = pandas.read_parquet(sys.argv[1])
kinds = {name: str(kind) for name, kind in frame.dtypes.items()}
when = frame["published_at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
values = frame[["id", "text", "depth"]].assign(at=when).astype(object)
values = values.where(values.notna(), None).values.tolist()
print(json.dumps({"kinds": kinds, "values": values}))
"""


def test_convokit_loads_the_corpus(archive, tmp_path):
    found = ask(CORPUS, write(archive, "convokit", tmp_path), home=tmp_path)
    comments = rows(
        archive, "SELECT id, coalesce(parent_id, post_id), post_id, coalesce(author_id, 'unknown'), text,"
                 " CAST(strftime('%s', published_at) AS INTEGER), parent_source FROM comments")  # fmt: skip
    said = {one: values for one, values in found["said"].items() if values[0] is not None}
    assert said == {
        one: [*keys, text or "", said[one][4] if at is None else at, source]
        for one, *keys, text, at, source in comments
    }
    posts = {one for (one,) in rows(archive, "SELECT id FROM posts")}
    assert {one for one, values in found["said"].items() if values[0] is None} == posts == set(found["trees"])
    threads = {post: {post} | {one for one, _, where, *_ in comments if where == post} for post in posts}
    assert {post: set(tree) for post, tree in found["trees"].items()} == threads
    assert found["sound"]
    names = dict(rows(archive, "SELECT id, name FROM authors"))
    assert names.items() <= found["speakers"].items()


def test_pandas_reads_parquet(archive, tmp_path):
    found = ask(FRAME, write(archive, "parquet", tmp_path) / "comments.parquet", home=tmp_path)
    assert found["kinds"]["published_at"].startswith("datetime64[")
    stored = rows(archive, "SELECT id, text, depth, published_at FROM comments ORDER BY id")
    assert sorted(found["values"]) == [list(row) for row in stored]
