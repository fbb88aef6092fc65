"""One post out of a page of an unknown blog, and the comments under it.

Precedence: what the page says for machines, then where running words are, within `article` or `main` where there is
one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from archiver import dates, urls
from archiver.engines import _generic_body as bodies
from archiver.engines import _generic_comments, bylines, layout, structured
from archiver.engines import _generic_links as links
from archiver.engines import _json_ld as json_ld
from archiver.engines import _last_resort as last_resort
from archiver.engines import _microformats as microformats
from archiver.engines import _post_frame as frame
from archiver.engines._dating import Dating
from archiver.engines._names import looks_like_name, without_by
from archiver.engines._near_lines import near_lines
from archiver.engines._trimming import names_site
from archiver.engines.dom import Dom, ancestors, near_tokens, text_of, tokens
from archiver.engines.structured import PageFacts
from archiver.engines.wordpress_urls import taxonomy
from archiver.model import (
    Author,
    Comment,
    Content,
    Moment,
    Note,
    Post,
    PostKind,
    PostRef,
    Precision,
    Rank,
    Site,
    Term,
)
from archiver.text import letters, normal_name
from archiver.urls import without_fragment

_DATED = ("entry-date", "post-date", "entry-meta", "post-meta", "byline")
_DATE = re.compile(r"(?:^|[-_])(?:date|iteminfo)(?:$|[-_])|postdate$|post-?info$")
_PARTS = re.compile(r"\s+[-|\u2013\u2014\u00b7\u00bb\u00ab\u2022/]+\s+|:\s+")
_DATELINE = 60  # letters beside the date of a line that says when, and by whom
_ARTICLE_TYPES = json_ld.ARTICLES | {"article", "h-entry", "hentry", "creativework"}
_TITLES = frozenset({"entry-title", "post-title", "article-title", "p-name"})
_LINE = 60  # letters: a longer text is a sentence, not a label


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPage:
    """What a page shows: the post, None where no text was found, its comments, and what it says of itself.

    thread: the elements of the comments. is_doubtful: whether the text is the last resort's.
    """

    post: Post | None
    comments: tuple[Comment, ...]
    facts: PageFacts
    thread: tuple[HtmlElement, ...] = ()
    is_doubtful: bool = False


def read(dom: Dom, site: Site) -> PostPage:
    """Read a page that is thought to be a post."""
    base = dom.page.url
    entries = microformats.entries(dom.root)  # those in the body of one lie in that one, and are none of the page's
    entry = structured.main_entry(dom.root, base, entries)
    marked = entry.body if entry is not None else None
    facts = structured.facts(dom.root, base, () if marked is None else (marked,), entries)
    holder = entry.element if entry is not None else bodies.article(dom)
    learned = layout.places(dom, site.layout)
    place = learned.get("body")
    if marked is None and place is not None and letters(text_of(place)) >= bodies.SHORTEST:
        marked = place
        holder = holder if holder is not None and holder is not marked and dom.inside(marked, holder) else dom.root
    ref = PostRef(url=_own_url(facts, dom.page.url, site))
    outside = () if marked is None or marked is holder else (marked,)
    comments, elements = _generic_comments.read(dom, site, ref, outside, learned.get("comments"))
    words = bodies.find(dom, facts, marked, holder, elements, is_learned=marked is not None and marked is place)
    body = words.body
    scope = next((e for e in (words.holder, body) if e is not None), dom.root)
    heading = _heading(dom, scope)
    found = last_resort.body(dom, [*elements, *bodies.beside(dom), *bodies.around(dom)]) if words.is_doubtful else None
    if found is not None:
        text, note = found, Note(kind="body_by_trafilatura", detail=base)
        facts = replace(facts, notes=(*facts.notes, note))
    elif body is not None:
        inside = [e for e in words.trim.apart if e is not body and dom.inside(e, body)]
        trim = replace(words.trim, apart=inside)
        text = bodies.content_of(body, heading, dom.base, trim, whole=body is not marked or body is scope)
    else:
        return PostPage(post=None, comments=(), facts=facts)
    post = _with_learned(_post(dom, site, facts, scope, heading, text, elements), facts, learned, Dating(dom, site))
    return PostPage(post=post, comments=comments, facts=facts, thread=tuple(elements), is_doubtful=found is not None)


def _with_learned(post: Post, facts: PageFacts, learned: dict[str, HtmlElement], dating: Dating) -> Post:
    """With what stands where the blog was learned to have it, as far as the page states nothing for machines."""
    said = {field: text_of(element) for field, element in learned.items() if field not in {"body", "comments"}}
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
    dom: Dom,
    site: Site,
    facts: PageFacts,
    scope: HtmlElement,
    heading: HtmlElement | None,
    text: Content,
    comments: list[HtmlElement],
) -> Post:
    published = _moment(facts.published_iso, site) or _printed(dom, site, scope, comments)
    is_post = published is not None or (facts.type or "").lower() in _ARTICLE_TYPES
    authors, weak = _authors(dom, facts, scope, comments)
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
    inside = [h for h in scope.iter("h1", "h2") if text_of(h) and not bodies.is_apart(h, scope)]
    inside = [h for h in inside if not names_site(h, dom)] or inside
    first = min((dom.order[p] for p in scope.iter("p", "ul", "ol", "pre") if _is_prose(p)), default=1 << 60)
    marked = [h for h in inside if _TITLES & set(tokens(h))]
    return next(iter(marked or [h for h in inside if h.tag == "h1" or dom.order[h] < first]), None)


def _is_prose(element: HtmlElement) -> bool:
    """Whether an element is of the text, not of what stands about it: a date, a byline, a list of tags."""
    around, text = [element, *ancestors(element)], text_of(element)
    sentence = letters(text) > _LINE or text.endswith((".", ":", "!", "?", "…", "。"))
    return sentence and not any(e.tag == "header" or bodies.ABOUT & set(tokens(e)) for e in around)


def _marked_title(dom: Dom, stated: str) -> str:
    """The title as a theme marks it, or as the one heading that the page's own title holds. Never the site's name."""
    own = [h for h in dom.tags("h1", "h2", "h3") if not bodies.is_apart(h, dom.root)]
    marked = [text_of(h) for h in own if _TITLES & set(tokens(h))]
    if len(set(marked)) == 1:
        return marked[0]
    heads = [h for h in own if h.tag != "h3" and text_of(h) and not names_site(h, dom)]
    fits = [text_of(h) for h in heads if normal_name(text_of(h)) in normal_name(stated)]
    fits = fits or _titles_in(dom, stated)
    alone = [text_of(h) for h in heads if h.tag == "h1"]
    return fits[0] if fits else alone[0] if len(alone) == 1 else ""


def _titles_in(dom: Dom, stated: str) -> list[str]:
    """The smaller headings, bold lines, and what is called a title, that are a part of the page's own title by
    themselves: "Quay: On oil".
    """
    parts = {normal_name(part) for part in _PARTS.split(stated)} - {""}
    if len(parts) < 2:
        return []
    small = [*dom.tags("h3", "h4", "h5", "b", "strong"), *dom.classed(*_TITLES)]
    small = [e for e in small if not bodies.is_apart(e, dom.root)]
    return [text_of(e) for e in small if normal_name(text_of(e)) in parts and not names_site(e, dom)]


def _own_url(facts: PageFacts, here: str, site: Site) -> str:
    """The page's own statement of its URL, unless that leads away or to the front page.

    One that adds the name of a folder's file, as Hexo's does, is the address that the page was found at; such a name
    is left out, since feeds and sitemaps of one site differ in it.
    """
    stated = facts.url
    if stated is not None and stated.removesuffix("index.html") == without_fragment(here):
        return without_fragment(here)
    fits = stated is not None and urls.within(stated, site.home) and urls.url_key(stated) != urls.url_key(site.home)
    return urls.without_index(without_fragment(stated if stated is not None and fits else here))


def _title(dom: Dom, facts: PageFacts, heading: HtmlElement | None) -> str | None:
    """The stated title; the heading where it is the same without the site's name."""
    shown = text_of(heading) if heading is not None else ""
    stated = facts.title or next((text_of(title) for title in dom.tags("title")), "")
    shown = shown or _marked_title(dom, stated)
    if shown and normal_name(shown) in normal_name(stated):
        return shown
    first, *others = _PARTS.split(dom.stated_title or "")
    if shown and others and normal_name(shown) == normal_name(first):  # where the same is stated of all pages
        return shown
    return (facts.title or shown or stated) or None


