"""What has changed between two wordings."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archiver.differences import MOST_WORDS, Change, Piece, changes, word_diff

TEXTS = st.text(alphabet="ab \n.é", max_size=40)


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("", "", []),
        ("one two", "one two", [("same", "one two")]),
        ("one two", "one three", [("same", "one "), ("gone", "two"), ("new", "three")]),
        ("", "new words", [("new", "new words")]),
        ("old words", "", [("gone", "old words")]),
        ("a dose of 5 mg", "a dose of 10 mg", [("same", "a dose of "), ("gone", "5"), ("new", "10"), ("same", " mg")]),
        ("Well, no", "Well no", [("same", "Well"), ("gone", ","), ("same", " no")]),
    ],
)
def test_words_are_told_apart(before, after, pieces):
    assert list(word_diff(before, after)) == [Piece(kind, text) for kind, text in pieces]


def test_only_the_paragraphs_that_changed_are_told():
    before = "Title\n\nFirst.\n\nSecond one.\n\nThird."
    after = "Title\n\nFirst.\n\nSecond two.\n\nThird.\n\nFourth."
    found = changes(before, after)
    assert [(change.before, change.after) for change in found] == [("Second one.", "Second two."), ("", "\nFourth.")]
    assert found[0].pieces[1:] == (Piece("gone", "one"), Piece("new", "two"), Piece("same", "."))


def test_a_blank_line_is_no_change():
    assert changes("a\n\nb", "a\nb") == []


@given(TEXTS, TEXTS)
@example("a\nb", "b\na")
def test_the_pieces_make_up_both_wordings(before, after):
    pieces = list(word_diff(before, after))
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == after
    assert all(one.kind != other.kind for one, other in pairwise(pieces))


@given(TEXTS, TEXTS)
def test_a_change_holds_both_sides(before, after):
    found = changes(before, after)
    for change in found:
        assert "".join(piece.text for piece in change.pieces if piece.kind != "new") == change.before
        assert change.before in before
        assert change.after in after
    if before.replace("\n", "") != after.replace("\n", ""):
        assert found


def test_long_texts_are_replaced_as_a_whole():
    """The ends that both have in common are found all the same."""
    before = "same " + "x " * MOST_WORDS + "end"
    after = "same " + "y " * MOST_WORDS + "end"
    (change,) = changes(before, after)
    assert isinstance(change, Change)
    assert [piece.kind for piece in change.pieces] == ["same", "gone", "new", "same"]
