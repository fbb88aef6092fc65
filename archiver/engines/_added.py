"""What plugins add to the words that an API or a feed hands out: buttons, ratings, other posts, a reading time.

They change the same words that pages print. Where a page tells them by the place that they stand in, an answer
tells them by its other rows: what all its posts begin or end with, and what says the same in all of them or only
leads elsewhere, is nobody's words.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lxml.html import HtmlElement

from archiver import content
from archiver.engines import _vocabulary as vocabulary
from archiver.engines import _words
from archiver.engines._comment_roles import is_tool
from archiver.engines._post_furniture import PLAIN_CLASS
from archiver.engines.dom import SKIPPED, text_of, tokens
from archiver.model import Content

_NAMES = re.compile(r"""\s(?:class|id)\s*+=\s*+(?:"([^"<>]*+)"|'([^'<>]*+)'|([^\s"'<>=]++))""", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_FEWEST = 4  # rows, of which one can say that they all begin or end alike
_USUAL = 0.6  # of the rows with words
_ALIKE = 0.8  # of what stands there
_LONG = 600  # characters: what is longer is somebody's words
_LINKED = 0.6  # of the text
_SHELLS = frozenset({"div", "section", "article"})


@dataclass(frozen=True, slots=True)
class Added:
    """How to tell what was added to the fragments of one answer.

    named: whether a class token or id is that of something added. usual: what most of the fragments begin or end with.
    """

    named: Callable[[str], bool]
    usual: frozenset[str] = frozenset()

    def read(self, fragment: str, base_url: str) -> Content:
        """The words of one fragment, without what was added to them."""
        body = _tree(fragment, self.named, unknown=bool(self.usual))
        if body is None:
            return content.from_html(fragment, base_url)
        added = [e for e in body.iterdescendants() if isinstance(e.tag, str) and any(map(self.named, _called(e)))]
        if self.usual:
            added += [e for e in _ends(body) if _signature(e) in self.usual]
        return _words.of_element(body, base_url, added) if added else content.from_html(fragment, base_url)


def posts(fragments: Sequence[str]) -> Added:
    """How to read the bodies of posts. fragments: all those of the answer."""
    return Added(_is_added_to_post, _usual(fragments, _is_added_to_post))


def comments(fragments: Sequence[str]) -> Added:
    """How to read the words of comments. fragments: all those of the answer."""
    return Added(_is_added_to_comment, _usual(fragments, _is_added_to_comment))


@lru_cache(maxsize=4096)
def _is_added_to_post(name: str) -> bool:
    return name in vocabulary.name_set("post", "added") or name in vocabulary.name_set("post", "added_ids")


@lru_cache(maxsize=4096)
def _is_added_to_comment(name: str) -> bool:
    return name in vocabulary.name_set("comment", "added") or is_tool(name)


def _tree(fragment: str, named: Callable[[str], bool], *, unknown: bool) -> HtmlElement | None:
    """The fragment parsed, where something in it has a name that matters; None for most. unknown: any name may."""
    found = (a or b or c for a, b, c in _NAMES.findall(fragment))
    names = {name for value in found for name in value.lower().split()}
    if not any(named(name) or (unknown and not PLAIN_CLASS.match(name)) for name in names):
        return None
    return content.tree(fragment)


def _usual(fragments: Sequence[str], named: Callable[[str], bool]) -> frozenset[str]:
    """What most of the fragments begin or end with, that says the same in all of them or only leads elsewhere."""
    worded = [fragment for fragment in fragments if fragment.strip()]
    least = max(_FEWEST, _USUAL * len(worded))
    if len(worded) < least:
        return frozenset()
    trees = (tree for fragment in worded if (tree := _tree(fragment, named, unknown=True)) is not None)
    found: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for tree in trees:
        for signature, end in {_signature(end): end for end in _ends(tree)}.items():
            text = text_of(end)
            if 2 * len(text) <= len(text_of(tree)) or not text:
                found[signature].append((_DIGITS.sub("#", text), _linked(end, text)))
    return frozenset(name for name, said in found.items() if len(said) >= least and _is_nobodys(said))


def _is_nobodys(said: Sequence[tuple[str, float]]) -> bool:
    """Whether texts are those of buttons or of lists of links. said: each with the share of it that is linked."""
    text, times = Counter(text for text, _ in said).most_common(1)[0]
    if times >= _ALIKE * len(said):
        return len(text) <= _LONG
    return sum(linked >= _LINKED for _, linked in said) >= _ALIKE * len(said)


def _linked(element: HtmlElement, text: str) -> float:
    return sum(len(text_of(link)) for link in element.iter("a")) / max(len(text), 1)


def _ends(body: HtmlElement) -> Iterator[HtmlElement]:
    """The named elements that a fragment begins and ends with, up to the first words on either side."""
    shell: HtmlElement | None = body
    while shell is not None:
        children = [e for e in shell if isinstance(e.tag, str) and e.tag not in SKIPPED]
        if len(children) == 1 and children[0].tag in _SHELLS and not _says(shell.text, children[0].tail):
            shell = children[0]
            continue
        if not _says(shell.text):
            yield from _first(children, lambda e: _says(e.tail))
        yield from _first(reversed(children), lambda e: _says(_text_before(e)), lambda e: _says(e.tail))
        return


def _first(
    children: Iterable[HtmlElement],
    stop: Callable[[HtmlElement], bool],
    bar: Callable[[HtmlElement], bool] = lambda _: False,
) -> Iterator[HtmlElement]:
    """Children with names of their own, until one has none. stop: it is the last; bar: it is not one of them."""
    for child in children:
        if bar(child) or not _called(child) or all(map(PLAIN_CLASS.match, _called(child))):
            return
        yield child
        if stop(child):
            return


def _text_before(element: HtmlElement) -> str | None:
    before, parent = element.getprevious(), element.getparent()
    return before.tail if before is not None else parent.text if parent is not None else None


def _says(*texts: str | None) -> bool:
    return any(text and not text.isspace() for text in texts)


def _called(element: HtmlElement) -> tuple[str, ...]:
    id_ = (element.get("id") or "").lower()
    return (*tokens(element), id_) if id_ else tokens(element)


def _signature(element: HtmlElement) -> str:
    """What an element is called, whatever number stands in its names."""
    return _DIGITS.sub("#", f"{element.tag} {' '.join(sorted(_called(element)))}")
