"""Who wrote a comment: the name as printed, and the link that goes with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache

from lxml.html import HtmlElement

from archiver.engines import _vocabulary as vocabulary
from archiver.engines._comment_parts import BLOCKS, Parts, head_of_frame, is_service_link, ranked
from archiver.engines._comment_roles import NONE, Role, role
from archiver.engines._comment_when import own_link
from archiver.engines._names import (
    looks_like_name,
    name_beside_date,
    signed_name,
    undated_name,
    without_by,
    without_joint,
)
from archiver.engines.dom import ancestors, rels, text_of, text_without, tokens
from archiver.model import Author
from archiver.printed.spelling import folded
from archiver.text import squeeze

_INNER = ("cite", "b", "strong", "a")
_IN_NAMES = frozenset({"b", "strong", "i", "em", "span"})
_PERSONAL = frozenset({"url", "external", "ugc"})
_LONGEST = 250
_SHORT = 60
_A_DATE = re.compile(r"\d.*\d{4}|\d{4}.*\d")
_TYPED = re.compile(
    r"<(a|b|cite|code|del|em|font|i|s|small|span|strong|sub|sup|u)(?:\s[^<>]*)?>(.*?)</\1>", re.IGNORECASE
)
_PING_OF = re.compile(r"^(?:ping|track)backs?(?:\s*:|\s+(?:von|from|by|de|da|di|van|od|från|fra))\s+", re.IGNORECASE)
# "1 [...] what it quotes [...] - Another blog": the ping's words, and who sent it behind them.
_PING_QUOTE = re.compile(r"^\d*\s*\[(?:…|\.{3})\].*\[(?:…|\.{3})\]\s*[-–—:|]\s+(?=\S)")
_COLON = re.compile(r"[\s:：,]+$")
_DATE_PROPERTIES = frozenset({"datePublished", "dateCreated", "commentTime"})
_SERVICE_TAGS = frozenset({"time", "small", "button"})
_BADGE_TAGS = ("span", "em", "i", "strong", "b", "div", "sup", "mark", "svg", "label")


def author_of(parts: Parts) -> Author | None:
    """The commenter, None where the page names nobody. Notes in `parts` where the name stands."""
    name, link, parts.name = _pinger(parts) if parts.node.ping else _commenter(parts)
    parts.called = name
    url = parts.dom.link_url(link) if name and link is not None else None
    return author(name, member="byuser" in parts.node.classes, url=url, avatar=parts.avatar)


def who_pinged(said: Author | None) -> Author | None:
    """The page that a ping came from, without the "Pingback from" that themes print before its name."""
    name = _PING_QUOTE.sub("", _PING_OF.sub("", said.name)) if said is not None else ""
    return replace(said, name=name) if said is not None and name else said


def author(name: str, *, member: bool, url: str | None, avatar: str | None) -> Author | None:
    """The person of a name as it was found; None where nothing is left of it."""
    name = _without_tags(name)
    return Author(name=name[:_LONGEST], member=member, url=url, avatar=avatar) if name else None


@lru_cache(maxsize=4096)
def plain_name(text: str, *, exact: bool) -> str:
    """The name in the text of an element, empty where a date stands with it. exact: it holds nothing but the name.

    Remembered: a blog has the same commenters again and again.
    """
    name = squeeze(text)
    if exact:
        return name
    return "" if has_date(name) else name


def has_date(text: str) -> bool:
    """Whether there may be a date in a line."""
    return _A_DATE.search(text) is not None


def _without_tags(name: str) -> str:
    """A name without the markup that was typed into it, and that some themes print as it is."""
    return squeeze(_TYPED.sub(r"\2", name)) or name if "</" in name else name


def _commenter(parts: Parts) -> tuple[str, HtmlElement | None, HtmlElement | None]:
    for element in places(parts):
        if not parts.in_body(element):
            name, link, holder = _named(parts, element)
            if name:
                return name, link, holder
    signed = _signed(_line_around_own_link(parts))
    if signed[0]:
        return signed
    beside = _beside_time(parts)
    return beside if beside[0] else _above_words(parts)


def _beside_time(parts: Parts) -> tuple[str, HtmlElement | None, HtmlElement | None]:
    """The short text before the date of a comment: themes built of utility classes call nothing by its name."""
    time = next((e for e in parts.times if e.tag == "time" and not parts.in_body(e)), None)
    for up in (time, time.getparent()) if time is not None else ():
        before = up.getprevious() if up is not None and up is not parts.node.element else None
        name = text_of(before) if before is not None and isinstance(before.tag, str) else ""
        if before is not None and len(name) <= _SHORT and before.tag not in BLOCKS and looks_like_name(name):
            return name, _link_of(parts, before, before), before
    return "", None, None


def _above_words(parts: Parts) -> tuple[str, HtmlElement | None, HtmlElement | None]:
    """The name where it is the only line above the words, the date aside, and the theme has a name of its own for it.

    Those who gave an address are found by its link; this is for the others.
    """
    own, dom = parts.node.own(), parts.dom
    words = parts.body if parts.body is not None else next((e for e in own if e.tag in BLOCKS and text_of(e)), None)
    if words is None:
        return "", None, None
    lines: list[HtmlElement] = []
    passed = -1
    for element in own:
        if dom.order[element] >= dom.order[words]:
            break
        if dom.order[element] <= passed:
            continue
        if element is not parts.node.element and (is_beside(element) or element in parts.times):
            passed = dom.last(element)
        elif (element.text or "").strip() or element.tag in _INNER:
            lines.append(element)
            passed = dom.last(element) if not dom.inside(words, element) else passed
        if not dom.inside(words, element) and (element.tail or "").strip():
            return "", None, None
    line = lines[0] if len(lines) == 1 and not dom.inside(words, lines[0]) else None
    name = text_of(line) if line is not None and all(e.tag in _IN_NAMES for e in line.iterdescendants("*")) else ""
    if len(name) > _SHORT or not name[:1].isalpha() or not looks_like_name(name):
        return "", None, None
    return name, None, line


def _line_around_own_link(parts: Parts) -> HtmlElement | None:
    """The short line that the comment's link to itself stands in: "#1 by X on May 5, 2020"."""
    link = own_link(parts)
    up = link.getparent() if link is not None else None
    while up is not None and up is not parts.node.element and up.tag not in {"p", "div", "li", "header", "footer"}:
        up = up.getparent()
    if up is None or up is parts.node.element or len(text_of(up)) > _LONGEST or up in parts.node.more:
        return None
    if up.tag != "p" and next(up.iter(*BLOCKS), None) is not None:
        return None
    return None if parts.body is not None and parts.dom.inside(parts.body, up) else up


