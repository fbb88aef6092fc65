"""`archiver redact`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archiver.commands.session import archive_option
from archiver.errors import UsageError
from archiver.terminal import count, safe

if TYPE_CHECKING:
    from archiver.privacy.redact import Done
    from db import Archive
    from db.redactions import Redaction

MOST_NAMED = 10


@click.command(short_help="Take down a post, a comment or a person, for good.")
@click.argument("name", required=False)
@archive_option()
@click.option("--why", metavar="TEXT", help="The reason, for the journal; do not repeat there what is taken down.")
@click.option("--list", "listing", is_flag=True, help="List what was taken down, when and why.")
@click.option("--undo", metavar="ID", help="Allow what redaction ID took down to be collected again.")
def redact(name: str | None, archive: Path, why: str | None, listing: bool, undo: str | None) -> None:
    """Take down a post or comment, or a person with all that they wrote, and keep it out.

    NAME is a URL or id of a post or comment, or the name, site or id of a person. The words leave the tables, earlier
    wordings, the search index, the WARC files and the logs, and no crawl, update, extract or import brings them back.
    What stands around them keeps its place.

    \b
    Examples:
      archiver redact https://blog.example.org/2021/02/a-post/#comment-12 --why 'asked by its author, 3 May'
      archiver redact 'Zoë Blackwood' --why 'asked by herself, 3 May'
      archiver redact --list
      archiver redact --undo r1
    """
    from archiver.crawl.lock import locked  # late: with the database behind it
    from archiver.crawl.recorder import recover
    from archiver.privacy.redact import redact as take_down
    from archiver.privacy.redact import settle
    from archiver.privacy.redact import undo as allow
    from db import open_archive

    if sum((name is not None, listing, undo is not None)) != 1:
        raise UsageError("redact", "it needs one of NAME, --list and --undo ID", "See archiver redact --help")
    if name is not None and not (why or "").strip():
        raise UsageError("redact", "a reason is needed", "Add --why, without repeating what is taken down")
    there = open_archive(archive)  # not made by looking for it
    if listing and not there.can_be_written():
        click.echo("\n".join(_journal(there)))
        return
    with locked(archive, "redact"):
        opened = open_archive(archive, create=True)
        recover(opened)
        finished = settle(opened)
        if finished:
            click.echo(f"Finished what was begun: {told(finished)}.")
        if undo is not None:
            click.echo(f"{allow(opened, undo).id}: undone. The next crawl may collect it again.")
        elif name is not None:
            redaction, done = take_down(opened, name, (why or "").strip())
            click.echo("\n".join(lines(redaction, done)))
        else:
            click.echo("\n".join(_journal(opened)))


def _journal(archive: Archive) -> list[str]:
    from db.redactions import journal

    with closing(archive.connect()) as reader:
        return [listed(one) for one in journal(reader) if not one.part_of] or ["Nothing was taken down."]


def lines(redaction: Redaction, done: Done) -> Iterator[str]:
    """What was done, for people."""
    yield f"{redaction.id}: {told(done)}."
    if done.quoted:
        named = ", ".join(done.quoted[:MOST_NAMED]) + (" …" if len(done.quoted) > MOST_NAMED else "")
        yield f"The same words are still in {count(len(done.quoted), 'other text')}: {named}"
    yield from (f"{safe(file)} cannot be read to its end and was left: see archiver verify" for file in done.unread)
    yield "Exports and copies made earlier still have it."


def told(done: Done) -> str:
    """Numbers, in words."""
    parts = [count(done.posts, "post"), count(done.comments, "comment"), count(done.people, "person", "people")]
    said = ", ".join(part for part in parts if not part.startswith("0 ")) or "nothing new"
    return f"{said} taken down, {count(done.records, 'WARC record')} and {count(done.lines, 'line')} of logs replaced"


def listed(redaction: Redaction) -> str:
    """A line of the journal."""
    state = "undone" if redaction.undone_at else "done" if redaction.done_at else "begun"
    subject = f"{redaction.kind} {redaction.subject}"
    return f"{redaction.id:<5} {redaction.redacted_at[:10]}  {state:<6}  {subject}  {safe(redaction.why)}"
