"""Words and line breaks in, the text that a browser would show out."""

from __future__ import annotations

from archiver.text import SOFT_HYPHEN, squeeze


class Shown:
    """White space collapses, blocks stand on their own lines, cells are a tab apart.

    Breaks, tabs and spaces wait until the next word needs them, so that none of them piles up or
    stands at an end. `pieces` only grows: a place in it marks where a link or caption begins.
    """

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._preformatted = 0  # how many such elements we are in
        self._lines = 0
        self._tabs = 0
        self._space = False
        self._held = ""  # the last line feeds of preformatted text, dropped when it ends
        self._cell = -1  # the piece at which the innermost table cell begins

    def string(self, s: str) -> None:
        """Text between two tags."""
        if SOFT_HYPHEN in s:
            s = s.replace(SOFT_HYPHEN, "")
            if not s:
                return
        if self._preformatted:
            self._verbatim(s.replace("\r\n", "\n").replace("\r", "\n"))
            return
        words = " ".join(s.split())
        if words:
            self._gap(space=s[0].isspace())
            self.pieces.append(words)
        self._space = s[-1:].isspace() or (self._space and not words)

    def lines(self, number: int) -> None:
        """The edge of a block: the next words begin on a new line, after a blank one if `number` is 2."""
        if len(self.pieces) != self._cell:  # the first block of a cell begins where the cell does
            self._lines = max(self._lines, number)
            self._tabs, self._space = 0, False

    def line_break(self) -> None:
        """A <br>."""
        if self._preformatted:
            self._held += "\n"
        else:
            self._lines = min(self._lines + 1, 2)
            self._space = False

    def preformatted(self, change: int) -> None:
        """Begin (1) or end (-1) an element whose white space counts."""
        self._preformatted += change
        self._held = ""

    def begin_cell(self) -> int:
        """Returns what `end_cell` wants back."""
        outer, self._cell = self._cell, len(self.pieces)
        return outer

    def end_cell(self, outer: int) -> None:
        if len(self.pieces) != self._cell:
            self._lines = 0
        self._tabs += 1
        self._cell = outer

    def since(self, start: int, most: int | None = None) -> str:
        """What was added from piece `start` on, at most `most` pieces, as one line."""
        return squeeze("".join(self.pieces[start : None if most is None else start + most]))

    def text(self) -> str:
        """All of it; paragraphs a blank line apart."""
        whole = "".join(self.pieces).strip("\n")
        return whole if whole.strip() else ""

    def _verbatim(self, s: str) -> None:
        body = s.rstrip("\n")
        if not body:
            self._held += s
            return
        at_line_start = self._lines > 0 or not self.pieces
        shown = body.lstrip("\n") if at_line_start else self._held + body
        self._gap(space=False)
        self.pieces.append(shown)
        self._held = s[len(body) :]

    def _gap(self, *, space: bool) -> None:
        if self.pieces and self._lines:
            self.pieces.append("\n" * self._lines)
        if self._tabs:
            self.pieces.append("\t" * self._tabs)
        elif self.pieces and not self._lines and (space or self._space):
            self.pieces.append(" ")
        self._lines, self._tabs, self._space = 0, 0, False
