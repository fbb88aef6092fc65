"""Text to HTML, in the manner of WordPress: paragraphs, bare links, numeric entities, excerpts, slugs."""

from __future__ import annotations

import html
import re
import unicodedata
from datetime import datetime
from urllib.parse import quote

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

# WordPress sends its typographic characters as numeric entities; a reader has to undo them.
ENTITIES = str.maketrans({c: f"&#{ord(c)};" for c in "\u2018\u2019\u201c\u201d\u2013\u2014\u2026"})
BLOCK = re.compile(r"<(?:p|ul|ol|li|table|figure|blockquote|h[1-6]|div|pre|form)\b", re.IGNORECASE)
BARE_URL = re.compile(r"""(?<!["'>=])\bhttps?://[^\s<>"']+[^\s<>"'.,;:!?)]""")
INLINE = re.compile(r"</?(?:a|b|em|i|q|span|strong)\b[^>]*>")
TAG = re.compile(r"<[^>]*>")


def texturize(fragment: str) -> str:
    return fragment.translate(ENTITIES)


def escape(text: str) -> str:
    """Plain text as WordPress would print it between tags."""
    return texturize(html.escape(text, quote=False))


def paragraphs(text: str) -> str:
    """Blocks apart by a blank line; those that do not begin with a block tag become paragraphs."""
    blocks = (block.strip() for block in re.split(r"\n\s*\n", text))
    wrapped = (block if BLOCK.match(block) else f"<p>{block}</p>" for block in blocks if block)
    return texturize("\n".join(wrapped)) + "\n"


def linkify(text: str) -> str:
    """Bare addresses in comments become links."""
    return BARE_URL.sub(lambda m: f'<a href="{m[0]}" rel="nofollow ugc">{m[0]}</a>', text)


def plain(fragment: str) -> str:
    return html.unescape(" ".join(TAG.sub(" ", INLINE.sub("", fragment)).split()))


def excerpt(fragment: str, words: int = 55) -> str:
    """The first words as escaped text, ending in […] when there are more."""
    # A caption belongs to its picture, not to the summary.
    found = plain(re.sub(r"<figure.*?</figure>", "", fragment, flags=re.DOTALL)).split()
    short = escape(" ".join(found[:words]))
    return f"{short} [&hellip;]" if len(found) > words else short


def slugify(title: str) -> str:
    """`Sums & doubts` becomes `sums-doubts`; letters outside ASCII that have no base stay, percent-encoded."""
    decomposed = unicodedata.normalize("NFKD", title.lower())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    words = re.sub(r"[^\w\s-]|_", "", unicodedata.normalize("NFC", re.sub(r"[\u2013\u2014]", "-", bare)))
    kept = re.sub(r"[\s-]+", "-", words).strip("-")
    return quote(kept).lower()


def long_date(when: datetime) -> str:
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def clock(when: datetime) -> str:
    """`7 March 2022 at 4:05 pm`"""
    half = "am" if when.hour < 12 else "pm"
    return f"{long_date(when)} at {when.hour % 12 or 12}:{when.minute:02} {half}"
