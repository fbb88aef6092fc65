"""The options that say how a blog is treated: for `crawl`, `update` and for all that runs them elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import click

from archiver.commands.session import Verb

_OPTIONS = {
    "delay": click.option(
        "--delay", type=float, metavar="SECONDS", help="Least time between two requests to a host.  [default: 1]"
    ),
    "contact": click.option("--contact", metavar="TEXT", help="E-mail address or URL where a webmaster can reach you."),
    "pages": click.option(
        "--pages/--no-pages", default=None, help="Capture the pages beside the data, or not.  [default: pages]"
    ),
    "warc": click.option(
        "--warc/--no-warc", default=None, help="Keep every response as WARC, or not.  [default: warc]"
    ),
    "render": click.option(
        "--render/--no-render", default=None, help="Show pages that hold no post in a browser, or not.  [default: not]"
    ),
    "include": click.option(
        "--include", multiple=True, metavar="RE", help="Only URLs in which this is found (repeatable)."
    ),
    "exclude": click.option(
        "--exclude", multiple=True, metavar="RE", help="Not the URLs in which this is found (repeatable)."
    ),
    "limit": click.option("--limit", type=click.IntRange(1), metavar="N", help="At most N posts of each blog."),
    "max_requests": click.option(
        "--max-requests", type=click.IntRange(1), metavar="N", help="At most N requests to each blog."
    ),
    "max_time": click.option("--max-time", type=float, metavar="SECONDS", help="At most so long for each blog."),
    "engine": click.option(
        "--engine", metavar="NAME", help="Read the blog as this engine does, whatever it looks like."
    ),
}
_OF_UPDATES = ("delay", "contact", "pages", "warc", "max_requests", "max_time")


def blog_options(verb: Verb) -> Verb:
    """All of them, in this order."""
    return _with(verb, _OPTIONS)


def update_options(verb: Verb) -> Verb:
    """Those that a blog in an archive can be given anew."""
    return _with(verb, _OF_UPDATES)


def _with(verb: Verb, names: Collection[str]) -> Verb:
    for name in reversed([*names]):
        verb = _OPTIONS[name](verb)
    return verb


def as_words(flags: Mapping[str, Any]) -> Iterator[str]:
    """Flags as they were typed, for a command that is called in the place of this one.

    flags: by their names in Python; None and empty ones were not given.
    """
    for name, value in flags.items():
        option = name.replace("_", "-")
        if isinstance(value, bool):
            yield f"--{option}" if value else f"--no-{option}"
        elif isinstance(value, tuple):
            yield from (f"--{option}={one}" for one in value)
        elif value is not None:
            yield f"--{option}={value}"