def _authors(
    dom: Dom, facts: PageFacts, scope: HtmlElement, comments: list[HtmlElement]
) -> tuple[tuple[Author, ...] | None, bool]:
    if facts.authors:
        return tuple(Author(name=name, member=True, url=url) for name, url in facts.authors), False
    apart = [*bodies.beside(dom, author_boxes=False), *dom.tags("blockquote")]
    found, weak = bylines.authors(dom, outside=apart)
    if not found:  # lines that nothing calls a byline
        near = bylines.Known(words=dom.span(scope))
        found, weak = bylines.authors(dom, outside=[*comments, *apart], known=near)
    named = tuple(author for author in found if not weak or not any(map(str.isdigit, author.name)))
    return named or None, weak and bool(named)


def _terms(dom: Dom, facts: PageFacts, scope: HtmlElement) -> tuple[Term, ...] | None:
    """The post's section and tags; where a rel=tag link has the same name, its URL too."""
    found: dict[str, Term] = {}
    for link, url in dom.links:
        name, rels = text_of(link).lstrip("# "), (link.get("rel") or "").lower().split()
        if name and "tag" in rels and _is_of_post(dom, link, scope, listed=not facts.tags):
            kind = "category" if "category" in rels else taxonomy(url) or "tag"
            found.setdefault(normal_name(name), Term(taxonomy=kind, name=name, url=without_fragment(url)))
    for link, url in dom.links if not found else ():
        name, called = text_of(link).lstrip("# "), near_tokens(link, 3)
        in_list = dom.inside(link, scope) and _is_item(link) and taxonomy(url) is not None
        is_apart = bodies.is_apart(link, dom.root) and not _is_tag_menu(link)
        if name and (in_list or frame.is_called_tags(called)) and not is_apart and len(name) < _LINE:
            kind = taxonomy(url) or ("category" if "categor" in " ".join(frame.TAG_LISTS & called) else "tag")
            found.setdefault(normal_name(name), Term(taxonomy=kind, name=name, url=without_fragment(url)))
    section = "" if links.is_folder_of_posts(facts.section or "") else facts.section or ""
    stated = [("category", section)] + [("tag", tag) for tag in facts.tags]
    for kind, name in stated:
        if name:
            found.setdefault(normal_name(name), Term(taxonomy=kind, name=name))
    return tuple(found.values()) or None


