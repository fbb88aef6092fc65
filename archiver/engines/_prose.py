"""Where a page's running words are, told by the tree alone: for pages whose body nothing marks.

Each stretch of text belongs to the nearest block around it. A block is prose when it is long enough and not mostly
links; everything else is frame: menus, labels, teasers. The trunk is found from the element whose own paragraphs hold
most prose, and grows outwards as long as that brings more prose than frame.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator

from lxml.html import HtmlElement

from archiver.engines import _vocabulary as vocabulary
from archiver.engines.dom import SKIPPED, Dom, ancestors, text_of, tokens
from archiver.engines.wordpress_urls import taxonomy
from archiver.text import bare, letters
from archiver.urls import host_key, url_key

INLINE = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "del", "dfn", "em", "font", "i", "img"}
    | {"ins", "kbd", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup"}
    | {"time", "tt", "u", "var", "wbr"}
)
_NO_TEXT = SKIPPED | {"head", "title", "select", "option", "textarea", "iframe", "button"}
# A part of running words, never all of them.
_PIECES = frozenset({"p", "li", "ul", "ol", "dl", "dt", "dd", "pre", "blockquote", "figure", "table", "tbody", "tr"})
_NEVER = frozenset({"footer", "dialog"})
_BESIDE_TAGS = frozenset({"aside", "form", "nav"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LISTS = frozenset({"ul", "ol"})
_ROOMS = frozenset({"html", "body", "main", "article"})
_NAME_PARTS = re.compile(r"[-_]+")
_SENTENCE = 40  # letters: a block of fewer is a label
_LABEL = 20  # letters: "Read more:", before a link
_LEAST = 80  # letters of prose that are worth being taken for a post
_WHOLE = 0.4  # of the prose: what is called a sidebar and has as much of it is none
_CARD = 0.25  # of the prose: what has more teases nothing
_GAIN = 0.3  # of what there is: growing by less brings teasers and notes rather than parts of the post
_PURE = 5  # times as much prose as frame is no list of teasers
_SEVERAL = 3
_DOUBTFUL = 0.2  # of the page's prose, or of the frame: a trunk with less is none


class Prose:
    """The prose and the frame of each element of a page, in letters, and which elements stand beside the post.

    apart: elements that are known to be no part of it. heading: the post's; what holds it does not stand beside.
    """

    def __init__(self, dom: Dom, apart: Collection[HtmlElement] = (), heading: HtmlElement | None = None) -> None:
        self._dom, self._apart, self._heading = dom, frozenset(apart), heading
        self._holders = frozenset(ancestors(heading)) if heading is not None else frozenset()
        self._prose: dict[HtmlElement, float] = defaultdict(float)
        self._frame: dict[HtmlElement, float] = defaultdict(float)
        self._own: dict[HtmlElement, float] = {}
        self.beside: set[HtmlElement] = set()
        self._weigh()
        self._sum()

    def _weigh(self) -> None:
        """What stands in each block itself, as prose or as frame."""
        size: dict[HtmlElement, int] = defaultdict(int)
        linked: dict[HtmlElement, int] = defaultdict(int)
        for block, text, in_link in _stretches(self._dom, self._apart):
            size[block] += text
            if in_link:
                linked[block] += text
        for block, text in size.items():
            free = text - linked[block]
            if free >= _SENTENCE and free > linked[block]:
                self._own[block] = self._prose[block] = free
            else:
                self._frame[block] = text

    def _sum(self) -> None:
        """Add what stands in elements to those around them, unless they stand beside the post."""
        total, cards = sum(self._prose.values()), self._cards()
        for node in reversed(self._dom.nodes):
            parent = node.getparent()
            if parent is None or not (node in self._prose or node in self._frame):
                continue
            share = self._prose[node] / total if total else 0
            is_card = node in cards and share < _CARD
            if node.tag in _NEVER or is_card or (not self._is_frame_of_all(node, share) and _is_beside(node)):
                self.beside.add(node)
                continue
            self._prose[parent] += self._prose[node]
            self._frame[parent] += self._frame[node]

    def _is_frame_of_all(self, node: HtmlElement, share: float) -> bool:
        """Whether what is called a sidebar or form cannot be one: .has-sidebar, a form around the whole page."""
        return node in self._holders or share >= _WHOLE

    def _cards(self) -> set[HtmlElement]:
        """What teases other pages of the blog: around one heading that is a link, and not around the post."""
        home, found = host_key(self._dom.page.url), Counter[HtmlElement]()
        for heading in self._dom.tags("h2", "h3", "h4", "h5"):
            link, card = next(heading.iter("a"), None), heading.getparent()
            if link is None or card is None or card in self._holders or text_of(link) != text_of(heading):
                continue
            found[card] += host_key(self._dom.link_url(link) or "") == home
        return {card for card, headings in found.items() if headings == 1}

    def weight(self, element: HtmlElement) -> tuple[float, float]:
        """The characters of prose in an element, and those of frame."""
        return self._prose.get(element, 0), self._frame.get(element, 0)

    def trunk(self, top: HtmlElement) -> HtmlElement | None:
        """The element within `top`, or it, that holds the post's words; None where there is too little prose.

        It is looked for in the first element around the post's heading that has any prose, and grows from there.
        """
        start = top
        if self._heading is not None and self._dom.inside(self._heading, top):
            start = next(up for up in ancestors(self._heading) if up is top or self._prose[up] >= _LEAST)
        own = self._of_children(start)
        found = max(own, key=own.__getitem__, default=None)
        if found is None or self._prose[found] < _LEAST:
            return None
        for holder in ancestors(found) if found is not top else ():
            if holder.tag == "html":
                break
            if self._is_worth(holder, found):
                found = holder
            if holder is top:
                break
        return found

    def _is_worth(self, holder: HtmlElement, found: HtmlElement) -> bool:
        """Whether what an element has beyond another is more of the same post."""
        more = self._prose[holder] - self._prose[found]
        frame = self._frame[holder] - self._frame[found]
        return (more >= _GAIN * self._prose[found] and more > frame) or (more >= _SENTENCE and more > _PURE * frame)

    def onward(self, trunk: HtmlElement) -> list[HtmlElement]:
        """Lists and headings within the words that only lead to other pages of the blog; a line may be the author's."""
        home, dom = host_key(self._dom.page.url), self._dom
        inside = (e for e in dom.tags("ul", "ol", "h2", "h3", "h4", "h5") if e is not trunk and dom.inside(e, trunk))
        led = ((e, [dom.link_url(a) or "" for a in e.iter("a")]) for e in inside)
        here = url_key(dom.page.url)
        return [
            e
            for e, to in led
            if _is_onward(e, [host_key(url) == home for url in to], least=1 if any(map(taxonomy, to)) else 2)
            # A heading that names its own place, for others to link to, is the author's.
            and (e.tag in _LISTS or any(url_key(url) != here for url in to))
        ]

    def is_doubtful(self, trunk: HtmlElement, *, titled: bool) -> bool:
        """Whether a trunk hardly is the post: most of the page's prose stands elsewhere, or most of it is frame.

        titled: whether it is an article around the page's title, which is the post however much frame it holds.
        """
        words, labels = self.weight(trunk)
        if words < _DOUBTFUL * self.weight(self._dom.root)[0]:
            return True
        return words < _DOUBTFUL * labels and not titled

    def blocks(self, first: int, last: int) -> list[HtmlElement]:
        """The blocks of prose between two places of the page, in document order."""
        order = self._dom.order
        return sorted((block for block in self._own if first <= order[block] <= last), key=order.__getitem__)

    def is_more(self, trunk: HtmlElement, part: HtmlElement) -> bool:
        """Whether an element holds several times the prose of another."""
        return self._prose[trunk] > _SEVERAL * max(self._prose[part], _LEAST)

    def _of_children(self, top: HtmlElement) -> dict[HtmlElement, float]:
        """The prose of elements and of their own blocks."""
        found: dict[HtmlElement, float] = defaultdict(float)
        beside = self._dom.region(*self.beside)
        for block, text in self._own.items():
            if block in beside or not self._dom.inside(block, top):
                continue
            holder: HtmlElement | None = block
            while holder is not None and holder is not top and holder.tag in _PIECES:
                holder = holder.getparent()
            if holder is None:
                continue
            found[holder] += text
            parent = holder.getparent()
            if holder is block and block is not top and parent is not None:
                found[parent] += text
        return found


