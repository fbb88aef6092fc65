"""Who wrote a post, as its page shows it.

A byline is a link to an author's page, a name in an element called so, or a line of words ("By X",
"Von X", "作者：X"). Names of other people stand on the same page: of commenters, of the authors of
related posts, of whoever is in the menu. The blog's own name is nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from lxml.html import HtmlElement

from archiver import dates
from archiver.engines import _vocabulary as vocabulary
from archiver.engines._author_box import bio, in_box, named_above, named_in_box
from archiver.engines._names import (
    Line,
    behind_by,
    is_by,
    is_label,
    line_names,
    looks_like_name,
    says_other,
    signed_before_hour,
    split_names,
    without_by,
    without_others,
    without_rest,
)
from archiver.engines._near_lines import is_in_foot, near_lines
from archiver.engines.dom import Dom, Region, near, rels, text_of, tokens
from archiver.engines.wordpress_urls import author_slug, is_author_page
from archiver.model import Author
from archiver.text import normal_name
from archiver.urls import same_host

__all__ = ["Known", "authors", "bio", "split_names"]

_LINES = frozenset(
    {"entry-meta", "post-meta", "postmetadata", "post-info", "meta", "entry-info", "article-meta", "meta-info"}
)
_CALLED = re.compile(
    r"(?:^p?|[-_]|post|entry|the)(?:authors?|autor|byline)(?:[-_]{1,2}(?:text|line|name|meta|links|info))?$"
)
_LABELS = frozenset({"span", "em", "strong", "b", "i", "cite"})
_URL_OF_NAME = frozenset({"url", "fn"})
_LONGEST_LINE = 300
_LEVELS = 5
_TITLE = 8  # characters: a shorter one may be a person's name
_ROLE = 40  # characters
_HANDLE = 3  # letters: "by me" is no signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """stated: names that the page gives to search engines. not_people: the blog's own names.

    words: the places of the first and last node of the post's words; what stands above is no box about the author.
    """

    stated: tuple[str, ...] = ()
    not_people: tuple[str, ...] = ()
    words: tuple[int, int] | None = None


def authors(
    dom: Dom, *, outside: Iterable[HtmlElement] | Region, known: Known | None = None
) -> tuple[tuple[Author, ...], bool]:
    """The byline, in order, and whether it was read from weak evidence.

    outside: parts that hold other people's names (the body, the comments, the sidebar).
    """
    if known is None:
        stated = (dom.meta("author"), dom.meta("article:author"))
        known = Known(stated=tuple(name for name in stated if name and not name.startswith("http")))
    return _Byline(dom, outside if isinstance(outside, Region) else dom.region(*outside), known).read()


class _Byline:
    def __init__(self, dom: Dom, outside: Region, known: Known) -> None:
        self._dom, self._outside, self._words = dom, outside, known.words
        self._not_people = {normal_name(name) for name in known.not_people}
        self._stated = [name for name in known.stated if self._is_person(name)]

    def read(self) -> tuple[tuple[Author, ...], bool]:
        links = [(link, url) for link, url in self._dom.links_outside(self._outside) if self._is_author_link(link, url)]
        links = [pair for pair in links if not is_in_foot(pair[0])]
        direct = [(link, url) for link, url in links if self._name_of(link) and not self._in_box(link)]
        direct = [(link, url) for link, url in direct if not _in_brackets(link)]
        for found in (self._linked(direct), self._plain(), self._agreed()):
            if found:
                return found, False
        boxed = named_in_box(links) or named_above(links)
        if boxed and self._is_person(boxed.name):
            names = split_names(boxed.name)
            people = tuple(self._person(name, boxed.url if len(names) == 1 else None) for name in names)
            return people, not boxed.repeated
        lines = self._in_lines()
        if lines:
            return lines, True
        stated = self._distinct(self._person(name) for stated in self._stated for name in split_names(stated))
        return stated or self._near_words(), True

    def _in_box(self, element: HtmlElement) -> bool:
        above = self._words is not None and self._dom.order[element] < self._words[0]
        return not above and in_box(element)

    # -- links ------------------------------------------------------------------------------------

    def _is_author_link(self, link: HtmlElement, url: str) -> bool:
        own = is_author_page(url) and same_host(url, self._dom.page.url)  # not a profile at some network
        named = own or "author" in rels(link) or _URL_OF_NAME.issubset(tokens(link))
        named = named and "designer" not in rels(link) and not _is_others(link)  # the theme's; a reviewer, a translator
        return named and not any(_is_list(up) for up in near(link, 4))

    def _name_of(self, link: HtmlElement) -> str:
        names = vocabulary.name_set("byline", "name") if len(link) else frozenset()
        inner = next((e for e in link.iterdescendants("span", "div", "p") if not names.isdisjoint(tokens(e))), link)
        said = text_of(inner)
        name = without_by(said)
        return name if self._is_person(name) and not is_label(said, name) else ""

    def _linked(self, direct: list[tuple[HtmlElement, str]]) -> tuple[Author, ...]:
        """The authors whose links stand in one line with the first."""
        if not direct:
            return ()
        line = self._line_around(direct[0][0])
        found: list[Author] = []
        for link, url in direct:
            if self._dom.inside(link, line):
                names = split_names(self._name_of(link))
                found += [self._person(name, url if len(names) == 1 else None) for name in names]
        people = self._distinct(found)
        # Guests have no page of their own: "By Ann Lee and Bob Ray", one of them linked.
        printed = [name for name in line_names(Line.of(line, self._dom), need_by=True) if self._is_person(name)]
        linked = {normal_name(author.name) for author in people}
        if len(printed) > len(people) and linked <= {normal_name(name) for name in printed}:
            by_name = {normal_name(author.name): author for author in people}
            return self._distinct(by_name.get(normal_name(name), self._person(name)) for name in printed)
        return people

    def _line_around(self, link: HtmlElement) -> HtmlElement:
        """The outermost short element around a byline's link that is called a byline or meta."""
        names = vocabulary.name_set("byline", "line") | _LINES | {"vcard"}
        titles = vocabulary.name_set("post", "title")
        best = link
        for up in near(link, _LEVELS)[1:]:
            if up.tag in {"article", "main", "body", "header"} or len(text_of(up)) > _LONGEST_LINE:
                break
            if any(e.tag in {"h1", "h2"} or not titles.isdisjoint(tokens(e)) for e in up.iter("*") if e is not link):
                break
            if not names.isdisjoint(tokens(up)) or best is link:
                best = up
        return best

    # -- names without links ----------------------------------------------------------------------

    def _plain(self) -> tuple[Author, ...]:
        """Names in elements that are called so."""
        for name in vocabulary.names("byline", "name"):
            found = [e for e in self._dom.classed(name) if self._may_name(e, in_box=True)]
            if found:
                return self._distinct(author for e in found for author in self._people_in(e))
        cards = [e for e in self._dom.classed("fn") if self._may_name(e) and self._in_byline(e) and not is_in_foot(e)]
        cards = cards or [e for e in self._dom.classed("author") if "vcard" in tokens(e) and self._is_mere_name(e)]
        cards = cards or [e for e in self._dom.matching(_CALLED) if e.tag in _LABELS and self._is_mere_name(e)][:1]
        stated = [] if cards else [e for e in self._with_property("author") if self._may_name(e) and not is_in_foot(e)]
        return self._distinct(author for e in [*cards, *stated[:1]] for author in self._people_in(e))

    def _is_mere_name(self, element: HtmlElement) -> bool:
        """Whether an element holds a name and nothing else."""
        name = text_of(element)
        bare = without_by(name) == name and not behind_by(name) and not any(map(str.isdigit, name))
        return bare and self._may_name(element)

    def _may_name(self, element: HtmlElement, *, in_box: bool = False) -> bool:
        if element in self._outside or element.tag == "body" or (self._in_box(element) and not in_box):
            return False
        return self._is_person(without_by(text_of(element))) and not _lacks_name(element)

    def _with_property(self, name: str) -> Iterator[HtmlElement]:
        for element in self._dom.properties:
            if name in (element.get("itemprop") or "").split():
                inner = next((e for e in element.iter("*") if "name" in (e.get("itemprop") or "").split()), element)
                if element.tag not in {"meta", "link"}:
                    yield inner

    def _in_byline(self, element: HtmlElement) -> bool:
        line = vocabulary.name_set("byline", "line") | {"vcard"}
        return any(not line.isdisjoint(tokens(up)) for up in near(element, 2))

    def _people_in(self, element: HtmlElement) -> list[Author]:
        names = split_names(without_by(without_others(text_of(element))))
        link = next((e for e in [*element.iter("a"), *near(element, 2)] if e.tag == "a"), None)
        url = self._dom.link_url(link) if link is not None else None
        return [self._person(name, url if len(names) == 1 else None) for name in names]

    def _agreed(self) -> tuple[Author, ...]:
        """Names stated for search engines that a byline prints, too."""
        texts = [normal_name(text_of(e)) for e in self._lines()]
        found = [name for name in self._stated if any(_has(text, normal_name(name)) for text in texts)]
        return self._distinct(self._person(name) for name in found)

    def _lines(self) -> Iterator[HtmlElement]:
        called = [*self._dom.classed(*vocabulary.names("byline", "line"), *_LINES), *self._dom.matching(_CALLED)]
        for element in dict.fromkeys(called):
            if element in self._outside or self._in_box(element) or element.tag in {"body", "article", "a", "main"}:
                continue
            if _lacks_name(element) or next(element.iter("form", "ul", "h1"), None) is not None:
                continue
            if 0 < len(text_of(element)) <= _LONGEST_LINE:
                yield element

    def _in_lines(self) -> tuple[Author, ...]:
        """Names that only words tell: "By Prof Q"."""
        called = vocabulary.name_set("byline", "line")
        for need_by in (True, False):
            for element in self._lines():
                if need_by or not called.isdisjoint(tokens(element)):
                    names = line_names(Line.of(element, self._dom), need_by=need_by)
                    people = self._distinct(self._person(name) for name in names if self._is_person(name))
                    if people:
                        return people
        return self._in_head() or self._below_title()

    def _in_head(self) -> tuple[Author, ...]:
        """A line of its own beside the title, in the head of a post: "By X", called nothing."""
        for head in self._dom.tags("header"):
            if head in self._outside or next(head.iter("h1"), None) is None:
                continue
            for line in head.iterchildren("p", "div", "span"):
                if len(text_of(line)) > _LONGEST_LINE or self._says_title(line):
                    continue
                if next(line.iter("nav", "ul"), None) is not None:  # of the site: a menu with "de" and "fr"
                    continue
                names = line_names(Line.of(line, self._dom), need_by=True)
                people = self._distinct(self._person(name) for name in names if self._is_person(name))
                if people:
                    return people
        return ()

    def _below_title(self) -> tuple[Author, ...]:
        """A name behind a date in small print right below a heading, as themes of the first years had it."""
        smalls = ((e, e.getprevious()) for e in self._dom.tags("small") if e not in self._outside)
        for element in (e for e, before in smalls if before is not None and before.tag in {"h1", "h2", "h3"}):
            for phrase in vocabulary.phrases("people", "by"):
                when, found, name = text_of(element).rpartition(f" {phrase} ")
                name = without_rest(name)
                if found and self._is_person(name) and dates.from_printed(when):
                    return (self._person(name),)
        return ()

    def _near_words(self) -> tuple[Author, ...]:
        """Names in lines near the words that nothing calls a byline: "Posted by Ann", "— Ann @ 6:00 am"."""
        span = self._words
        for element in near_lines(self._dom, span, self._outside, within=False) if span is not None else ():
            if self._in_box(element) or _is_title(element) or self._says_title(element):
                continue
            own = (element.text, *(child.tail for child in element))
            for line in (Line.of(element, self._dom), *(Line(text) for text in own if text and len(text) > 1)):
                names = line_names(line, need_by=True) or [signed_before_hour(line.text.strip())]
                people = self._distinct(self._person(name) for name in names if name and self._may_sign(name, line))
                if people:
                    return people
        return ()

    def _may_sign(self, name: str, line: Line) -> bool:
        """Whether a name can be one that no byline says to be one: "by the way" and "by `make`" are no signatures."""
        is_phrase = name[:1].islower() and (" " in name or len(name) < _HANDLE or len(line.text) > _ROLE)
        return name[:1].isalnum() and not is_phrase and self._is_person(name)

    def _says_title(self, element: HtmlElement) -> bool:
        """Whether a line ends with the page's heading, as a trail does: "Home » News » Written by three of us"."""
        said = normal_name(text_of(element))
        return any(len(title) > _TITLE and said.endswith(title) for title in self._titles)

    @cached_property
    def _titles(self) -> list[str]:
        return [normal_name(text_of(heading)) for heading in self._dom.tags("h1")]

    # -- people -----------------------------------------------------------------------------------

    def _is_person(self, name: str) -> bool:
        return looks_like_name(name) and normal_name(name) not in self._not_people

    @staticmethod
    def _person(name: str, url: str | None = None) -> Author:
        slug = author_slug(url) if url else None
        own = url if url and is_author_page(url) else None
        return Author(name=name, member=True, url=own, slug=slug)

    @staticmethod
    def _distinct(found: Iterable[Author]) -> tuple[Author, ...]:
        people: dict[str, Author] = {}
        for author in found:
            known = people.get(normal_name(author.name))
            if known is None or (author.slug and not known.slug):
                people[normal_name(author.name)] = author
        # The same byline is often printed twice, once as a whole and once by person.
        single = [author for author in people.values() if len(split_names(author.name)) == 1]
        return tuple(single or people.values())


