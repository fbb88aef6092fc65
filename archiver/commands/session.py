"""What the verbs share: what is known of this call, and the options that several of them have."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TextIO, TypeVar

import click

from archiver.config import ConfigFile, blog_url, find_config, read_config
from archiver.config_checks import CHECKS
from archiver.errors import UsageError
from archiver.storage.stores import SCHEMES, is_elsewhere

DEFAULT_ARCHIVE = Path("archive")
ALL_PAUSED = ("all of its blogs are paused", "Take one up again with `archiver add URL`")
PREFIX = "ARCHIVER_"
NEAR = 0.7
"""How alike a misspelt variable is to the one that was meant: DEALY and DELAY are so to 0.8."""

Verb = TypeVar("Verb", bound=Callable[..., Any])


@dataclass(slots=True)
class Session:
    """One call of the command. archive: the directory that it works on, once that is known."""

    archive: Path | None = None
    debug: bool = False


def _remember(ctx: click.Context, param: click.Parameter, value: Path) -> Path:  # noqa: ARG001 (as click calls it)
    ctx.ensure_object(Session).archive = value
    return value


def archive_option(default: Path = DEFAULT_ARCHIVE, envvar: str | None = "ARCHIVER_DIR") -> Callable[[Verb], Verb]:
    """-a/--archive; the session remembers it, so that a crash can be reported beside the archive."""
    return click.option(
        "-a",
        "--archive",
        metavar="DIR",
        type=click.Path(file_okay=False, path_type=Path),
        default=default,
        envvar=envvar,
        show_default=True,
        show_envvar=True,
        callback=_remember,
        help="Directory of the archive.",
    )


def config_option() -> Callable[[Verb], Verb]:
    """-c/--config: another archiver.toml than that of the archive or the current directory."""
    return click.option(
        "-c",
        "--config",
        metavar="FILE",
        type=click.Path(path_type=Path),
        envvar="ARCHIVER_CONFIG",
        show_envvar=True,
        help="Settings; by default archiver.toml in the archive, else in the current directory.",
    )


def quiet_option() -> Callable[[Verb], Verb]:
    """-q/--quiet: for cron, whose mails should be rare."""
    return click.option("-q", "--quiet", is_flag=True, help="Say nothing unless something goes wrong.")


def input_option() -> Callable[[Verb], Verb]:
    """-i/--input: more URLs, from a file; see `read_urls`."""
    return click.option(
        "-i",
        "--input",
        "source",
        metavar="FILE",
        type=click.File(encoding="utf-8"),
        help="File of URLs, one a line; - is stdin.",
    )


class Shards(click.Path):
    """A folder or file or, as a string, the URL of a place behind a store (`s3://`, `gs://`, `file://`)."""

    def __init__(self, *, file_okay: bool = False, dir_okay: bool = True) -> None:
        super().__init__(file_okay=file_okay, dir_okay=dir_okay, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """As click calls it."""
        if isinstance(value, str) and is_elsewhere(value):
            return value
        scheme, separator, _ = value.partition("://") if isinstance(value, str) else ("", "", "")
        if separator:  # a folder of that name would be made, and the shards not be where they were meant to be
            self.fail(f"{value!r}: {scheme}:// is none of {', '.join(f'{one}://' for one in SCHEMES)}", param, ctx)
        return super().convert(value, param, ctx)


def shards_option(*, required: bool = False) -> Callable[[Verb], Verb]:
    """--shards: where each blog has an archive of its own: a folder, or behind a store."""
    return click.option(
        "--shards",
        metavar="DIR|URL",
        type=Shards(),
        envvar="ARCHIVER_SHARDS",
        show_envvar=True,
        required=required,
        help="Where each blog has an archive of its own: a folder, s3://, gs://, file://.",
    )


def default_scratch() -> Path:
    """Where shards that stand behind a store are worked on, unless --scratch says so."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "blog-archiver"


def scratch_option(default: Callable[[], Path | None] = default_scratch) -> Callable[[Verb], Verb]:
    """--scratch: where shards that stand behind a store are worked on."""
    return click.option(
        "--scratch",
        metavar="DIR",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="ARCHIVER_SCRATCH",
        show_envvar=True,
        default=default,
        help="Folder for work on shards behind a URL: on a disk of this machine.  [default: ~/.cache/blog-archiver]",
    )


def variable_warnings(environ: Mapping[str, str]) -> Iterator[str]:
    """A line for each variable that is nearly called as one that is read. Others may be somebody else's."""
    known = ["DIR", "CONFIG", "SHARDS", "SCRATCH", *map(str.upper, CHECKS)]
    ours = sorted(name.removeprefix(PREFIX) for name in environ if name.startswith(PREFIX) and environ[name].strip())
    for name in ours:
        if name not in known and (near := get_close_matches(name, known, 1, NEAR)):
            yield f"{PREFIX}{name}: no setting is called that, and it has no effect. Did you mean {PREFIX}{near[0]}?"


def shown(archive: Path) -> Path | None:
    """The directory as a suggested command has to name it: not at all when it is the default."""
    return None if archive == DEFAULT_ARCHIVE else archive


def load_config(archive: Path, config: Path | None) -> ConfigFile:
    """The settings that hold for a call."""
    return read_config(find_config(archive, config))


def read_urls(source: TextIO) -> list[str]:
    """The URLs of a file; empty lines and those that begin with # are passed over. Raises UsageError."""
    urls = []
    try:
        for number, line in enumerate(source, 1):
            text = line.strip().lstrip("\ufeff")
            if text and not text.startswith("#"):
                urls.append(_url_in(text, f"{source.name}, line {number}"))
    except UnicodeDecodeError as error:
        raise UsageError(source.name, "it is not UTF-8 text", "Save it as UTF-8, one URL a line") from error
    return urls


def _url_in(text: str, where: str) -> str:
    try:
        return blog_url(text)
    except UsageError as error:
        raise UsageError(f"{where}: {error.what}", error.why, error.todo) from error


@contextmanager
def holding_interrupts() -> Iterator[None]:
    """Ctrl-C waits until the block is left: lxml, while it is imported, swallows the exception that it becomes."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
