"""`archiver search`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from archiver.commands.session import archive_option
from archiver.terminal import has_colour, safe

if TYPE_CHECKING:
    from archiver.search import Hit


@click.command(short_help="Search posts and comments.")
@click.argument("words", nargs=-1, required=True)
@archive_option()
@click.option("--blog", "blogs", multiple=True, metavar="BLOG", help="Only in this blog, by URL or host (repeatable).")
@click.option(
    "--in",
    "scope",
    type=click.Choice(["posts", "comments", "all"]),
    default="all",
    show_default=True,
    help="Where to look.",
)
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, metavar="N", help="Hits at most."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON, one object a hit.")
def search(
    words: tuple[str, ...],
    archive: Path,
    blogs: tuple[str, ...],
    scope: Literal["all", "posts", "comments"],
    limit: int,
    as_json: bool,
) -> None:
    """Search posts and comments, best hits first.

    All words must occur, in any of their grammatical forms. FTS5 syntax is understood: "a phrase", OR,
    NOT, a beginning*, title:word. Anything else is taken as the search of the pages takes it.

    \b
    Examples:
      archiver search stem cell transplant
      archiver search --in comments --blog blog.example.org fatigue
      archiver search '"stem cell" NOT mice'
      archiver search '10.1016/S1474-4422(21)00301-X'
    """
    from archiver.search import marked  # late: with the database behind it
    from archiver.search import search as find
    from archiver.status.blogs import find_blogs
    from db import open_archive

    with closing(open_archive(archive).connect()) as connection:
        blog_ids = find_blogs(connection, blogs) if blogs else ()
        hits = find(connection, " ".join(words), scope=scope, blog_ids=blog_ids, limit=limit)
    if as_json:
        rows = [{**asdict(hit), "snippet": marked(hit.snippet, str)} for hit in hits]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    elif hits:
        colour = has_colour(sys.stdout)
        click.echo("\n\n".join("\n".join(_describe(hit, colour)) for hit in hits))
    else:
        click.echo("Nothing was found.", err=True)


def _describe(hit: Hit, colour: bool) -> Iterator[str]:
    """Heading, the words around what was found, URL."""
    from archiver.search import marked  # late: with the database behind it

    title = safe(hit.title or "(untitled)")
    about = [safe(hit.authors or "unknown author"), (hit.published_at or "undated")[:10], safe(hit.blog)]
    if hit.gone_at:
        about.append("vanished from the blog")
    heading = f"Comment on {title}" if hit.kind == "comment" else title
    yield f"{click.style(heading, bold=True) if colour else heading} ({', '.join(about)})"
    yield "  " + marked(safe(hit.snippet), _highlight if colour else str)
    if hit.url:
        yield f"  {safe(hit.url)}"


def _highlight(words: str) -> str:
    return click.style(words, fg="yellow", bold=True)
