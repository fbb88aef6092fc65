"""The categories and tags of a post, wherever a theme shows them and whatever the blog calls their addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from lxml.html import HtmlElement

from archiver.engines import _vocabulary as vocabulary
from archiver.engines.dom import Dom, Region, near_tokens, rels, text_of, tokens
from archiver.engines.wordpress_urls import is_author_page, taxonomy
from archiver.model import Term
from archiver.text import normal_name, slug_of, squeeze
from archiver.urls import last_segment, query_value, url_key

_POST_CLASS = re.compile(r"^(category|tag)-(?!\d+-id$)(.+)$", re.ASCII)  # themes add `category-5-id`
_BESIDE = frozenset(
    {
        "breadcrumb",
        "breadcrumbs",
        "trail-items",
        "trail-item",
        "menu",
        "sub-menu",
        "nav",
        "cat-item",
        "tagcloud",
        "wp-block-tag-cloud",
    }
)
_CALLED = re.compile(r"(?:^|[-_])(?:post|entry|blog|article|single|meta)[-_]*(cat|categor(?:y|ies)|tags?)$")
_NO_CLASS = re.compile(r"[^A-Za-z0-9_-]")
_COUNT = re.compile(r"\s*\[\d{1,5}\]$")  # how many posts have it


class PostTerms:
    """Reads the terms of one post.

    article: its element, whose classes name the slugs of its terms. head: what stands around its title.
    outside: where terms of other things stand; words: the post's own, where only rel=tag speaks for it.
    """

    def __init__(
        self, dom: Dom, article: HtmlElement | None, head: HtmlElement | None, outside: Region, words: Region
    ) -> None:
        self._dom, self._article, self._outside, self._words = dom, article, outside, words
        self._own = [e for e in (article, head) if e is not None]
        classes = tokens(article) if article is not None else []
        matches = [match for name in classes if (match := _POST_CLASS.match(name))]
        self._slugs = {(match[1], match[2]) for match in matches}
        self._told = any(name.startswith("status-") for name in classes)
        self._filed = [term for term in _filed(classes) if not term[1].isdigit()]
        self._filed_numbers = [slug for kind, slug in _filed(classes) if kind == "category" and slug.isdigit()]
        self._numbered = {kind for kind, slug in self._slugs if slug.isdigit()}
        apart = self._dom.links_outside(outside | words) if self._told else []
        shown = [url for link, url in apart if taxonomy(url) and dom.inside(link, *self._own)]
        if shown and all(map(self._is_unfiled, shown)):  # some themes write these classes in a way of their own
            self._told, self._filed, self._filed_numbers = False, [], []

    def read(self) -> tuple[Term, ...]:
        """The terms in the order of the page."""
        found: dict[str, Term] = {}
        for link, url in self._dom.links_outside(self._outside.without(self._words.spans)):
            kind = self._kind(link, url)
            name = _COUNT.sub("", _said(link)) if kind else ""
            if kind and name:
                found.setdefault(url_key(url), Term(taxonomy=kind, name=name, url=url))
        if not any(term.taxonomy == "category" for term in found.values()):
            found.update(self._in_trail())
        return (*_without_hashes(tuple(found.values())), *self._unlinked(found.values()))

    def _in_trail(self) -> Iterator[tuple[str, Term]]:
        """The categories of the post in a trail, where WordPress itself has written them: with both words in `rel`."""
        for trail in self._dom.classed("breadcrumb", "breadcrumbs"):
            for link in trail.iter("a"):
                url = self._dom.link_url(link) if {"category", "tag"} <= set(rels(link)) else None
                if url and text_of(link):
                    yield url_key(url), Term(taxonomy="category", name=text_of(link), url=url)

    def _unlinked(self, linked: Iterable[Term]) -> Iterator[Term]:
        """Terms that the article's classes name and the post does not show: as a link elsewhere on the page calls them.

        Where none does, by their slugs: a feed may know the name.
        """
        terms = ((term.taxonomy, _slug(term.url or ""), slug_of(term.name)) for term in linked)
        shown = {(kind, slug) for kind, own, made in terms for slug in (own, made, _in_class(own))}
        left = [(kind, slug) for kind, slug in self._filed if shown.isdisjoint((kind, name) for name in _names(slug))]
        named = self._named_elsewhere() if left else {}
        for kind, slug in left:
            yield named.get((kind, slug)) or Term(taxonomy=kind, name=slug.replace("-", " "), slug=slug)
        known = {normal_name(term.name) for term in linked}
        yield from (term for term in self._listed() if normal_name(term.name) not in known)

    def _listed(self) -> Iterator[Term]:
        """The categories whose numbers the classes give, where a list of the sidebar gives the same number."""
        for number in self._filed_numbers:
            for item in self._dom.classed(f"cat-item-{number}")[:1]:
                link = next(item.iter("a"), None)
                if link is not None and (name := text_of(link)):
                    yield Term(taxonomy="category", name=name, url=self._dom.link_url(link))

    def _named_elsewhere(self) -> dict[tuple[str, str], Term]:
        """The terms that the sidebar or a menu links to, by taxonomy and slug."""
        found: dict[tuple[str, str], Term] = {}
        for link, url in self._dom.links:
            kind = taxonomy(url)
            name = text_of(link) if kind else ""
            slug = slug_of(name) if query_value(url, "cat") else _slug(url)
            if kind and name and slug:
                for known in (slug, _in_class(slug)):
                    found.setdefault((kind, known), Term(taxonomy=kind, name=name, url=url))
        return found

    def _kind(self, link: HtmlElement, url: str) -> str | None:
        """What a link says of the post: that it is in a category, has a tag, or nothing."""
        if "#" in url or is_author_page(url):  # some themes mark bylines as tags
            return None
        rel = set(rels(link))
        marked = not rel.isdisjoint({"tag", "category"})
        if link in self._words and not marked:
            return None
        around = near_tokens(link, 4)
        if not marked and (not _BESIDE.isdisjoint(around) or any("breadcrumb" in name for name in around)):
            return None
        if self._is_unfiled(url) and self._is_others(link, url):
            return None
        if "category" in rel and taxonomy(url) != "tag":
            return "category"
        by_url, by_class = taxonomy(url), self._by_class(url)
        if marked:
            return by_class or by_url or self._by_place(around) or "tag"
        place = self._by_place(around, surely=by_url is None)
        if place:
            return by_class or by_url or (place if not rel & {"author", "nofollow"} else None)
        return by_class or by_url if self._own and self._dom.inside(link, *self._own) else None

    def _is_others(self, link: HtmlElement, url: str) -> bool:
        """Whether a link to what the classes do not name is another post's, or leads to the parent of a category."""
        return not self._dom.inside(link, *self._own) or any(kind == taxonomy(url) for kind, _ in self._filed)

    def _is_unfiled(self, url: str) -> bool:
        """Whether the classes of the article name other terms: those of WordPress name all that the post has."""
        kind = taxonomy(url)
        slug = _slug(url)
        named = self._told and bool(kind and slug) and kind not in self._numbered
        return named and slug.isascii() and (kind, slug) not in self._filed

    def _by_class(self, url: str) -> str | None:
        slug = _slug(url)
        known = [kind for kind, name in self._slugs if name in {slug, _in_class(slug)}]
        return known[0] if len(known) == 1 else None

    @staticmethod
    def _by_place(around: Iterable[str], *, surely: bool = False) -> str | None:
        """surely: by the names alone that hold nothing but terms."""
        names = set(around)
        if not names.isdisjoint(vocabulary.name_set("post", "categories")):
            return "category"
        if not names.isdisjoint(vocabulary.name_set("post", "tags")):
            return "tag"
        if surely:
            return None
        called = {match[1][:3] for match in map(_CALLED.search, names) if match}
        return ("category" if "cat" in called else "tag") if called else None


