"""Which element holds a post's words: by its name where themes agree on one, else by where most paragraphs stand."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice

from lxml.html import HtmlElement

from archiver.engines import _post_furniture as around
from archiver.engines import _vocabulary as vocabulary
from archiver.engines.dom import SKIPPED, Dom, Region, ancestors, near, text_of, tokens
from archiver.text import normal_name

_BODY_NAME = re.compile(
    r"(?:post|entry|article|single|blog|story)[-_]*(?:main[-_]*)?(?:content|body|text|copy|summary)"
)
_INNER_NAME = re.compile(r"^(?:post|entry|article|story)[-_]*(?:content|body|text|copy)\Z")
_OTHER_NAME = re.compile(r"meta|head|foot|wrap|area|title|thumb|image|nav|comment|widget|related|author|list|grid")
_ELSE = re.compile(r"comment|author|related|(?:^|[-_])(?:nav|foot|head|meta|share|social)")
_COMMENT_ID = re.compile(r"(?:li-|div-|dsq-)?comment-\d+\Z", re.ASCII)
_WHOLE = frozenset({"hentry", "type-post", "type-page"})
_CALLED_WORDS = frozenset({"entry-content", "post-content", "article-content", "e-content"})
HARD_IDS = ("respond", "commentform", "disqus_thread", "colophon", "secondary", "site-footer")
_THREAD_IDS = ("respond", "commentform", "comments", "disqus_thread")
_NAME_PARTS = re.compile(r"[-_]+")
_HEADS = frozenset({"header", "head", "heading", "meta"})
_FEET = ("footer", "site-footer", "copyright")
_OUTER = frozenset({"body", "html"})
_NO_BODY = _OUTER | {"ul", "ol", "nav"}
_PARTS = ("div", "section", "main")
_FRAMES = 3  # around a title, itself counted
_ROWS = 3  # that make a body
_SAYING = ("p", "blockquote", "figure", "dl")
_SHOWN = ("img", "iframe", "video", "audio")
_NOTE = 600  # characters: what a blog says of an author
_LABELS = 120  # characters: "12 comments", "Subscribe to …"


def find_element(dom: Dom, aside: Region, article: HtmlElement | None) -> HtmlElement | None:
    """The element of a page that holds its post's words. aside: where it cannot be; article: around the post."""
    best, other, empty = _named(dom, aside, article)
    if best is not None:
        return best
    if empty is not None:
        return _instead(dom, aside, article, empty if other is not article or other is None else other)
    for id_ in vocabulary.names("post", "body_ids"):
        element = dom.by_id.get(id_)
        if element is not None and element not in aside:
            return element
    for element in dom.properties:
        if "articleBody" in (element.get("itemprop") or "") and element not in aside:
            return element
    if "wp-site-blocks" in dom.class_tokens:
        return _wordless(dom, aside, article) if article is not None else None  # a block prints the words, called so
    densest = _densest(dom, aside, article)
    if other is not None and (densest is None or len(text_of(densest)) < len(text_of(other))):
        return _inner_body(dom, other)
    plain = _plainly_called(dom, aside, article)
    if plain is not None and (densest is None or _is_rather(dom, plain, densest)):
        return plain
    return densest if densest is not None else _wordless(dom, aside, article)


def _named(
    dom: Dom, aside: Region, article: HtmlElement | None
) -> tuple[HtmlElement | None, HtmlElement | None, HtmlElement | None]:
    """What is called a body and is one; what is called so and stands elsewhere; what is called so and empty."""
    other: HtmlElement | None = None
    empty: HtmlElement | None = None
    for name in vocabulary.names("post", "body"):
        found = [e for e in dom.classed(name) if e.tag not in _NO_BODY and e not in aside and not _is_frame(dom, e)]
        found = [e for e in found if not _in_numbered(e)]
        if not found:
            continue
        own = [e for e in found if article is not None and dom.inside(e, article)]
        kept = own or found  # to read all the words of a post takes a while, and most have but one
        best = kept[0] if len(kept) == 1 else max(kept, key=lambda e: len(text_of(e)))
        if article is not None and best is not article and _says_nothing(best):
            empty = best if own and empty is None else empty  # the words may stand beside it, by another name
        elif empty is not None and best is article:
            other = best  # called "entry", as posts are that hold their words by a name of their own
        elif own or article is None or not _is_elsewhere(dom, best, article):
            rows = _in_rows(best, kept)
            return rows if rows is not None else _inner_body(dom, best), None, None
        else:
            other = best if other is None else other
    return None, other, empty


