"""An HTML fragment made into Markdown (CommonMark). What Markdown has no sign for keeps its text alone."""

from __future__ import annotations

import re

from lxml import html as parser
from lxml.etree import ParserError
from lxml.html import HtmlElement

from archiver.harmless import PICTURE, clean_html
from archiver.text import squeeze

_SPECIAL = re.compile(r"([\\`*_\[\]<>&#|~])")
# What begins a heading, list, quotation, rule or code when it stands at the beginning of a line.
_BEGINS = re.compile(r"^(\s*\d*)([-+=.)])", re.MULTILINE)
_BREAK = "\x0b"  # stands for <br> until lines are made; no text holds it
_BLOCKS = {
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "table", "tr", "hr",
    "figure", "figcaption", "dl", "dt", "dd", "details", "summary", "caption", "thead", "tbody", "tfoot",
}  # fmt: skip
_MARKED = {"**": ("strong", "b"), "*": ("em", "i", "cite"), "~~": ("del", "s")}
_SIGNS = {tag: (sign, sign) for sign, tags in _MARKED.items() for tag in tags}
_DEEPEST = 40  # elements within each other; what lies deeper keeps its text


def to_markdown(html: str) -> str:
    """The fragment, cleaned first, as paragraphs that stand apart by an empty line."""
    try:
        # Otherwise lxml drops what lies deeper than 256 elements.
        lenient = parser.HTMLParser(huge_tree=True, encoding="utf-8")
        root = parser.fragment_fromstring(str(clean_html(html)), create_parent="div", parser=lenient)
    except (ParserError, ValueError):  # nothing in it, or nothing that lxml takes
        return inline(html)
    return "\n\n".join(_blocks(root, 0))


def inline(text: str) -> str:
    """Plain text on one line, with nothing in it that Markdown obeys."""
    return _BEGINS.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", squeeze(text)))


def _blocks(node: HtmlElement, depth: int) -> list[str]:
    """The blocks within an element: text and inline elements between two of them make a paragraph."""
    found: list[str] = []
    run: list[str] = [_text(node.text)]

    def end() -> None:
        text = _paragraph("".join(run))
        if text:
            found.append(text)
        run.clear()

    for child in node:
        if child.tag in _BLOCKS and depth < _DEEPEST:
            end()
            found.extend(block for block in _block(child, depth + 1) if block)
        else:
            run.append(_inline(child, depth + 1))
        run.append(_text(child.tail))
    end()
    return found


def _block(node: HtmlElement, depth: int) -> list[str]:
    tag = str(node.tag)
    if tag in {"ul", "ol"}:
        return ["\n".join(_items(node, depth))]
    if tag == "pre":
        text = node.text_content().strip("\n")
        fence = "`" * max(3, 1 + max(map(len, re.findall(r"`+", text)), default=0))
        return [f"{fence}\n{text}\n{fence}"]
    if tag == "blockquote":
        return ["\n".join(f"> {line}".rstrip() for line in "\n\n".join(_blocks(node, depth)).split("\n"))]
    if tag == "hr":
        return ["---"]
    if tag == "tr":
        return [" | ".join(" ".join(_blocks(cell, depth)).replace("\n", " ") for cell in node)]
    inner = _blocks(node, depth)
    if re.fullmatch("h[1-6]", tag):
        # The title of the post is the only one of the first level.
        return [f"{'#' * min(6, int(tag[1]) + 1)} {' '.join(inner).replace(chr(10), ' ')}"] if inner else []
    return inner


def _items(node: HtmlElement, depth: int) -> list[str]:
    lines = []
    for number, item in enumerate(node, 1):
        sign = f"{number}. " if node.tag == "ol" else "- "
        first, *rest = "\n\n".join(_blocks(item, depth)).split("\n")
        lines.append(f"{sign}{first}")
        lines += [f"{' ' * len(sign)}{line}".rstrip() for line in rest]
    return lines


def _inline(node: HtmlElement, depth: int) -> str:
    tag = node.tag
    if tag == "br":
        return _BREAK
    if node.get(PICTURE) is not None:
        words = node.text_content().partition(": ")[2]
        return f"\\[image: {_text(words)}\\]" if words else ""
    if depth >= _DEEPEST:
        return _text(node.text_content())
    if tag in {"code", "kbd", "samp"}:
        return _code(node.text_content())
    inner = _text(node.text) + "".join(_inline(child, depth + 1) + _text(child.tail) for child in node)
    before, after = _SIGNS.get(str(tag), ("", ""))
    if tag == "a" and node.get("href"):
        href = re.sub(r"[\s<>()\\]", lambda found: f"%{ord(found[0]):02X}", node.get("href"))
        before, after = "[", f"]({href})"
    stripped = inner.strip()
    if not before or not stripped:
        return inner
    # Signs stand next to what they mark, and the spaces without.
    start = inner[: len(inner) - len(inner.lstrip())]
    return f"{start}{before}{stripped}{after}{inner[len(inner.rstrip()) :]}"


def _code(text: str) -> str:
    text = squeeze(text)
    ticks = "`" * (1 + max(map(len, re.findall(r"`+", text)), default=0))
    return f"{ticks} {text} {ticks}" if "`" in text else f"{ticks}{text}{ticks}" if text else ""


def _text(text: str | None) -> str:
    return _SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", text)) if text else ""


def _paragraph(text: str) -> str:
    lines = [line.strip() for line in text.split(_BREAK)]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return "\\\n".join(_BEGINS.sub(r"\1\\\2", line) for line in lines)
