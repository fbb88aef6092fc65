"""The words and class names by which engines know the parts of a page: data, read once.

`data/markup.toml` holds class tokens, `data/blog_words.toml` what blogs print, in many languages.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from archiver.printed.spelling import folded


@cache
def _read(name: str) -> dict[str, dict[str, str]]:
    text = files("archiver").joinpath("data", name).read_text("utf-8")
    return tomllib.loads(text)


@cache
def names(section: str, key: str) -> tuple[str, ...]:
    """Class tokens or ids, in the order of the file."""
    return tuple(dict.fromkeys(_read("markup.toml")[section][key].lower().split()))


@cache
def name_set(section: str, key: str) -> frozenset[str]:
    """The same without their order."""
    return frozenset(names(section, key))


@cache
def ranks(section: str, key: str) -> dict[str, int]:
    """The same with their places: the surest is 0."""
    return {name: place for place, name in enumerate(names(section, key))}


@cache
def words(section: str, key: str) -> frozenset[str]:
    """Single words, folded."""
    return frozenset(folded(word) for word in _read("blog_words.toml")[section][key].split())


@cache
def phrases(section: str, key: str) -> tuple[str, ...]:
    """Phrases, folded, the longest first."""
    found = {folded(phrase) for phrase in _read("blog_words.toml")[section][key].split("/")}
    return tuple(sorted(found - {""}, key=lambda phrase: (-len(phrase), phrase)))