def _signed(line: HtmlElement | None) -> tuple[str, HtmlElement | None, HtmlElement | None]:
    """Whose comment a line says it is: the link in it, or the words without the link to the comment."""
    if line is None:
        return "", None, None
    links = [a for a in line.iter("a") if a.get("href") and text_of(a)]
    link = next((a for a in links if not is_service_link(a)), None)
    if link is not None:
        return text_of(link), link, link
    undated = [a for a in links if not has_date(text_of(a))]
    said = text_without(line, undated)
    name = name_beside_date(said) or signed_name(text_without(line, links))
    if not any(map(str.isalpha, name)):  # the link to the comment holds the name
        name = name_beside_date(text_of(line)) or ""
    return name, None, None  # no element holds the name alone


def places(parts: Parts) -> Iterator[HtmlElement]:
    """Where a name may stand, the surest first."""
    head = head_of_frame(parts) if parts.body is None else None
    if head is not None:
        yield head
    yield from ranked(parts.names, parts.dom)
    yield from parts.cites
    yield from parts.with_property("author", "creator", "name")
    personal = [e for e in parts.links if not _PERSONAL.isdisjoint([*tokens(e), *rels(e)])]
    bold = [e for e in parts.node.own() if e.tag in {"strong", "b"}]
    bold = [e for e in bold if not _is_word_of_line(e)]
    yield from (e for e in [*parts.headings, *personal, *bold] if parts.body is not None or not _in_block(parts, e))
    yield from (e for e in bold if parts.body is None and says_so(e.getparent(), e))


def _is_word_of_line(bold: HtmlElement) -> bool:
    """Whether words stand right before and right behind something in bold: it is one word of a name."""
    before, parent = bold.getprevious(), bold.getparent()
    ahead = squeeze((before.tail if before is not None else parent.text if parent is not None else "") or "")
    behind = squeeze(bold.tail or "")
    words = ahead and behind and ahead.replace(" ", "").isalpha() and behind.replace(" ", "").isalpha()
    return bool(words) and without_by(f"{ahead} X") != "X" and without_says(f"X {behind}:") == f"X {behind}"


def says_so(line: HtmlElement | None, name: HtmlElement) -> bool:
    """Whether a paragraph is a name and "said" or the like, and nothing else."""
    if line is None or line.tag != "p":
        return False
    rest = folded(text_without(line, [name])).strip(" ,:：")
    return rest in vocabulary.phrases("people", "says") if rest else is_exact(name)


