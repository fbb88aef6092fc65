"""A post's page of a platform whose class names are known: what they mark goes before what any page may say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from archiver import content
from archiver.engines import _platform as platform
from archiver.engines import structured
from archiver.engines._dating import Dating
from archiver.engines._words import markup
from archiver.engines.dom import Dom, ancestors, text_of
from archiver.model import Author, Content, Extract, Moment, Post, Rank, Site, Term
from archiver.page import Page
from archiver.urls import last_segment, without_fragment


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Class names of a post's parts, the surest first. added: within the body, and not the author's.

    authors, terms: where these are read from the page. outside: parts that are never the post's, such as its comments.
    """

    body: tuple[str, ...]
    title: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    authors: Callable[[Dom], tuple[Author, ...]] | None = None
    terms: Callable[[Dom], tuple[Term, ...]] | None = None


def read(page: Page, site: Site, marks: Marks) -> tuple[Post | None, Extract]:
    """The post, None where the page holds no text, and what else is said of it."""
    dom = page.once(Dom)
    post, _, extract = platform.read_page(page, site)
    body = _body(dom, marks)
    if body is not None:
        post = replace(post or _stated(dom, site), content=_content(dom, body, marks))
        extract = replace(extract, notes=tuple(note for note in extract.notes if note.kind != "no_text_found"))
    if post is None:
        return None, extract
    title, published = first(dom, marks.title, marks), _when(dom, site, marks)
    authors = marks.authors(dom) if marks.authors else ()
    terms = marks.terms(dom) if marks.terms else ()
    known = replace(
        post,
        title=text_of(title) if title is not None else post.title,
        published=_finer(post.published, published),
        authors=authors or post.authors,
        terms=terms or post.terms,
        weak=post.weak - ({"authors"} if authors else set()),
    )
    return known, extract


def first(dom: Dom, names: tuple[str, ...], marks: Marks) -> HtmlElement | None:
    """The first element with text and the surest of these classes, outside of what is never the post's."""
    apart = dom.region(*dom.classed(*marks.outside)) if marks.outside else None
    for name in names:
        for element in dom.classed(name):
            if (apart is None or element not in apart) and (text_of(element) or element.get("datetime")):
                return element
    return None


def _body(dom: Dom, marks: Marks) -> HtmlElement | None:
    """The body; an empty one that holds pictures only counts, too."""
    found = first(dom, marks.body, marks)
    if found is not None:
        return found
    called = (e for name in marks.body for e in dom.classed(name))
    pictures = (e for e in called if next(e.iter("img", "iframe", "video"), None) is not None)
    return next((e for e in pictures if not dom.inside(e, *dom.classed(*marks.outside))), None)


def _content(dom: Dom, body: HtmlElement, marks: Marks) -> Content:
    dropped = [e for e in dom.classed(*marks.added) if dom.inside(e, body) and e is not body] if marks.added else []
    outer = [e for e in dropped if not any(up in dropped for up in ancestors(e))]
    return content.from_html(markup(body, outer), dom.base)


def _stated(dom: Dom, site: Site) -> Post:
    """What the page states for machines: of a text that is too short to be found without its marks."""
    facts = structured.facts(dom.root, dom.page.url)
    url = without_fragment(dom.canonical() or dom.page.url)
    return Post(
        url=url,
        rank=Rank.PAGE,
        title=facts.title or dom.stated_title,
        slug=last_segment(url).rpartition(".")[0] or last_segment(url) or None,
        excerpt=facts.description,
        published=Dating(dom, site).iso(facts.published_iso),
        modified=Dating(dom, site).iso(facts.modified_iso),
        authors=tuple(Author(name=name, member=True, url=link) for name, link in facts.authors) or None,
        terms=tuple(Term(taxonomy="tag", name=tag) for tag in facts.tags) or None,
        language=facts.language,
    )


def _when(dom: Dom, site: Site, marks: Marks) -> Moment | None:
    dating = Dating(dom, site)
    for name in marks.when:
        element = first(dom, (name,), marks)
        if element is None:
            continue
        stated = [e.get("datetime") or (e.get("title") if e.tag == "abbr" else None) for e in element.iter()]
        exact = next((moment for text in stated if text and (moment := dating.iso(text))), None)
        moment = exact or dating.printed(text_of(element), dom.page.url)
        if moment is not None:
            return moment
    return None


def _finer(stated: Moment | None, marked: Moment | None) -> Moment | None:
    """What the page states for machines, unless what it prints is finer."""
    if stated is None or marked is None:
        return stated or marked
    order = ["year", "month", "day", "hour", "minute", "second"]
    return marked if order.index(marked.precision) > order.index(stated.precision) else stated


def tagged(dom: Dom, holders: tuple[str, ...] = (), taxonomy: str = "tag") -> tuple[Term, ...]:
    """The terms that links in elements of these classes name; without classes, those of rel=tag."""
    regions = dom.region(*dom.classed(*holders)) if holders else None
    found: dict[str, Term] = {}
    for link, url in dom.links:
        inside = link in regions if regions is not None else "tag" in (link.get("rel") or "").lower().split()
        name = text_of(link).lstrip("# ")
        if inside and name:
            found.setdefault(name, Term(taxonomy=taxonomy, name=name, url=without_fragment(url)))
    return tuple(found.values())
