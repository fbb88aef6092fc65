"""The title of a post: among the headings of its page, the one that the page's <title> agrees with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from lxml.html import HtmlElement

from archiver.engines import _vocabulary as vocabulary
from archiver.engines._author_box import in_box
from archiver.engines._post_address import native_id
from archiver.engines.dom import Dom, Region, ancestors, near, text_of, tokens
from archiver.engines.wordpress_urls import post_part, post_url
from archiver.printed.spelling import folded
from archiver.text import normal_name, slug_of, squeeze
from archiver.urls import last_segment, query_value, url_key, within

_SEPARATORS = r"[-–—|«»:·•›‹/~\\]"
_PAGE_SIGN, _PAGE_END = r"\s+[-–—|»:·]+\s+[^\W\d]{0,12}\s?", r"\s?[^\W\d]{0,3}$"  # "Title – Page 4", "– 第4页"
_LEADING = re.compile(r"^\s*[»«›|·•–—]+\s+")  # "» Title Blog", as themes of the first years wrote it
_TRAILING = re.compile(r"\s+[-–—|»:·•]+\s*$")  # "Title | ", with no name of a blog behind it
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_HOLDERS = frozenset({"div", "section", "header"})
_LESSER = ("h3", "h4", "h5", "h6")
_SIGNS = re.compile(r"<[^<>]*>")
_MOST_WORDS = 3  # before the number of a post
_MARK = 30  # characters that a theme adds to a title
# The feed of a post's comments has the post's title between: the blog's name is what stands before the first sign.
_FEED_TITLE = re.compile(r"^([^»›]{2,}?)\s+(?:»|›|\||-|–|→|«)\s+[^»›|]{2,40}$")


def find_title(dom: Dom, url: str, outside: Region, *, protected: bool = False, blog: str | None = None) -> str | None:
    """The title; empty for an untitled post, None where nothing tells. outside: what is not about the post.

    protected: a form stands in place of the words, and some themes put what to do in place of the title.
    blog: what the front page says that the blog is called.
    """
    stated = _without_site(dom, url, blog)
    candidates = list(dict.fromkeys(_candidates(dom, url, outside)))
    named = [(element, text) for element in candidates if (text := text_of(element))]
    part = post_part(dom.page.url, url) if stated else None
    if stated and part and all(text != stated for _, text in named):
        stated = re.sub(rf"{_PAGE_SIGN}{part}{_PAGE_END}", "", stated) or stated
    wanted = normal_name(stated or "")
    if wanted:
        for _, text in named:
            if normal_name(text) == wanted:
                return stated if stated and _is_shouted(text, stated) else text
            if stated and _is_but_for_markup(text, stated):
                return stated
        held = [text for _, text in named if normal_name(text) and _is_run(normal_name(text), wanted)]
        held = held or [text for e in _small(dom, url, outside) if _is_run(normal_name(text := text_of(e)), wanted)]
        held = held or [text for e in dom.tags(*_LESSER) if e not in outside and _ends(text := text_of(e), stated)]
        held = held or [text for e in dom.tags("h3", "h4") if e not in outside and _begins(text := text_of(e), stated)]
        if held:
            return max(held, key=len)
        # "Protected: Title", "Private: Title" in the page, and the bare title in its head.
        marked = [text for _, text in named if normal_name(text).endswith(wanted) and len(text) < len(wanted) + _MARK]
        if marked:
            return min(marked, key=len)
        # "Title : 5 May", "Title | 12 comments" in the page; or the blog's name that nothing else on the page tells.
        if protected or any(_is_begun(normal_name(text), wanted) for _, text in named):
            shown = (text for e, text in named if protected and _is_titled(e) and _is_marked(text, wanted))
            return next(shown, stated)
    called = [text for element, text in named if _is_titled(element)]
    if stated == "":  # old themes print the blog's name alone for every post
        shared = normal_name(dom.meta("og:title") or "")
        if shared and shared not in map(normal_name, site_titles(dom)):
            called += [text for _, text in named if normal_name(text) == shared]
        called = called or _only_heading(dom, named, url)
        return called[0] if called and not _stands_for_none(dom, called[0], url) else ""
    titled = called or [text for e, text in named if e.tag == "h1" and _may_be_posts(dom, e, text, wanted)]
    if titled:
        return titled[0]
    empty = any(e.tag == "h1" or _is_titled(e) for e in candidates if not text_of(e))
    empty = empty or dom.stated_title == ""  # some print the post's alone, which this has not
    return dom.meta("og:title") or stated or ("" if empty else None)


def _begins(heading: str, stated: str | None) -> bool:
    """Whether a <title> is a heading, a sign and something else, as where it is the blog's name that no page has."""
    behind = (stated or "").removeprefix(heading) if heading and stated else ""
    return behind != stated and re.match(rf"\s+{_SEPARATORS}+\s+\S", behind) is not None


