"""`archiver export`."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, Any

import click

from archiver.commands.session import Verb, archive_option
from archiver.errors import UsageError
from archiver.terminal import count, is_terminal, safe, size

if TYPE_CHECKING:
    from archiver.exports import Exported, Format, Wanted
    from archiver.exports.progress import Noting
    from archiver.privacy.masking import Masking
    from archiver.privacy.rows import Unit
    from db import Archive


STREAM = Path("-")
"""-o for standard output."""

_MASKING_OPTIONS = (
    click.option("--pseudonymise", is_flag=True, help="Mask people: pseudonyms in place of names, in texts as well."),
    click.option("--keep-authors", is_flag=True, help="Mask commenters, and not who is in a byline."),
    click.option(
        "--coarsen-dates", type=click.Choice(["day", "month", "year"]), help="Cut dates to that, when masking."
    ),
    click.option(
        "--pseudonym-key",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="The secret of the pseudonyms; made when it is not there.  [default: pseudonym.key in the archive]",
    ),
)


def masking_options(verb: Verb) -> Verb:
    """The options on masking people, that several verbs have."""
    for option in reversed(_MASKING_OPTIONS):
        verb = option(verb)
    return verb


@click.command(short_help="Hand out the archive in another format.")
@click.argument("name", metavar="FORMAT", required=False)
@archive_option()
@click.option(
    "-o", "--output", metavar="PATH", type=click.Path(path_type=Path), help="Where to; by default here. - is stdout."
)
@click.option("--blog", "blogs", multiple=True, metavar="BLOG", help="Only this blog, by URL or host (repeatable).")
@click.option("--since", metavar="DATE", help="Only what was published then or later: 2021, 2021-10 or 2021-10-07.")
@click.option("--search", metavar="WORDS", help="Only what `archiver search` finds.")
@click.option("--where", metavar="SQL", help="Only posts for which the condition holds, with their comments.")
@click.option("--query", metavar="NAME|SELECT", help="The rows of a query instead: a named one, or a SELECT.")
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter of the query (repeatable).")
@click.option("--partition", is_flag=True, help="In folders by blog and year, for DuckDB and the like (parquet).")
@masking_options
@click.option("--force", is_flag=True, help="Replace an earlier export.")
@click.option("--list", "listing", is_flag=True, help="List the formats.")
def export(name: str | None, archive: Path, output: Path | None, force: bool, listing: bool, **chosen: Any) -> None:
    """Write the archive, or what is chosen of it, in another format: a file or a folder, whole or not at all.

    A chosen post comes with its whole thread, a chosen comment with its post and the comments that it
    answers. `archiver export --list` tells the formats.

    \b
    Examples:
      archiver export csv
      archiver export sqlite --since 2021 -o since-2021
      archiver export markdown --where 'comments > 10'
      archiver export convokit --search 'stem cell'
      archiver export csv --query most_discussed_posts -o discussed.csv
      archiver export parquet --query 'SELECT post_id, text FROM comments' -o comments.parquet
      archiver export parquet --partition -o lake
      archiver export csv --pseudonymise --keep-authors --coarsen-dates month
    """
    from archiver.exports import export as run  # late: with the database behind it
    from archiver.exports import find_format
    from db import open_archive

    if listing:
        click.echo("\n".join(_listed()))
        return
    if name is None:
        raise UsageError("export", "it needs a format", f"Name one of {', '.join(_names())}")
    form = find_format(name)
    opened = open_archive(archive)
    wanted = _wanted(opened, **chosen)
    to = _streamed(form, wanted) if output == STREAM else nullcontext(output or default_path(archive, form, wanted))
    with to as path, showing(sys.stderr) as progress:
        done = run(opened, form, path, wanted, force=force, progress=progress)
    for line in progress.notes:
        click.echo(f"archiver: warning: {safe(line)}", err=True)
    if output == STREAM:
        click.echo(told(replace(done, path=STREAM)), err=True)
    else:
        click.echo(told(done))


@contextmanager
def _streamed(form: Format, wanted: Wanted) -> Iterator[Path]:
    """Where a file is made that goes to standard output once it is whole. Raises UsageError for what is a folder."""
    suffix = _suffix(form, wanted)
    if not suffix:
        todo = "Name a folder with -o, or export what is one file, such as --query"
        raise UsageError("-o -", "what is exported is a folder, and standard output is no place for one", todo)
    with TemporaryDirectory(prefix="archiver-") as folder:
        path = Path(folder) / f"export{suffix}"
        yield path
        with path.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)


def _suffix(form: Format, wanted: Wanted) -> str:
    """That of the file which is made; empty for a folder."""
    return form.suffix if wanted.query is None else form.result_suffix


def default_path(archive: Path, form: Format, wanted: Wanted) -> Path:
    """Where an export goes when nobody says: into the current directory, named after archive and format."""
    return Path(f"{archive.resolve().name}-{form.name}{_suffix(form, wanted)}")


def told(done: Exported) -> str:
    """One line: what was written, how much."""
    rows = done.rows
    if "posts" in rows:
        what = f"{count(rows['posts'], 'post')}, {count(rows['comments'], 'comment')}"
    else:
        what = count(rows["rows"], "row")
    return f"{safe(str(done.path))}: {what}, {size(done.size)}"


def _wanted(
    archive: Archive,
    *,
    blogs: tuple[str, ...],
    since: str | None,
    query: str | None,
    params: tuple[str, ...],
    **rest: Any,
) -> Wanted:
    from archiver.exports import Wanted
    from archiver.status.blogs import find_blogs

    masking = masking_wanted(**{name: rest.pop(name) for name in MASKING})
    if query is not None and (blogs or since or any(rest.values())):
        raise UsageError(
            "--query",
            "it stands alone, without --blog, --since, --search, --where and --partition",
            "Put it into the SELECT",
        )
    if params and query is None:
        raise UsageError("--param", "it belongs to --query", "Name a query as well")
    blog_ids: tuple[str, ...] = ()
    if blogs:
        with closing(archive.connect()) as connection:
            blog_ids = tuple(find_blogs(connection, blogs))
    bound = dict(map(_param, params))
    return Wanted(blog_ids=blog_ids, since=_since(since), query=query, params=bound, masking=masking, **rest)


MASKING = ("pseudonymise", "keep_authors", "coarsen_dates", "pseudonym_key")


def masking_wanted(
    *, pseudonymise: bool, keep_authors: bool, coarsen_dates: Unit | None, pseudonym_key: Path | None
) -> Masking | None:
    """How people are to be masked. Raises UsageError for an option that means nothing without --pseudonymise."""
    from archiver.privacy.masking import Masking

    given = {"--keep-authors": keep_authors, "--coarsen-dates": coarsen_dates, "--pseudonym-key": pseudonym_key}
    if not pseudonymise:
        for option, value in given.items():
            if value:
                raise UsageError(option, "it belongs to --pseudonymise", "Add that as well")
        return None
    return Masking(key=pseudonym_key, keep_authors=keep_authors, coarsen=coarsen_dates)


def _since(text: str | None) -> str | None:
    """A beginning of ISO-8601, which is how times are compared. Raises UsageError for what is no date."""
    if text is None:
        return None
    given = text.strip()
    if re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", given):
        with suppress(ValueError):
            date.fromisoformat(given + "-01-01"[len(given) - 4 :])
            return given
    raise UsageError("--since", f"{text!r} is no date", "Write 2021, 2021-10 or 2021-10-07")


def _param(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError("--param", f"{text!r} is not NAME=VALUE")
    return name, value


def _names() -> list[str]:
    from archiver.exports.registry import names

    return names()


def _listed() -> Iterator[str]:
    from archiver.exports import formats

    found = formats()
    width = max(len(form.name) for form in found)
    for form in found:
        needs = f' (needs: pip install "blog-archiver[{form.extra}]")' if form.missing and form.extra else ""
        yield f"{form.name:{width}}  {form.description}; for {form.opens}{needs}"


@contextmanager
def showing(stream: IO[str]) -> Iterator[Noting]:
    """A bar on a terminal, nothing in a pipe; either keeps the notes until it has ended."""
    from archiver.exports.progress import Bar, Noting

    if not is_terminal(stream):
        yield Noting()
        return
    with Bar(stream) as bar:
        yield bar
