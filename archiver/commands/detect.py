"""`archiver detect`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from archiver.commands.session import DEFAULT_ARCHIVE, config_option, load_config
from archiver.config import blog_configs
from archiver.crawl.outcome import DetectResult, worst_exit_code
from archiver.terminal import count, field, safe

_API = {
    "open": "open: posts and comments come 100 a request",
    "partly": "partly open: the pages carry the rest",
    "closed": "closed: the pages carry everything",
    None: "none known",
}


@click.command(short_help="Tell which software runs a blog.")
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@config_option()
@click.option("--json", "as_json", is_flag=True, help="As JSON, one object a URL.")
def detect(urls: tuple[str, ...], config: Path | None, as_json: bool) -> int:
    """Tell which software runs a blog and how it can be read; nothing is stored.

    Of a blog of unknown make, the feed and the pages of its first posts tell where it has title, author, date, text
    and comments.

    \b
    Examples:
      archiver detect https://blog.example.org
      archiver detect --json blog.example.org other.example.net
    """
    from archiver.crawl.run import detect as look  # late: Scrapy takes its time to import

    results = look(blog_configs(urls, load_config(DEFAULT_ARCHIVE, config)))
    if as_json:
        rows = [{**asdict(result), "error": str(result.error) if result.error else None} for result in results]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        click.echo("\n\n".join("\n".join(_describe(result)) for result in results))
    return worst_exit_code(result.error.exit_code for result in results if result.error)


def _describe(result: DetectResult) -> Iterator[str]:
    yield safe(result.final_url or result.url) + (f"  {safe(result.title)}" if result.title else "")
    if result.error:
        yield field("error", str(result.error))
        return
    if result.engine:
        yield field("engine", f"{result.engine} {result.version or ''} (sure to {result.confidence:.0%})")
    else:
        yield field("engine", "none that is known; a crawl would be a best effort, completeness is not promised")
    yield from (field("because" if n == 0 else "", line) for n, line in enumerate(result.evidence))
    yield field("API", _API[result.api])
    yield field("feeds", ", ".join(result.feeds) or "none found")
    yield field("sitemap", result.sitemap or "none found")
    lines = (f"{one.field} at {one.path} ({one.posts} of {count(one.of, 'post')} of its feed)" for one in result.layout)
    yield from (field("layout" if n == 0 else "", safe(line)) for n, line in enumerate(lines))
