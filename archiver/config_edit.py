"""Changes that commands make to archiver.toml: a blog put in, paused or taken out, and every other line left as it is.

The text is edited, not written anew, so that comments and layout stay. What comes of it is read again before it is
written: where it does not say what it should, as with a layout that is not understood, nothing is changed.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from archiver.config import blog_url
from archiver.errors import DiskFull, UsageError
from archiver.urls import site_key

_HEADER = re.compile(r"[ \t]*\[[^\n]*\][ \t]*(?:#[^\n]*)?\r?\n?")
_COMMENT = re.compile(r"[ \t]*#[^\n]*\r?\n?")


def with_blog(text: str, url: str, settings: Mapping[str, Any]) -> str:
    """The text with a blog in it, and with these settings of it; None takes a setting out.

    Raises UsageError where its layout does not allow that.
    """
    pieces, (number, table) = _pieces(text), _place(text, url)
    if number is None:
        given = {name: value for name, value in settings.items() if value is not None}
        after = _joined(text, [_new_header(text, url), *(_line(name, value) for name, value in given.items())])
    else:
        pieces[number] = _with_settings(pieces[number], settings)
        after = "".join(pieces)
    wanted = {name: value for name, value in {**table, **settings}.items() if value is not None}
    return _checked(text, after, url, lambda blogs: {**blogs, site_key(url): wanted})


def without_blog(text: str, url: str) -> str:
    """The text without a blog's table. What is written above the table, or above the next, stays."""
    pieces, (number, _) = _pieces(text), _place(text, url)
    if number is not None:
        del pieces[number]
    return _checked(
        text, "".join(pieces), url, lambda blogs: {key: one for key, one in blogs.items() if key != site_key(url)}
    )


def write(path: Path, text: str) -> None:
    """Put the text in the place of the file, whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(text.encode())
        if path.exists():
            part.chmod(path.stat().st_mode & 0o7777)
        part.replace(path.resolve())  # where a link leads, so that it stays one
    except OSError as error:
        raise DiskFull(str(path), f"it cannot be written ({error.strerror})", "See to that and try again") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


# -- the text -----------------------------------------------------------------------------------------


def _pieces(text: str) -> list[str]:
    """The text cut before each header of a table; comments right above a header go with what follows them."""
    found, lines = [""], text.splitlines(keepends=True)
    for line in lines:
        if _HEADER.fullmatch(line):
            above = _comments_at_end(found[-1])
            found[-1] = found[-1][: len(found[-1]) - len(above)]
            found += [above, line] if above else [line]
        else:
            found[-1] += line
    return found


def _comments_at_end(piece: str) -> str:
    taken: list[str] = []
    for line in reversed(piece.splitlines(keepends=True)):
        if not _COMMENT.fullmatch(line):
            break
        taken.insert(0, line)
    return "".join(taken)


def _place(text: str, url: str) -> tuple[int | None, dict[str, Any]]:
    """Which piece holds the table of a blog, and what that says; none where it has no table."""
    for number, piece in enumerate(_pieces(text)):
        with suppress(tomllib.TOMLDecodeError):
            for key, table in _blogs(piece).items():
                if key == site_key(url):
                    return number, table
    return None, {}


def _blogs(text: str) -> dict[str, dict[str, Any]]:
    """The tables of blogs of either notation by the key of the site, without their addresses."""
    named = [(site_key(blog_url(one["url"])), one) for one in _tables(text) if isinstance(one, dict) and "url" in one]
    return {key: {name: value for name, value in one.items() if name != "url"} for key, one in named}


def _tables(text: str) -> list[Any]:
    found = tomllib.loads(text.removeprefix("\ufeff")).get("blogs", {})
    return [{"url": url, **one} for url, one in found.items()] if isinstance(found, dict) else list(found)


def _new_header(text: str, url: str) -> str:
    """How a table begins, in the notation of the file."""
    blogs = tomllib.loads(text.removeprefix("\ufeff")).get("blogs", [])
    if isinstance(blogs, dict) and blogs:
        return f"[blogs.{_value(url)}]"
    return f"[[blogs]]\nurl = {_value(url)}"


def _joined(text: str, lines: list[str]) -> str:
    end = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text.strip() else end if text.endswith("\n") else end * 2
    return text + gap + end.join("\n".join(lines).split("\n")) + end


def _with_settings(piece: str, settings: Mapping[str, Any]) -> str:
    """A table with settings changed: in their own lines, or below its last."""
    end = "\r\n" if "\r\n" in piece else "\n"
    for name, value in settings.items():
        own = re.compile(rf"^[ \t]*{name}[ \t]*=[^\n]*\n?", re.MULTILINE)
        line = "" if value is None else _line(name, value) + end
        if own.search(piece):
            piece = own.sub(lambda _, line=line: line, piece, count=1)  # type: ignore[misc]
        elif line:
            body = piece.rstrip()
            piece = body + end + line + piece[len(body) :].removeprefix("\r").removeprefix("\n")
    return piece


def _line(name: str, value: Any) -> str:
    return f"{name} = {_value(value)}"


def _value(value: Any) -> str:
    """A value as TOML."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str):
        plain = value.isprintable() and "'" not in value and "\\" in value
        return f"'{value}'" if plain else json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _checked(
    before: str, after: str, url: str, change: Callable[[dict[str, dict[str, Any]]], dict[str, dict[str, Any]]]
) -> str:
    """The changed text, once it says the same as before but for the change."""
    try:
        was, became = (tomllib.loads(text.removeprefix("\ufeff")) for text in (before, after))
        right = _blogs(after) == _plain(change(_blogs(before))) and len(_tables(after)) == len(_blogs(after))
        rest = [{name: value for name, value in one.items() if name != "blogs"} for one in (was, became)]
    except tomllib.TOMLDecodeError:
        right, rest = False, [{}, {}]
    if not right or rest[0] != rest[1]:
        raise UsageError(url, "archiver.toml is laid out in a way that is not understood here", "Edit it by hand")
    return after


def _plain(blogs: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Tuples as the lists that TOML reads."""
    return {
        key: {name: list(value) if isinstance(value, tuple) else value for name, value in one.items()}
        for key, one in blogs.items()
    }
