"""Where the words of an unknown blog's post stand on its page, and what of that is no word of the post.

Precedence: what the page marks as the body, then where running words are, within `article` or `main` where there is
one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from archiver import content
from archiver.engines import _post_frame as frame
from archiver.engines import _trimming, _words
from archiver.engines import _vocabulary as vocabulary
from archiver.engines._prose import Prose
from archiver.engines._trimming import Trim
from archiver.engines.dom import SKIPPED, Dom, ancestors, text_of, tokens
from archiver.engines.structured import PageFacts
from archiver.model import Content
from archiver.text import letters, normal_name

# Beside the post: what stands in these is said of something else.
_BESIDE_TAGS = SKIPPED | {"nav", "aside", "form", "button", "dialog"}
_BESIDE = frozenset(
    {"comments", "comment-list", "commentlist", "comments-area", "comment-respond", "respond", "disqus_thread"}
    | {"webmentions", "comment", "h-cite", "post-navigation", "pagination", "breadcrumb", "breadcrumbs", "sidebar"}
)
_AUTHOR_BOX = frozenset({"author-box", "author-bio"})
# Put even into a body that is marked as such.
_ADDED_TAGS = SKIPPED | {"nav", "form", "button", "dialog"}
_ADDED = frozenset({"related", "related-posts", "share", "social-share", "sharedaddy", "newsletter"})
# About the post, but not its text.
ABOUT = frozenset(
    {"entry-meta", "post-meta", "entry-footer", "post-footer", "entry-header", "post-header"} | {"byline", "meta"}
)
_PROSE = frozenset({"p", "li", "td", "dd", "blockquote", "figcaption"})
_PART = 0.3  # of an entry: a body is more of it, its comments and frame included
SHORTEST = 80  # letters of text that make an element worth being taken for a post


@dataclass(frozen=True, slots=True)
class Words:
    """Where a page's words stand. holder: what holds the post. is_doubtful: whether trafilatura is asked as well."""

    body: HtmlElement | None
    holder: HtmlElement | None
    trim: Trim
    is_doubtful: bool


def find(
    dom: Dom,
    facts: PageFacts,
    marked: HtmlElement | None,
    holder: HtmlElement | None,
    comments: list[HtmlElement],
    *,
    is_learned: bool,
) -> Words:
    """Where the page marks them, else where running words are. comments: the elements of those."""
    if marked is not None and (is_learned or not _is_small(marked, holder)):
        return Words(marked, holder, Trim(comments), is_doubtful=False)
    title = _stated_heading(dom, facts)
    prose = Prose(dom, comments, title)
    body, holder = _unmarked(prose, dom, [e for e in (holder, article(dom)) if e is not None], marked)
    if body is None or body is marked:
        return Words(body, holder, Trim(comments), is_doubtful=body is None or not text_of(body))
    trim = _trimming.trim(dom, prose, body, title, comments)
    apart = [*comments, *prose.beside, *prose.onward(body), *trim.apart]
    titled = holder is not None and holder.tag == "article" and title is not None and dom.inside(title, holder)
    return Words(body, holder, replace(trim, apart=apart), prose.is_doubtful(body, titled=titled))


def _is_small(body: HtmlElement, holder: HtmlElement | None) -> bool:
    """Whether what is marked as the body is a small part of the entry: a teaser, or one section of many."""
    if holder is None or holder is body:
        return not text_of(body)
    return len(text_of(body)) < _PART * len(text_of(holder))


def _unmarked(
    prose: Prose, dom: Dom, holders: list[HtmlElement], marked: HtmlElement | None
) -> tuple[HtmlElement | None, HtmlElement | None]:
    """The body that nothing marks, and what holds the post: where running words are, else the whole article.

    marked: what is marked as the body, though there is more of the same.
    """
    for holder in holders:
        trunk = prose.trunk(holder)
        if trunk is None or (marked is not None and not prose.is_more(trunk, marked)):
            continue
        return trunk, holder
    if marked is not None:
        return marked, next(iter(holders), None)
    trunk = prose.trunk(dom.root)
    if trunk is not None and not holders:
        return trunk, trunk
    whole = next((holder for holder in holders if letters(text_of(holder)) >= SHORTEST), trunk)
    return whole, whole


