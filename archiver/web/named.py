"""Names for what Datasette's pages leave nameless, so that screen readers can say what it is.

Their templates are one block each, which could only be replaced as a whole; so the few words that are lacking are
put into the finished page. Our own pages need none of this.
"""

from __future__ import annotations

import re

_BEGINNING, _LANGUAGE_LESS = b"<!DOCTYPE html>", b"<html>"
_NAMES = {b"column": b"Column to filter by", b"op": b"How to compare", b"value": b"Value to compare with"}
_FIELD = re.compile(rb'<(?:select|input type="text") name="_filter_(column|op|value)(?:_\d+)?"')

# Where JavaScript has put CodeMirror in the place of the text field for SQL.
EDITOR = """
window.addEventListener('load', () => {
  for (const field of document.querySelectorAll('.CodeMirror textarea, .cm-content')) {
    field.setAttribute('aria-label', 'SQL');
  }
});
"""


def fields(body: bytes) -> bytes:
    """A page of Datasette's with its language and the names of its fields; anything else as it is."""
    if not body.startswith(_BEGINNING) or _LANGUAGE_LESS not in body[:100]:
        return body
    body = body.replace(_LANGUAGE_LESS, b'<html lang="en">', 1)
    return _FIELD.sub(lambda found: b'%b aria-label="%b"' % (found[0], _NAMES[found[1]]), body)
