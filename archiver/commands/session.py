"""What the verbs share: what is known of this call, and the options that several of them have."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, TypeVar

import click

from archiver.config import ConfigFile, blog_url, find_config, read_config
from archiver.errors import UsageError

DEFAULT_ARCHIVE = Path("archive")

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


def shards_option(*, required: bool = False) -> Callable[[Verb], Verb]:
    """--shards: the folder in which each blog has an archive of its own."""
    return click.option(
        "--shards",
        metavar="DIR",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="ARCHIVER_SHARDS",
        show_envvar=True,
        required=required,
        help="Folder in which each blog has an archive of its own.",
    )


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