def _in_block(parts: Parts, element: HtmlElement) -> bool:
    """Whether an element stands in a paragraph of the comment."""
    for up in ancestors(element):
        if up is parts.node.element:
            return False
        if up.tag in BLOCKS:
            return True
    return False


def _named(parts: Parts, element: HtmlElement) -> tuple[str, HtmlElement | None, HtmlElement]:
    """The name in an element, which may be a frame around picture, name and "says:"; its link; where it stands."""
    if not len(element):
        name = squeeze(element.text or "")
        exact = is_exact(element) or _is_stated(element)
        if not exact and has_date(name):
            name = undated_name(name) or name
        return name, _link_of(parts, element, element), element
    plain = _plainly_named(element)
    if plain is not None:
        return *plain, element
    if element.tag == "cite" and (own := own_link(parts)) is not None and parts.dom.inside(own, element):
        name, link, holder = _signed(element)  # "Comment by X — 10 February 2021 @ 8:00"
        return name, link, holder if holder is not None else element
    dropped = [e for e in element.iter("*") if e is not element and is_beside(e)]
    dropped += _badges(parts, element, dropped)
    if is_exact(element):
        return text_without(element, dropped), _link_of(parts, element, element), element
    inner = (e for e in element.iter(*_INNER) if e is not element and not parts.dom.inside(e, *dropped))
    holder = next((e for e in inner if text_of(e)), element)
    if holder is not element and not _begins(holder, element):
        holder = element  # a word of the name is in bold
    said = text_without(element, dropped)
    if holder is element and element.tag not in _INNER and has_date(said):
        stated = next((e for e in element.iter("*") if _is_stated(e) and text_of(e)), None)
        if stated is not None:  # people call themselves "Bob on May 7, 2018"
            return text_of(stated), _link_of(parts, element, element), stated
        if signed := undated_name(said):
            return signed, _link_of(parts, element, element), element
    name = text_without(holder, dropped)
    return _unjoined(name, dropped) if holder is element else name, _link_of(parts, holder, element), holder


def _unjoined(name: str, dropped: list[HtmlElement]) -> str:
    """A name without the word that joins it to the date behind it: of "Ann on <time>May 5</time>" the Ann."""
    for time in dropped:
        if time.tag != "time":
            continue
        before, parent = time.getprevious(), time.getparent()
        ahead = squeeze((before.tail if before is not None else parent.text if parent is not None else "") or "")
        if ahead and name.endswith(ahead):
            return without_joint(name)
    return name


def _plainly_named(element: HtmlElement) -> tuple[str, HtmlElement] | None:
    """The name and link where the name is a link and nothing else, as WordPress writes it; None for anything else."""
    link = element[0]
    if len(element) > 1 or link.tag != "a" or len(link) or not link.get("href") or not is_exact(element):
        return None
    name = squeeze(link.text or "")
    if not name or is_beside(link) or (element.text and element.text.strip()) or (link.tail and link.tail.strip()):
        return None
    return name, link


def _begins(holder: HtmlElement, frame: HtmlElement) -> bool:
    """Whether no more than "By" stands before an element in its frame."""
    before = []
    for node in [holder, *ancestors(holder)]:
        if node is frame:
            break
        before += [(e.tail or "") for e in node.itersiblings(preceding=True)]
        parent = node.getparent()
        before.append(parent.text or "" if parent is not None else "")
    said = squeeze(" ".join(before)).strip(" :：")
    return not said or without_by(f"{said} X") == "X"


def is_exact(element: HtmlElement) -> bool:
    """Whether an element holds the name and nothing else."""
    found = role(element.get("class") or "")
    return found is not None and found.exact_name


def _is_stated(element: HtmlElement) -> bool:
    """Whether an element is stated, for machines, to hold a name."""
    return "name" in (element.get("itemprop") or "").split()


def is_beside(element: HtmlElement) -> bool:
    """Whether an element in the frame of a name is none of it: a badge, "says", a date, a reply link."""
    classes = element.get("class")
    found = role(classes) if classes else None
    if found is not None and (found.beside_name or found.reply_link or _is_mere_date(element, found)):
        return True
    if element.get("datetime") or not _DATE_PROPERTIES.isdisjoint((element.get("itemprop") or "").split()):
        return True  # a date for machines, whatever its element and its name
    return element.tag in _SERVICE_TAGS or (element.tag == "a" and is_service_link(element))


def _is_mere_date(element: HtmlElement, part: Role) -> bool:
    """Whether an element is called a date, and names nobody beside it."""
    if part.date == NONE or part.name < NONE:
        return False
    said = text_of(element)
    return any(map(str.isdigit, said)) and len(said) < _SHORT and not undated_name(said)


