"""The body of a post where nothing of ours finds one: by trafilatura, where the extra `[floor]` has brought it.

It is asked last and for the body alone; what we know to be comments is taken out of the page before, since it
has no notion of them that holds on every page.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from importlib import import_module
from types import ModuleType

from lxml import etree
from lxml.html import HtmlElement, document_fromstring, tostring

from archiver import content
from archiver.engines import _words
from archiver.engines.dom import Dom
from archiver.model import Content

LEAST = 80
"""Characters of text that are worth being taken for a post."""


@cache
def extractor() -> ModuleType | None:
    """trafilatura, if it is installed. It takes a while to load, and most pages never need it."""
    try:
        return import_module("trafilatura")
    except ImportError:
        return None


def body(dom: Dom, apart: Collection[HtmlElement]) -> Content | None:
    """What trafilatura takes for the body, without these elements; None where it finds none either."""
    found = extractor()
    if found is None:
        return None
    html = f"<html>{_words.markup(dom.root, apart)}</html>"
    try:
        made = found.extract(
            html, output_format="html", include_comments=False, include_formatting=True, include_links=True
        )
    except (ValueError, etree.LxmlError):
        return None
    if not made:
        return None
    holder = document_fromstring(made).find("body")
    inner = "" if holder is None else "".join(tostring(child, encoding="unicode") for child in holder)
    read = content.from_html(inner, dom.base)
    return read if len(read.text) >= LEAST else None
