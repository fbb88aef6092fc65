"""As much of Markdown as the checks of the docs need: headings, links, code."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_FENCE = re.compile(r"^(?P<fence>```+|~~~+)(?P<info>[^\n]*)\n(?P<code>.*?)^(?P=fence)\s*$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_LINK = re.compile(r"\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)|^\[[^\]]+\]:\s+(\S+)", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_ANCHOR = re.compile(r"<a\s+(?:id|name)=\"([^\"]+)\"")


class Block(NamedTuple):
    """A fenced block: the words behind the opening fence, and the lines inside."""

    info: tuple[str, ...]
    code: str


def blocks(text: str) -> list[Block]:
    return [Block(tuple(match["info"].split()), match["code"]) for match in _FENCE.finditer(text)]


def spans(text: str) -> list[str]:
    """The inline code."""
    return _SPAN.findall(_FENCE.sub("", text))


def links(text: str) -> list[str]:
    """The targets of all links and images, code left aside."""
    return [inline or reference for inline, reference in _LINK.findall(_SPAN.sub("", _FENCE.sub("", text)))]


def anchors(text: str) -> set[str]:
    """What `#…` may point at: headings, spelt as code hosts spell them, and explicit anchors."""
    found: dict[str, int] = {}
    for heading in _HEADING.findall(_FENCE.sub("", text)):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        found[slug] = found.get(slug, -1) + 1
    numbered = {f"{slug}-{n}" for slug, count in found.items() for n in range(1, count + 1)}
    return set(found) | numbered | set(_ANCHOR.findall(text))


def broken_links(path: Path) -> list[str]:
    """Relative links of a file that lead to no file, or to no heading in it."""
    broken = []
    for link in links(path.read_text(encoding="utf-8")):
        if re.match(r"[a-z][a-z0-9+.-]*:", link):
            continue
        place, _, anchor = link.partition("#")
        target = path.parent / place if place else path
        missing = not target.exists()
        if missing or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            broken.append(link)
    return broken


def command_lines(text: str, command: str) -> Iterator[str]:
    """The calls of a command in code blocks and inline code, without prompt, comment and what follows a pipe.

    A block marked `unchecked` behind its fence is left out, and so are blocks of other languages.
    """
    shells = {"", "sh", "bash", "console", "shell"}
    lines = list(spans(text))
    for block in blocks(text):
        if (block.info or ("",))[0] in shells and "unchecked" not in block.info:
            lines += block.code.replace("\\\n", " ").splitlines()
    for line in lines:
        for part in re.split(r"\s(?:\||&&|;|>|2>|#)\s?", line):
            words = re.sub(r"^\s*(?:\$\s+)?(?:\.venv/bin/)?", "", part)
            if words == command or words.startswith(f"{command} "):
                yield words.strip()
