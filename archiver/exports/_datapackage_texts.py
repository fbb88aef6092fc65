"""What a data package says to people."""

from __future__ import annotations

from datetime import datetime

from archiver import __version__
from archiver.exports._markdown import inline
from db.documents import Blog


def text_of_readme(title: str, blogs: list[Blog], counts: dict[str, int], now: datetime) -> str:
    """What it is, what the files are, how to cite it."""
    sites = "\n".join(f"- {inline(blog.name)}, {inline(blog.url)}" for blog in blogs)
    held = "\n".join(f"| `data/{table}.csv` | {number:,} |" for table, number in counts.items())
    return f"""# {inline(title)}

Posts and comment threads of blogs as tables, made on {now:%Y-%m-%d} by blog-archiver {__version__} from

{sites}

## Files

| file | rows |
|---|---|
{held}

- `datapackage.json` describes every table and column, types and keys, for [Frictionless](https://frictionlessdata.io)
  tools; `CODEBOOK.md` does so for people.
- `manifest-sha256.txt` has the hash of every file: `sha256sum -c manifest-sha256.txt`.
- `ro-crate-metadata.json` describes the whole for repositories (RO-Crate 1.1).
- `LICENSE-NOTE.md` says what may be done with it, as far as that is known.

## Reading the tables

UTF-8, comma-separated, a line of names. An empty field without quotes is NULL, `""` is empty text. Times are UTC;
`published_precision` says how much of a date the blog has stated. `comments.parent_id` is the comment that is answered,
`parent_source` how that is known.

A text that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a line break, after any
apostrophes) has one apostrophe before it; take that away to have the text. Control characters and broken
Unicode are `\N{REPLACEMENT CHARACTER}` (U+FFFD).

## How to cite

> {inline(title)}: posts and comments, archived with blog-archiver {__version__}, {now:%Y-%m-%d}.
> Source: {", ".join(inline(blog.url) for blog in blogs)}.

Cite a single post or comment by its `url` and its `id`. An `id` is the same in every archive of the same blog.
"""


def rights(blogs: list[Blog]) -> str:
    """Nobody gave a licence; say so."""
    sites = ", ".join(inline(blog.url) for blog in blogs)
    return f"""# Rights

The texts are those of their authors: the posts of who runs {sites}, the comments of those who wrote them.
That they were public does not make them free to publish again. No licence comes with this package unless the blog
states one on its own pages.

People are named here as they named themselves there. Before you share the package, ask what law and research ethics ask
where you are: consent, pseudonyms, quotation, and whether health or other sensitive matters are told.
"""
