"""`archiver import`."""

from __future__ import annotations

from pathlib import Path

import click

from archiver.commands.extract import MOST_SHOWN, bar
from archiver.commands.session import archive_option
from archiver.config import blog_url
from archiver.errors import UsageError
from archiver.terminal import count, safe


@click.command("import", short_help="Take in WARC files made by others.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(dir_okay=False, path_type=Path))
@archive_option()
@click.option("--url", metavar="URL", help="Only the blog with this front page.")
@click.option("--engine", metavar="NAME", help="Read the pages as this engine does, whatever they look like.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing unless something goes wrong.")
def import_(files: tuple[Path, ...], archive: Path, url: str | None, engine: str | None, quiet: bool) -> None:
    """Read the blog pages in WARC, ARC and WACZ files that other programs have made.

    The responses are copied into the archive's own WARC files and read like those of a crawl, with the dates at
    which they were captured. Files may be imported again; what is known is passed over.

    \b
    Examples:
      archiver import crawl.warc.gz
      archiver import -a ms-blogs --url https://blog.example.org/ *.wacz
    """
    from archiver.reread.importing import import_files  # late: it takes its time to import

    for file in files:
        if not file.is_file():
            raise UsageError(str(file), "there is no such file", "Check the path")
    total = sum(file.stat().st_size for file in files)
    with bar("Importing", total, hidden=quiet) as advance:
        home = blog_url(url) if url else None
        done = import_files(archive, files, home=home, engine=engine, advance=advance)
    if quiet:
        return
    named = ", ".join(f"{safe(key)} ({engine})" for key, engine in done.blogs.items())
    found = f"{count(done.posts, 'new post')}, {count(done.comments, 'new comment')}"
    click.echo(f"Read {count(done.pages, 'page')} of {named}: {found}.")
    if done.known:
        click.echo(f"{count(done.known, 'response')} known already.")
    if done.failed:
        click.echo(f"{len(done.failed)} could not be read:")
        for line in done.failed[:MOST_SHOWN]:
            click.echo(f"  {safe(line)}")