def _badges(parts: Parts, frame: HtmlElement, dropped: list[HtmlElement]) -> list[HtmlElement]:
    """What stands around a name in its frame and is none of it: "Post author", a rank, whom it answers.

    A name may be typed with markup; badges have classes, or follow the link that holds the name, or stand
    with the name of somebody who is marked as the author of the post.
    """
    link = next((a for a in frame.iter("a") if text_of(a) and not is_service_link(a) and a not in dropped), None)
    link = link if link is not None and _begins(link, frame) else None
    holder = frame if link is None else link
    found = [e for e in frame.iter(*_BADGE_TAGS) if e is not frame and _is_badge(parts, e, link)]
    found = [e for e in found if not any(inner is e for inner in ancestors(holder))]
    left = text_without(frame, [*dropped, *found]) if found else ""
    return found if left and not (has_date(left) and not undated_name(left)) else []  # else one of them is the name


def _is_badge(parts: Parts, element: HtmlElement, link: HtmlElement | None) -> bool:
    classes = element.get("class") or ""
    found = role(classes) if classes else None
    if found is not None and found.name < NONE:
        return False
    outside = link is not None and not parts.dom.inside(element, link)
    return bool(classes or element.get("title")) or outside or "bypostauthor" in parts.node.classes


def _link_of(parts: Parts, holder: HtmlElement, frame: HtmlElement) -> HtmlElement | None:
    """The link of a name: it, in it, beside it in its frame, or around it."""
    if holder.tag == "a" and holder.get("href"):
        return None if is_service_link(holder) else holder
    for link in [*holder.iter("a"), *frame.iter("a")]:
        if link.get("href") and not is_service_link(link) and (text_of(link) or frame is not holder):
            return link
    for up in ancestors(holder):
        if up is parts.node.element:
            break
        if up.tag == "a" and up.get("href") and not is_service_link(up):
            return up
    return None


def _pinger(parts: Parts) -> tuple[str, HtmlElement | None, HtmlElement | None]:
    """The page that a ping came from: its title and link."""
    links = [e for e in parts.links if e.get("href") and not is_service_link(e) and text_of(e)]
    named = [e for e in links if not _PERSONAL.isdisjoint([*tokens(e), *rels(e)])]
    for link in [*named, *links][:1]:
        beside = [e for e in link.iter("*") if e is not link and is_beside(e)] if len(link) else []
        said = text_without(link, beside) or text_of(link)
        return said, link, link
    for place in [*ranked(parts.names, parts.dom), *parts.cites]:
        if text_of(place):
            return text_of(place), None, place
    return "", None, None


def said_names(names: list[str]) -> list[str]:
    """The names of a thread without the "says:" that the theme prints behind all of them.

    Somebody may be called "Simon says:"; what stands behind most names is the theme's.
    """
    bare = {name: without_says(name) for name in set(names)}  # few write most of a long thread
    changed = sum(bare[name] != name for name in names)
    return [bare[name] for name in names] if 2 * changed > len(names) else names


@cache
def _endings() -> tuple[str, ...]:
    """The forms of "says" behind a name, with the space before them where they have one."""
    return tuple(f" {phrase}" if phrase.isascii() else phrase for phrase in vocabulary.phrases("people", "says"))


@lru_cache(maxsize=4096)
def without_says(text: str) -> str:
    """A name without the "says:" that some themes print in the same element. Remembered as `plain_name` is."""
    bare = text if text[-1:].isalnum() else _COLON.sub("", text)
    if bare == text and text.isascii():  # most names: an ASCII "says" counts with a colon only
        return text
    line = folded(bare)
    endings = _endings()
    ahead = next((p for p in vocabulary.phrases("people", "says_before") if line.startswith(f"{p} ")), None)
    if ahead is not None and bare != text and len(line) == len(bare):
        return bare[len(ahead) :].strip()
    if len(line) != len(bare) or not line.endswith(endings):  # cut by length only where folding has kept it
        return bare or text
    for spaced in endings:
        # Someone may be called "Simon Says"; a colon makes it the theme's word.
        if line.endswith(spaced) and len(line) > len(spaced) and (bare != text or not spaced.isascii()):
            return _without_article(bare[: -len(spaced)].rstrip())
    return bare or text


def _without_article(name: str) -> str:
    """A name without the "Ο/Η" that Greek puts before it."""
    return name[4:] if name[:4] in {"Ο/Η ", "ο/η "} and name[4:] else name