def _instead(dom: Dom, aside: Region, article: HtmlElement | None, empty: HtmlElement) -> HtmlElement:
    """What is called a body by another name than an empty one that is called so; that one where there is none."""
    found = [e for classes, elements in dom.by_classes.items() if _is_called_body(classes) for e in elements]
    found = [e for e in found if article is not None and dom.inside(e, article) and e not in aside]
    found = [e for e in found if e is not article and not _says_nothing(e) and not in_comment(e)]
    return max(found, key=lambda e: len(text_of(e)), default=empty)


def _says_nothing(element: HtmlElement) -> bool:
    """Whether an element holds neither words nor anything that is shown, or the numbers of a post's parts alone."""
    if not len(element):
        return not (element.text or "").strip()
    return len(element) == 1 and any("post-page-numbers" in tokens(e) for e in element[0])


def _in_rows(body: HtmlElement, alike: list[HtmlElement]) -> HtmlElement | None:
    """What holds the words that are printed row by row, each called a body: fields of a form that the author fills."""
    holder = body.getparent()
    rows = [e for e in alike if e.getparent() is holder] if len(alike) >= _ROWS else []
    return holder if len(rows) >= _ROWS and holder is not None and holder.tag not in _OUTER else None


def _is_elsewhere(dom: Dom, element: HtmlElement, article: HtmlElement) -> bool:
    """Whether something called a body stands behind the post's article, and says less: the teaser of another post."""
    return dom.order[element] > dom.last(article) and len(text_of(element)) < len(text_of(article))


def mere_threads(dom: Dom, thread: Sequence[int], article: HtmlElement | None) -> Region:
    """Elements called as bodies that hold the comments, and no words before them; the article's can quote some."""
    named = dom.classed(*vocabulary.names("post", "body")) if thread else []
    named = [e for e in named if e.tag not in _OUTER and not (article is not None and dom.inside(e, article))]
    return dom.region(*(e for e in named if _begins_thread(dom, e, thread)))


def _begins_thread(dom: Dom, element: HtmlElement, thread: Sequence[int]) -> bool:
    start, end = dom.span(element)
    first = next((place for place in thread if start <= place <= end), None)
    if first is None or dom.nodes[first].tag == "form":
        return False
    said = 0
    for node in dom.nodes[start:first]:
        if isinstance(node.tag, str) and node.tag not in SKIPPED:
            said += len((node.text or "").strip())
            said += len((node.tail or "").strip()) if dom.last(node) < first else 0
        if said > _LABELS:
            return False
    # A post can begin with a list of comments that it quotes.
    said_so = (text_of(p) for p in element.iter("p") if not in_comment(p))
    return not any(text and not any(map(str.isdigit, text)) for text in said_so)


def _inner_body(dom: Dom, element: HtmlElement) -> HtmlElement:
    """The element itself; where it holds the whole post, by its name or in truth, the part that is called the body."""
    if _WHOLE.isdisjoint(tokens(element)):
        framed = _framed_body(dom, element)
        return element if framed is None else framed
    named = [inner for inner in dom.matching(_INNER_NAME) if inner is not element and dom.inside(inner, element)]
    best = max(named, key=lambda inner: len(text_of(inner)), default=None)
    return best if best is not None and 2 * len(text_of(best)) > len(text_of(element)) else element


