"""`archiver try`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archiver.commands.session import DEFAULT_ARCHIVE, config_option, load_config
from archiver.config import blog_configs, blog_url
from archiver.errors import NotABlog, UsageError
from archiver.model import Author, Comment, Content, Learned, Moment, Post, Site, Target, TargetKind, Term
from archiver.terminal import count, safe
from archiver.urls import absolute, site_key

if TYPE_CHECKING:
    from archiver.engines.evidence import Places
    from archiver.page import Page

LONGEST = 300
"""Characters of a value that are shown."""
MOST = 5
"""Comments and targets that are shown."""
_SUFFIXES = {".json": "application/json", ".xml": "application/xml"}


@click.command("try", short_help="Show what is read of one page.")
@click.argument("source", metavar="URL|FILE")
@click.option("--engine", metavar="NAME", help="Read it as this engine does, whatever it looks like.")
@click.option("--url", metavar="URL", help="Address that a file stands for.  [default: https://blog.example/page]")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in TargetKind if kind is not TargetKind.ROBOTS]),
    default="post",
    show_default=True,
    help="What it is expected to hold.",
)
@click.option(
    "-a",
    "--archive",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Read it by what this archive has learned of the blog, and show that.",
)
@config_option()
@click.option(
    "--save",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the page, and what was read, as a golden case in this folder.",
)
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
def try_(
    source: str,
    engine: str | None,
    url: str | None,
    kind: str,
    archive: Path | None,
    config: Path | None,
    save: Path | None,
    as_json: bool,
) -> int:
    """Show what an engine reads from one page, field by field, and where on the page it stands.

    Nothing is stored, unless --save keeps the page with what was read as a golden case, for a test of the engine.

    \b
    Examples:
      archiver try https://blog.example.org/2021/02/a-post/
      archiver try --url https://blog.example.org/2021/02/a-post/ saved.html
      archiver try --save tests/golden/harbour/post https://blog.example.org/2021/02/a-post/
    """
    from archiver.crawl.reading import Question, engine_named, read  # late: Scrapy takes its time to import
    from archiver.engines import check, for_page, golden
    from archiver.engines.evidence import Places

    page = _page(source, blog_url(url) if url is not None else None, config)
    check(engine)
    found = for_page(page)
    known = found[0] if found else None
    chosen = engine or (known.name if known else "generic")
    learned = _learned(archive, page.url) if archive else ()
    layout = tuple((one.field, one.path) for one in learned)
    site = Site(key=site_key(page.url), home=absolute("/", page.url) or page.url, layout=layout)
    reading = read(Question(page=page, target=Target(url=page.url, kind=TargetKind(kind)), site=site, engine=chosen))
    if as_json:
        click.echo(json.dumps({"engine": chosen, **_plain(asdict(reading))}, ensure_ascii=False, indent=2, default=str))
    else:
        click.echo(
            "\n".join(_head(page, chosen, found[1].evidence if found and known and known.name == chosen else ()))
        )
        for one in learned:
            click.echo(field("learned", f"{one.field} stands at {one.path} ({count(one.posts, 'post')} of its feed)"))
        best_effort = " (best effort)" if engine_named(chosen).best_effort else ""
        click.echo("\n".join(_lines(reading, best_effort, Places(page))))
    if save and not reading.error:
        kept = golden.save(save, page, Target(url=page.url, kind=TargetKind(kind)), engine_named(chosen))
        click.echo(f"\nKept in {safe(str(save))}: {', '.join(kept) or 'nothing was read'}. Look through expected.json.")
    return 1 if reading.error else 0


def _page(source: str, url: str | None, config: Path | None) -> Page:
    """The page in a file, as if it stood at `url`, or at an address. Raises UsageError, SiteError."""
    from archiver.page import Page

    path = Path(source)
    if path.is_file():
        return Page(url or "https://blog.example/page", path.read_bytes(), headers=_headers(path))
    if path.exists() or source.startswith(("/", "./", "../")):
        why = "it is no file" if path.exists() else "there is no such file"
        raise UsageError(source, why, "Name a file, or the address of a page")
    return _fetched(source, config)


def _learned(archive: Path, url: str) -> tuple[Learned, ...]:
    """Where the blog of a page has its fields."""
    from archiver.crawl import held  # late: it knows the database
    from archiver.engines.layout import agreed
    from db import open_archive

    opened = open_archive(archive)
    key = held.blog_of(opened, url)
    return agreed(held.lessons(opened, key)) if key else ()


def field(label: str, text: str) -> str:
    """A line of the report; names of fields are longer here than elsewhere."""
    return f"  {label:<14} {safe(text)}"


def _headers(path: Path) -> dict[str, str]:
    return {"content-type": _SUFFIXES.get(path.suffix.lower(), "text/html; charset=utf-8")}


def _fetched(url: str, config: Path | None) -> Page:
    """One page, by the rules of a crawl. Raises SiteError."""
    from archiver.crawl.run import look_at  # late: Scrapy takes its time to import

    page = look_at(blog_configs([url], load_config(DEFAULT_ARCHIVE, config))[0])
    if not page.ok:
        raise NotABlog(page.url, f"it answers {page.status}", "Check the address")
    return page


def _head(page: Page, engine: str, evidence: tuple[str, ...]) -> Iterator[str]:
    yield safe(page.url)
    yield field("engine", engine)
    yield from (field("because" if n == 0 else "", safe(line)) for n, line in enumerate(evidence))


def _lines(reading: Any, best_effort: str, places: Places) -> Iterator[str]:
    if reading.error:
        yield field("error", safe(reading.error))
    extract = reading.extract
    if extract.blog:
        yield f"\nblog{best_effort}"
        yield from _fields(extract.blog, places)
    for post in extract.posts:
        yield f"\npost, from {post.source}, as {post.rank.name.lower()}"
        yield from _fields(post, places)
    for name, found in (("comment", extract.comments), ("claim", extract.claims), ("note", extract.notes)):
        yield from _several(name, found, places)
    for name, found in (("archive", extract.archives), ("term", extract.terms), ("widget", extract.widgets)):
        if found:
            yield f"\n{count(len(found), name)}"
    yield from _several("target", reading.discovery.targets, places)


def _several(name: str, found: tuple[Any, ...], places: Places) -> Iterator[str]:
    if found:
        more = f", the first {MOST}" if len(found) > MOST else ""
        yield f"\n{count(len(found), name)}{more}"
    for number, one in enumerate(found[:MOST]):
        if number and isinstance(one, Comment):
            yield ""
        yield from _fields(one, places) if isinstance(one, Comment) else [f"  {_shown(one)}"]


def _fields(record: Any, places: Places) -> Iterator[str]:
    """What a record says, and where on the page that stands; what it does not say is left out."""
    for one in fields(record):
        value = getattr(record, one.name)
        if value is None or value == frozenset() or one.name in {"rank", "source", "post"}:
            continue
        yield field(one.name.replace("_", " "), _shown(value))
        stated = _stated(value)
        place = places.of(stated) if stated else None
        if place:
            yield field("", f"at {place}")


def _stated(value: Any) -> str | None:
    """The words by which a value is looked for on its page."""
    match value:
        case Moment():
            return value.printed
        case Content():
            return value.text
        case Author() | Term():
            return value.name
        case (first, *_):
            return _stated(first)
        case str() if not isinstance(value, Enum):
            return value
    return None


def _shown(value: Any) -> str:
    """A value on one line, with the evidence that it carries."""
    match value:
        case Moment():
            said = f"to the {value.precision.value}" + (f", printed as {value.printed!r}" if value.printed else "")
            text = f"{value.at} ({said})"
        case Content():
            held = ((value.links, "link", None), (value.media, "image or player", "images or players"))
            held_too = (value.citations, "citation", None)
            also = ", ".join(count(len(found), one, more) for found, one, more in (*held, held_too) if found)
            text = " ".join(value.text.split()) + (f" [{also}]" if also else "")
        case Author():
            text = value.name + (f" <{value.url}>" if value.url else "")
        case Term():
            text = f"{value.name} ({value.taxonomy})"
        case Target():
            text = f"{value.kind.value} {value.url}"
        case Post():
            text = value.url
        case Enum():
            text = str(value.value)
        case tuple() | frozenset():
            text = "; ".join(_shown(one) for one in value) or "none"
        case _ if is_dataclass(value):
            named = ((one.name, getattr(value, one.name)) for one in fields(value))
            text = ", ".join(f"{name} {_shown(one)}" for name, one in named if one not in (None, ""))
        case _:
            text = str(value)
    line = " ".join(text.split())
    return safe(line if len(line) <= LONGEST else line[: LONGEST - 1] + "…")


def _plain(value: Any) -> Any:
    """As JSON has it: sets become lists."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    return value
