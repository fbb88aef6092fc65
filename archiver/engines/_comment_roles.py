"""What the classes of an element say of its part in a comment: name, date, words, frame …"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from archiver.engines import _vocabulary as vocabulary

_STATED_DEPTH = re.compile(
    r"^(?:depth|level|comment[-_]depth|comment[-_]level|(?:wpd|wc)_comment_level|thread[-_]depth)-?(\d{1,4})$"
)
_MARKED = re.compile(r"comment|ping|trackback|even|odd|alt", re.IGNORECASE)
_PLACE = re.compile(r"^(?:even|odd|alt|thread-(?:even|odd|alt)|byuser|bypostauthor|parent)$")
# Class names that nobody has listed: `acme-comment-text`, `comment__message-body`.
_WORDS = re.compile(r"comment.*(?:text|content|message|words|copy)|(?:text|content|message)[-_]+comment")
_NOT_WORDS = re.compile(r"wrap|meta|head|author|form|area|foot|outer|inner|container|list|box|count|reply|holder|link")
_NAME = re.compile(
    r"^(?:c|com|cmt|comm|comments?)[-_]*(?:auth|author|autor|name|user)(?:[-_]*name)?$|^(?:author|autor)[-_]*comments?$"
)
_DATE = re.compile(r"^(?:c|com|cmt|comm|comments?)[-_]*(?:date|time|meta|metadata|info)$|^meta[-_]?date$")
_UNDERSCORES = re.compile("_+")
_REPLY = frozenset({"comment-reply-link", "comment-reply-login", "wpd-reply-button", "comment_reply_link"})
# What plugins hang on a comment's words: only within these, as frames around all of a comment are called so, too.
_TOOLS = re.compile(
    r"(?:^|[-_\s])(?:(?:dis)?likes?|(?:up|down)?votes?|voting|rat(?:e|ings?)|shar(?:e|es|ing)|report|flag|thumbs?|karma"
    r"|reactions?|actions?|tools?|buttons?)(?:$|[-_\s])",
    re.IGNORECASE,
)
PINGS = frozenset({"pingback", "trackback", "ping"})

NONE = 1000  # the rank of what has no rank
FRAME = 100  # is added to the rank of a frame around a name


class Role(NamedTuple):
    """Ranks are places in the vocabulary, the surest 0; NONE where the classes do not say it."""

    words: int = NONE
    name: int = NONE
    exact_name: bool = False
    date: int = NONE
    frame: bool = False
    added: bool = False
    beside_name: bool = False
    replies: bool = False
    reply_link: bool = False
    waiting: bool = False


@lru_cache(maxsize=8192)
def role(classes: str) -> Role | None:
    """The part that an element with this class attribute plays; None for none."""
    found = [name.removeprefix("js-") for name in classes.lower().split()]
    if "_" in classes:  # BEM's way of `comment-meta`, and that of others
        found += [_UNDERSCORES.sub("-", name) for name in found if "_" in name]
    held = set(found)
    words = _rank(found, "words")
    if words == NONE and any(_WORDS.search(name) and not _NOT_WORDS.search(name) for name in found):
        words = NONE - 1
    name = min(_rank(found, "name"), FRAME + _rank(found, "name_frame"), NONE)
    date = _rank(found, "date")
    role = Role(
        words=words,
        name=NONE - 1 if name == NONE and any(map(_NAME.match, found)) else name,
        exact_name=_has(held, "name"),
        date=NONE - 1 if date == NONE and any(map(_DATE.match, found)) else date,
        frame=_has(held, "frame"),
        added=_has(held, "added"),
        beside_name=_has(held, "beside_name"),
        replies=_has(held, "replies"),
        reply_link=not held.isdisjoint(_REPLY),
        waiting=_has(held, "waiting"),
    )
    return None if role == Role() else role


@lru_cache(maxsize=8192)
def is_tool(classes: str) -> bool:
    """Whether an element of this class attribute, among the words of a comment, is a plugin's: likes, votes."""
    return _TOOLS.search(classes) is not None


@lru_cache(maxsize=8192)
def sorting(classes: str) -> Role | None:
    """The role of an element that is noted among the parts of its comment; others are looked at where they stand."""
    found = role(classes)
    if found is None:
        return None
    noted = min(found.words, found.name, found.date) < NONE or found.added or found.reply_link or found.waiting
    return found if noted else None


def _rank(found: Iterable[str], key: str) -> int:
    places = vocabulary.ranks("comment", key)
    return min((places.get(name, NONE) for name in found), default=NONE)


def _has(held: set[str], key: str) -> bool:
    return not held.isdisjoint(vocabulary.name_set("comment", key))


class Marks(NamedTuple):
    """What WordPress itself puts on a comment's element. place: the tokens that differ between neighbours."""

    place: frozenset[str]
    depth: int | None
    ping: str | None


@lru_cache(maxsize=8192)
def marks(classes: str) -> Marks | None:
    """The marks of a comment; None for elements that are no comment by their classes."""
    if _MARKED.search(classes) is None:
        return None
    found = classes.lower().split()
    depth = next((int(match[1]) for name in found if (match := _STATED_DEPTH.match(name))), None)
    place = frozenset(name for name in found if _PLACE.match(name) or _STATED_DEPTH.match(name))
    ping = next((name for name in found if name in PINGS), None)
    commented = "comment" in found or "wpd-comment" in found or "wc-comment" in found
    counted = depth is not None and not place.isdisjoint({"even", "odd", "alt"})
    if (commented and place) or counted or ping:
        return Marks(place, depth, ping)
    return None
