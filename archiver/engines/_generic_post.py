"""One post out of a page of an unknown blog, and the comments under it.

Precedence: what the page says for machines, then where running words are, within `article` or `main` where there is
one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from archiver import content, dates, urls
from archiver.engines import _json_ld as json_ld
from archiver.engines import _last_resort as last_resort
from archiver.engines import _microformats as microformats
from archiver.engines import _post_frame as frame
from archiver.engines import _repeated_read, _trimming, _words, bylines, layout, structured, threads
from archiver.engines import _vocabulary as vocabulary
from archiver.engines._dating import Dating
from archiver.engines._feed_formats import paragraphs
from archiver.engines._names import looks_like_name, without_by
from archiver.engines._prose import Prose
from archiver.engines._trimming import Trim
from archiver.engines.dom import SKIPPED, Dom, ancestors, inner_html, near_tokens, text_of, tokens
from archiver.engines.structured import PageFacts
from archiver.engines.wordpress_urls import taxonomy, without_fragment
from archiver.model import (
    Author,
    Comment,
    Content,
    Moment,
    Note,
    ParentSource,
    Post,
    PostKind,
    PostRef,
    Rank,
    Site,
    Term,
)
from archiver.text import normal_name, squeeze

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
_ABOUT = frozenset(
    {"entry-meta", "post-meta", "entry-footer", "post-footer", "entry-header", "post-header"} | {"byline", "meta"}
)
_DATED = ("entry-date", "post-date", "entry-meta", "post-meta", "byline")
_PROSE = frozenset({"p", "li", "td", "dd", "blockquote", "figcaption"})
_ARTICLE_TYPES = json_ld.ARTICLES | {"article", "h-entry", "hentry", "creativework"}
_TITLES = frozenset({"entry-title", "post-title", "article-title", "p-name"})
_LINE = 60  # characters: a longer text is a sentence, not a label
_PART = 0.3  # of an entry: a body is more of it, its comments and frame included
_SHORTEST = 80  # characters of text that make an element worth being taken for a post


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPage:
    """What a page shows: the post, None where no text was found, its comments, and what it says of itself."""

    post: Post | None
    comments: tuple[Comment, ...]
    facts: PageFacts


def read(dom: Dom, site: Site) -> PostPage:
    """Read a page that is thought to be a post."""
    base = dom.page.url
    entries = microformats.entries(dom.root)  # those in the body of one lie in that one, and are none of the page's
    entry = structured.main_entry(dom.root, base, entries)
    marked = entry.body if entry is not None else None
    facts = structured.facts(dom.root, base, () if marked is None else (marked,), entries)
    holder = entry.element if entry is not None else _article(dom)
    learned = layout.places(dom, site.layout)
    place = learned.get("body")
    if marked is None and place is not None and len(text_of(place)) >= _SHORTEST:
        marked = place
        holder = holder if holder is not None and holder is not marked and dom.inside(marked, holder) else dom.root
    ref = PostRef(url=_own_url(facts, dom.page.url, site))
    comments, elements = _comments(dom, site, ref, () if marked is None or marked is holder else (marked,))
    words = _words_at(dom, facts, marked, holder, elements, is_learned=marked is not None and marked is place)
    body = words.body
    scope = next((e for e in (words.holder, body) if e is not None), dom.root)
    heading = _heading(dom, scope)
    found = last_resort.body(dom, [*elements, *_beside(dom)]) if words.is_doubtful else None
    if found is not None:
        text, note = found, Note(kind="body_by_trafilatura", detail=base)
        facts = replace(facts, notes=(*facts.notes, note))
    elif body is not None:
        inside = [e for e in words.trim.apart if e is not body and dom.inside(e, body)]
        trim = replace(words.trim, apart=inside)
        text = _content(body, heading, dom.base, trim, whole=body is not marked or body is scope)
    else:
        return PostPage(post=None, comments=(), facts=facts)
    post = _post(dom, site, facts, scope, heading, text)
    return PostPage(post=_with_learned(post, facts, learned, Dating(dom, site)), comments=comments, facts=facts)


@dataclass(frozen=True, slots=True)
class _Words:
    """Where a page's words stand. holder: what holds the post. is_doubtful: whether trafilatura is asked as well."""

    body: HtmlElement | None
    holder: HtmlElement | None
    trim: Trim
    is_doubtful: bool


