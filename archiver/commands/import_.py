"""`archiver import`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archiver.commands.extract import MOST_SHOWN, bar
from archiver.commands.session import archive_option, quiet_option
from archiver.config import blog_url
from archiver.errors import Incomplete, UsageError
from archiver.terminal import count, safe

if TYPE_CHECKING:
    from archiver.reread.importing import Imported


@click.command("import", short_help="Take in exports of blog platforms, and WARC files made by others.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(dir_okay=False, path_type=Path))
@archive_option()
@click.option("--url", metavar="URL", help="Only the blog with this front page; of an export: the blog that it is of.")
@click.option("--engine", metavar="NAME", help="Read the pages as this engine does, whatever they look like.")
@quiet_option()
def import_(files: tuple[Path, ...], archive: Path, url: str | None, engine: str | None, quiet: bool) -> int:
    """Take in what blog platforms hand out as an export, and the blog pages of WARC, ARC and WACZ files.

    Exports of WordPress (WXR), Blogger, Disqus, Substack, Tumblr and LiveJournal are known by their content. Their
    posts and comments get the ids that a crawl would give them, so the two meet; what is not public stays out. The
    responses of WARC files are copied into the archive's own and read like those of a crawl, with the dates at which
    they were captured. Files may be imported again; nothing is doubled.

    \b
    Examples:
      archiver import wordpress-export.xml
      archiver import --url https://letters.example.org/ substack-export.zip
      archiver import -a ms-blogs --url https://blog.example.org/ *.wacz
    """
    from archiver.crawl import reader_process  # late: it takes its time to import
    from archiver.reread.packed import checked

    for file in files:
        if not file.is_file():
            raise UsageError(str(file), "there is no such file", "Check the path")
    webs, exports = checked(files)
    home = blog_url(url) if url else None
    total = sum(file.stat().st_size for file in files)
    failed: list[str] = []
    with reader_process.ahead(bool(webs)), bar("Importing", total, hidden=quiet) as advance:
        lines = _exports(archive, exports, home, failed, advance) if exports else []
        lines += _webs(archive, webs, home, engine, failed, advance) if webs else []
    lines += unread(failed)
    if not quiet:
        click.echo("\n".join(lines))
    return Incomplete.exit_code if failed and exports else 0


def _exports(
    archive: Path, files: Sequence[Path], home: str | None, failed: list[str], advance: Callable[[int], object]
) -> list[str]:
    from archiver.reread.platform_exports import take  # late: it takes its time to import

    done = take(archive, files, home=home, advance=advance)
    failed += done.failed
    read = f"{count(done.read_posts, 'post')} and {count(done.read_comments, 'comment')}"
    lines = [f"Read {read} of {_named(done.blogs)}: {_new(done.posts, done.comments)}."]
    left = done.notes.pop("not_public", 0)
    lines += [f"Left out, since not public: {left:,}."] if left else []
    lines += [f"{number:,} {kind.replace('_', ' ')}." for kind, number in sorted(done.notes.items())]
    return lines + [safe(line) for line in done.odd]


def _webs(
    archive: Path,
    files: Sequence[Path],
    home: str | None,
    engine: str | None,
    failed: list[str],
    advance: Callable[[int], object],
) -> list[str]:
    from archiver.reread.importing import import_files  # late: it takes its time to import

    done = import_files(archive, files, home=home, engine=engine, advance=advance)
    failed += done.failed
    return taken(done)


def taken(done: Imported) -> list[str]:
    """What came of responses that others have kept, as lines."""
    lines = [f"Read {count(done.pages, 'page')} of {_named(done.blogs)}: {_new(done.posts, done.comments)}."]
    return lines + ([f"{count(done.known, 'response')} known already."] if done.known else [])


def unread(failed: Sequence[str]) -> list[str]:
    """What could not be read, as lines."""
    if not failed:
        return []
    return [f"{len(failed)} could not be read:", *(f"  {safe(line)}" for line in failed[:MOST_SHOWN])]


def _named(blogs: Mapping[str, str]) -> str:
    return ", ".join(f"{safe(key)} ({how})" for key, how in blogs.items()) or "what was not known"


def _new(posts: int, comments: int) -> str:
    return f"{count(posts, 'new post')}, {count(comments, 'new comment')}"