def _only_heading(dom: Dom, named: Sequence[tuple[HtmlElement, str]], url: str) -> list[str]:
    """The only <h1> of a page that calls itself as its blog: the title, where the address has words of one, too."""
    heads = [
        text for e, text in named if e.tag == "h1" and normal_name(text) not in normal_name(dom.stated_title or "")
    ]
    words = slug_of(heads[0]).split("-") if len(heads) == 1 else []
    slug = set(last_segment(url).partition(".")[0].lower().split("-"))
    return heads if words and 2 * len(slug.intersection(words)) >= len(words) else []


def _is_shouted(heading: str, stated: str) -> bool:
    """Whether a heading is the same in capitals, as a theme prints all of them."""
    small = [sum(map(str.islower, text)) for text in (heading, stated)]
    return small[0] < small[1] / 2 and heading.casefold() == stated.casefold()


def _is_but_for_markup(heading: str, stated: str) -> bool:
    """Whether a heading shows the markup of a title as it is written, or lacks what looks like some: "5 < 6 > 4"."""
    return ("<" in heading and normal_name(_TAG.sub("", heading)) == normal_name(stated)) or (
        "<" in stated and normal_name(_SIGNS.sub("", stated)) == normal_name(heading)
    )


def _ends(heading: str, stated: str | None) -> bool:
    """Whether a <title> is something else, a sign and a heading: "Notes » Archive » Tides"."""
    before = (stated or "").removesuffix(heading) if heading and stated else ""
    return before != (stated or "") and re.search(rf"\S\s+{_SEPARATORS}+\s+$", before) is not None


def _may_be_posts(dom: Dom, heading: HtmlElement, text: str, wanted: str) -> bool:
    """Whether an <h1> that the <title> does not say may be the post's title: neither the blog's name nor in the foot of
    the page, where themes have told of themselves."""
    said = normal_name(text)
    if "wp-site-blocks" in dom.class_tokens:
        return False  # a block prints the title, called so
    if wanted and said in normal_name(dom.stated_title or "") and said not in wanted:
        return False
    return all(up.tag != "footer" or next(up.iterancestors("article"), None) is not None for up in ancestors(heading))


def _stands_for_none(dom: Dom, heading: str, url: str) -> bool:
    """Whether a heading says that there is none, as the page's <title> does: "(Untitled)", "Post ID: 24".

    WordPress calls such a post by its number in the address, and puts a second one behind it where years stand.
    """
    number = native_id(dom)
    if folded(heading) in vocabulary.phrases("titles", "none"):
        return True
    label, _, last = heading.rpartition(" ")
    numbered = number is not None and last.lstrip("#") == number and len(label.split()) <= _MOST_WORDS
    return numbered or (number is not None and re.fullmatch(rf"{number}-\d+", last_segment(url)) is not None)


def front_title(dom: Dom, url: str, outside: Region) -> str | None:
    """The title of a page that stands in front of the blog; many themes leave it out."""
    named = (text_of(e) for e in _candidates(dom, url, outside) if _is_titled(e))
    return next(filter(None, named), None)


def _candidates(dom: Dom, url: str, outside: Region) -> Iterator[HtmlElement]:
    headings = [*dom.classed(*vocabulary.names("post", "title")), *dom.tags("h1"), *dom.tags("h2")]
    return _about_post(dom, headings, url, outside)


def _small(dom: Dom, url: str, outside: Region) -> Iterator[HtmlElement]:
    """Smaller headings that link to the post itself: themes of the first years kept the larger ones for the blog."""
    linked = (e for e in dom.tags("h3", "h4") if next(e.iter("a"), None) is not None and normal_name(text_of(e)))
    return _about_post(dom, linked, url, outside)


def _about_post(dom: Dom, headings: Iterable[HtmlElement], url: str, outside: Region) -> Iterator[HtmlElement]:
    own = url_key(url)
    site = vocabulary.name_set("post", "site_title")
    for element in headings:
        if element in outside or element.tag in {"body", "article"} or not site.isdisjoint(tokens(element)):
            continue
        if element.tag in _HOLDERS and next(element.iter("h1", "h2"), None) is not None:
            continue  # the frame of a title, with a byline in it
        if element.tag != "h1" and (in_box(element) or _is_of_others(element)):
            continue
        links = [*element.iter("a"), *(up for up in near(element, 2) if up.tag == "a")]
        if all(_leads_here(dom, link, own) for link in links):
            yield element


def _is_of_others(heading: HtmlElement) -> bool:
    """Whether a heading stands over a box about the author, or over other posts."""
    if any("author" in (up.get("id") or "") for up in near(heading, 2)):
        return True
    parent = heading.getparent()
    beside = tokens(parent) if parent is not None and parent.tag not in {"body", "main", "article"} else []
    return any("related" in name for name in tokens(heading)) or any(name.startswith("related") for name in beside)


