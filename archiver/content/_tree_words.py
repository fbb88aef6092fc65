"""The words of an element off its page's own tree, where writing and parsing them anew would change nothing.

That is so for the elements that posts are made of, with the attributes that they have: what libxml2 has nested
once it nests again. It is not for what the writer of HTML alters (odd addresses, attributes without value), nor
for what may not be cleaned yet. All else is left to the parser of fragments; tests hold one to the other.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from lxml import etree
from lxml.html import HtmlElement

from archiver.content._reading import Mark, Reading, names

_TAME = names(
    "a abbr article aside b blockquote br caption cite code dd del div dl dt em figcaption figure footer h1 h2 h3 h4 h5"
    " h6 header hr i img ins kbd li mark ol p pre q s samp section small span strong sub sup table tbody td tfoot th"
    " thead time tr u ul var wbr"
)
_UNCLOSED = names("dd dt li p tbody td tfoot th thead tr")  # empty ones may be written without an end tag
_NAME = re.compile(r"(?!xmlns)[a-z][a-z0-9_-]*")
_BOOLEAN = names(
    "checked compact declare defer disabled ismap multiple nohref noresize noshade nowrap readonly selected"
)
_ESCAPED = frozenset({"action", "href", "name", "src"})  # the writer escapes these as addresses
_ADDRESS = re.compile(r"[A-Za-z0-9\-_.!~*'()@/:=?;#%&,+]*", re.ASCII)
_ODD = re.compile("[\x00-\x1f\x7f]")
_SPACES = " \t\n"  # others are cleaned, or written as others
_DEEPEST = 100
_AROUND = 3  # the fragment, <html> and <body>, which the parser would put around the words


def walk(element: HtmlElement, dropped: Collection[HtmlElement], reading: Reading) -> bool:
    """Tell `reading` what is in an element, but for the dropped ones. False when it is not for this walk.

    The text behind a dropped element joins the text before it.
    """
    stack: list[tuple[Mark, Iterator[HtmlElement], HtmlElement]] = []
    children, text, preserved = iter(element), element.text or "", 0
    while True:
        for node in children:
            if dropped and node in dropped:
                text += node.tail or ""
                continue
            if text:
                reading.string(text if preserved else _collapsed(text))
            tag = node.tag
            if tag is etree.Comment:
                text = node.tail or ""
                continue
            attributes = dict(node.items())
            if not _is_tame(node, attributes, dropped) or len(stack) == _DEEPEST:
                return False
            mark = reading.enter(tag, attributes, len(stack) + _AROUND)
            if mark is not None and (len(node) or node.text):
                stack.append((mark, children, node))
                preserved += tag == "pre"
                children, text = iter(node), node.text or ""
                break
            if mark is not None:
                reading.leave(mark)
            text = node.tail or ""
        else:
            if text:
                reading.string(text if preserved else _collapsed(text))
            if not stack:
                return True
            mark, children, node = stack.pop()
            reading.leave(mark)
            preserved -= node.tag == "pre"
            text = node.tail or ""


def _is_tame(node: HtmlElement, attributes: dict[str, str], dropped: Collection[HtmlElement]) -> bool:
    """Whether an element comes back from the writer and the parser as it is."""
    tag = node.tag
    if tag not in _TAME or (tag in _UNCLOSED and not node.text and all(child in dropped for child in node)):
        return False
    for name, value in attributes.items():
        if name in _BOOLEAN or not _NAME.fullmatch(name):
            return False
        if _ADDRESS.fullmatch(value) is None if name in _ESCAPED else _ODD.search(value) is not None:
            return False
    return True


def _collapsed(text: str) -> str:
    """Text as the parser of fragments keeps it: white space alone is one line feed or one space."""
    if text.strip(_SPACES):
        return text
    return "\n" if "\n" in text else " "
