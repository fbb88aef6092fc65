"""What plugins add to the words that an API or a feed hands out: buttons, ratings, other posts, a reading time.

They change the same words that pages print. What is known by name is left out here as on pages. What the other rows
of an answer begin or end with does not count: read by itself tomorrow, a row must say what it says today, or its
history would tell of an edit that nobody made.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from lxml.html import HtmlElement

from archiver import content
from archiver.engines import _vocabulary as vocabulary
from archiver.engines import _words
from archiver.engines._comment_roles import is_tool
from archiver.engines.dom import tokens
from archiver.model import Content

_NAMES = re.compile(r"""\s(?:class|id)\s*+=\s*+(?:"([^"<>]*+)"|'([^'<>]*+)'|([^\s"'<>=]++))""", re.IGNORECASE)


def read_post(fragment: str, base_url: str) -> Content:
    """The words of a post, without what was added to them."""
    return _read(fragment, base_url, _is_added_to_post)


def read_comment(fragment: str, base_url: str) -> Content:
    """The words of a comment, without what was added to them."""
    return _read(fragment, base_url, _is_added_to_comment)


def _read(fragment: str, base_url: str, is_added: Callable[[str], bool]) -> Content:
    """is_added: whether a class token or id is that of something added."""
    found = (a or b or c for a, b, c in _NAMES.findall(fragment))
    if not any(is_added(name) for value in found for name in value.lower().split()):  # of nearly all
        return content.from_html(fragment, base_url)
    body = content.tree(fragment)
    if body is None:
        return content.from_html(fragment, base_url)
    added = [e for e in body.iterdescendants() if isinstance(e.tag, str) and any(map(is_added, _called(e)))]
    return _words.of_element(body, base_url, added)


@lru_cache(maxsize=4096)
def _is_added_to_post(name: str) -> bool:
    return name in vocabulary.name_set("post", "added") or name in vocabulary.name_set("post", "added_ids")


@lru_cache(maxsize=4096)
def _is_added_to_comment(name: str) -> bool:
    return name in vocabulary.name_set("comment", "added") or is_tool(name)


def _called(element: HtmlElement) -> tuple[str, ...]:
    id_ = (element.get("id") or "").lower()
    return (*tokens(element), id_) if id_ else tokens(element)
