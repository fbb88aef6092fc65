"""A post out of its page, on any theme: title, byline, dates, body, terms, parts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from lxml.html import HtmlElement, fragment_fromstring

from archiver import content, dates
from archiver.engines import bylines
from archiver.engines.dom import Dom, ancestors, inner_html, text_of, tokens
from archiver.engines.wordpress_urls import native_post_id, post_part, post_url, taxonomy
from archiver.model import Content, Moment, Post, PostKind, Rank, Site, Term
from archiver.text import normal_name, squeeze
from archiver.urls import absolute, query_value, url_key

BODY_ID = re.compile(r"^(?:postid|page-id|attachmentid)-(\d+)$")
ARTICLE_ID = re.compile(r"^post-(\d+)$")
TITLES = ("entry-title", "post-title", "wp-block-post-title", "article-title", "page-title", "single-title", "entry__title", "post__title")
CONTENTS = ("entry-content", "wp-block-post-content", "post-content", "e-content", "article-content", "entry__content", "post__content", "post-entry", "post-body", "td-post-content", "single-content", "the-content", "content-inner", "entry-body", "post_content", "postcontent", "storycontent", "entry")
ASIDES = frozenset({"widget", "widget-area", "sidebar", "related-posts", "related", "jp-relatedposts", "yarpp-related", "post-navigation", "nav-links", "site-header", "site-footer"})
# Put into a body by plugins and themes; not the author's words.
ADDED = frozenset({"sharedaddy", "jp-relatedposts", "sd-sharing", "sd-like", "wpcnt", "yarpp", "yarpp-related", "addtoany_share_save_container", "a2a_kit", "heateor_sss_sharing_container", "ssba", "simplesocialbuttons", "social-share", "share-buttons", "post-share", "essb_links", "entry-tags", "post-tags", "tags-links", "page-links", "page-link", "post-nav-links", "post-page-numbers", "link-pages", "wp-block-post-terms", "author-box", "saboxplugin-wrap", "pp-multiple-authors-boxes-wrapper", "molongui-author-box", "print-link", "printfriendly", "pf-content-button", "code-block", "ez-toc-container", "lwptoc", "wp-dark-mode-switcher", "post-views", "post-ratings", "crp_related"})
NOT_A_POST = frozenset({"error404", "search", "search-results", "archive", "blog", "paged", "date", "category", "tag", "author"})


@dataclass(frozen=True, slots=True)
class PostReading:
    """What a page says of the post that it shows. parts: URLs of its other pages, by number."""

    post: Post
    body: HtmlElement | None
    parts: dict[int, str]


class PostPage:
    """A page that shows one post."""

    def __init__(self, dom: Dom, site: Site) -> None:
        self.dom = dom
        self.site = site

    # -- which post -------------------------------------------------------------------------------

    @cached_property
    def native_id(self) -> str | None:
        """The post's id: from the body's classes, the short link, the API link, the form, the article."""
        for name in self.dom.body_tokens:
            match = BODY_ID.match(name)
            if match:
                return match[1]
        for link in self.dom.head_links("shortlink"):
            number = native_post_id(link.get("href") or "")
            if number:
                return number
        for link in self.dom.head_links("alternate"):
            match = re.search(r"/wp/v2/(?:posts|pages)/(\d+)$", link.get("href") or "")
            if match:
                return match[1]
        for element in self.dom.tags("input"):
            if element.get("name") == "comment_post_ID" and (element.get("value") or "").isdecimal():
                return element.get("value")
        articles = {match[1] for id_ in self.dom.by_id if (match := ARTICLE_ID.match(id_))}
        return articles.pop() if len(articles) == 1 else native_post_id(self.dom.page.url)

    @cached_property
    def url(self) -> str:
        """The permalink: canonical, unless that is another page of the same post."""
        canonical = self.dom.canonical()
        if canonical and url_key(canonical) != url_key(self.site.home):
            return self._bare(post_url(canonical))
        return self._bare(post_url(self.dom.page.url))

    def _bare(self, url: str) -> str:
        """The URL without the number of a part, when links on the page show that it is one."""
        if query_value(url, "page"):
            return re.sub(r"([?&])page=\d+&?", r"\1", url).rstrip("?&")
        match = re.search(r"/\d{1,3}/?$", url)
        base = url[: match.start() + 1] if match else ""
        linked = {url_key(link) for _, link in self.dom.links}
        if base and url_key(base) != url_key(self.site.home) and not re.search(r"/\d{4}/$", base) and url_key(base) in linked:
            return base
        return url

    @cached_property
    def kind(self) -> PostKind:
        """Post or page, as the body's classes say."""
        classes = set(self.dom.body_tokens)
        if "attachment" in classes:
            return PostKind.ATTACHMENT
        if "page" in classes and "single" not in classes:
            return PostKind.PAGE
        return PostKind.POST

    @property
    def is_post(self) -> bool:
        """Whether the page shows one post at all, not a list, a search or an error."""
        classes = set(self.dom.body_tokens)
        if {"single", "page", "attachment", "singular"} & classes:
            return "error404" not in classes
        return not (classes & NOT_A_POST) and (self.native_id is not None or self.body is not None)

    # -- where things are -------------------------------------------------------------------------

    @cached_property
    def article(self) -> HtmlElement:
        """The element around the post; the whole page where there is none (block themes)."""
        if self.native_id:
            element = self.dom.by_id.get(f"post-{self.native_id}")
            if element is not None and element.tag != "a":
                return element
            for element in self.dom.classed(f"post-{self.native_id}"):
                if element.tag not in {"body", "a"}:
                    return element
        for element in [*self.dom.classed("hentry", "h-entry", "type-post"), *self.dom.tags("article")]:
            if not self._aside(element) and element.tag != "body":
                return element
        return self.dom.tags("body")[0] if self.dom.tags("body") else self.dom.root

    @cached_property
    def sidebar(self) -> tuple[HtmlElement, ...]:
        """Sidebars, widgets, navigation, and teasers of other posts."""
        found = [*self.dom.tags("aside", "nav"), *self.dom.classed(*ASIDES)]
        found += [e for name, group in self.dom.by_token.items() if name.startswith("widget_") for e in group]
        for id_, element in self.dom.by_id.items():
            match = ARTICLE_ID.match(id_)
            if match and self.native_id and match[1] != self.native_id:
                found.append(element)
        lists = self.dom.classed("wp-block-post-template", "wp-block-query")
        found += [e for e in self.dom.classed("wp-block-post") if self.dom.inside(e, *lists)]
        return tuple(e for e in found if e.tag not in {"body", "html", "main"})

    def _aside(self, element: HtmlElement) -> bool:
        return self.dom.inside(element, *self.sidebar)

    @cached_property
    def comment_area(self) -> list[HtmlElement]:
        """The elements that hold the thread and its form."""
        found = [self.dom.by_id[id_] for id_ in ("comments", "respond", "disqus_thread", "commentform") if id_ in self.dom.by_id]
        found += self.dom.classed("comments-area", "comment-list", "commentlist", "wp-block-comments", "wp-block-post-comments", "wp-block-comment-template", "wpdiscuz", "comment-respond")
        body = self.body
        return [e for e in found if body is None or not (self.dom.inside(e, body) or self.dom.inside(body, e))]

    @cached_property
    def body(self) -> HtmlElement | None:
        """The element that holds the post's words."""
        best = None
        for name in CONTENTS:
            for element in self.dom.classed(name):
                if element.tag not in {"body", "html", "article", "main"} and not self._aside(element):
                    best = element
                    break
            if best is not None:
                break
        if best is None:
            best = next((e for e in self.dom.root.xpath("//*[@itemprop='articleBody' or @property='content:encoded']")), None)
        return best

    # -- what it says -----------------------------------------------------------------------------

    @cached_property
    def protected(self) -> bool:
        """Whether a password form stands in place of the words."""
        form = self.dom.classed("post-password-form")
        return any(not self._aside(element) for element in form)

    @cached_property
    def title(self) -> str | None:
        """The title; empty for an untitled post. The page's own <title> decides between candidates."""
        stated = self._stated_title()
        candidates = [e for e in self.dom.classed(*TITLES) if self._may_be_title(e)]
        candidates += [e for e in self.dom.tags("h1", "h2") if self._may_be_title(e) and e not in candidates]
        for element in candidates:
            text = text_of(element)
            if text and stated is not None and normal_name(text) and normal_name(text) in normal_name(stated):
                return text
        if stated == "":
            return ""
        for element in candidates:
            if text_of(element) and set(tokens(element)) & set(TITLES):
                return text_of(element)
        if stated and self._site_title and normal_name(stated) == normal_name(self._site_title):
            return ""
        return self.dom.meta("og:title") or stated

    def _may_be_title(self, element: HtmlElement) -> bool:
        if self._outside(element):
            return False
        links = [absolute(a.get("href") or "", self.dom.base) for a in element.iter("a")]
        return all(link is None or url_key(post_url(link)) == url_key(self.url) for link in links)

    @cached_property
    def _site_title(self) -> str:
        for name in ("site-title", "wp-block-site-title", "site-name", "logo-text"):
            for element in self.dom.classed(name):
                if text_of(element):
                    return text_of(element)
        return self.dom.meta("og:site_name") or ""

    def _stated_title(self) -> str | None:
        """The <title> without the blog's name; None when there is none."""
        titles = [e for e in self.dom.tags("title") if e.getparent() is not None and e.getparent().tag == "head"]
        if not titles:
            return None
        text = text_of(titles[0])
        site = self._site_title
        if site:
            if normal_name(text) == normal_name(site):
                return ""
            for pattern in (rf"\s*[-–—|«»:·•]\s*{re.escape(site)}\s*$", rf"^\s*{re.escape(site)}\s*[-–—|«»:·•]\s*"):
                shorter = re.sub(pattern, "", text, flags=re.IGNORECASE)
                if shorter != text:
                    return squeeze(shorter)
        return text

    @cached_property
    def _ld(self) -> dict[str, str]:
        """Dates that JSON-LD in the page (not in the post's words) states."""
        found: dict[str, str] = {}
        for script in self.dom.tags("script"):
            if script.get("type") != "application/ld+json" or (self.body is not None and self.dom.inside(script, self.body)):
                continue
            try:
                data = json.loads(script.text or "")
            except ValueError:
                continue
            stack = [data]
            while stack:
                node = stack.pop()
                if isinstance(node, list):
                    stack.extend(node)
                elif isinstance(node, dict):
                    stack.extend(node.get("@graph", []) if isinstance(node.get("@graph"), list) else [])
                    for name in ("datePublished", "dateModified"):
                        if isinstance(node.get(name), str):
                            found.setdefault(name, node[name])
        return found

    def _times(self) -> Iterable[HtmlElement]:
        for element in self.dom.tags("time"):
            if self._outside(element):
                continue
            yield element

    def _outside(self, element: HtmlElement) -> bool:
        """Whether an element belongs to the words, the comments, the sidebar or another post."""
        return self.dom.inside(element, *self._own_areas) or self._aside(element)

    @cached_property
    def _own_areas(self) -> tuple[HtmlElement, ...]:
        return (*self.comment_area, *([self.body] if self.body is not None else []))

    def _iso(self, text: str | None) -> Moment | None:
        return dates.from_iso(text, self.site.utc_offset) if text else None

    @cached_property
    def published(self) -> Moment | None:
        """When it was published, from the most exact place."""
        times = [e for e in self._times() if e.get("datetime") and not ({"updated", "modified"} & set(tokens(e)) and "published" not in tokens(e))]
        times.sort(key=lambda e: not {"published", "entry-date", "dt-published"} & set(tokens(e)))
        for element in times:
            moment = self._iso(element.get("datetime"))
            if moment:
                exact = self._iso(self.dom.meta("article:published_time"))
                if exact and exact.precision == "second" and moment.precision != "second":
                    moment = exact
                return Moment(at=moment.at, precision=moment.precision, printed=text_of(element) or moment.printed)
        for stated in (self.dom.meta("article:published_time"), self._ld.get("datePublished")):
            moment = self._iso(stated)
            if moment:
                return moment
        return self._printed_date()

    def _printed_date(self) -> Moment | None:
        places = [
            *self.dom.classed("published", "updated", "dt-published"),
            *self.dom.tags("time", "abbr"),
            *self.dom.classed("entry-date", "post-date", "date", "posted-on", "meta-date", "wp-block-post-date", "entry-time", "post-time", "timestamp", "entry-meta", "post-meta", "postmetadata", "byline"),
        ]
        for element in places:
            if self._outside(element) or (element.tag == "body"):
                continue
            for text in (element.get("title"), text_of(element)):
                if text and any(c.isdigit() for c in text) and len(text) < 200:
                    moment = self._iso(text) or dates.from_printed(
                        text, language=self.language or self.site.language, utc_offset=self.site.utc_offset
                    )
                    if moment:
                        return moment
        return None

    @cached_property
    def modified(self) -> Moment | None:
        """When it was last changed, where the page tells it apart from the publication."""
        for element in self._times():
            classes = set(tokens(element))
            if {"updated", "modified", "dt-updated"} & classes and "published" not in classes and element.get("datetime"):
                moment = self._iso(element.get("datetime"))
                if moment:
                    return moment
        return self._iso(self.dom.meta("article:modified_time")) or self._iso(self._ld.get("dateModified"))

    @cached_property
    def language(self) -> str | None:
        """The language that the page declares."""
        html = self.dom.tags("html")
        return (html[0].get("lang") or html[0].get("xml:lang") or None) if html else None

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """Categories and tags that the page files the post under."""
        found: dict[str, Term] = {}
        for element, url in self.dom.links:
            rel = (element.get("rel") or "").lower().split()
            kind = self._term_kind(element, url, rel)
            if kind is None or self._aside(element) or self.dom.inside(element, *self.comment_area):
                continue
            if self.body is not None and self.dom.inside(element, self.body) and not {"tag", "category"} & set(rel):
                continue
            name = text_of(element)
            if name:
                found.setdefault(url_key(url), Term(taxonomy=kind, name=name, url=url))
        return tuple(found.values())

    @staticmethod
    def _term_kind(element: HtmlElement, url: str, rel: list[str]) -> str | None:
        near = [name for up in [element, *[u for _, u in zip(range(3), ancestors(element), strict=False)]] for name in tokens(up)]
        if "category" in rel or any(name in {"taxonomy-category", "cat-links", "post-categories", "entry-categories", "meta-category", "entry-category", "category-links"} for name in near):
            return "category" if ("tag" in rel or "category" in rel or taxonomy(url) != "tag") else None
        if "tag" in rel:
            return taxonomy(url) or "tag"
        if any(name in {"tag-links", "tags-links", "entry-tags", "post-tags", "taxonomy-post_tag", "meta-tags"} for name in near):
            return "tag"
        return None

    @cached_property
    def parts(self) -> dict[int, str]:
        """The other pages of a multi-page post that this one links to, by number."""
        found: dict[int, str] = {}
        for element, url in self.dom.links:
            if "#" in url or self._aside(element) and not _numbers(element):
                continue
            number = post_part(url, self.url)
            if number and number > 1:
                found.setdefault(number, url)
        return found

    def content(self) -> Content | None:
        """The body, without what plugins and themes put into it; None when it is protected or not found."""
        if self.body is None or self.protected:
            return None
        html = inner_html(self.body)
        if any(self.dom.inside(e, self.body) for e in self.dom.classed(*ADDED)):
            copy = fragment_fromstring(html, create_parent="div")
            for element in [e for e in copy.iter() if isinstance(e.tag, str) and (set(tokens(e)) & ADDED)]:
                element.drop_tree()
            html = inner_html(copy)
        return content.from_html(html, self.dom.base)

    def in_words(self, element: HtmlElement) -> bool:
        """Whether an element belongs to the post's words, or to the sidebar."""
        return self._aside(element) or (self.body is not None and self.dom.inside(element, self.body))

    def read(self, part: int | None = None, *, native_id: str | None = None) -> Post:
        """The post as this page tells it. part: which page of a multi-page post it is."""
        outside = (*self._own_areas, *self.sidebar)
        authors, weak = bylines.authors(self.dom, outside=outside)
        numbers = [*self.parts, part or 1]
        paged = bool(self.parts) or (part or 1) > 1
        terms = self.terms
        return Post(
            url=self.url,
            rank=Rank.PAGE if self.body is not None or self.protected else Rank.STUB,
            native_id=native_id or self.native_id,
            kind=self.kind,
            title=self.title,
            content=self.content(),
            published=self.published,
            modified=self.modified,
            authors=authors or None,
            terms=terms if terms or self.kind is PostKind.PAGE else None,
            language=self.language,
            comments_open=True if "commentform" in self.dom.by_id else None,
            protected=self.protected,
            part=(part or 1) if paged else None,
            parts=max(numbers) if paged else None,
            weak=frozenset({"authors"}) if weak else frozenset(),
        )


def _numbers(element: HtmlElement) -> bool:
    """Whether a link stands among the page numbers of a post."""
    return bool({"post-page-numbers", "page-numbers", "page-links", "post-nav-links"} & {n for up in [element, *ancestors(element)] for n in tokens(up)})
