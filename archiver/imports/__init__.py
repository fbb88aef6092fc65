"""What blog platforms and comment systems hand their users as an export, read as records: one format a file.

A format is known by its content, not by its name. Reading is pure: streams go in, records come out; they are the
same as those of the engines, with the same native ids and addresses, so that an import and a crawl meet.
"""

from __future__ import annotations

from archiver.imports.base import About, Format, Source, Torn

__all__ = ["About", "Format", "Source", "Torn", "formats", "recognised"]


def formats() -> list[Format]:
    """All that are known."""
    from archiver.imports.blogger import Blogger
    from archiver.imports.disqus import Disqus
    from archiver.imports.livejournal import LiveJournal
    from archiver.imports.substack import Substack
    from archiver.imports.tumblr import Tumblr
    from archiver.imports.wxr import Wxr

    return [Wxr(), Blogger(), Disqus(), Substack(), Tumblr(), LiveJournal()]


def recognised(source: Source) -> Format | None:
    """The format of what was handed over; None for something else."""
    return next((one for one in formats() if one.knows(source)), None)
