"""Markdown: a folder for each blog, a file for each post, with front matter and its thread.

Comments are quoted as deep as they answer. Names of files are made of date and title alone, whatever a blog calls them.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archiver.exports._markdown import inline, to_markdown
from archiver.exports.base import Format, Progress
from archiver.exports.dating import day, shown, stated
from archiver.exports.escapes import held
from db import documents
from db.documents import Comment, Post
from db.source import Source

_DEEPEST = 8  # quotations within each other; the names tell beyond that
# JSON is YAML but for these, which YAML does not take as they are.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")


def write(source: Source, path: Path, progress: Progress) -> None:
    """Folders by the blogs' names."""
    progress.begin(source.count("posts") + source.count("comments"))
    for blog in documents.blogs(source):
        folder = path / file_name(blog.site_key)
        folder.mkdir(exist_ok=True)
        for post in documents.posts(source, blog.id):
            comments = 0
            with _free(folder, post).open("w", encoding="utf-8", newline="\n") as file:
                file.write(_front(source, post, blog.name))
                file.write(f"\n# {inline(post.name)}\n\n{to_markdown(held(post.html or ''))}\n")
                for comment in documents.thread(source, post):
                    file.write("\n## Comments\n" if not comments else "")
                    file.write("\n" + "\n".join(_comment(comment)) + "\n")
                    comments += 1
            progress.advance(1 + comments)


def file_name(text: str) -> str:
    """Letters, digits and hyphens of any script, 60 bytes at most, or `untitled`."""
    plain = unicodedata.normalize("NFC", held(text)).casefold()
    words = re.sub(r"[^\w.]+|_+", "-", plain).strip("-.")
    return words.encode()[:60].decode("utf-8", "ignore").strip("-.") or "untitled"


def _free(folder: Path, post: Post) -> Path:
    """A name that is not taken; the key of the post tells those apart that would have the same."""
    name = f"{day(post.published_at) or 'undated'}-{file_name(post.title or post.slug or '')}"
    path = folder / f"{name}.md"
    return folder / f"{name}-{file_name(post.id)}.md" if path.exists() else path


def _front(source: Source, post: Post, blog: str) -> str:
    fields: dict[str, Any] = {
        "title": post.title,
        "date": stated(post.published_at, post.published_precision),
        "modified": stated(post.modified_at, None),
        "authors": [person.name for person in documents.byline(source, post)],
        "categories": [],
        "tags": [],
        "blog": blog,
        "url": post.url,
        "id": post.id,
        "kind": post.kind,
        "language": post.language,
        "gone": post.gone_at,
    }
    for term in documents.terms(source, post):
        fields["tags" if term.taxonomy == "tag" else "categories"].append(term.name)
    lines = [f"{name}: {_yaml(value)}" for name, value in fields.items() if value is not None]
    return "\n".join(["---", *lines, "---", ""])


def _yaml(value: Any) -> str:
    text = json.dumps(json.loads(held(json.dumps(value, ensure_ascii=False))), ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _comment(comment: Comment) -> Iterator[str]:
    """Lines of a quotation."""
    quote = "> " * min(max(comment.depth or 1, 1), _DEEPEST)
    about = [f"**{inline(comment.author or 'unknown')}**"]
    if comment.parent_author:
        about.append(f"to {inline(comment.parent_author)}")
    at = shown(comment.published_at, comment.published_precision)
    link = to_markdown(f'<a href="{_attribute(comment.url)}">{at}</a>') if comment.url else at
    about.append(link)
    about += [comment.kind] if comment.kind != "comment" else []
    about += ["vanished"] if comment.gone_at else []
    yield f"{quote}{' · '.join(about)}"
    yield quote.rstrip()
    for line in to_markdown(held(comment.html or comment.text or "")).split("\n"):
        yield f"{quote}{line}".rstrip()


def _attribute(url: str) -> str:
    return url.replace("&", "&amp;").replace('"', "&quot;")


FORMAT = Format(
    name="markdown",
    description="a file for each post with its thread, and front matter",
    opens="Obsidian, Hugo, Pandoc, NVivo, any editor",
    write=write,
)
