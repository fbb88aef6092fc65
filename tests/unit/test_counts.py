"""Counts: what a heading claims is read, and a number in a title is not a claim."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.printed import counts
from archiver.printed.counts import comment_count, count_in, leading_number


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("(34)", 34),
        ("34", 34),
        (" (34) ", 34),
        ("(1,234)", 1234),
        ("(1.234)", 1234),
        ("(1 234)", 1234),
        ("(1\N{NO-BREAK SPACE}234)", 1234),
        ("(1\N{NARROW NO-BREAK SPACE}234)", 1234),
        ("(1’234)", 1234),
        ("(1,234,567)", 1234567),
        ("(1,23,456)", 123456),
        ("(١٢)", 12),
        ("(١٬٢٣٤)", 1234),
        ("（7）", 7),
        ("[7]", 7),
        ("(0)", 0),
        ("June 2026  (3)", 3),
        ("Phase III (5)", 5),
        ("Covid (2020) (34)", 34),
        ("June 2026", None),
        ("Research", None),
        ("(n/a)", None),
        ("(1.5)", None),
        ("(1.2k)", None),
        ("", None),
    ],
)
def test_count_in(label: str, expected: int | None) -> None:
    assert count_in(label) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15 comments", 15),
        ("1,234 replies", 1234),
        ("« 3 »", 3),
        ("One comment", 1),
        ("Ein Kommentar", 1),
        ("No comments", 0),
        ("Keine Kommentare", 0),
        ("Comments 3", None),
        ("Einen Kommentar schreiben", None),
        ("Write a comment", None),
        ("", None),
    ],
)
def test_leading_number(text: str, expected: int | None) -> None:
    assert leading_number(text) == expected


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("15 comments", 15),
        ("15 Comments", 15),
        ("1 comment", 1),
        ("One comment", 1),
        ("One thought on", 1),
        ("有一个想法", 1),
        ("یک پاسخ", 1),
        ("بدون دیدگاه", 0),
        ("Нема коментара", 0),
        ("尚無留言", 0),
        ("15 Kommentaari", 15),
        ("0 comments", 0),
        ("No comments", 0),
        ("No comments yet", 0),
        ("No responses to “10 things”", 0),
        ("Comments (12)", 12),
        ("Comments: 12", 12),
        ("Responses: 4", 4),
        ("15", 15),
        ("(15)", 15),
        ("1,234 comments", 1234),
        ("100+ comments", 100),
        ("3 nested replies", 3),
        ("3 new replies", None),
        ("12 Comments Add yours", 12),
        ("Join the conversation 7 Comments", 7),
        ("3 Comments, 2 Pings", 3),
        ("Comments 1 – 50 of 400", 400),
        ("Showing 50 of 400 comments", 400),
        ("1 thought on “Title 2”", 1),
        ("One thought on “10 things”", 1),
        ("3 thoughts on “He said “5 things” and 6 more”", 3),
        ("12 responses to ‘The 5’", 12),
        ('2 Replies to "7 days"', 2),
        # nothing is claimed
        ("Comments", None),
        ("Leave a comment", None),
        ("Leave a Reply to “10 things”", None),
        ("Comments are closed.", None),
        ("Load 20 more comments", None),
        ("1.2k comments", None),
        ("About the author", None),
        ("Related posts (3)", None),
        ("February 10, 2021", None),
        ("5 years ago", None),
        ("", None),
        # other languages
        ("16 Kommentare", 16),
        ("Ein Kommentar zu „5 Dinge“", 1),
        ("3 Gedanken zu „5 Dinge“", 3),
        ("Keine Kommentare zu „7 Dinge“", 0),
        ("1.234 Kommentare", 1234),
        ("Un commentaire sur « 10 choses »", 1),
        ("3 réflexions sur « 10 choses »", 3),
        ("1 234 commentaires", 1234),
        ("Aucun commentaire", 0),
        ("Un comentario en «5 cosas»", 1),
        ("3 comentarios en «5 cosas»", 3),
        ("No hay comentarios", 0),
        ("No se admiten comentarios", None),
        ("Comentarios en «X»", None),
        ("Um comentário em “5”", 1),
        ("3 pensieri su “5”", 3),
        ("Nessun commento", 0),
        ("3 reacties op “4”", 3),
        ("En kommentar till ”4”", 1),
        ("2 kommenttia artikkeliin ”4”", 2),
        ("3 komentarze do „5”", 3),
        ("Jeden komentarz", 1),
        ("Žádné komentáře", 0),
        ("3 комментария к записи «10 вещей»", 3),
        ("Комментарии: 12", 12),
        ("Комментариев нет", 0),
        ("3 yorum", 3),
        ("3 σκέψεις σχετικά με το “5”", 3),
        ("3 תגובות", 3),
        ("٣ تعليقات", 3),
        ("تعليق واحد على “5”", 1),
        ("3件のコメント", 3),
        ("コメント 3 件", 3),
        ("“Title 5” への2件のフィードバック", 2),
        ("«Title 7» 上有 3 条评论", 3),
        ("《7》有 3 則留言", 3),
        ("一条评论", 1),
        ("暂无评论", 0),
        ("댓글 3개", 3),
        ("“5 things” 에 대한 3개의 생각", 3),
        ("2 bình luận", 2),
        ("3 tanggapan untuk “5”", 3),
    ],
)
def test_comment_count(heading: str, expected: int | None) -> None:
    assert comment_count(heading) == expected


@pytest.mark.parametrize(
    ("heading", "title", "expected"),
    [
        ("3 replies to 2020 in review", "2020 in review", 3),
        ("2 replies to 3 replies to 4", "3 replies to 4", 2),
        ("16 comments on Phase 3 trial", "Phase 3 trial", 16),
        ("Comments on Phase 3 trial (16)", "Phase 3 trial", 16),
        ("Comments on Phase 3 trial", "Phase 3 trial", None),
        ("Leave a reply to 5 comments", "5 comments", None),
        ("1 thought on “1”", "1", 1),
        ("4 thoughts on “2016”", "2016", 4),
        ("«2016» 上有 4 条评论", "2016", 4),
        ("«4 条评论» 上有 3 条评论", "4 条评论", 3),
        ("3 thoughts on “He said “5 things” and 6 more”", "He said “5 things” and 6 more", 3),
        ("7 Comments on “Don’t panic – 42”", "Don't panic - 42", 7),
        ("7 COMMENTS ON “THE 5 RULES”", "The 5 rules", 7),
        ("7 comments on A\N{NO-BREAK SPACE}title with 5", "A title with 5", 7),
        ("3 thoughts on “A very long 10 t…”", "A very long 10 things title", 3),
        ("15 comments", "15", 15),
        ("15 comments on 15", "15", 15),
        ("15", "15", 15),
        ("15 comments", "", 15),
        ("One comment on One comment", "One comment", 1),
        ("9 tuairimí ar “10”", "10", 9),  # an unknown word beside the title
    ],
)
def test_numbers_of_the_title_do_not_count(heading: str, title: str, expected: int | None) -> None:
    assert comment_count(heading, title) == expected


TITLES = st.text("abc 0123456789“”'’«»-–:?!().", min_size=1, max_size=25).filter(lambda s: s.strip(" “”'’«»-–:?!()."))
HEADINGS = [
    "{} comments on “{}”",
    "{} thoughts on “{}”",
    "{} Kommentare zu „{}“",
    "{} commentaires sur « {} »",
    "{} replies to {}",
]


@given(st.integers(0, 99999), TITLES, st.sampled_from(HEADINGS))
def test_the_count_is_found_beside_any_title(number: int, title: str, heading: str) -> None:
    assert comment_count(heading.format(number, title), title) == number


@given(st.integers(0, 999999999), st.sampled_from(["{}", "({})", "[{}]", "June 2026 ({})", "Phase 3 ({})"]))
def test_counts_come_back(number: int, around: str) -> None:
    assert count_in(around.format(number)) == number
    assert count_in(around.format(f"{number:,}")) == number
    assert count_in(around.format(f"{number:,}".replace(",", "."))) == number


@given(st.text(), st.text())
def test_any_text_is_read(text: str, title: str) -> None:
    for count in (comment_count(text, title), comment_count(text), count_in(text), leading_number(text)):
        assert count is None or count >= 0


def test_the_vocabulary_holds_no_empty_word() -> None:
    words = counts._words()
    assert set(words) == {"noun", "script", "one", "trailing_one", "none", "more"}
    assert all(word.strip() for group in words.values() for word in group)
