"""`archiver status`."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Collection
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from archiver.commands.session import archive_option, load_config
from archiver.config import blog_configs
from archiver.terminal import safe
from archiver.urls import site_key

GAPS = 4
GAP_KEYS = {"posts": "post", "months": "month", "categories": "category"}


@click.command(short_help="Tell what is archived, and what is missing.")
@click.argument("blogs", nargs=-1, metavar="[BLOG]...")
@archive_option()
@click.option("--coverage", is_flag=True, help="List the posts, months and categories that lack something, and why.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one object a blog.")
def status(blogs: tuple[str, ...], archive: Path, coverage: bool, as_json: bool) -> int:
    """Tell what the archive holds of each blog, and what is missing of what the blog claims to have.

    Also when it was brought up to date, when that is due again, how the latest runs compare, and what is wrong.

    BLOG is its URL or host. Exit code 4 says that something is missing that a crawl might bring, be it a
    whole blog that archiver.toml names. What a blog counts and no crawl can bring (what a password hides,
    pings that a heading counts, answers to what was deleted) is listed with the reason, and is no cause
    for it.

    \b
    Examples:
      archiver status
      archiver status --coverage blog.example.org
      archiver status --json -a ms-blogs
    """
    from archiver.crawl.lock import at_work
    from archiver.status.blogs import blog_status, find_blogs  # late: with the database behind it
    from archiver.status.lines import describe
    from db import open_archive

    with closing(open_archive(archive).connect()) as connection:
        busy, due, named = at_work(archive), _next_due(archive), _named(archive)
        paused = {key for key, is_paused in named.items() if is_paused}
        meant = find_blogs(connection, blogs)
        found = [blog_status(connection, blog_id, at_work=busy, next_due=due, paused=paused) for blog_id in meant]
        gaps = {one.id: _gaps(connection, one.id) for one in found} if coverage else {}
    waiting = [] if blogs else unknown(set(named) - paused, [one.site_key for one in found])
    if as_json:
        rows = [{**asdict(one), "has_gaps": one.has_gaps, **_plain(gaps.get(one.id))} for one in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        blocks = ["\n".join([*describe(one), *_lines(gaps.get(one.id))]) for one in found]
        click.echo("\n\n".join(blocks) or "The archive is empty.")
    for key in waiting:
        click.echo(f"{safe(key)}: archiver.toml names it, and nothing of it is archived", err=True)
    return GAPS if waiting or any(one.has_gaps for one in found) else 0


def unknown(named: Collection[str], held: Collection[str]) -> list[str]:
    """The keys of sites that are named and not held. A host is held, too, by a blog in a folder of it."""
    return sorted(key for key in named if not any(f"{site}/".startswith(f"{key}/") for site in held))


def _next_due(archive: Path) -> str | None:
    """When the next run is scheduled by cron or systemd, UTC; None where none is."""
    from archiver.schedule import every
    from archiver.schedule_install import installed

    where = archive.absolute()
    rhythm = installed(where)
    if rhythm is None:
        return None
    local = every(rhythm, where, socket.gethostname()).next_after(datetime.now())  # noqa: DTZ005 - cron goes by local time
    return local.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _named(archive: Path) -> dict[str, bool]:
    """The keys of the sites that archiver.toml names, and whether updates leave them alone."""
    file = load_config(archive, None)
    named = blog_configs([url for url, _ in file.blogs], file) if file.blogs else []
    return {site_key(blog.url): blog.paused for blog in named}


def _gaps(connection: sqlite3.Connection, blog_id: str) -> dict[str, list[Any]]:
    from archiver.status.gaps import category_gaps, month_gaps, post_gaps

    return {
        "posts": post_gaps(connection, blog_id),
        "months": month_gaps(connection, blog_id),
        "categories": category_gaps(connection, blog_id),
    }


def _lines(gaps: dict[str, list[Any]] | None) -> list[str]:
    from archiver.status.lines import describe_gaps

    return list(describe_gaps(**gaps)) if gaps else []


def _plain(gaps: dict[str, list[Any]] | None) -> dict[str, list[dict[str, Any]]]:
    return {f"{GAP_KEYS[name]}_gaps": [asdict(gap) for gap in rows] for name, rows in (gaps or {}).items()}