def _lacks_name(element: HtmlElement) -> bool:
    """Whether a byline is "By" and a link without a name, as plugins leave it that take names away."""
    return is_by(text_of(element)) and any(not text_of(link) for link in element.iter("a"))


def _is_others(link: HtmlElement) -> bool:
    """Whether the words before a link say that its person has only reviewed, edited or translated."""
    return says_other(_said_before(link)[-_ROLE:])


def _in_brackets(link: HtmlElement) -> bool:
    """Whether a link is an aside: "Latest posts by Ann Lee (see all)"."""
    return (link.tail or "").startswith(")") and _said_before(link).endswith("(")


def _said_before(link: HtmlElement) -> str:
    """The text right before a link."""
    before, parent = link.getprevious(), link.getparent()
    return (before.tail if before is not None else parent.text if parent is not None else "") or ""


def _is_title(element: HtmlElement) -> bool:
    """Whether a line is a title: "Written by three of us"."""
    titles = vocabulary.name_set("post", "title")
    return any(up.tag == "h1" or not titles.isdisjoint(tokens(up)) for up in near(element, 2))


def _is_list(element: HtmlElement) -> bool:
    """Whether an element lists authors of the blog, not of the post."""
    return element.tag == "nav" or not vocabulary.name_set("byline", "lists").isdisjoint(tokens(element))


def _has(text: str, name: str) -> bool:
    place = text.find(name)
    return (
        place >= 0 and not text[place + len(name) : place + len(name) + 1].isalnum() and not text[:place][-1:].isalnum()
    )
