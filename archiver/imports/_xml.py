"""Large XML files read in a stream: elements as they end, then let go. No entity is expanded, nothing is loaded."""

from __future__ import annotations

import codecs
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from typing import BinaryIO

from lxml import etree

from archiver.engines._xml import Node, local_name, text_of
from archiver.imports.base import UNREADABLE, Source, Torn, unreadable
from archiver.text import clean

Nodes = dict[str, list[Node]]
"""The children of an element by local name."""

_PIECE = 1 << 16
_UTF_16 = (codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)


class _Cleaned:
    """A file as XML allows it: WordPress hands out control characters, and bytes that are no UTF-8, as they are."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._begun = self._ended = self._is_raw = False

    def read(self, size: int = -1) -> bytes:
        """The next piece; empty at the end only, whatever is taken out."""
        made = b""
        while not made and not self._ended:
            data = self._stream.read(max(size, _PIECE))
            self._ended = not data
            if not self._begun:
                self._begun, data = True, data.removeprefix(codecs.BOM_UTF8).lstrip()
                self._is_raw = data[:2] in _UTF_16 or _declares_another(data)
            made = data if self._is_raw else clean(self._decoder.decode(data, not data)).encode()
        return made


def _declares_another(data: bytes) -> bool:
    """Whether a file says that its encoding is not UTF-8."""
    head = data[:200].partition(b"?>")[0].lower()
    return b"encoding" in head and b"utf-8" not in head


def elements(source: Source, member: str, wanted: Collection[str], inner: Collection[str] = ()) -> Iterator[Node]:
    """The outermost elements with these local names as they end. What was yielded is emptied when the next one is
    asked for. inner: names that are yielded, and emptied, within those. Raises Torn."""
    with closing(source.members[member]()) as stream:
        events = etree.iterparse(
            _Cleaned(stream),
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        open_ones = 0
        try:
            for event, node in events:
                name = local_name(node)
                if event == "start":
                    open_ones += name in wanted
                    continue
                open_ones -= name in wanted
                is_outermost = not open_ones
                if (is_outermost and name in wanted) or name in inner:
                    yield node
                if is_outermost or name in inner:
                    _let_go(node, whole=is_outermost)
        except etree.XMLSyntaxError as error:
            raise Torn(_why(member, error)) from error
        except UNREADABLE as error:
            raise Torn(unreadable(member, error)) from error


def _let_go(node: Node, *, whole: bool) -> None:
    """Empty an element; whole: with what stood before it, so that the tree does not grow."""
    node.clear()
    if whole:
        while (before := node.getprevious()) is not None:
            parent = before.getparent()
            if parent is None:
                break
            parent.remove(before)


def _why(member: str, error: etree.XMLSyntaxError) -> str:
    fault = (error.msg or "its XML is broken").strip().partition("\n")[0]
    fault = fault.partition(", line ")[0]
    return f"{member} is cut short or broken at line {error.lineno or 1} ({fault})"


def children(node: Node) -> Nodes:
    """The elements within one by local name, in their order."""
    found: dict[str, list[Node]] = {}
    for child in node:
        name = local_name(child)
        if name:
            found.setdefault(name, []).append(child)
    return found


def value(nodes: Mapping[str, Sequence[Node]], name: str) -> str:
    """The text of the first child of this name, white space around it taken off; empty where there is none."""
    found = nodes.get(name)
    return text_of(found[0]).strip() if found else ""


def attribute(node: Node, name: str) -> str | None:
    """An attribute by its local name, whatever its namespace; None where it is not there or blank."""
    for key, value in node.attrib.items():
        if str(key).rpartition("}")[2] == name and str(value).strip():
            return str(value).strip()
    return None
