"""Where the pages of a blog say what its own feed says of its posts: learned from ten of them, used for the rest.

A place is a path of tags and classes, outermost first: `div#main > div.entry > h2.headline`. It is learned from a post
whose title, author, date or words the feed has told; once several posts agree, other pages of the blog are read by
it where they say nothing for machines. The idea is that of the BlogForever crawler. What is told of a post and what was
learned are pairs of texts, so that they can be kept beside a page and be read again with it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta

from lxml.html import HtmlElement

from archiver.engines import _comment_frame
from archiver.engines._dating import Dating
from archiver.engines._names import without_by
from archiver.engines.dom import Dom, ancestors, text_of, tokens
from archiver.model import Learned, Lesson, Post, PostRef, Rank
from archiver.text import bare

Pairs = tuple[tuple[str, str], ...]

MOST_POSTS = 10
MOST_QUOTES = 10
"""Comments of one post that are told."""
SAID = "said"
"""The name of what is told of a comment: how it begins."""
LEAST_AGREEING = 3
SHARE_AGREEING = 0.6
_STEPS = 5
_ENDS = 60  # letters of the beginning and end of a body
_LEAST_QUOTED = 16  # letters: fewer are said elsewhere as well
_SMALL = 24  # nodes in an element that holds a title, a name or a date
_LINE = 120  # characters
_DAY_APART = timedelta(hours=26)  # a day by the blog's clock, and a time in UTC
_PLAIN = re.compile(r"[a-z][a-z_-]*")
_APART = ("nav", "aside", "footer", "form", "head", "script", "style", "noscript", "template")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})


# ── paths ──────────────────────────────────────────────────────────────────────────────────────


def path_of(element: HtmlElement) -> str:
    """The path of an element: up to one with an id, or five steps."""
    steps: list[str] = []
    for one in (element, *ancestors(element)):
        if one.tag in {"html", "body"} or len(steps) == _STEPS:
            break
        steps.append(_step(one))
        if "#" in steps[-1]:
            break
    return " > ".join(reversed(steps))


def _step(element: HtmlElement) -> str:
    """Tag with id, or with classes; those with digits are of one page only."""
    id_ = (element.get("id") or "").lower()
    if _PLAIN.fullmatch(id_):
        return f"{element.tag}#{id_}"
    return ".".join([str(element.tag), *sorted(name for name in set(tokens(element)) if _PLAIN.fullmatch(name))[:3]])


def at(dom: Dom, path: str) -> HtmlElement | None:
    """The first element of a page with this path, outside of navigation and the like."""
    steps = path.split(" > ")
    apart = dom.region(*dom.tags(*_APART))
    tag = re.split("[#.]", steps[-1], maxsplit=1)[0]
    return next((e for e in dom.tags(tag) if e not in apart and _fits(e, steps)), None)


def _fits(element: HtmlElement, steps: list[str]) -> bool:
    one: HtmlElement | None = element
    for step in reversed(steps):
        if one is None or _step(one) != step:
            return False
        one = one.getparent()
    return True


# ── what a feed tells ────────────────────────────────────────────────────────────────────────


def told_of(post: Post, comments: int | None = None) -> Pairs:
    """What a post in a feed says, short enough to be handed around. comments: how many it has, if the feed says so."""
    told = {
        "title": " ".join((post.title or "").split()),
        "author": post.authors[0].name if post.authors else "",
        "published": post.published.at if post.published else "",
    }
    if post.content is not None and post.rank >= Rank.FEED:
        text = bare(post.content.text)
        if len(text) > 2 * _ENDS:
            told |= {"begins": text[:_ENDS], "ends": text[-_ENDS:], "letters": str(len(text))}
    told |= {"comments": str(comments)} if comments is not None else {}
    return tuple((name, value) for name, value in told.items() if value)


def quote(text: str) -> str:
    """How a comment begins, long enough to be found by; empty where it says too little."""
    begins = bare(text)[:_ENDS]
    return begins if len(begins) >= _LEAST_QUOTED else ""


# ── what a page teaches ──────────────────────────────────────────────────────────────────────


def learn(
    dom: Dom, told: Pairs, post: PostRef, dating: Dating, thread: Collection[HtmlElement] = ()
) -> tuple[Lesson, ...]:
    """Where the page of a post says what was told of it, and where its comments are.

    thread: the elements of those that were found. They teach where the feed of comments has them as well or, where
    there is none, the feed of posts states no other number.
    """
    known = dict(told)
    quotes = [begins for name, begins in told if name == SAID]
    found: dict[str, HtmlElement | None] = {}
    small = list(_small(dom)) if {"title", "author", "published"} & set(known) else []
    if "title" in known:
        wanted = bare(known["title"])
        found["title"] = _best(small, lambda e: bool(wanted) and bare(text_of(e)) == wanted)
    if "author" in known:
        name = bare(known["author"])
        found["author"] = _best(small, lambda e: bool(name) and bare(without_by(text_of(e))) == name)
    if "published" in known:
        when = datetime.fromisoformat(known["published"])
        found["published"] = _best(small, lambda e: _is_about(e, when, dating))
    if "begins" in known:
        found["body"] = _body(dom, known["begins"], known["ends"], int(known["letters"]))
    of_post = [e for e in found.values() if e is not None]
    found["comments"] = _comment_frame.frame(dom, list(thread), of_post, known.get("comments"), quotes)
    lessons = ((field, path_of(e), e) for field, e in found.items() if e is not None)
    return tuple(Lesson(post=post, field=field, path=path) for field, path, e in lessons if at(dom, path) is e)


def _small(dom: Dom) -> Iterator[HtmlElement]:
    """Elements that hold no more than a line, innermost parts of the page."""
    apart = dom.region(*dom.tags(*_APART))
    for element, place in dom.order.items():
        if isinstance(element.tag, str) and element not in apart and dom.last(element) - place <= _SMALL:
            text = text_of(element)
            if 0 < len(text) <= _LINE:
                yield element


def _best(elements: list[HtmlElement], fits: Callable[[HtmlElement], bool]) -> HtmlElement | None:
    """A heading or a <time>, else the first that fits, as far inside as it goes."""
    found = [e for e in elements if fits(e)]
    marked = next((e for e in found if e.tag in _HEADINGS or e.tag == "time"), None)
    if marked is not None or not found:
        return marked
    inner = found[0]
    for element in found[1:]:
        if element.getparent() is inner:
            inner = element
    return inner


def _is_about(element: HtmlElement, when: datetime, dating: Dating) -> bool:
    """Whether an element prints this time, or its day."""
    text = element.get("datetime") or text_of(element)
    if not any(map(str.isdigit, text)):
        return False
    moment = dating.any(text)
    return moment is not None and abs(datetime.fromisoformat(moment.at) - when) <= _DAY_APART


def _body(dom: Dom, begins: str, ends: str, letters: int) -> HtmlElement | None:
    """The innermost element that holds the whole text, with the boxes around it that add nothing."""
    inner, length = None, 0
    for body in dom.tags("body"):
        below: HtmlElement | None = body
        while below is not None:
            inner = below
            below = next((e for e in below.iterchildren("*") if _holds(bare(text_of(e)), begins, ends)), None)
    if inner is None or inner.tag == "body":
        return None
    length = len(bare(text_of(inner)))
    if length > 1.25 * letters + _ENDS:
        return None
    while (around := inner.getparent()) is not None and around.tag not in {"body", "html"}:
        if len(bare(text_of(around))) > 1.02 * length:
            break
        inner = around
    return inner


def _holds(text: str, begins: str, ends: str) -> bool:
    start = text.find(begins)
    return start >= 0 and text.find(ends, start) >= 0


# ── what several agree on ────────────────────────────────────────────────────────────────────


def agreed(lessons: Iterable[tuple[str, str, str]]) -> tuple[Learned, ...]:
    """The path of each field that enough posts agree on. lessons: post, field, path; of a post the last counts."""
    latest = {(post, field): path for post, field, path in lessons}
    paths: dict[str, Counter[str]] = {}
    for (_, field), path in sorted(latest.items()):
        paths.setdefault(field, Counter())[path] += 1
    found = []
    for field, counts in paths.items():
        path, number = min(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        if number >= LEAST_AGREEING and number >= SHARE_AGREEING * counts.total():
            found.append(Learned(field=field, path=path, posts=number, of=counts.total()))
    return tuple(found)


def settled(lessons: Iterable[tuple[str, str, str]]) -> Pairs:
    """What enough posts agree on, as it is handed to the reader of a page."""
    return tuple((one.field, one.path) for one in agreed(lessons))


def places(dom: Dom, layout: Pairs) -> dict[str, HtmlElement]:
    """The elements of a page that stand where a blog was learned to have its fields."""
    found = ((field, at(dom, path)) for field, path in layout)
    return {field: element for field, element in found if element is not None}
