"""Clean text: nothing that breaks a database or a file gets in, and nothing else is lost."""

from __future__ import annotations

import json
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.text import clean, clean_tree, normal_name, squeeze, word_count

# Hypothesis leaves surrogates out by default; here they are the point.
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=[]))


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("", ""),
        ("plain", "plain"),
        ("tab\tline\nreturn\r", "tab\tline\nreturn\r"),
        ("a\x00b", "ab"),
        ("a\x0b\x0c\x1fb", "ab"),
        ("\x7f\x85 stay", "\x7f\x85 stay"),
        ("é\x00à", "éà"),
        ("\ud83e\udde0 brain", "🧠 brain"),
        ("lone \ud83e", "lone \ufffd"),
        ("lone \udde0 low", "lone \ufffd low"),
        ("\udde0\ud83e", "\ufffd\ufffd"),
        ("\ud83e\x00\udde0", "\ufffd\ufffd"),
        ("\ud83e\ud83e\udde0", "\ufffd🧠"),
        ("\ufdd0x\ufffey\uffffz", "xyz"),
        ("\U0001ffffx\U0010fffey", "xy"),
        ("\ud83f\udffe", ""),  # a pair that is a noncharacter
        ("\U00020000 ideograph", "\U00020000 ideograph"),
        ("\ufeffmark", "\ufeffmark"),
        ("\ufffd", "\ufffd"),
    ],
)
def test_clean(dirty: str, expected: str) -> None:
    assert clean(dirty) == expected


def test_clean_text_is_handed_back_itself() -> None:
    for text in ("ascii only", "día ☀", "🧠"):
        assert clean(text) is text


@given(ANY_TEXT)
def test_clean_text_survives_every_store(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert json.loads(json.dumps(cleaned, ensure_ascii=False)) == cleaned
    assert sqlite3.connect(":memory:").execute("SELECT ?, length(?)", (cleaned, cleaned)).fetchone() == (
        cleaned,
        len(cleaned),
    )


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cn"])))
def test_clean_keeps_every_character(text: str) -> None:
    assert clean(text) == text


def test_clean_tree_reaches_everything() -> None:
    dirty = {"a\x00": ["b\x00", {"c": "\ud83e\udde0"}, 1, None, True, 2.5]}
    assert clean_tree(dirty) == {"a": ["b", {"c": "🧠"}, 1, None, True, 2.5]}
    assert clean_tree("\x00") == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  a \n\t b\r\n", "a b"),
        ("a\xa0\u2009\u3000b", "a b"),
        ("a\u2028b", "a b"),
        ("", ""),
        ("\xa0", ""),
        ("a\u200bb", "a\u200bb"),
    ],
)
def test_squeeze(text: str, expected: str) -> None:
    assert squeeze(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Pat O\u2019Hara", "Pat O'Hara"),
        ("Dr \u201cQuotes\u201d", 'dr "quotes"'),
        ("Prof  Q", "prof q"),
        ("Zoë", "zoe\u0308"),
        ("ＡＢＣ", "abc"),
        ("ﬁnd", "FIND"),
        ("Straße", "STRASSE"),
        ("Zero\u200bwidth", "zerowidth"),
        ("soft\xadhyphen", "softhyphen"),
        ("a\xa0b", "A B"),
        ("\u202bעברית\u202c", "עברית"),
        ("\ufeffName", "name"),
    ],
)
def test_names_that_are_one(one: str, other: str) -> None:
    assert normal_name(one) == normal_name(other)


@pytest.mark.parametrize(("one", "other"), [("Zoë", "Zoe"), ("a b", "ab"), ("花子", "花"), ("O'Hara", "OHara")])
def test_names_that_differ(one: str, other: str) -> None:
    assert normal_name(one) != normal_name(other)


@given(st.text())
def test_normal_name_is_stable(text: str) -> None:
    assert normal_name(normal_name(text)) == normal_name(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("...", 0),
        ("— – -", 0),
        ("one", 1),
        ("Don't panic, it's well-known.", 4),
        ("two—words", 2),
        ("range 3–5", 3),
        ("p = 0.05 (n=12)", 3),
        ("naïve café", 2),
        ("cafe\u0301 noir", 2),
        ("हिन्दी में लिखा", 3),
        ("شكرا جزيلا", 2),
        ("多発性硬化症", 6),
        ("コメントです。", 6),
        ("MRIで見る brain", 5),
        ("한국어 단어", 2),
        ("👍 👍", 0),
        ("_", 0),
    ],
)
def test_word_count(text: str, words: int) -> None:
    assert word_count(text) == words


@given(st.lists(st.text("abcdefghijklmnopqrstuvwxyzäöü0123456789", min_size=1)))
def test_word_count_of_plain_words(words: list[str]) -> None:
    assert word_count(" ".join(words)) == len(words)
