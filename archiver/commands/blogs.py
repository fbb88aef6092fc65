"""`archiver add` and `archiver remove`: which blogs an archive is about."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

import click

from archiver import config_edit
from archiver.commands.session import archive_option, config_option, input_option, read_urls, shown
from archiver.config import FILE_NAME, BlogConfig, ConfigFile, blog_configs, blog_url, find_config, read_config
from archiver.errors import UsageError
from archiver.terminal import safe
from archiver.urls import site_key

SETTINGS = ("delay", "contact", "pages", "warc", "include", "exclude", "limit", "max_requests", "max_time", "engine")


@click.command(short_help="Name blogs in archiver.toml.")
@click.argument("urls", nargs=-1, metavar="URL...")
@archive_option()
@config_option()
@input_option()
@click.option("--delay", type=float, metavar="SECONDS", help="Least time between two requests to its host.")
@click.option("--contact", metavar="TEXT", help="E-mail address or URL where a webmaster can reach you.")
@click.option("--pages/--no-pages", default=None, help="Capture the pages beside the data, or not.")
@click.option("--warc/--no-warc", default=None, help="Keep every response as WARC, or not.")
@click.option("--include", multiple=True, metavar="RE", help="Only URLs in which this is found (repeatable).")
@click.option("--exclude", multiple=True, metavar="RE", help="Not the URLs in which this is found (repeatable).")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most N posts.")
@click.option("--max-requests", type=click.IntRange(1), metavar="N", help="At most N requests in a run.")
@click.option("--max-time", type=float, metavar="SECONDS", help="At most so long in a run.")
@click.option("--engine", metavar="NAME", help="Read the blog as this engine does, whatever it looks like.")
@click.option("--unchecked", is_flag=True, help="Do not look whether a blog is there.")
def add(
    urls: tuple[str, ...], archive: Path, config: Path | None, source: TextIO | None, unchecked: bool, **flags: Any
) -> int:
    """Name blogs in archiver.toml, with settings of their own, so that crawls and updates know of them.

    Each is looked at first; one that cannot be reached, or is no blog, is not put in. A blog that is there already
    gets the settings that are given; one that was taken out with `archiver remove` is taken up again. Everything
    else in the file stays as it is.

    \b
    Examples:
      archiver add https://blog.example.org
      archiver add --delay 5 --exclude '/tag/' other.example.net
      archiver add -a ms-blogs -i blogs.txt
    """
    path, file, text = _settings_file(archive, config)
    named = [*urls, *(read_urls(source) if source else ())]
    if not named:
        raise UsageError("add", "no URL is given", "Run `archiver add https://blog.example.org`")
    blogs, code = blog_configs(named, file, flags=flags), 0
    if not unchecked:
        blogs, code = _looked_at(blogs)
    given = {name: value for name in SETTINGS if (value := flags[name]) not in (None, ())}
    held, lines = _held(archive), []
    for blog in blogs:
        there = {site_key(url): settings for url, settings in file.blogs}.get(site_key(blog.url))
        text = config_edit.with_blog(text, blog.url, {**given, "paused": None})
        what = "added to" if there is None else "taken up again in" if "paused" in there else "is in"
        lines.append(f"{site_key(blog.url)}: {what} {path}")
    if blogs:
        config_edit.write(path, text)
    for line in lines:
        click.echo(safe(line))
    new = [blog for blog in blogs if site_key(blog.url) not in held]
    if new:
        where = f" -a {shown(archive)}" if shown(archive) else ""
        click.echo(safe(f"Now archive {'them' if len(new) > 1 else 'it'}: archiver crawl{where}"))
    return code


@click.command(short_help="Take blogs out of crawls and updates.")
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@archive_option()
@config_option()
def remove(urls: tuple[str, ...], archive: Path, config: Path | None) -> int:
    """Take blogs out of crawls and updates; what is archived of them is kept.

    A blog of which nothing is archived loses its table in archiver.toml. One that the archive holds is marked
    there with `paused = true`: it can still be named, and `archiver add` takes it up again. What was archived is
    deleted by `archiver redact` only.

    \b
    Example:
      archiver remove https://blog.example.org
    """
    path, file, text = _settings_file(archive, config)
    held, lines = _held(archive), []
    known = {site_key(url): url for url, _ in file.blogs}
    for url in dict.fromkeys(map(blog_url, urls)):
        key = site_key(url)
        if key not in held and key not in known:
            raise UsageError(
                url, f"neither {path} nor the archive knows it", "See `archiver status` for those it holds"
            )
        if key in held:
            text = config_edit.with_blog(text, known.get(key, url), {"paused": True})
            lines.append(f"{key}: paused in {path}; what is archived of it is kept")
        else:
            text = config_edit.without_blog(text, url)
            lines.append(f"{key}: taken out of {path}; nothing was archived of it")
    config_edit.write(path, text)
    for line in lines:
        click.echo(safe(line))
    return 0


def _settings_file(archive: Path, config: Path | None) -> tuple[Path, ConfigFile, str]:
    """The file that holds for a call, as read and as text; that of the archive where there is none yet."""
    path = find_config(archive, config) or archive / FILE_NAME
    if not path.exists():
        return path, ConfigFile(path), ""
    return path, read_config(path), path.read_bytes().decode()


def _held(archive: Path) -> set[str]:
    """The keys of the blogs that are archived."""
    from db import open_archive  # late: with the database behind it
    from db.archive import DATABASE

    if not (archive / DATABASE).exists():
        return set()
    with closing(open_archive(archive).connect()) as connection:
        return {row[0] for row in connection.execute("SELECT site_key FROM blogs")}


def _looked_at(blogs: Sequence[BlogConfig]) -> tuple[list[BlogConfig], int]:
    """The blogs that are there, by the addresses that they lead to; those that are not are told. And the exit code."""
    from archiver.crawl.outcome import worst_exit_code
    from archiver.crawl.run import detect  # late: Scrapy takes its time to import

    found: dict[str, BlogConfig] = {}
    failed = []
    for blog, result in zip(blogs, detect(blogs), strict=True):
        if result.error:
            click.echo(safe(f"archiver: {result.error}"), err=True)
            failed.append(result.error.exit_code)
            continue
        if result.engine is None and not result.feeds:
            line = f"archiver: warning: {blog.url} does not look like a blog; it is read as well as can be"
            click.echo(safe(line), err=True)
        url = blog_url(result.final_url or blog.url)
        if site_key(url) != site_key(blog.url):
            click.echo(safe(f"archiver: warning: {blog.url} leads to {url}, which is taken instead"), err=True)
        moved = url if site_key(url) != site_key(blog.url) else blog.url
        found.setdefault(site_key(moved), replace(blog, url=moved))
    return list(found.values()), worst_exit_code(failed)
