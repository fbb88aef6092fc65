"""Where on a page a value stands: the element, attribute or path of JSON that says it. For people who write engines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

from lxml.html import HtmlElement

from archiver import content
from archiver.engines.dom import Dom, text_of, tokens
from archiver.errors import PageError
from archiver.page import Page
from archiver.text import squeeze

_ATTRIBUTES = ("content", "datetime", "href", "src", "title", "id", "value", "data-date")
_NAMING = ("property", "name", "itemprop", "rel", "type")
_LEVELS = 3
_MOST = 20_000
"""Elements and values that are looked at."""


class Places:
    """The values of a page, each with its place."""

    def __init__(self, page: Page) -> None:
        self._found: dict[str, str] = {}
        with suppress(PageError):  # it is told where the page is read
            for value, place in _json(page.json) if page.media_type.endswith("json") else _html(page):
                self._found.setdefault(value, place)

    def of(self, value: str) -> str | None:
        """Where a value stands; None where nothing on the page has these very words."""
        return self._found.get(squeeze(value))


def _json(data: Any) -> Iterator[tuple[str, str]]:
    """Texts and whole numbers, as they are and as they read."""
    stack: list[tuple[Any, str]] = [(data, "$")]
    for _ in range(_MOST):
        if not stack:
            return
        value, path = stack.pop()
        if isinstance(value, dict):
            stack += [(one, f"{path}.{name}") for name, one in reversed(value.items())]
        elif isinstance(value, list):
            stack += [(one, f"{path}[{number}]") for number, one in reversed(list(enumerate(value)))]
        elif isinstance(value, str | int) and not isinstance(value, bool):
            yield squeeze(str(value)), path
            if "<" in str(value) or "&" in str(value):
                yield squeeze(content.to_text(str(value))), path


def _html(page: Page) -> Iterator[tuple[str, str]]:
    """Attributes first: what is stated for machines is what engines go by. Of texts the innermost element."""
    every = islice(page.once(Dom).root.iter(), _MOST)
    elements = [one for one in every if isinstance(one.tag, str)]
    for element in elements:
        for name in _ATTRIBUTES:
            value = element.get(name)
            if value and value.strip():
                yield squeeze(value), f"{path(element)} @{name}"
    for element in reversed(elements):
        if element.tag not in {"html", "body", "script", "style"}:
            yield text_of(element), path(element)


def path(element: HtmlElement) -> str:
    """An element with those around it, as a selector: up to an id, or three levels."""
    parts: list[str] = []
    node: HtmlElement | None = element
    while node is not None and len(parts) < _LEVELS and node.tag not in {"html", "head", "body"}:
        parts.append(_one(node))
        if node.get("id"):
            break
        node = node.getparent()
    return " > ".join(reversed(parts)) or str(element.tag)


def _one(element: HtmlElement) -> str:
    name = str(element.tag)
    if element.get("id"):
        return f"{name}#{element.get('id')}"
    classes = "".join(f".{token}" for token in tokens(element)[:2])
    said = next((f'[{key}="{value}"]' for key in _NAMING if (value := element.get(key))), "")
    return name + (classes or said)
