"""Which pages of lists are asked for, though nothing links to them."""

from __future__ import annotations

from archiver.crawl.guesses import MOST_FAILED, Guesses
from archiver.engines.base import Guess
from archiver.model import Discovery, Target, TargetKind
from archiver.page import Page

HOME = "https://blog.example.org/"


def a_list(path: str, kind: TargetKind = TargetKind.LIST) -> Target:
    return Target(url=HOME + path, kind=kind)


def a_guess(path: str, posts: int) -> Target:
    return Target(url=f"{HOME}{path}page/2/", kind=TargetKind.LIST, hint=Guess(HOME + path, posts).hint)


def holding(posts: int, *, twice: bool = False) -> Discovery:
    found = [a_list(f"post-{number}/", TargetKind.POST) for number in range(posts)]
    return Discovery(targets=(*found, *(found if twice else ()), a_list("page/2/")))


def test_a_list_that_is_as_full_as_any_of_its_kind_may_go_on() -> None:
    guesses = Guesses()
    guesses.saw(a_list("2020/05/"), holding(3))
    assert guesses.vain(a_guess("2020/05/", 3)) is None, "the first that was read"
    guesses.saw(a_list("2020/06/"), holding(10, twice=True))
    guesses.saw(a_list("2021/07/"), holding(10))
    assert guesses.vain(a_guess("2020/06/", 10)) is None
    assert guesses.vain(a_guess("2021/07/", 10)) is None
    assert guesses.vain(a_guess("2020/05/", 3)) == "not there: the list before it has room for more"


def test_lists_of_other_kinds_say_nothing() -> None:
    """The front page of a magazine shows more than a month."""
    guesses = Guesses()
    guesses.saw(a_list("page/2/"), holding(30))
    guesses.saw(a_list("category/sleep/"), holding(20))
    guesses.saw(a_list("2020/05/", TargetKind.POST), holding(20))
    assert guesses.vain(a_guess("2020/05/", 3)) is None
    guesses.saw(a_list("?m=202005"), holding(5))
    hint = Guess(f"{HOME}?m=202006", 4).hint
    plain = Target(url=f"{HOME}?m=202006&paged=2", kind=TargetKind.LIST, hint=hint)
    assert guesses.vain(plain)


def test_what_is_linked_to_is_asked_for() -> None:
    guesses = Guesses()
    guesses.saw(a_list("2020/05/"), holding(10))
    assert guesses.vain(a_list("2020/06/page/2/")) is None


def a_feed(number: int, **hint: str) -> Target:
    return Target(url=f"{HOME}post-{number}/feed/", kind=TargetKind.COMMENT_FEED, hint=hint)


def answered(guesses: Guesses, *numbers: int, status: int = 500) -> None:
    for number in numbers:
        guesses.answered(a_feed(number), Page(a_feed(number).url, b"", status=status))


def test_feeds_of_threads_are_given_up_when_several_in_a_row_cannot_be_had() -> None:
    guesses = Guesses()
    answered(guesses, *range(MOST_FAILED - 1), *[0] * MOST_FAILED)
    assert guesses.vain(a_feed(99)) is None, "one is asked for again and again"
    answered(guesses, MOST_FAILED)
    assert guesses.vain(a_feed(99)) == "guessed: 5 feeds of threads in a row could not be had"
    assert guesses.vain(a_feed(99, of="all")) is None
    assert guesses.vain(a_list("post-99/", TargetKind.POST)) is None


def test_one_feed_of_a_thread_that_is_had_speaks_for_the_others() -> None:
    guesses = Guesses()
    answered(guesses, *range(MOST_FAILED - 1))
    answered(guesses, 50, status=200)
    answered(guesses, MOST_FAILED)
    assert guesses.vain(a_feed(99)) is None