def _stated_heading(dom: Dom, facts: PageFacts) -> HtmlElement | None:
    """The heading that says the page's title; the only h1 where none does."""
    stated = normal_name(facts.title or next((text_of(title) for title in dom.tags("title")), ""))
    heads = [h for h in dom.tags("h1", "h2") if text_of(h) and not _trimming.names_site(h, dom)]
    fits = [h for h in heads if len(said := normal_name(text_of(h))) > 3 and said in stated]
    first = [h for h in heads if h.tag == "h1"]
    return max(fits, key=lambda h: len(text_of(h))) if fits else first[0] if len(first) == 1 else None


def article(dom: Dom) -> HtmlElement | None:
    """The `<article>` or `<main>` that holds the text: the only one, or the longest by far."""
    articles = [e for e in dom.tags("article") if not any(_is_beside(up) or up.tag == "article" for up in ancestors(e))]
    articles = [e for e in articles if not _is_beside(e)]
    sizes = sorted(((letters(text_of(e)), e) for e in articles), key=lambda pair: pair[0], reverse=True)
    if len(sizes) == 1 or (len(sizes) > 1 and sizes[0][0] > 2 * sizes[1][0]):
        return sizes[0][1] if sizes[0][0] >= SHORTEST else None
    mains = [e for e in dom.root.iter() if isinstance(e.tag, str) and (e.tag == "main" or e.get("role") == "main")]
    return mains[0] if len(mains) == 1 and not articles and letters(text_of(mains[0])) >= SHORTEST else None


def content_of(body: HtmlElement, heading: HtmlElement | None, base: str, trim: Trim, *, whole: bool) -> Content:
    """The body without what themes put into it; a `whole` article also without its heading, byline and asides."""
    inside = (e for e in body.iterdescendants() if isinstance(e.tag, str))
    if whole:
        marked = [
            e
            for e in inside
            if e is heading or _is_beside(e) or (e not in trim.heads and _is_about(e)) or frame.is_frame(e)
        ]
    else:  # an aside in here may be the author's own
        marked = [e for e in inside if e.tag in _ADDED_TAGS or not _added().isdisjoint(tokens(e))]
        marked += _trimming.named(body)
    marked += frame.own_links(body)
    lead = "".join(_words.outer_markup(e) for e in trim.leads)
    return content.from_html(lead + _words.markup(body, [*marked, *trim.apart]), base)


def _added() -> frozenset[str]:
    return _ADDED | vocabulary.name_set("post", "added")


def around(dom: Dom) -> list[HtmlElement]:
    """What themes put before and behind the words, wherever it stands on the page."""
    return [e for e in dom.nodes if isinstance(e.tag, str) and (_is_about(e) or frame.is_frame(e))]


def beside(dom: Dom, *, author_boxes: bool = True) -> list[HtmlElement]:
    """What is known to stand beside the post's text; without boxes about its author when only those count as hers."""
    names = _BESIDE | _ADDED
    if author_boxes:
        return [*dom.tags(*_BESIDE_TAGS), *_named(dom, names | _AUTHOR_BOX)]
    found = [*dom.tags(*_BESIDE_TAGS), *_named(dom, names)]
    return [e for e in found if _AUTHOR_BOX.isdisjoint(tokens(e))]


def _named(dom: Dom, names: frozenset[str]) -> list[HtmlElement]:
    """The elements that have one of these as class or id."""
    return [*dom.classed(*names), *(e for id_, e in dom.by_id.items() if id_.lower() in names)]


def _is_beside(element: HtmlElement) -> bool:
    names = {*tokens(element), (element.get("id") or "").lower()}
    return element.tag in _BESIDE_TAGS or bool((_BESIDE | _ADDED | _AUTHOR_BOX) & names)


def _is_about(element: HtmlElement) -> bool:
    """Whether an element within the body says something of the post: its head, foot or byline."""
    opens = element.tag == "header" and next(element.iter("h1", "h2", "time"), None) is not None
    stamps = element.tag == "time" and not any(holder.tag in _PROSE for holder in ancestors(element))
    return opens or stamps or element.tag == "footer" or bool(ABOUT & set(tokens(element)))


def is_apart(element: HtmlElement, top: HtmlElement) -> bool:
    """Whether an element stands in something beside the post, as seen from within `top`."""
    for holder in ancestors(element):
        if holder is top:
            return False
        if _is_beside(holder):
            return True
    return False
