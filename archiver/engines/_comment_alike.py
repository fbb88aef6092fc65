"""Comments marked up like one that was read before, taken straight from where that one had its parts.

Reading a comment thoroughly takes some 100 microseconds; a thread has thousands of them, and all that differs between
most is their id, name, date and words. So the frame of a comment that was read thoroughly is made into a form: its
markup as a pattern, to the letter, but for what no reading looks at and for those four (see `_comment_form`). What
fits such a form is read off it, in a fifth of the time. All else is read thoroughly.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from lxml.etree import tostring
from lxml.html import HtmlElement

from archiver.engines import _comment_when as when
from archiver.engines._comment_form import Form, form_of
from archiver.engines._comment_parts import Parts
from archiver.engines._comment_roles import Role, role
from archiver.engines._dating import Dating
from archiver.engines._thread_nodes import Node
from archiver.engines.dom import Dom
from archiver.model import Author, Content, Moment

# Where the markup of a comment ends: end tags and comments of the source, perhaps the start of a list of replies, and
# then the next comment, whose id is told, or nothing more.
_REST = re.compile(
    r'(?:\s++|</[a-z0-9]+>|<!--[^<>]*-->)*+(?:<[ou]l(?: class="(?P<list>[^"<>]*)")?>\s*+)?'
    r'(?=<[a-z]+(?: [a-z-]+="[^"<>]*")*? id="(?P<next>[^"<>]*)"|\Z)'
)
# Text in which a "<" need not begin a tag.
_RAW = re.compile(r"<(?:!(?!--[^<]*-->)|\?)")
MOST_FORMS = 12  # with and without a link, with and without a picture …
_MOST_FAILURES = 40
_NUMBERS = re.compile("[0-9]+")
# The pages of a blog are of one theme, and a form holds nothing of its page: what fits is the same wherever it stands.
_KNOWN: deque[Form] = deque(maxlen=MOST_FORMS)


@dataclass(slots=True)
class Alike:
    """What was read of a comment by a form, its place in the thread apart."""

    author: Author
    content: Content
    url: str | None
    published: Moment
    can_reply: bool


class Likeness:
    """Reads the comments of one page, in document order, by the forms of those before them."""

    def __init__(self, dom: Dom, dating: Dating) -> None:
        self._dom, self._dating = dom, dating
        self._repeated = {number for id_, _ in dom.repeated_ids for number in _NUMBERS.findall(id_)}
        self._forms: list[Form] = list(_KNOWN)[:MOST_FORMS]
        self._learned = self._failures = 0
        self._markup = ""  # of the outermost comment around the one that was asked for last
        self._start: int | None = None  # of that one in the markup
        self._fits = False  # whether that one has the markup of a form
        self._place = 0  # where in the markup the next one may begin
        self._broken: set[Node] = set()
        self._authors: dict[tuple[object, ...], Author | None] = {}  # most of a long thread is by few people

    def read(self, nodes: list[Node], number: int) -> Alike | None:
        """The comment of this number; None when it must be read thoroughly. To be asked for one after another."""
        node = nodes[number]
        if node.holder is None:
            self._enter(node.element)
        self._start, self._fits = self._start_of(node), False
        if self._start is None:
            return None
        for place, form in enumerate(self._forms):
            match = form.pattern.match(self._markup, self._start)
            if match is not None:
                if place:  # neighbours are alike
                    self._forms.insert(0, self._forms.pop(place))
                self._fits = self._is_whole(nodes, number, match.end())
                return self._alike(node, form, match) if self._fits else None
        return None

    def learn(self, nodes: list[Node], number: int, parts: Parts | None, told: Callable[[], Alike | None]) -> None:
        """Make a form of the comment asked for last, which was read thoroughly. told: gives what was read of it."""
        if not self._fits and not (parts is not None and self._is_learned(nodes, number, parts, told)):
            around: Node | None = nodes[number]
            while around is not None and around not in self._broken:
                self._broken.add(around)
                around = around.holder

    @property
    def broken(self) -> AbstractSet[Node]:
        """Comments in which something, or something in one in them, fits no form: it may stand behind those in them,
        and be their own."""
        return self._broken

    def _is_learned(self, nodes: list[Node], number: int, parts: Parts, told: Callable[[], Alike | None]) -> bool:
        if self._start is None or self._failures >= _MOST_FAILURES or self._learned >= MOST_FORMS:
            return False
        form = form_of(parts)
        match = form.pattern.match(self._markup, self._start) if form is not None else None
        alike = self._alike(nodes[number], form, match) if form is not None and match is not None else None
        if form is None or match is None or alike is None or alike != told():
            self._failures += 1
            return False
        self._forms.insert(0, form)
        self._learned += 1
        _KNOWN.appendleft(form)
        return self._is_whole(nodes, number, match.end())

    def _enter(self, element: HtmlElement) -> None:
        markup = tostring(element, encoding="unicode", with_tail=False)
        self._markup = "" if _RAW.search(markup) is not None else markup
        self._place = 0

    def _start_of(self, node: Node) -> int | None:
        """Where a comment begins in the markup; None where its id does not tell, or it is not one like others."""
        id_ = node.element.get("id")
        if (
            not id_
            or node.native_id in self._repeated
            or node.more
            or node.twin is not None
            or node.in_words
            or node.ping
        ):
            return None
        if node.holder is None:
            return 0 if self._markup else None
        found = self._markup.find(f' id="{id_}"', self._place)
        return self._markup.rfind("<", self._place, found) if found >= 0 else None

    def _is_whole(self, nodes: list[Node], number: int, end: int) -> bool:
        """Whether nothing but the comments in it stands in a comment behind the place at which its form ends."""
        rest = _REST.match(self._markup, end)
        if rest is None or not _is_mere_list(rest["list"]):
            return False
        self._place = rest.end()
        inner = nodes[number].inner
        following = nodes[number + 1] if number + 1 < len(nodes) else None
        if following is None or following.holder is None:
            return not inner and rest["next"] is None
        if inner and inner[0] is not following.element:
            return False
        return rest["next"] is not None and rest["next"] == following.element.get("id")

    def _alike(self, node: Node, form: Form, match: re.Match[str]) -> Alike | None:
        """What a comment says where it fits a form; None where that is not plain."""
        if match["native"] != node.native_id:
            return None
        author = self._author(form, match, member="byuser" in node.classes)
        link = form.link(match, node.native_id)
        published = form.published(match, self._dating)
        if author is None or published is None or (form.has_link and link is None):
            return None
        content = form.content(match, self._dom, node.element)
        if content is None:
            return None
        return Alike(author, content, when.permalink(self._dom, node.native_id, link), published, form.can_reply)

    def _author(self, form: Form, match: re.Match[str], *, member: bool) -> Author | None:
        key = (form.exact, member, *form.said_of_author(match))
        if key not in self._authors:
            self._authors[key] = form.author(match, self._dom, member=member)
        return self._authors[key]


@lru_cache(maxsize=1024)
def _is_mere_list(classes: str | None) -> bool:
    """Whether an element of this class attribute can be nothing but a list of replies."""
    found = role(classes) if classes else None
    return found is None or found == Role(replies=True)
