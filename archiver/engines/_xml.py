"""XML as the web serves it: read strictly and safely, mended only where that loses nothing.

A document's own entities are never expanded, nothing is loaded, and a document that stops in the
middle is refused: half a feed must not pass for a whole one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape, unescape
from html.entities import html5
from typing import Final

from lxml import etree
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding

from archiver.errors import PageError
from archiver.page import Page
from archiver.text import clean

XML_NAMESPACE: Final = "http://www.w3.org/XML/1998/namespace"

# The prefixes that feeds may use without declaring them.
NAMESPACES: Final = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "dw": "https://www.dreamwidth.org",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "lj": "http://www.livejournal.org/rss/lj/1.0/",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}

Node = etree._Element  # noqa: SLF001 - lxml has no public name for it

_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_REFERENCE = re.compile(r"&(?:(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)?")
_PREFIX = re.compile(r"<([A-Za-z_][\w.-]{0,40}):")
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]{0,60})")
_NOT_ASCII = re.compile(rb"[\x80-\xff]+")
_PREDEFINED = {"amp", "lt", "gt", "quot", "apos"}


def parse(page: Page) -> Node:
    """The root of an XML page. Raises PageError when it is HTML, broken beyond mending, or cut short."""
    text = decoded(page)
    start = text.find("<?xml", 0, 4096)  # blank lines, or a server's warning, may stand before it
    text = (text[start:] if start > 0 else text).strip()
    try:
        return _parse(text)
    except etree.XMLSyntaxError:
        pass
    try:
        return _parse(_mended(text))
    except etree.XMLSyntaxError as error:
        raise PageError(page.url, _why(text, error), "The page is marked and left") from error


def decoded(page: Page) -> str:
    """The body as clean Unicode. UTF-8 that decodes is UTF-8, whatever the header or declaration says."""
    body = page.body
    if body.isascii() or body[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return page.text
    declared = http_content_type_encoding(page.headers.get("content-type")) or html_body_declared_encoding(body)
    try:
        return clean(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return clean(_mixed(body)) if declared in {None, "utf-8"} else page.text


def local_name(element: Node) -> str:
    """The tag without its namespace; empty for a comment, an instruction or an entity."""
    tag: object = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def namespace(element: Node) -> str:
    tag: object = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


def text_of(element: Node) -> str:
    """All text inside. A reference to HTML's names gives its character, another stays as written."""
    parts = [element.text or ""]
    for child in element:
        parts.append(unescape(child.text or "") if child.tag is etree.Entity else text_of(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _parse(text: str) -> Node:
    parser = etree.XMLParser(
        encoding="utf-8",  # the text was decoded here, its declaration may be wrong
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,  # libxml2's own bounds on depth, text nodes and amplification
        strip_cdata=False,
        remove_comments=True,
        remove_pis=True,
    )
    return etree.fromstring(text.encode("utf-8"), parser)


def _mixed(body: bytes) -> str:
    """UTF-8 with windows-1252 in places: old posts that an import left undecoded."""
    return _NOT_ASCII.sub(lambda run: _run(run[0]), body).decode("utf-8", "replace")


def _run(run: bytes) -> bytes:
    text = run.decode("utf-8", "replace")
    if 2 * text.count("\N{REPLACEMENT CHARACTER}") > len(text):
        text = run.decode("windows-1252", "replace")
    return text.encode("utf-8")


def _mended(text: str) -> str:
    """`text` with the faults taken out that hide nothing.

    Bare ampersands, HTML's entity names, references to characters that XML forbids, prefixes that
    nobody declared, and what a server or plugin printed after the end.
    """
    root = _ROOT.search(text)
    if root is None:
        return text
    end = f"</{root[1]}>"
    if end in text:
        text = text[: text.rindex(end) + len(end)]
    text = _outside_cdata(text, lambda part: _REFERENCE.sub(_known_reference, part))
    used = {match[1] for part in _sections(text) if not part.startswith(_CDATA) for match in _PREFIX.finditer(part)}
    missing = "".join(
        f' xmlns:{prefix}="{NAMESPACES.get(prefix, "urn:undeclared:" + prefix)}"'
        for prefix in sorted(used - {"xml"})
        if f"xmlns:{prefix}" not in text
    )
    return _ROOT.sub(lambda match: match[0] + missing, text, count=1)


def _known_reference(match: re.Match[str]) -> str:
    name = match[1] or ""
    if name in _PREDEFINED:
        return match[0]
    if name.startswith("#"):
        character = clean(unescape(match[0])).strip("\N{REPLACEMENT CHARACTER}")
        return f"&#{ord(character)};" if len(character) == 1 else ""
    if name + ";" in html5:
        return escape(html5[name + ";"])
    return "&amp;" + match[0][1:]


def _outside_cdata(text: str, change: Callable[[str], str]) -> str:
    return "".join(part if part.startswith(_CDATA) else change(part) for part in _sections(text))


def _sections(text: str) -> Iterator[str]:
    """The text cut before and after each CDATA section."""
    here = 0
    while (start := text.find(_CDATA, here)) >= 0:
        end = text.find(_CDATA_END, start)
        if end < 0:
            break
        yield text[here:start]
        here = end + len(_CDATA_END)
        yield text[start:here]
    yield text[here:]


def _why(text: str, error: etree.XMLSyntaxError) -> str:
    head = text[:2000].lower()
    if not text:
        return "XML was expected and the body is empty"
    if head.startswith(("<!doctype html", "<html")) or ("<html" in head and "<head" in head):
        return "XML was expected and an HTML page came"
    root = _ROOT.search(text)
    if root is None:
        return "XML was expected and something else came"
    fault = (error.msg or "").strip().replace("\n", " ")
    torn = getattr(error, "code", None) == etree.ErrorTypes.ERR_CDATA_NOT_FINISHED  # the stubs do not know it
    whole = text.endswith(f"</{root[1]}>") and not torn
    return f"its XML is {'broken' if whole else 'cut short'} ({fault})"