def _stretches(dom: Dom, apart: frozenset[HtmlElement]) -> Iterator[tuple[HtmlElement, int, bool]]:
    """Each piece of text: its block, how long it is, and whether it stands in a link."""
    around: dict[HtmlElement, tuple[HtmlElement, bool] | None] = {}
    for node in dom.nodes:
        parent, tag = node.getparent(), node.tag
        outer = around[parent] if parent is not None else (node, False)
        if outer is None:
            around[node] = None
            continue
        if node.tail and parent is not None and (tail := letters(node.tail.strip())):
            yield outer[0], tail, outer[1]
        if not isinstance(tag, str) or tag in _NO_TEXT or node in apart:
            around[node] = None
            continue
        here = around[node] = (outer[0] if tag in INLINE else node, outer[1] or tag == "a")
        if node.text and (text := letters(node.text.strip())):
            yield here[0], text, here[1]


def _is_onward(element: HtmlElement, own: list[bool], least: int) -> bool:
    """own: of each link in it, whether it stays within the blog. least: how many links a list must have."""
    if not own or not all(own) or (element.tag in _LISTS and len(own) < least):
        return False
    linked = sum(len(text_of(link)) for link in element.iter("a"))
    return 0 < len(text_of(element)) - linked + 1 <= _LABEL * len(own) and linked > 0


def _is_beside(element: HtmlElement) -> bool:
    """Whether an element is called something that stands beside a post."""
    if element.tag in _ROOMS or not isinstance(element.tag, str):
        return False
    names = [*tokens(element)]
    if element.tag not in _HEADINGS:
        id_ = (element.get("id") or "").lower()
        names.append("" if is_titled(element, id_) else id_)
    known, whole = vocabulary.name_set("post", "beside"), vocabulary.name_set("post", "aside")
    return element.tag in _BESIDE_TAGS or any(
        name in whole or name.startswith("widget_") or not known.isdisjoint(_NAME_PARTS.split(name)) for name in names
    )


def is_titled(element: HtmlElement, id_: str) -> bool:
    """Whether an id was made of a heading's words, as generators of sites do: `related-work`."""
    heading = next(element.iter(*_HEADINGS), None) if id_ else None
    said = bare(text_of(heading)) if heading is not None else ""
    return bool(said) and bare(id_).startswith(said)