def _words_at(
    dom: Dom,
    facts: PageFacts,
    marked: HtmlElement | None,
    holder: HtmlElement | None,
    comments: list[HtmlElement],
    *,
    is_learned: bool,
) -> _Words:
    """Where the page marks them, else where running words are. comments: the elements of those."""
    if marked is not None and (is_learned or not _is_small(marked, holder)):
        return _Words(marked, holder, Trim(comments), is_doubtful=False)
    title = _stated_heading(dom, facts)
    prose = Prose(dom, comments, title)
    body, holder = _unmarked(prose, dom, [e for e in (holder, _article(dom)) if e is not None], marked)
    if body is None or body is marked:
        return _Words(body, holder, Trim(comments), is_doubtful=body is None or not text_of(body))
    trim = _trimming.trim(dom, prose, body, title)
    apart = [*comments, *prose.beside, *prose.onward(body), *trim.apart]
    return _Words(body, holder, replace(trim, apart=apart), prose.is_doubtful(body))


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
    whole = next((holder for holder in holders if len(text_of(holder)) >= _SHORTEST), trunk)
    return whole, whole


def _stated_heading(dom: Dom, facts: PageFacts) -> HtmlElement | None:
    """The heading that says the page's title; the only h1 where none does."""
    stated = normal_name(facts.title or next((text_of(title) for title in dom.tags("title")), ""))
    heads = [h for h in dom.tags("h1", "h2") if text_of(h)]
    fits = [h for h in heads if len(said := normal_name(text_of(h))) > 3 and said in stated]
    first = [h for h in heads if h.tag == "h1"]
    return fits[0] if fits else first[0] if len(first) == 1 else None


def _with_learned(post: Post, facts: PageFacts, learned: dict[str, HtmlElement], dating: Dating) -> Post:
    """With what stands where the blog was learned to have it, as far as the page states nothing for machines."""
    said = {field: text_of(element) for field, element in learned.items() if field != "body"}
    if not facts.title and said.get("title"):
        post = replace(post, title=said["title"])
    name = without_by(said.get("author", ""))
    if not facts.authors and looks_like_name(name):
        weak = post.weak - {"authors"}
        post = replace(post, authors=(Author(name=name, member=True),), weak=weak)
    time = learned.get("published")
    stated = (time.get("datetime") or "") if time is not None else ""
    moment = dating.any(stated) or dating.any(said.get("published", "")) if time is not None else None
    if not facts.published_iso and moment is not None:
        post = replace(post, published=moment, kind=PostKind.POST)
    return post


def _post(
    dom: Dom, site: Site, facts: PageFacts, scope: HtmlElement, heading: HtmlElement | None, text: Content
) -> Post:
    published = _moment(facts.published_iso, site) or _printed(dom, site, scope)
    is_post = published is not None or (facts.type or "").lower() in _ARTICLE_TYPES
    authors, weak = _authors(dom, facts)
    url = _own_url(facts, dom.page.url, site)
    return Post(
        url=url,
        rank=Rank.PAGE,
        kind=PostKind.POST if is_post else PostKind.PAGE,
        title=_title(dom, facts, heading),
        slug=urls.last_segment(url).rpartition(".")[0] or urls.last_segment(url) or None,
        content=text,
        excerpt=facts.description,
        published=published,
        modified=_moment(facts.modified_iso, site),
        authors=authors,
        terms=_terms(dom, facts, scope),
        language=facts.language,
        weak=frozenset({"authors"} if weak else ()),
    )


def _heading(dom: Dom, scope: HtmlElement) -> HtmlElement | None:
    """The post's heading within its text: what themes mark as such, or an h1 or h2 before any paragraph."""
    inside = [h for h in scope.iter("h1", "h2") if text_of(h) and not _is_apart(h, scope)]
    first = min((dom.order[p] for p in scope.iter("p", "ul", "ol", "pre") if _is_prose(p)), default=1 << 60)
    marked = [h for h in inside if _TITLES & set(tokens(h))]
    return next(iter(marked or [h for h in inside if h.tag == "h1" or dom.order[h] < first]), None)


def _is_prose(element: HtmlElement) -> bool:
    """Whether an element is of the text, not of what stands about it: a date, a byline, a list of tags."""
    around, text = [element, *ancestors(element)], text_of(element)
    sentence = len(text) > _LINE or text.endswith((".", ":", "!", "?", "…", "。"))
    return sentence and not any(e.tag == "header" or _ABOUT & set(tokens(e)) for e in around)


def _marked_title(dom: Dom, stated: str) -> str:
    """The title as a theme marks it, or as the one heading that the page's own title holds. Never the site's name."""
    marked = [text_of(e) for e in dom.classed(*_TITLES) if e.tag in {"h1", "h2", "h3"} and not _is_apart(e, dom.root)]
    if len(set(marked)) == 1:
        return marked[0]
    heads = [h for h in dom.tags("h1", "h2") if text_of(h) and not _is_apart(h, dom.root) and not _names_site(h, dom)]
    fits = [text_of(h) for h in heads if normal_name(text_of(h)) in normal_name(stated)]
    alone = [text_of(h) for h in heads if h.tag == "h1"]
    return fits[0] if fits else alone[0] if len(alone) == 1 else ""


