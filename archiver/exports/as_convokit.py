"""ConvoKit: a corpus of conversations. A post is the first utterance of its conversation, each comment one more.

A comment whose parent is not known counts as an answer to the post, as ConvoKit wants one first utterance in each
conversation; `parent_source` in its metadata says so. What nobody signed has the speaker `unknown`. What is not
dated has the timestamp of what stands before it, since ConvoKit sorts answers by it; its `date` is then null.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from archiver import __version__
from archiver.exports.base import Format, Progress
from archiver.exports.dating import instant
from db import documents
from db.documents import Comment, Person, Post
from db.source import Source

UNKNOWN = "unknown"
_TEXT, _INT, _NONE, _BOOL, _LIST = ([f"<class '{name}'>"] for name in ("str", "int", "NoneType", "bool", "list"))
_UTTERANCE = {"kind": _TEXT, "url": _TEXT, "title": _TEXT, "date": _TEXT, "parent_source": _TEXT, "depth": _INT,
              "by_post_author": _BOOL, "gone_at": _TEXT}  # fmt: skip
_SPEAKER = {"name": _TEXT, "member": _BOOL, "url": _TEXT}
_CONVERSATION = {"title": _TEXT, "url": _TEXT, "blog": _TEXT, "terms": _LIST, "date": _TEXT}

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def write(source: Source, path: Path, progress: Progress) -> None:
    """The five files of a corpus."""
    progress.begin(source.count("posts") + source.count("comments"))
    blogs = {blog.id: blog for blog in documents.blogs(source)}
    with (
        (path / "utterances.jsonl").open("w", encoding="utf-8", newline="\n") as utterances,
        (path / "conversations.json").open("w", encoding="utf-8", newline="\n") as conversations,
    ):
        members = _Members(conversations)
        for post in documents.posts(source):
            members.add(post.id, _conversation(source, post, blogs[post.blog_id].site_key))
            byline = documents.byline(source, post)
            at = _seconds(post.published_at, 0)
            utterances.write(_encode(_first(post, byline, at)) + "\n")
            comments = 0
            for comment in documents.thread(source, post):
                at = _seconds(comment.published_at, at)
                utterances.write(_encode(_answer(comment, at)) + "\n")
                comments += 1
            progress.advance(1 + comments)
        members.end()
    with (path / "speakers.json").open("w", encoding="utf-8", newline="\n") as speakers:
        _speakers(speakers, documents.people(source))
    index = {"utterances-index": _UTTERANCE, "speakers-index": _SPEAKER, "conversations-index": _CONVERSATION,
             "overall-index": {"name": _TEXT, "made_by": _TEXT}, "version": 1, "vectors": []}  # fmt: skip
    about = {"name": ", ".join(blog.name for blog in blogs.values()), "made_by": f"blog-archiver {__version__}"}
    for name, value in (("index", index), ("corpus", about)):
        (path / f"{name}.json").write_text(_encode(value) + "\n", encoding="utf-8")


class _Members:
    """A JSON object written member by member."""

    def __init__(self, file: IO[str]) -> None:
        self._file, self._before = file, "{\n"

    def add(self, key: str, value: Any) -> None:
        self._file.write(f"{self._before}{_encode(key)}:{_encode(value)}")
        self._before = ",\n"

    def end(self) -> None:
        self._file.write("{}\n" if self._before == "{\n" else "\n}\n")


def _speakers(file: IO[str], people: Iterable[Person]) -> None:
    members = _Members(file)
    members.add(UNKNOWN, {"meta": {"name": None, "member": None, "url": None}, "vectors": []})
    for person in people:
        meta = {"name": person.name, "member": bool(person.member), "url": person.url}
        members.add(person.id, {"meta": meta, "vectors": []})
    members.end()


def _conversation(source: Source, post: Post, site_key: str) -> dict[str, Any]:
    terms = [term.name for term in documents.terms(source, post)]
    meta = {"title": post.title, "url": post.url, "blog": site_key, "terms": terms, "date": post.published_at}
    return {"meta": meta, "vectors": []}


def _seconds(at: str | None, otherwise: int) -> int:
    """Since 1970."""
    when = instant(at)
    return int(when.timestamp()) if when else otherwise


def _first(post: Post, byline: list[Person], at: int) -> dict[str, Any]:
    meta = {"kind": post.kind, "url": post.url, "title": post.title, "date": post.published_at, "parent_source": None,
            "depth": 0, "by_post_author": True, "gone_at": post.gone_at}  # fmt: skip
    speaker = byline[0].id if byline else UNKNOWN
    return _utterance(post.id, post.id, post.text, speaker, None, at, meta)


def _answer(comment: Comment, at: int) -> dict[str, Any]:
    meta = {"kind": comment.kind, "url": comment.url, "title": None, "date": comment.published_at,
            "parent_source": comment.parent_source, "depth": comment.depth,
            "by_post_author": None if comment.by_post_author is None else bool(comment.by_post_author),
            "gone_at": comment.gone_at}  # fmt: skip
    above, speaker = comment.parent_id or comment.post_id, comment.author_id or UNKNOWN
    return _utterance(comment.id, comment.post_id, comment.text, speaker, above, at, meta)


def _utterance(
    key: str, conversation: str, text: str | None, speaker: str, above: str | None, at: int, meta: dict[str, Any]
) -> dict[str, Any]:
    return {
        "id": key, "conversation_id": conversation, "text": text or "", "speaker": speaker, "meta": meta,
        # ConvoKit documents the first spelling, writes the second, and reads either.
        "reply_to": above, "reply-to": above,
        "timestamp": at, "vectors": [],
    }  # fmt: skip


FORMAT = Format(
    name="convokit",
    description="a corpus of conversations: utterances, speakers, who replies to what",
    opens="ConvoKit",
    write=write,
)
