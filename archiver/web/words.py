"""What people type into the search box, made into something that FTS5 understands."""

from __future__ import annotations

import re

MOST_WORDS = 64  # FTS5 refuses expressions that are very large

_PART = re.compile(r'"([^"]*)"?|([^\s"]+)')


def match_expression(typed: str | None) -> str:
    """An FTS5 expression for any text: all words must occur, quoted ones side by side, `immun*` by its beginning.

    Everything else that means something to FTS5 is taken as a plain word or passed over. What holds no
    letter or digit at all finds nothing.
    """
    parts = []
    # A zero byte would end the expression in the middle of a string.
    for phrase, word in _PART.findall((typed or "").replace("\x00", " ")):
        text = phrase or word
        if re.search(r"[^\W_]", text):
            star = "*" if word.endswith("*") else ""
            parts.append(f'"{text.rstrip("*") if star else text}"{star}')
    return " ".join(parts[:MOST_WORDS]) or '""'