def _leads_here(dom: Dom, link: HtmlElement, own: str) -> bool:
    url = dom.link_url(link)
    return url is None or url_key(post_url(url)) == own


def _is_titled(element: HtmlElement) -> bool:
    return not vocabulary.name_set("post", "title").isdisjoint(tokens(element))


def _is_begun(text: str, title: str) -> bool:
    """Whether a heading goes on behind the title with a separator."""
    rest = text.removeprefix(title).lstrip() if text.startswith(title) else ""
    return 0 < len(rest) < _MARK and not rest[0].isalnum()


def _is_marked(text: str, title: str) -> bool:
    """Whether a heading says "Protected: " before what a title begins with."""
    bare = normal_name(re.sub(r"^[^:：]{1,40}[:：]", "", text))
    behind = title.removeprefix(bare).lstrip() if bare and title.startswith(bare) else ""
    return bool(behind) and not behind[0].isalnum()


def _is_run(text: str, whole: str) -> bool:
    """Whether a text stands in another as whole words."""
    place = whole.find(text)
    if place < 0:
        return False
    before, after = whole[place - 1 : place], whole[place + len(text) : place + len(text) + 1]
    return not (before.isalnum() and before.isascii()) and not (after.isalnum() and after.isascii())


def site_titles(dom: Dom) -> list[str]:
    """The blog's name, as the page gives it: in its header, for sharing, in the titles of its feeds."""
    found = [text_of(e) for e in dom.classed(*vocabulary.names("post", "site_title"))]
    found.append(dom.meta("og:site_name") or "")
    for link in dom.head_links("alternate"):
        if "rss" in (link.get("type") or "") or "atom" in (link.get("type") or ""):
            match = _FEED_TITLE.match(squeeze(link.get("title") or ""))
            found.append(match[1] if match else "")
    return [name for name in dict.fromkeys(found) if name]


def _home_names(dom: Dom, title: str, own: str) -> Iterator[str]:
    """What links to the front page say, where the <title> is that, or begins or ends with it: the blog's name.

    own: the post's key; a page of its parts links to it.
    """
    whole = normal_name(title)
    for link, url in dom.links:
        key = url_key(url)
        # The quick comparison first: of a page's hundreds of links a few lead to the front page.
        if own.startswith(key.partition("?")[0]) and key != own and not _asks(url) and within(dom.page.url, url):
            said = text_of(link)
            name = normal_name(said)
            if name.isdigit():
                continue  # of a trail: the year that the post stands in
            if len(name) > 2 and (whole.endswith(name) or whole.startswith(name)):
                yield said


def _asks(url: str) -> bool:
    """Whether an address asks the front page for something else: a post, a category, a search."""
    return "?" in url and ("lang=" not in url or not query_value(url, "lang"))


def _known_names(title: str, blog: str | None) -> Iterator[str]:
    """Ends of the <title> that are the blog's name, or what its name with the tagline begins with; the whole, too."""
    name = normal_name(blog or "")
    starts = [0, *(match.end() for match in re.finditer(rf"\s+{_SEPARATORS}+\s+", title))] if name else []
    for start in starts:
        said = normal_name(title[start:])
        behind = name[len(said) :]
        if said and name.startswith(said) and (not behind or re.match(rf"\s*{_SEPARATORS}\s", behind)):
            yield title[start:]


def _feed_names(dom: Dom, title: str) -> Iterator[str]:
    """Ends of the <title> with which the title of a feed begins, too: "X RSS Feed"."""
    feeds = [squeeze(link.get("title") or "") for link in dom.head_links("alternate")]
    for match in re.finditer(rf"\s+{_SEPARATORS}+\s+", title):
        name = title[match.end() :]
        if any(feed.startswith(f"{name} ") for feed in feeds):
            yield name


def _without_site(dom: Dom, url: str, blog: str | None) -> str | None:
    """The <title> without the blog's name; empty when that is all; None when there is no <title>, or an empty one."""
    text = dom.stated_title
    if not text:
        return None
    text = _TRAILING.sub("", text) or text
    led = _LEADING.sub("", text)
    joint = rf"(?:\s*{_SEPARATORS}+\s*|\s+)" if led != text else rf"\s*{_SEPARATORS}+\s*"
    text = led
    linked = _home_names(dom, text, url_key(url))
    for site in chain(site_titles(dom), linked, _feed_names(dom, text), _known_names(text, blog)):
        if normal_name(text) == normal_name(site):
            return ""
        name = re.escape(site)
        for pattern in (rf"{joint}{name}\s*$", rf"^\s*{name}\s*{_SEPARATORS}+\s*"):
            shorter = re.sub(pattern, "", text, flags=re.IGNORECASE)
            if shorter != text:
                return squeeze(shorter)
    return text
