"""archiver.toml: the blogs, and how politely to treat each.

    contact = "library@example.org"          # settings for all blogs, here or under [defaults]
    delay = 1.5

    [[blogs]]
    url = "https://blog.example.org/"
    exclude = ['/tag/']

    [blogs."https://other.example.net/"]     # the same as a table named by its URL; one of the two ways per file
    delay = 5
    pages = false

Beside them stand [keep] and [notify], which concern runs as a whole (see `config_runs`).

What is more particular wins: command-line flag, ARCHIVER_* variable, the blog's own table, [defaults], the
top of the file, the values of `BlogConfig`. A list (include, exclude) is replaced, not added to.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import reprlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from archiver.config_checks import CHECKS, SECRETS, from_text
from archiver.config_runs import RunSettings, read_runs
from archiver.errors import UsageError
from archiver.urls import canonical, host_key, site_key

FILE_NAME = "archiver.toml"
LEAST_DELAY = 0.2  # seconds; five requests a second is as much as a stranger's server should be asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class BlogConfig:
    """One blog to crawl, and how.

    url: absolute and canonical. delay: least seconds between two requests to its host. contact: e-mail
    or URL that the User-Agent gives. include, exclude: regular expressions searched for in URLs; an
    excluded URL is left out even when it is included. pages: whether the pages that readers see are
    captured beside the data. warc: whether responses are kept as WARC. private: whether its name may lead to a
    private address. render: whether a browser shows pages that hold no post without. honour: which of noarchive,
    nofollow and noindex are obeyed where a page says them. github_token: GitHub answers
    more often by it; told to nobody but GitHub's API. paused: whether it is left alone unless it is named. limit,
    max_requests, max_time: posts, requests and seconds at most. engine: name of the one to use, whatever the page
    looks like.
    """

    url: str
    delay: float = 1.0
    contact: str | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    pages: bool = True
    warc: bool = True
    private: bool = False
    render: bool = False
    honour: tuple[str, ...] = ()
    github_token: str | None = field(default=None, repr=False)
    paused: bool = False
    limit: int | None = None
    max_requests: int | None = None
    max_time: float | None = None
    engine: str | None = None


class Setting(NamedTuple):
    """A checked value and where it was set: `--delay`, `ARCHIVER_DELAY`, `archiver.toml, [defaults] delay`."""

    value: Any
    origin: str


Settings = Mapping[str, Setting]


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """An archiver.toml as read. blogs: URL and settings of each, in the order of the file. runs: [keep], [notify]."""

    path: Path | None = None
    defaults: Settings = field(default_factory=dict)
    blogs: tuple[tuple[str, Settings], ...] = ()
    runs: RunSettings = field(default_factory=RunSettings)


def find_config(directory: Path, explicit: Path | None = None) -> Path | None:
    """The file to read: the one asked for, else that of the archive, else that of the current directory."""
    if explicit is not None:
        return explicit
    return next((path for path in (directory / FILE_NAME, Path(FILE_NAME)) if path.is_file()), None)


def read_config(path: Path | None) -> ConfigFile:
    """Read and check a file; nothing is in it when `path` is None. Raises UsageError."""
    if path is None:
        return ConfigFile()
    try:
        table = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise UsageError(
            str(path), f"it cannot be read ({error.strerror})", "Name another file with --config"
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(str(path), f"it is not UTF-8 text (byte {error.start})", "Save it as UTF-8") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(str(path), f"it is not valid TOML: {error}", "Mend that place") from error
    blogs, shared = table.pop("blogs", []), table.pop("defaults", {})
    if not isinstance(shared, dict):
        raise UsageError(f"{path}, defaults", "it is not a table", "Write [defaults] on a line of its own")
    runs = read_runs(table.pop("keep", {}), table.pop("notify", {}), str(path))
    top = _settings(table, str(path), (*CHECKS, "blogs", "defaults", "keep", "notify"))
    defaults = {**top, **_settings(shared, f"{path}, [defaults]", tuple(CHECKS))}
    return ConfigFile(path, defaults, tuple(_blog_tables(blogs, path)), runs)


def blog_configs(
    urls: Sequence[str],
    file: ConfigFile | None = None,
    *,
    flags: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
) -> list[BlogConfig]:
    """The blogs to crawl: those named, else all of the file that are not paused; each once, in that order.

    A URL finds its table in the file whatever its scheme, `www.` or last slash. flags: from the command
    line by the names of `BlogConfig`; None and empty ones do not count. environ: os.environ by default.
    """
    file = file or ConfigFile()
    over = _environment(os.environ if environ is None else environ) | {
        name: _setting(name, value, _flag(name)) for name, value in (flags or {}).items() if value not in (None, ())
    }
    own = {site_key(url): settings for url, settings in file.blogs}
    wanted: dict[str, str] = {}
    for url in [blog_url(text) for text in urls] or [url for url, _ in file.blogs]:
        wanted.setdefault(site_key(url), url)
    found = [_blog_config(url, {**file.defaults, **own.get(key, {}), **over}) for key, url in wanted.items()]
    return [blog for blog in found if urls or not blog.paused]


def contact_warning(blogs: Sequence[BlogConfig]) -> str | None:
    """A line asking for a contact when a stranger's server is about to be crawled without one."""
    if all(blog.contact or is_loopback(blog.url) for blog in blogs):
        return None
    return (
        "no contact is set: a webmaster who sees the requests cannot ask you about them."
        f' Put contact = "you@example.org" into {FILE_NAME}, or give --contact'
    )