def _names(slug: str) -> Iterator[str]:
    """The slugs that a class may mean: as it stands, and without what themes put behind each slug."""
    yield slug
    yield from (slug.removesuffix(end) for end in vocabulary.names("post", "slug_ends"))


def _said(link: HtmlElement) -> str:
    """What a link calls its term, without a # that has an element of its own."""
    first = link[0] if len(link) == 1 and not (link.text or "").strip() else None
    behind = squeeze(first.tail or "") if first is not None else ""
    return behind if behind and first is not None and text_of(first) == "#" else text_of(link)


def _slug(url: str) -> str:
    return (query_value(url, "tag") or last_segment(url)).lower()


def _in_class(slug: str) -> str:
    """A slug as a class has it: without what is no ASCII, `ios` of `ios开发`."""
    return slug if slug.isascii() else _NO_CLASS.sub("", slug)


def _filed(classes: Sequence[str]) -> list[tuple[str, str]]:
    """The terms that WordPress names in an article's classes, behind its status: what stands before is the theme's.

    A slug without ASCII stands there as the term's number.
    """
    start = next((place for place, name in enumerate(classes) if name.startswith("status-")), len(classes))
    matches = [match for name in classes[start:] if (match := _POST_CLASS.match(name))]
    return [(match[1], match[2]) for match in matches]


def _without_hashes(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Tags without the # that some themes put before each of them; one alone may be called so."""
    tags = [term for term in terms if term.taxonomy == "tag"]
    if len(tags) < 2 or not all(term.name.startswith("#") and term.name.strip("# ") for term in tags):
        return terms
    return tuple(replace(t, name=t.name.lstrip("# ")) if t.taxonomy == "tag" else t for t in terms)
