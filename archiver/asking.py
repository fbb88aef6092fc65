"""What people type into a search box, made into an FTS5 expression, and told back to them in words.

Words must all occur; "words in quotes" side by side; immun* by its beginning; AND, OR, NOT (or a minus) and
parentheses combine. Whatever makes no sense is passed over, and said to be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

LONGEST = 2000  # characters of a question that are read
MOST_WORDS = 64  # FTS5 refuses expressions that are very large
DEEPEST = 12  # parentheses within each other

_TOKEN = re.compile(
    r'(?P<minus>-(?=["\w(]))?(?:"(?P<phrase>[^"]*)(?P<end>"?)(?P<star>\*?)|(?P<mark>[()])|(?P<word>[^\s"()]+))'
)
_PLAIN = re.compile(r'"([^"]*)"?|([^\s"]+)')
_OPERATORS = {"AND", "OR", "NOT"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question. expression: for FTS5; '' when there is no word in it. meaning, notes: for people."""

    typed: str
    expression: str
    meaning: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of the expression with its meaning. many: joined of several, so that it wants parentheses."""

    expression: str
    meaning: str
    many: bool = False


@dataclass(slots=True)
class _Parser:
    tokens: list[tuple[str, str, bool]]  # kind (word, operator or mark), text, whether only its beginning counts
    place: int = 0
    words: int = 0
    notes: dict[str, None] = field(default_factory=dict)

    def peek(self) -> tuple[str, str, bool]:
        return self.tokens[self.place] if self.place < len(self.tokens) else ("end", "", False)

    def take(self, kind: str, text: str) -> bool:
        if self.peek()[:2] == (kind, text):
            self.place += 1
            return True
        return False

    def note(self, text: str) -> None:
        self.notes[text] = None

    def either(self, depth: int = 0) -> _Part | None:
        parts = [self.together(depth)]
        while self.take("operator", "OR"):
            parts.append(self.together(depth))
        found = [part for part in parts if part]
        if len(found) < len(parts) and len(parts) > 1:
            self.note("OR stands between two words; one of them is missing, so it was passed over.")
        return _joined(found, " OR ", " or ")

    def together(self, depth: int) -> _Part | None:
        wanted: list[_Part] = []
        unwanted: list[_Part] = []
        while self.peek()[0] != "end" and self.peek()[:2] not in {("operator", "OR"), ("mark", ")")}:
            if self.take("operator", "AND"):
                continue
            negative = False
            while self.take("operator", "NOT"):
                negative = True
            part = self.single(depth)
            if part:
                (unwanted if negative else wanted).append(part)
        whole = _joined(wanted, " AND ", " and ")
        without = _joined(unwanted, " OR ", " nor ")
        if without is None:
            return whole
        if whole is None:
            self.note(
                f"NOT takes away from something; before {without.meaning} there is nothing, so it was passed over."
            )
            return None
        return _Part(
            f"({whole.expression}) NOT ({without.expression})", f"{whole.meaning}, but not {without.meaning}", many=True
        )

    def single(self, depth: int) -> _Part | None:
        kind, text, star = self.peek()
        if kind == "mark" and text == "(":
            self.place += 1
            if depth >= DEEPEST:
                self.note(f"Parentheses deeper than {DEEPEST} were passed over.")
                return None
            part = self.either(depth + 1)
            if not self.take("mark", ")"):
                self.note("A parenthesis was never closed; it was taken to end with the question.")
            return part
        if kind != "word":
            return None
        self.place += 1
        self.words += 1
        if self.words > MOST_WORDS:
            self.note(f"Only the first {MOST_WORDS} words are looked for.")
            return None
        return _Part(f'"{text}"{" *" if star else ""}', f"words that begin with “{text}”" if star else f"“{text}”")


def plain(typed: str | None) -> str:
    """All of the words, each of which must occur; those in quotes side by side, `immun*` by its beginning.

    Everything else that means something to FTS5 is taken as a plain word or passed over. '' where there is no word.
    """
    found = []
    # A zero byte would end the expression in the middle of a string.
    for phrase, word in _PLAIN.findall((typed or "").replace("\x00", " ")):
        text = phrase or word
        if _has_word(text):
            star = "*" if word.endswith("*") else ""
            found.append((word, f'"{text.rstrip("*") if star else text}"{star}'))
    # An operator that made no sense is not a word that somebody is looking for, unless it is all there is.
    wanted = [quoted for word, quoted in found if word not in _OPERATORS] or [quoted for _, quoted in found]
    return " ".join(wanted[:MOST_WORDS])


def understand(typed: str | None) -> Asked:
    """The question in any text. Never fails."""
    text = re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]+", " ", typed or "").strip()
    notes: dict[str, None] = {}
    if len(text) > LONGEST:
        text = text[:LONGEST]
        notes[f"Only the first {LONGEST:,} characters were read."] = None
    parser = _Parser(_tokens(text, notes), notes=notes)
    parts: list[_Part] = []
    while parser.peek()[0] != "end":
        part = parser.either()
        if part:
            parts.append(part)
        if parser.take("mark", ")"):
            parser.note("A parenthesis was closed that had not been opened; it was passed over.")
    whole = _joined(parts, " AND ", " and ")
    if text and whole is None:
        parser.note("There is no word in it to look for.")
    return Asked(text, whole.expression if whole else "", whole.meaning if whole else "", tuple(parser.notes))


def _tokens(text: str, notes: dict[str, None]) -> list[tuple[str, str, bool]]:
    found: list[tuple[str, str, bool]] = []
    for match in _TOKEN.finditer(text):
        if match["minus"]:
            found.append(("operator", "NOT", False))
        if match["mark"]:
            found.append(("mark", match["mark"], False))
        elif match["phrase"] is not None:
            if not match["end"]:
                notes["A quotation mark was never closed; it was taken to end with the question."] = None
            if _has_word(match["phrase"]):
                found.append(("word", " ".join(match["phrase"].split()), bool(match["star"])))
        elif match["word"] in _OPERATORS:
            found.append(("operator", match["word"], False))
        elif _has_word(match["word"]):
            word = match["word"]
            star = word.endswith("*")
            found.append(("word", word.rstrip("*") if star else word, star))
        else:
            notes[f"“{match['word'][:20]}” holds neither letter nor digit and was passed over."] = None
    return found


def _has_word(text: str) -> bool:
    return re.search(r"[^\W_]", text) is not None


def _joined(parts: list[_Part], sign: str, word: str) -> _Part | None:
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0]
    return _Part(
        sign.join(f"({part.expression})" if part.many else part.expression for part in parts),
        word.join(f"({part.meaning})" if part.many else part.meaning for part in parts),
        many=True,
    )