def _framed_body(dom: Dom, element: HtmlElement) -> HtmlElement | None:
    """The body in an element that holds what follows it, too: called so, and with most of the paragraphs."""
    apart = [dom.by_id[id_] for id_ in _THREAD_IDS if id_ in dom.by_id]
    if not any(dom.inside(e, element) for e in (*apart, *dom.classed("post-navigation"))):
        return None
    said_in = [(p, len(text_of(p))) for p in element.iter("p") if not in_comment(p)]
    total = sum(size for _, size in said_in)
    for inner in dom.matching(_BODY_NAME):
        if inner is element or not dom.inside(inner, element) or not _is_called_body(inner.get("class") or ""):
            continue
        said = sum(len(text_of(p)) for p in inner.iter("p"))
        before = sum(size for p, size in said_in if dom.order[p] < dom.order[inner])
        if 2 * said > total and before <= _LABELS and _holds_more(dom, element, inner) and not in_comment(inner):
            return inner
    return None


def _plainly_called(dom: Dom, aside: Region, article: HtmlElement | None) -> HtmlElement | None:
    """An element of the article that is called "content" or the like, without the title and the thread.

    Where nothing tells the article, one that follows the title, or the frame of that.
    """
    called = [e for e in dom.classed(*vocabulary.names("post", "body_plain")) if e not in aside and e.tag not in _OUTER]
    if article is not None:
        found = [e for e in called if e is not article and dom.inside(e, article)]
    else:
        behind = _behind_title(dom) if called else []
        found = [e for e in called if any(e is node for node in behind)]
    apart = [*dom.tags("h1"), *(dom.by_id[id_] for id_ in HARD_IDS if id_ in dom.by_id)]
    found = [e for e in found if not _is_frame(dom, e) and not any(dom.inside(other, e) for other in apart)]
    return max(found, key=lambda e: len(text_of(e)), default=None)


def _behind_title(dom: Dom) -> list[HtmlElement]:
    """What stands on the same level as the title, or as one of the frames around that, and behind it."""
    title = _sole_title(dom)
    frames = [title, *islice(ancestors(title), _FRAMES - 1)] if title is not None else []
    return [node for frame in frames if frame.tag not in _OUTER for node in frame.itersiblings()]


def _sole_title(dom: Dom) -> HtmlElement | None:
    """The only <h1> with which the page's <title> begins; of those that say the same the last: one is a banner's.

    Where the <title> is empty, the only one that says anything.
    """
    stated = normal_name(dom.stated_title or "")
    heads = {head: said for head in dom.tags("h1") if (said := normal_name(text_of(head))) and stated.startswith(said)}
    if not stated:
        heads = {head: said for head in dom.tags("h1") if (said := normal_name(text_of(head)))}
    return list(heads)[-1] if len(set(heads.values())) == 1 else None


def _is_rather(dom: Dom, plain: HtmlElement, densest: HtmlElement) -> bool:
    """Whether what is called the content is it, and not where most paragraphs stand."""
    if densest is not plain and dom.inside(densest, plain) and _is_called_body(densest.get("class") or ""):
        return False
    return around.is_theme_part(densest) or len(text_of(plain)) * 2 > len(text_of(densest))


def _wordless(dom: Dom, aside: Region, article: HtmlElement | None) -> HtmlElement | None:
    """What may hold a body of pictures alone, or of few words: by a name that nobody has listed, or the article."""
    named = [e for classes, elements in dom.by_classes.items() if _is_called_body(classes) for e in elements]
    if article is not None:
        named += [article, *(e for e in dom.tags("article") if e is not article and dom.inside(e, article))]
    element: HtmlElement | None = None
    for one in sorted(named, key=dom.order.__getitem__):
        if _may_hold(dom, one, aside, article) and (
            # A frame around the words and what stands behind them, with the title above.
            element is None or (dom.inside(one, element) and _holds_more(dom, element, one))
        ):
            element = one
    if element not in {None, article}:
        return element
    if article is not None:
        stated = normal_name(dom.stated_title or "")
        heads = (
            e for e in article.iter("h1", "h2", "h3", "h4") if (said := normal_name(text_of(e))) and said in stated
        )
        behind = _behind_heading(dom, aside, article, next(heads, None))
    else:
        title = _sole_title(dom)
        behind = _behind_heading(dom, aside, None, title) if title is not None else None
    return element if behind is None else behind