def blog_url(text: str) -> str:
    """What someone typed as an absolute canonical URL; https:// is assumed, http:// on loopback.

    Raises UsageError for what cannot be the address of a blog.
    """
    typed = text.strip()
    scheme, separator, rest = typed.partition("://")
    if not separator:
        rest, scheme = typed, "http" if is_loopback(f"http://{typed}") else "https"
    url = canonical(f"{scheme}://{rest}")
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    why = ""
    if scheme.lower() not in {"http", "https"}:
        why = f"{scheme}: is no way to reach a blog"
    elif "@" in authority:
        why = "it names a user, and the archiver never logs in"
    elif any(c.isspace() for c in typed) or not _is_host(host_key(url), bare=bool(separator)):
        why = "it is not the address of a website"
    if why:
        shown = typed if len(typed) <= 80 else f"{typed[:79]}…"
        raise UsageError(repr(shown), why, "Give the blog's front page, such as https://blog.example.org")
    return url


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine: localhost or a loopback address in its usual notation."""
    host = re.sub(r":\d+$", "", host_key(url)).strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _is_host(host: str, *, bare: bool) -> bool:
    """Whether DNS could know the host (port allowed); a name without a dot only if `bare` ones are meant."""
    if host.startswith("["):
        return True
    labels = host.partition(":")[0].split(".")
    return (
        len(host) <= 253
        and all(0 < len(label) <= 63 for label in labels)
        and (bare or len(labels) > 1 or labels == ["localhost"])
    )


def _blog_config(url: str, settings: Settings) -> BlogConfig:
    delay = settings.get("delay")
    if delay is not None and delay.value < LEAST_DELAY and not is_loopback(url):
        raise UsageError(
            delay.origin,
            f"{delay.value:g} seconds between requests would burden {url}, which is not on this machine",
            f"Set at least {LEAST_DELAY}; 1 is usual",
        )
    return BlogConfig(url=url, **{name: setting.value for name, setting in settings.items()})


def _blog_tables(blogs: Any, path: Path) -> Iterator[tuple[str, Settings]]:
    """The blogs of either notation, checked."""
    if isinstance(blogs, dict):
        tables = [(f'{path}, [blogs."{url}"]', {"url": url, **_table(table, path)}) for url, table in blogs.items()]
    elif isinstance(blogs, list):
        tables = [(f"{path}, [[blogs]] number {n}", _table(table, path)) for n, table in enumerate(blogs, 1)]
    else:
        tables = [("", _table(blogs, path))]
    seen: set[str] = set()
    for where, table in tables:
        url = table.pop("url", None)
        if not isinstance(url, str):
            raise UsageError(where, "it has no url", 'Add url = "https://…"')
        try:
            url = blog_url(url)
        except UsageError as error:
            raise UsageError(f"{where} url {error.what}", error.why, error.todo) from error
        if site_key(url) in seen:
            raise UsageError(where, f"{url} is there twice", "Keep one of the two tables")
        seen.add(site_key(url))
        yield url, _settings(table, where, ("url", *CHECKS))


def _table(table: Any, path: Path) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise UsageError(f"{path}, blogs", "it is not a table", 'Write [[blogs]], and url = "https://…" below it')
    return dict(table)


def _settings(table: Mapping[str, Any], where: str, known: Sequence[str]) -> Settings:
    for name in table:
        if name not in CHECKS:
            close = difflib.get_close_matches(name, known, 1)
            todo = f"Did you mean {close[0]}?" if close else f"Known are {', '.join(known)}"
            raise UsageError(f"{where}, {name}", "there is no such setting", todo)
    return {name: _setting(name, value, f"{where}, {name}") for name, value in table.items()}


def _environment(environ: Mapping[str, str]) -> dict[str, Setting]:
    """The settings in ARCHIVER_DELAY and its like; an empty variable counts as not set."""
    variables = ((name, f"ARCHIVER_{name.upper()}") for name in CHECKS)
    return {
        name: _setting(name, from_text(name, environ[variable]), variable)
        for name, variable in variables
        if environ.get(variable, "").strip()
    }


def _flag(name: str) -> str:
    return f"--no-{name}" if name in {"pages", "warc"} else f"--{name.replace('_', '-')}"


def _setting(name: str, value: Any, origin: str) -> Setting:
    try:
        return Setting(CHECKS[name](value), origin)
    except ValueError as error:
        why, todo = error.args
        alone = isinstance(value, tuple) and len(value) == 1  # an option that may be repeated, given once
        shown = "it" if name in SECRETS else reprlib.repr(value[0] if alone else value)
        raise UsageError(origin, f"{shown} {why}", todo) from error