def _names_site(heading: HtmlElement, dom: Dom) -> bool:
    """Whether a heading is the name of the blog: all that it says is a link to another page's root."""
    link = next(heading.iter("a"), None)
    url = dom.link_url(link) if link is not None and text_of(link) == text_of(heading) else None
    path = urls.canonical(url).partition("://")[2].partition("/")[2] if url else None
    return path == "" and urls.url_key(url or "") != urls.url_key(dom.page.url)


def _own_url(facts: PageFacts, here: str, site: Site) -> str:
    """The page's own statement of its URL, unless that leads away or to the front page.

    One that adds the name of a folder's file, as Hexo's does, is the address that the page was found at.
    """
    stated = facts.url
    if stated is not None and stated.removesuffix("index.html") == without_fragment(here):
        return without_fragment(here)
    fits = stated is not None and urls.within(stated, site.home) and urls.url_key(stated) != urls.url_key(site.home)
    return without_fragment(stated if stated is not None and fits else here)


def _title(dom: Dom, facts: PageFacts, heading: HtmlElement | None) -> str | None:
    """The stated title; the heading where it is the same without the site's name."""
    shown = text_of(heading) if heading is not None else ""
    stated = facts.title or next((text_of(title) for title in dom.tags("title")), "")
    shown = shown or _marked_title(dom, stated)
    if shown and normal_name(shown) in normal_name(stated):
        return shown
    return (facts.title or shown or stated) or None


def _authors(dom: Dom, facts: PageFacts) -> tuple[tuple[Author, ...] | None, bool]:
    if facts.authors:
        return tuple(Author(name=name, member=True, url=url) for name, url in facts.authors), False
    beside = {*dom.tags(*_BESIDE_TAGS, "blockquote"), *_named(dom, _BESIDE | _ADDED)}
    apart = [e for e in beside if not _AUTHOR_BOX & set(tokens(e))]
    found, weak = bylines.authors(dom, outside=apart)
    named = tuple(author for author in found if not weak or not any(map(str.isdigit, author.name)))
    return named or None, weak and bool(named)


def _terms(dom: Dom, facts: PageFacts, scope: HtmlElement) -> tuple[Term, ...] | None:
    """The post's section and tags; where a rel=tag link has the same name, its URL too."""
    found: dict[str, Term] = {}
    for link, url in dom.links:
        name, rels = text_of(link).lstrip("# "), (link.get("rel") or "").lower().split()
        if name and "tag" in rels and dom.inside(link, scope) and not _is_apart(link, scope):
            kind = "category" if "category" in rels else taxonomy(url) or "tag"
            found.setdefault(normal_name(name), Term(taxonomy=kind, name=name, url=without_fragment(url)))
    for link, url in dom.links if not found else ():
        name, listed = text_of(link).lstrip("# "), frame.TAG_LISTS & near_tokens(link, 3)
        if name and listed and not _is_apart(link, dom.root) and len(name) < _LINE:
            kind = taxonomy(url) or ("category" if "categor" in " ".join(listed) else "tag")
            found.setdefault(normal_name(name), Term(taxonomy=kind, name=name, url=without_fragment(url)))
    stated = [("category", facts.section or "")] + [("tag", tag) for tag in facts.tags]
    for kind, name in stated:
        if name:
            found.setdefault(normal_name(name), Term(taxonomy=kind, name=name))
    return tuple(found.values()) or None


def _printed(dom: Dom, site: Site, scope: HtmlElement) -> Moment | None:
    """The first `<time>` of the post; else the first of the page that is not beside it; else what a byline says."""
    times = sorted(dom.tags("time"), key=lambda element: not dom.inside(element, scope))
    for element in times:
        if _is_apart(element, scope):
            continue
        moment = _moment(element.get("datetime"), site) or dates.from_printed(
            text_of(element), language=site.language, clock=site.utc_offset
        )
        if moment is not None:
            return moment
    lines = (e for e in dom.classed(*_DATED) if not _is_apart(e, dom.root))
    dating = Dating(dom, site)
    return next((moment for e in lines if (moment := dating.printed(text_of(e), dom.page.url))), None)


def _moment(text: str | None, site: Site) -> Moment | None:
    return dates.from_iso(text, site.utc_offset) if text else None


# ── the body ─────────────────────────────────────────────────────────────────────────────────────


def _article(dom: Dom) -> HtmlElement | None:
    """The `<article>` or `<main>` that holds the text: the only one, or the longest by far."""
    articles = [e for e in dom.tags("article") if not any(_is_beside(up) or up.tag == "article" for up in ancestors(e))]
    articles = [e for e in articles if not _is_beside(e)]
    sizes = sorted(((len(text_of(e)), e) for e in articles), key=lambda pair: pair[0], reverse=True)
    if len(sizes) == 1 or (len(sizes) > 1 and sizes[0][0] > 2 * sizes[1][0]):
        return sizes[0][1] if sizes[0][0] >= _SHORTEST else None
    mains = [e for e in dom.root.iter() if isinstance(e.tag, str) and (e.tag == "main" or e.get("role") == "main")]
    return mains[0] if len(mains) == 1 and not articles and len(text_of(mains[0])) >= _SHORTEST else None