def _behind_heading(
    dom: Dom, aside: Region, article: HtmlElement | None, title: HtmlElement | None
) -> HtmlElement | None:
    """Of what follows the title in the post's element, beside it or its frame, the only part with words that is neither
    the theme's by its name nor the thread. With the title elsewhere, of all that stands in the post's element."""
    frames = near(title, _FRAMES - 1) if title is not None else [article] if article is not None else []
    for frame in frames:
        if frame is article and title is not None:
            break
        holder = frame.getparent()
        in_head = holder is not None and _is_called(holder, _HEADS)  # where lines about the post stand, too
        if title is not None and not in_head and any(map(text_of, frame.itersiblings("p", "blockquote", "figure"))):
            return holder  # they have no element of their own
        beside = frame.itersiblings(*_PARTS) if title is not None else frame.iterchildren(*_PARTS)
        behind = [e for e in beside if e not in aside and not _is_apart(dom, e)]
        if behind:
            worded = [e for e in behind if _says_itself(e)] or behind
            return worded[0] if len(worded) == 1 else None  # the largest can be what leads to other posts
    return None


def _says_itself(element: HtmlElement) -> bool:
    """Whether there are words in an element that are no links."""
    return sum(len(text_of(link)) for link in element.iter("a")) < len(text_of(element))


def _weight(element: HtmlElement) -> int:
    return len(text_of(element)) + _LABELS * sum(1 for _ in element.iter(*_SHOWN))


def _is_apart(dom: Dom, element: HtmlElement) -> bool:
    """Whether an element behind a title is none of the words: empty, the theme's, or about the comments."""
    lone = element
    while len(lone) == 1 and not (lone.text or "").strip() and lone[0].tag in {"div", "section", "footer"}:
        lone = lone[0]
    said = any(text_of(e) for e in element.iter(*_SAYING)) and not _is_foot(lone)
    if not _weight(element) or (around.is_theme_part(lone) and not said):
        return True
    if any(map(_ELSE.search, (*tokens(element), element.get("id") or ""))):
        return True
    return any(dom.inside(dom.by_id[id_], element) for id_ in HARD_IDS if id_ in dom.by_id)


def _is_called_body(classes: str) -> bool:
    return any(_BODY_NAME.search(name) and not _OTHER_NAME.search(name) for name in classes.lower().split())


def _may_hold(dom: Dom, element: HtmlElement, aside: Region, article: HtmlElement | None) -> bool:
    if element in aside or element.tag in _OUTER or (article is not None and not dom.inside(element, article)):
        return False
    titled = any(dom.inside(heading, element) for heading in (dom.tags("h1") or dom.tags("h2"))[:1])
    return not titled and not _is_frame(dom, element) and not in_comment(element)


def _holds_more(dom: Dom, outer: HtmlElement, inner: HtmlElement) -> bool:
    """Whether a form or list of comments, ways to other posts, or a head stand in one element and not in the other."""
    apart = [dom.by_id[id_] for id_ in _THREAD_IDS if id_ in dom.by_id]
    apart += dom.classed("post-navigation", "comment-respond")
    apart += [e for e in [*dom.classed("post-meta", "entry-meta"), *dom.tags("h2")] if dom.order[e] < dom.order[inner]]
    return any(dom.inside(e, outer) and not dom.inside(e, inner) for e in apart)


