"""A page as engines see it: what is bounded before a parser gets it."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from archiver.errors import PageError
from archiver.overload import MOST_ATTRIBUTES, is_overloaded, without_overload
from archiver.page import Page

URL = "https://blog.example.org/a/"
MANY = MOST_ATTRIBUTES + 1


def attributes(count: int, form: str = "a{}=1") -> str:
    return " ".join(form.format(number) for number in range(count))


@pytest.mark.parametrize(
    "form",
    ["a{}", "a{}=1", 'a{}="1"', "a{}='1'", 'a{} = ">"', "a{}='<p>'", 'a{}=1 "', "a{}/", "a{}=\n", "é{}=1", "={}"],
)
@pytest.mark.parametrize("tag", ["p", "P", "x-y", "script", "img/", "p\n"])
def test_a_tag_may_not_have_any_number_of_attributes(tag: str, form: str) -> None:
    assert is_overloaded(f"<p>before</p><{tag} {attributes(2 * MANY, form)}>after")
    assert is_overloaded(f"<{tag} {attributes(2 * MANY, form)}")
    assert not is_overloaded(f"<{tag} {attributes(MOST_ATTRIBUTES // 3, form)}>" * 10)


def test_the_bound_is_exact() -> None:
    assert not is_overloaded(f"<p {attributes(MOST_ATTRIBUTES)}>")
    assert is_overloaded(f"<p {attributes(MANY)}>")


@pytest.mark.parametrize(
    "markup",
    [
        f"<!-- <p {attributes(MANY)}> -->",
        f"<script>if (a <b {attributes(MANY)}</script>",
        f"<STYLE type='text/css'>/* <b {attributes(MANY)} */</STYLE>",
        f"<script>tag = '</b>'; if (a<b {attributes(MANY, 'a.b{}')})</script>",
        f"<script></scripts> <b {attributes(MANY)}</script>",
        f"<title></b> <b {attributes(MANY)}></title>",
        f"1 < 2 {attributes(MANY)}",
        f'<p title="{attributes(MANY)}">',
        f"<p>{attributes(MANY)}</p>",
        f"</p {attributes(MANY)}>",
        "<p a b c>" * MANY,
    ],
)
def test_what_only_looks_like_attributes_is_none(markup: str) -> None:
    assert not is_overloaded(markup)


@pytest.mark.parametrize(
    "before",
    ["<script/>", "<style //>", "<script></script >", "<SCRIPT></script/>", "<title><script></title>"]
    + [f"<{tag}><style></{tag}>" for tag in ("textarea", "xmp", "iframe", "noembed", "noframes")],
)
def test_nothing_hides_behind_text_that_has_ended(before: str) -> None:
    markup = f"{before}<p {attributes(3)} id=x>"
    assert [found.get("id") for found in Page(URL, markup.encode()).root.iter("p")] == ["x"]  # so the parser sees it
    assert is_overloaded(f"{before}<p {attributes(MANY)}>")


@pytest.mark.parametrize("form", ["a{}=1", "a{}='<p>'"])
def test_only_overloaded_tags_lose_their_attributes(form: str) -> None:
    kept = f"<!-- <p {attributes(MANY)}> --><p {attributes(9, form)}>words"
    assert without_overload(f"{kept}<b {attributes(MANY, form)}>more</b>") == f"{kept}<b>more</b>"
    assert without_overload(kept) == kept


def test_such_a_page_is_an_error_and_its_neighbour_is_not() -> None:
    with pytest.raises(PageError, match=rf"more than {MOST_ATTRIBUTES} attributes"):
        Page(URL, f"<html><body><p {attributes(MANY)}>".encode()).root  # noqa: B018 - made on demand
    assert len(Page(URL, f"<html><body {attributes(MOST_ATTRIBUTES)}>".encode()).root.body.attrib) == MOST_ATTRIBUTES


@given(
    before=st.text(alphabet="<p> ='\"x\n", max_size=9).map(lambda s: f"<!--{s}--><p>{'words </p><p>' * (90 * len(s))}"),
    forms=st.lists(
        st.sampled_from(
            ["a{}", "a{}=1", 'a{}=">"', "a{}='<p>'", 'a{} =\n ">"', 'a{}="it\'s > b" ', 'a{}=x"', '={}=">"']
        )
        | st.integers(1, 60).map(lambda n: 'a{}="' + "x>" * n + '"'),
        min_size=1,
        max_size=5,
    ),
)
@settings(max_examples=30, deadline=None)
def test_no_mixture_of_attributes_is_missed(before: str, forms: list[str]) -> None:
    assume(not {"a{}", '={}=">"'} <= set(forms))  # a bare name takes the "=" behind it: the ">" then ends the tag
    rounds = range(0, MANY, len(forms))
    tag = " ".join(form.format(start + place) for start in rounds for place, form in enumerate(forms))
    assert is_overloaded(f"{before}<b {tag}>behind</b>")
    assert is_overloaded(f"{before}<b {tag}")


@given(
    st.lists(st.sampled_from(["<", ">", "<a", "<p ", "a=", '"', "'", "/", " ", "x", "<!--", "-->", "<script>", "</"]))
)
def test_no_markup_is_too_strange(parts: list[str]) -> None:
    markup = "".join(parts)
    assert not is_overloaded(markup)
    assert not is_overloaded(markup + "<p>" * 10)


@pytest.mark.parametrize(
    "part", ['<a b="', "<a b='", '<a "', "<", "<a ", "<a/", "<a =", "<!--", "<script>", "a ", "<b>"]
)
def test_a_megabyte_of_anything_is_looked_at_once(part: str) -> None:
    """Looked at from every tag anew, a megabyte would take hours, and this test never end."""
    assert is_overloaded(part * (1_000_000 // len(part))) is (
        part in {'<a b="', "<a b='", '<a "', "<a ", "<a/", "<a ="}
    )


@pytest.mark.parametrize(
    ("encoding", "header", "stated"),
    [
        ("utf-8", "text/html", "gb2312"),  # converted, and its meta forgotten
        ("gb2312", "text/html", "gb2312"),
        ("utf-8", "text/html", "utf-8"),
        ("gb2312", "text/html; charset=gb2312", "utf-8"),
        ("iso-2022-jp", "text/html", "iso-2022-jp"),  # ASCII throughout
    ],
)
def test_a_page_is_utf_8_where_no_header_says_otherwise_and_it_can_be(encoding: str, header: str, stated: str) -> None:
    words = "灯火管理人的日志" if encoding != "iso-2022-jp" else "灯台の日誌"
    html = f'<html><head><meta charset="{stated}"></head><body><p>{words}</p></body></html>'
    page = Page(URL, html.encode(encoding), headers={"content-type": header})
    assert words in page.text