def _content(body: HtmlElement, heading: HtmlElement | None, base: str, trim: Trim, *, whole: bool) -> Content:
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
    lead = "".join(_words.outer_markup(e) for e in trim.leads)
    return content.from_html(lead + _words.markup(body, [*marked, *trim.apart]), base)


def _added() -> frozenset[str]:
    return _ADDED | vocabulary.name_set("post", "added")


def _beside(dom: Dom) -> list[HtmlElement]:
    """What is known to stand beside the post's text."""
    return [*dom.tags(*_BESIDE_TAGS), *_named(dom, _BESIDE | _ADDED | _AUTHOR_BOX)]


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
    return opens or stamps or element.tag == "footer" or bool(_ABOUT & set(tokens(element)))


def _is_apart(element: HtmlElement, top: HtmlElement) -> bool:
    """Whether an element stands in something beside the post, as seen from within `top`."""
    for holder in ancestors(element):
        if holder is top:
            return False
        if _is_beside(holder):
            return True
    return False


# ── comments ─────────────────────────────────────────────────────────────────────────────────────


def _comments(
    dom: Dom, site: Site, post: PostRef, outside: tuple[HtmlElement, ...]
) -> tuple[tuple[Comment, ...], list[HtmlElement]]:
    """By the first of the ways that finds any: ids in the markup, microformats, JSON-LD, what repeats.

    Also the elements that they take up.
    """
    thread = threads.read(dom, post, site, outside=outside)
    if thread.comments:
        return thread.comments, [*thread.elements]
    cites = [element for element in microformats.comments(dom.root) if not dom.inside(element, *outside)]
    marked = tuple(_cited(dom, site, post, cites)) or tuple(_stated(dom, site, post, outside))
    if marked:
        return marked, cites
    said = _repeated_read.read(dom, Dating(dom, site), dom.region(*outside))
    return tuple(_repeated(said, post)), [element for one in said for element in one.elements]


def _repeated(said: list[_repeated_read.Said], post: PostRef) -> Iterator[Comment]:
    keys: dict[_repeated_read.Said, str | None] = {}
    for position, one in enumerate(said):
        comment = _comment(post, one.url, one.author, one.content, one.published, position)
        keys[one] = comment.key
        parent = keys.get(one.answers) if one.answers else None
        yield replace(comment, parent=parent, parent_source=one.source, depth=one.depth)


def _cited(dom: Dom, site: Site, post: PostRef, cites: list[HtmlElement]) -> Iterator[Comment]:
    for position, element in enumerate(cites):
        read = microformats.read_entry(element)
        body = inner_html(read.body) if read.body is not None else f"<p>{read.title or ''}</p>"
        name, url = read.authors[0] if read.authors else ("", None)
        author = Author(name=name, member=False, url=urls.absolute(url, dom.base) if url else None) if name else None
        own = urls.absolute(read.url, dom.base) if read.url else None
        words = content.from_html(body, dom.base)
        yield _comment(post, own, author, words, _moment(read.published, site), position)


def _stated(dom: Dom, site: Site, post: PostRef, outside: tuple[HtmlElement, ...]) -> Iterator[Comment]:
    scripts = (script for script in dom.tags("script") if not dom.inside(script, *outside))
    graph = json_ld.read(s for s in scripts if "ld+json" in (s.get("type") or "").lower())
    for position, thing in enumerate(graph.of_type(frozenset({"comment", "usercomments"}))):
        text = graph.text(thing, "text", "commentText")
        name = graph.text(thing, "author", "creator")
        if not text:
            continue
        words = content.from_html(paragraphs(text), dom.base)
        url = graph.url(thing, "url")
        author = Author(name=squeeze(name), member=False) if name else None
        published = _moment(graph.text(thing, "dateCreated", "datePublished"), site)
        yield _comment(post, urls.absolute(url, dom.base) if url else None, author, words, published, position)


def _comment(
    post: PostRef, url: str | None, author: Author | None, words: Content, published: Moment | None, position: int
) -> Comment:
    """A comment of a platform without ids that we know of: its permalink, or its words, tell it apart."""
    said = "\n".join((author.name if author else "", published.at if published else "", words.text))
    return Comment(
        post=post,
        rank=Rank.PAGE,
        url=url,
        key=url or hashlib.blake2b(said.encode(), digest_size=10).hexdigest(),
        author=author,
        content=words,
        published=published,
        parent_source=ParentSource.UNKNOWN,
        position=position,
    )
