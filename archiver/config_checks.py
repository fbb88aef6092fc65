"""What each setting of archiver.toml may be, whether it comes from the file, a variable or a flag.

A check gives back the value as `config.BlogConfig` wants it, or raises ValueError(cause, next step); the
cause goes on after the value: "-1 is not between …".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

MOST_DELAY = 3600.0
WISHES = ("noarchive", "nofollow", "noindex")
"""What pages ask of robots; told by them, and honoured where a person says so."""
SECRETS = frozenset({"github_token"})
"""Settings that no message repeats."""

# It stands in the comment of a User-Agent header, whose brackets and line ends it must not break.
_PLAIN = r"[!-'*-\[\]-~]+"
_CONTACT = re.compile(f"{_PLAIN}@{_PLAIN}|https?://{_PLAIN}")
_WORDS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def from_text(name: str, text: str) -> Any:
    """A variable's text as the type that the setting has in TOML; as it is where it cannot be that."""
    text = text.strip()
    if name in {"include", "exclude"}:
        return text.splitlines()
    if name == "honour":
        return text.split()
    if name in {"pages", "warc", "private", "render", "paused"}:
        return _WORDS.get(text.lower(), text)
    if name in {"limit", "max_requests"} and re.fullmatch("[0-9]{1,18}", text):
        return int(text)
    try:
        return float(text) if name in {"delay", "max_time"} else text
    except ValueError:
        return text


def _delay(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("is not a number of seconds", "Write it such as 1.5")  # noqa: TRY004 (a cause, for `config`)
    if not 0 <= value <= MOST_DELAY:
        raise ValueError(f"is not between 0 and {MOST_DELAY:g} seconds", "Write it such as 1.5")
    return float(value)


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise ValueError("is not a number of seconds", "Leave it out for no limit")
    return float(value)


def _contact(value: Any) -> str:
    if not isinstance(value, str) or not _CONTACT.fullmatch(value):
        raise ValueError("is neither an e-mail address nor a URL", "Write it such as library@example.org")
    return value


def _token(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_]{10,255}", value):
        raise ValueError("is no token of GitHub's", "Make one there; it needs no permissions")
    return value


def _patterns(value: Any) -> tuple[str, ...]:
    patterns = [value] if isinstance(value, str) else value
    if not isinstance(patterns, list | tuple) or not all(isinstance(p, str) for p in patterns):
        raise ValueError("is not a list of regular expressions", "Write it such as ['/tag/', '/author/']")
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            why = f"is not a regular expression: {error}"
            raise ValueError(why, "Mend it; a backslash makes a special character plain") from error
    return tuple(patterns)


def _either(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("is neither true nor false", "Write true or false")  # noqa: TRY004 (a cause, for `config`)
    return value


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError("is not a whole number of at least 1", "Leave it out for no limit")
    return value


def _engine(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch("[a-z][a-z0-9_]*", value):
        raise ValueError("is not the name of an engine", "Write it such as wordpress")
    return value


def _wishes(value: Any) -> tuple[str, ...]:
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list | tuple) or not all(word in WISHES for word in words):
        raise ValueError(f"is not a list of {', '.join(WISHES)}", "Write it such as ['noarchive']")
    return tuple(words)


CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "delay": _delay,
    "contact": _contact,
    "include": _patterns,
    "exclude": _patterns,
    "pages": _either,
    "warc": _either,
    "private": _either,
    "render": _either,
    "honour": _wishes,
    "github_token": _token,
    "paused": _either,
    "limit": _count,
    "max_requests": _count,
    "max_time": _seconds,
    "engine": _engine,
}
