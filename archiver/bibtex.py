"""BibTeX entries from any text: what TeX would act on is escaped, and no value can end its field."""

from __future__ import annotations

import re
from collections.abc import Mapping

_ESCAPES = str.maketrans(
    {char: f"\\{char}" for char in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)


def escape(text: str) -> str:
    """`text` as TeX sets it."""
    return text.translate(_ESCAPES)


def verbatim(text: str) -> str:
    """For fields that are not set but followed, such as addresses: braces alone would end them."""
    return re.sub(r"[{}\\\s]", lambda found: f"%{ord(found[0]):02X}", text)


def entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    """An entry with those of the fields that are not empty. The values must be escaped, the key be one."""
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return "".join([f"@{kind}{{{key},\n", *lines, "}\n"])