def _is_frame(dom: Dom, element: HtmlElement) -> bool:
    """Whether an element holds more than the words: the title, or the form for comments."""
    titles = (*vocabulary.names("post", "title")[:4], "comment-respond")
    if element.tag in {"article", "main"} and any(dom.inside(e, element) for e in dom.tags("h1")):
        return not _is_all(dom, element)
    inner = [e for e in dom.classed(*titles) if e is not element and dom.inside(e, element)]
    return any(e.tag in {"h1", "h2"} and _own_heading(e) for e in inner) and element.tag in {
        "article",
        "main",
        "section",
    }


def _is_all(dom: Dom, element: HtmlElement) -> bool:
    """Whether an article is called as its words are, and holds none that are called so, nor the thread."""
    if _CALLED_WORDS.isdisjoint(tokens(element)):
        return False
    inner = [e for e in dom.classed(*_CALLED_WORDS) if e is not element]
    inner += [dom.by_id[id_] for id_ in HARD_IDS if id_ in dom.by_id]
    return not any(dom.inside(e, element) for e in inner)


def _own_heading(heading: HtmlElement) -> bool:
    return not any(True for _ in heading.iter("a"))


def _densest(dom: Dom, aside: Region, article: HtmlElement | None) -> HtmlElement | None:
    """The element with most text in paragraphs directly below it; None where there are hardly any."""
    weights: dict[HtmlElement, int] = {}
    for paragraph in dom.tags("p"):
        parent = paragraph.getparent()
        apart = paragraph in aside or (article is not None and not dom.inside(paragraph, article))
        if parent is not None and not apart and not _in_other(paragraph, article):
            weights[parent] = weights.get(parent, 0) + len(text_of(paragraph))
    may = (element for element in weights if not _is_foot(element))
    best = max(may, key=lambda element: weights[element], default=None)
    if best is not None and article is not None and _is_beside_face(dom, best, weights):
        above = [e for e in weights if dom.order[e] < dom.order[best] and not _is_foot(e)]
        above = [e for e in above if not _is_beside_face(dom, e, weights)]
        if above:  # what is said of the author, below a post of fewer words
            return max(above, key=lambda element: weights[element])
    return best if best is not None and weights[best] >= 80 and best.tag not in _OUTER else None


def _is_foot(element: HtmlElement) -> bool:
    """Whether an element is the foot of a post, by its name: the licence, the day of the last change."""
    return element.tag == "footer" or _is_called(element, {"footer"})


def _is_beside_face(dom: Dom, element: HtmlElement, others: Collection[HtmlElement]) -> bool:
    """Whether what an element says is short, and stands alone with somebody's picture. others: what has words, too."""
    frames = [up for up in near(element, 1) if len(text_of(up)) <= _NOTE]
    frames = [up for up in frames if not any(other is not element and dom.inside(other, up) for other in others)]
    return any("avatar" in tokens(image) for frame in frames for image in frame.iter("img"))


def _is_called(element: HtmlElement, parts: AbstractSet[str]) -> bool:
    """Whether one of these is a part of an element's names: `post-header` is a header."""
    return any(not parts.isdisjoint(_NAME_PARTS.split(name)) for name in tokens(element))


def _in_numbered(element: HtmlElement) -> bool:
    """Whether an element stands in a comment that WordPress numbers: themes call a comment's words as a post's."""
    return any(_COMMENT_ID.match(up.get("id") or "") for up in ancestors(element))


def _in_other(paragraph: HtmlElement, article: HtmlElement | None) -> bool:
    """Whether a paragraph stands in a comment, or in the foot of the page, which a table unclosed can put in a post."""
    if article is not None:
        for up in (paragraph, *ancestors(paragraph)):
            if up is article:
                break
            if any(name.startswith(_FEET) for name in tokens(up)):
                return True
    return in_comment(paragraph)


def in_comment(element: HtmlElement) -> bool:
    return any(
        "comment" in name for up in ancestors(element) if up.tag != "body" for name in [*tokens(up), up.get("id") or ""]
    )