def _is_of_post(dom: Dom, link: HtmlElement, scope: HtmlElement, *, listed: bool) -> bool:
    """Whether a tag is the post's: it stands within it or, if `listed`, in a list of tags that is beside nothing."""
    if dom.inside(link, scope) and not bodies.is_apart(link, scope):
        return True
    is_listed = listed and frame.is_called_tags(near_tokens(link, 3))
    return is_listed and (dom.inside(link, scope) or not bodies.is_apart(link, dom.root))


def _is_tag_menu(link: HtmlElement) -> bool:
    """Whether a link stands in a menu that is said, to those who listen, to be one of tags."""
    menu = next((up for up in ancestors(link) if up.tag == "nav"), None)
    return menu is not None and "tag" in (menu.get("aria-label") or "").lower()


def _is_item(link: HtmlElement) -> bool:
    """Whether a link is all that an item of a list says."""
    item = link.getparent()
    return item is not None and item.tag == "li" and text_of(item) == text_of(link)


def _printed(dom: Dom, site: Site, scope: HtmlElement, outside: list[HtmlElement]) -> Moment | None:
    """The first `<time>` of the post; else the first of the page that is not beside it; else what a byline says.

    outside: what says nothing of when the post was written: its comments.
    """
    times = sorted(dom.tags("time"), key=lambda element: not dom.inside(element, scope))
    for element in times:
        if bodies.is_apart(element, scope):
            continue
        moment = _moment(element.get("datetime"), site) or dates.from_printed(
            text_of(element), language=site.language, clock=site.utc_offset
        )
        if moment is not None:
            return moment
    lines = (e for e in dom.classed(*_DATED) if not bodies.is_apart(e, dom.root))
    dating = Dating(dom, site)
    moment = next((moment for e in lines if (moment := dating.printed(text_of(e), dom.page.url))), None)
    return moment or _dateline(dom, dating, scope, outside)


def _dateline(dom: Dom, dating: Dating, scope: HtmlElement, outside: list[HtmlElement]) -> Moment | None:
    """The date of a line near the words that is called after dates, or says little else."""
    apart = dom.region(*outside, *bodies.beside(dom))
    for line in near_lines(dom, dom.span(scope), apart):
        text = text_of(line)
        if not any(map(str.isdigit, text)) or text.endswith((".", "!", "?")):
            continue
        called = any(_DATE.search(name) for name in tokens(line))
        moment = dating.any(text) or dating.printed(text, dom.page.url)
        stands_for_itself = moment is not None and moment.precision is not Precision.YEAR and letters(text) <= _DATELINE
        if moment is not None and (called or stands_for_itself):
            return moment
    return None


def _moment(text: str | None, site: Site) -> Moment | None:
    return dates.from_iso(text, site.utc_offset) if text else None
