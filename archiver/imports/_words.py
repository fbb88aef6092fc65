"""Texts of exports: paragraphs that platforms put in when they show a text, times, people."""

from __future__ import annotations

import re

from archiver import content, dates
from archiver.model import Content, Moment

_BLOCK = re.compile(
    r"\s*<(?:/|!--|(?:p|div|ul|ol|li|dl|table|blockquote|pre|h[1-6]|figure|hr|section|article|aside|iframe|form|details"
    r"|header|footer|address|video|audio|script|style)\b)",
    re.IGNORECASE,
)
_BLANK = re.compile(r"\n\s*\n")
_WHOLE = re.compile(r"<(pre|table|script|style|ul|ol|blockquote)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)


def body(text: str | None, url: str) -> Content | None:
    """A text as it is kept, with the paragraphs that readers see: a blank line parts them, a new line is one."""
    if text is None:
        return None
    return content.from_html(paragraphs(text), url)


def paragraphs(text: str) -> str:
    """Blocks apart by a blank line become paragraphs, unless they begin with an element that is a block itself."""
    if "\n" not in text and _BLOCK.match(text):
        return text
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\n\n\x00{len(kept) - 1}\x00\n\n"

    blocks = _BLANK.split(_WHOLE.sub(keep, text.replace("\r\n", "\n").replace("\x00", "")))
    made = [_paragraph(block.strip()) for block in blocks if block.strip()]
    return re.sub("\x00(\\d+)\x00", lambda match: kept[int(match[1])], "\n".join(made))


def _paragraph(block: str) -> str:
    if block.startswith("\x00") or _BLOCK.match(block):
        return block
    lines = re.sub(r"(?<!>)\n|(?<=[a-z\"]>)\n(?!\s*<)", "<br>\n", block) if "<br" not in block.lower() else block
    return f"<p>{lines}</p>"


def moment(utc: str | None, local: str | None = None) -> Moment | None:
    """A time in UTC, else one by an unknown clock; zero dates of databases are none."""
    for text, clock in ((utc, 0), (local, None)):
        if text and not text.startswith("0000"):
            found = dates.from_iso(text, clock)
            if found:
                return found
    return None
