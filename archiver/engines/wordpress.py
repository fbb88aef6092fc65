"""WordPress, by structure: its API, feeds, sitemaps and pages.

Data first: the API brings posts and comments by the hundred. Where it is closed, feeds and sitemaps
name the posts, and their pages carry everything. Each way in that fails names the next.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from archiver import dates
from archiver.engines import bylines, feeds, sitemaps, threads, wordpress_api, wordpress_sidebar
from archiver.engines.base import Detection, Engine
from archiver.engines.dom import Dom, text_of, tokens
from archiver.engines.wordpress_page import PostPage
from archiver.engines.wordpress_urls import comment_id, comment_page, list_page, month, native_post_id, never, post_url, taxonomy, without_fragment
from archiver.errors import PageError
from archiver.model import BlogFacts, Claim, Comment, Discovery, Extract, Note, PostRef, Site, Target, TargetKind, ThreadPage
from archiver.page import Page
from archiver.urls import absolute, url_key, within

API_REL = "https://api.w.org/"
SITEMAPS = ("wp-sitemap.xml", "sitemap_index.xml", "sitemap.xml")
READ_SITEMAPS = frozenset({"posts-post", "posts-page"})
PRIORITY = {
    TargetKind.FEED: 20,
    TargetKind.SITEMAP: 30,
    TargetKind.LIST: 40,
    TargetKind.POST: 50,
    TargetKind.POST_PART: 51,
    TargetKind.COMMENT_PAGE: 52,
    TargetKind.COMMENT_FEED: 60,
}


def _target(url: str, kind: TargetKind, /, **hint: str) -> Target:
    return Target(url=url, kind=kind, priority=PRIORITY[kind], hint=hint)


class WordPress(Engine):
    """WordPress 4.7 and later with any theme; older ones through feeds and pages."""

    name = "wordpress"
    version = 1

    # -- detection --------------------------------------------------------------------------------

    def detect(self, page: Page) -> Detection | None:
        """From the generator, the API link, the paths of themes and scripts, the body's classes."""
        if not page.ok:
            return None
        dom = page.once(Dom)
        evidence: dict[str, float] = {}
        generator = next((m.get("content") or "" for m in dom.tags("meta") if m.get("name") == "generator" and "WordPress" in (m.get("content") or "")), "")
        if generator:
            evidence[f"generator {generator}"] = 0.7
        api = _api_link(page, dom)
        if api:
            evidence["link to its REST API"] = 0.8
        paths = sum("/wp-content/" in (e.get("src") or e.get("href") or "") or "/wp-includes/" in (e.get("src") or e.get("href") or "") for e in dom.tags("script", "link", "img"))
        if paths:
            evidence[f"{paths} paths below /wp-content/ or /wp-includes/"] = 0.5 if paths < 3 else 0.7
        if any(name.startswith(("postid-", "page-id-", "wp-")) or name == "hentry" for name in dom.body_tokens):
            evidence["body classes"] = 0.4
        if "wp-site-blocks" in dom.by_token:
            evidence["block theme"] = 0.7
        if not evidence:
            return None
        doubt = 1.0
        for weight in evidence.values():
            doubt *= 1 - weight
        version = re.search(r"WordPress\s+([\d.]+)", generator)
        return Detection(engine=self.name, confidence=round(1 - doubt, 2), evidence=tuple(evidence), version=version[1] if version else None, api_url=api)

    # -- what a page holds ------------------------------------------------------------------------

    def extract(self, page: Page, target: Target, site: Site) -> Extract:
        """Everything that an answer holds, by the kind of thing that was asked for."""
        if not page.ok:
            return Extract()
        match target.kind:
            case TargetKind.API:
                if target.hint.get("route") == "" and not wordpress_api.is_root(page):
                    raise PageError(page.url, "it is not the index of a WordPress API", "Feeds and pages are read instead")
                return wordpress_api.read(page, target)
            case TargetKind.FEED:
                reading = feeds.read_posts(page, site)
                # A feed gives every post a title; none is the title of an untitled one.
                posts = tuple(replace(post, title=post.title or "") for post in reading.items)
                return Extract(posts=posts, claims=reading.claims)
            case TargetKind.COMMENT_FEED:
                return Extract(comments=feeds.read_comments(page, site))
            case TargetKind.SITEMAP:
                sitemaps.read(page)
                return Extract()
            case TargetKind.HOME | TargetKind.LIST:
                return self._list(page, target, site)
            case _:
                return self._post(page, target, site)

    def _list(self, page: Page, target: Target, site: Site) -> Extract:
        dom = page.once(Dom)
        facts = _facts(page, dom) if target.kind is TargetKind.HOME else None
        sidebar = wordpress_sidebar.read(dom, site)
        return Extract(
            blog=facts,
            terms=tuple(sidebar.terms),
            archives=tuple(sidebar.archives),
            widgets=tuple(sidebar.widgets),
            claims=tuple(sidebar.claims),
        )

    def _post(self, page: Page, target: Target, site: Site) -> Extract:
        reading = PostPage(page.once(Dom), site)
        if not reading.is_post:
            return Extract(notes=(Note(kind="not_a_post", detail=page.url),))
        native = reading.native_id or target.hint.get("post")
        ref = PostRef(native_id=native, url=reading.url)
        outside = (*reading.sidebar, *((reading.body,) if reading.body is not None else ()))
        posts, authors, claims, comments, seen, notes = [], [], [], (), (), ()
        if target.kind is not TargetKind.COMMENT_PAGE:
            part = int(target.hint.get("part", "1"))
            post = reading.read(part if target.kind is TargetKind.POST_PART else None, native_id=native)
            posts.append(post)
            for author in (post.authors or ())[:1]:
                profile = bylines.bio(reading.dom, author, outside=(*reading.comment_area, *outside)) if len(post.authors or ()) == 1 else None
                authors += [profile] if profile else []
        if target.kind is not TargetKind.POST_PART:
            thread = threads.read(reading.dom, ref, site, outside=outside)
            pages = _comment_pages(reading)
            number = thread.page or (_hinted(target, "page") if target.kind is TargetKind.COMMENT_PAGE else 1 if pages else None)
            comments = tuple(_on_page(comment, number) for comment in thread.comments)
            total = max([*pages, number or 1])
            seen = (ThreadPage(post=ref, page=number if total > 1 else None, pages=total, shown=len(comments)),)
            notes = thread.notes
            count = _heading_count(reading)
            if count is not None and not reading.protected:
                subject = f"#{native}" if native else reading.url
                claims.append(Claim(subject_kind="post", subject=subject, measure="comments", number=count, where="heading"))
        sidebar = wordpress_sidebar.read(reading.dom, site, outside=_words(reading)) if site.want_sidebar else wordpress_sidebar.SidebarReading()
        return Extract(
            posts=tuple(posts),
            authors=tuple(authors),
            comments=comments,
            threads=seen,
            terms=tuple(sidebar.terms),
            archives=tuple(sidebar.archives),
            widgets=tuple(sidebar.widgets),
            claims=(*claims, *sidebar.claims),
            notes=notes,
        )

    # -- where to go next -------------------------------------------------------------------------

    def wanted(self, target: Target, site: Site) -> bool:
        """With the API open, feeds, sitemaps and lists bring nothing new, nor pages when they are not to be kept."""
        posts, comments = "posts" in site.open_routes, "comments" in site.open_routes
        match target.kind:
            case TargetKind.FEED | TargetKind.SITEMAP | TargetKind.LIST:
                return not posts
            case TargetKind.POST | TargetKind.POST_PART | TargetKind.COMMENT_PAGE:
                return site.capture_pages or not (posts and comments)
            case TargetKind.COMMENT_FEED:
                return not comments
            case _:
                return True

    def discover(self, page: Page, target: Target, site: Site) -> Discovery:
        """Targets that a page, or its failure, leads to. Never anything off the blog or unsafe."""
        match target.kind:
            case TargetKind.HOME:
                found = self._from_home(page, site)
            case TargetKind.API:
                found = self._from_api(page, target, site)
            case TargetKind.FEED:
                found = self._from_feed(page, target, site)
            case TargetKind.SITEMAP:
                found = self._from_sitemap(page, target, site)
            case TargetKind.LIST:
                found = self._from_list(page, target, site)
            case TargetKind.POST | TargetKind.POST_PART | TargetKind.COMMENT_PAGE:
                return self._from_post(page, target, site)
            case _:
                found = []
        kept = [t for t in found if t.kind is TargetKind.API or (within(t.url, site.home) and not never(t.url))]
        return Discovery(targets=tuple(kept))

    def _from_home(self, page: Page, site: Site) -> list[Target]:
        if not page.ok:
            return []
        dom = page.once(Dom)
        root = _api_link(page, dom) or urljoin(site.home, "wp-json/")
        feed = next((url for url in _feed_links(dom) if "/comments/" not in url and "comments-" not in url), None)
        return [
            wordpress_api.root_target(root),
            _target(feed or urljoin(site.home, "feed/"), TargetKind.FEED),
            _target(urljoin(site.home, SITEMAPS[0]), TargetKind.SITEMAP, next="1"),
            *self._from_list(page, _target(page.url, TargetKind.LIST), site, follow=False),
            *[_target(url, TargetKind.POST, kind="page") for url in _page_links(dom, site)],
        ]

    def _from_api(self, page: Page, target: Target, site: Site) -> list[Target]:
        route = target.hint.get("route", "")
        try:
            if page.ok and route == "":
                if wordpress_api.is_root(page):
                    return wordpress_api.route_targets(target.hint["root"])
            elif page.ok:
                found = wordpress_api.next_pages(page, target)
                if route in {"posts", "pages"}:
                    found += [
                        _target(str(row["link"]), TargetKind.POST, post=str(row["id"]), kind=route[:-1])
                        for row in wordpress_api.rows(page)
                        if row.get("link") and within(str(row["link"]), site.home)
                    ]
                return found
        except PageError:
            pass  # extract() has said what came instead
        other = urljoin(site.home, "?rest_route=/")
        if route == "" and "rest_route" not in target.url:
            return [wordpress_api.root_target(other)]
        return []

    def _from_feed(self, page: Page, target: Target, site: Site) -> list[Target]:
        number = int(target.hint.get("page", "1"))
        try:
            reading = feeds.read_posts(page, site) if page.ok else None
        except PageError:
            reading = None
        urls = [post.url for post in reading.items] if reading else []
        # A feed that does not page gives its first page again and again.
        repeats = number > 1 and urls and urls[0] == target.hint.get("first")
        if reading is None or not urls or repeats:
            ended = number > 1 and not repeats and page.status in {404, 410, 200}
            return [] if ended else [_list_target(site, 2)]
        found = [_target(post.url, TargetKind.POST, **({"post": post.native_id} if post.native_id else {})) for post in reading.items]
        found.append(_target(_paged(target.url, number + 1), TargetKind.FEED, page=str(number + 1), first=urls[0]))
        return found

    def _from_sitemap(self, page: Page, target: Target, site: Site) -> list[Target]:
        try:
            sitemap = sitemaps.read(page) if page.ok else None
        except PageError:
            sitemap = None
        if sitemap is None:
            number = target.hint.get("next")
            if number and int(number) < len(SITEMAPS):
                return [_target(urljoin(site.home, SITEMAPS[int(number)]), TargetKind.SITEMAP, next=str(int(number) + 1))]
            return []
        found = []
        for child in sitemap.children:
            kind = sitemaps.wordpress_kind(child.url)
            if kind is None or kind in READ_SITEMAPS:
                found.append(_target(child.url, TargetKind.SITEMAP, **({"holds": kind} if kind else {})))
        for entry in sitemap.locs:
            if url_key(entry.url) != url_key(site.home) and not _is_listing(entry.url):
                found.append(_target(entry.url, TargetKind.POST))
        return found

    def _from_list(self, page: Page, target: Target, site: Site, *, follow: bool = True) -> list[Target]:
        if not page.ok:
            return []
        dom = page.once(Dom)
        found = [_target(url, TargetKind.POST, **hint) for url, hint in _listed_posts(dom, site)]
        if follow and found:
            number = list_page(target.url) or 1
            base = _list_base(target.url)
            ahead = {n: url for _, url in dom.links if (n := list_page(url)) and n > number and url_key(_list_base(url)) == url_key(base)}
            shows_pages = any(list_page(url) for _, url in dom.links)
            if ahead:
                found += [_target(without_fragment(url), TargetKind.LIST) for url in ahead.values()]
            elif not shows_pages:
                found.append(_target(_next_list(target.url, number + 1, plain=_is_plain(dom)), TargetKind.LIST))
        return found

    def _from_post(self, page: Page, target: Target, site: Site) -> Discovery:
        if not page.ok:
            broken = page.status >= 500 and target.kind is TargetKind.POST
            return Discovery(targets=(_comment_feed(target),) if broken else ())
        reading = PostPage(page.once(Dom), site)
        if not reading.is_post:
            return Discovery()
        hint = {"post": reading.native_id} if reading.native_id else {}
        pages = _comment_pages(reading)
        targets = [_target(url, TargetKind.COMMENT_PAGE, page=str(number), **hint) for number, url in pages.items()]
        if target.kind is not TargetKind.COMMENT_PAGE:
            targets += [_target(url, TargetKind.POST_PART, part=str(n), **hint) for n, url in reading.parts.items()]
        aliases = []
        if target.kind is TargetKind.POST:
            aliases = [reading.url, *_short_links(reading), *_own_comment_page(reading, pages, site)]
        own = {url_key(url) for url in aliases}
        kept = tuple(t for t in targets if url_key(t.url) not in own and within(t.url, site.home) and not never(t.url))
        return Discovery(targets=kept, aliases=tuple(aliases))


# -- the front page -------------------------------------------------------------------------------


def _api_link(page: Page, dom: Dom) -> str | None:
    for link in dom.head_links(API_REL):
        return absolute(link.get("href") or "", dom.base)
    match = re.search(rf'<([^>]+)>;\s*rel="?{re.escape(API_REL)}"?', page.headers.get("link", ""))
    return absolute(match[1], page.url) if match else None


def _feed_links(dom: Dom) -> list[str]:
    found = [absolute(link.get("href") or "", dom.base) for link in dom.head_links("alternate") if (link.get("type") or "") in {"application/rss+xml", "application/atom+xml"}]
    return [url for url in found if url]


def _facts(page: Page, dom: Dom) -> BlogFacts:
    generator = dom.meta("generator") or ""
    version = re.search(r"WordPress\s+([\d.]+)", generator)
    theme = re.search(r"/wp-content/themes/([^/\"'?]+)/", page.text)
    html = dom.tags("html")
    title = next((text_of(e) for name in ("site-title", "wp-block-site-title", "site-name") for e in dom.classed(name) if text_of(e)), None)
    tagline = next((text_of(e) for name in ("site-description", "wp-block-site-tagline", "tagline") for e in dom.classed(name) if text_of(e)), None)
    heading = next((text_of(e) for e in dom.tags("title") if e.getparent() is not None and e.getparent().tag == "head"), None)
    return BlogFacts(
        title=title or dom.meta("og:site_name") or heading,
        tagline=tagline or dom.meta("description"),
        language=html[0].get("lang") if html else None,
        engine=WordPress.name,
        engine_version=version[1] if version else None,
        theme=theme[1] if theme else None,
    )


def _page_links(dom: Dom, site: Site) -> list[str]:
    """Static pages that the navigation links to."""
    found = []
    for element, url in dom.links:
        near = [name for up in (element, element.getparent()) if up is not None for name in tokens(up)]
        if "menu-item-object-page" in near or "page_item" in near or "wp-block-pages-list__item" in near:
            bare = without_fragment(url)
            if within(bare, site.home) and url_key(bare) != url_key(site.home) and not never(bare):
                found.append(bare)
    return list(dict.fromkeys(found))


# -- lists ----------------------------------------------------------------------------------------


def _is_listing(url: str) -> bool:
    """Whether a URL lists posts: a term, an author, a month, a page of a list, a feed."""
    path = urlsplit(url).path
    return bool(taxonomy(url) or month(url) or list_page(url) or re.search(r"/(?:author|feed|tag|category)/|/feed/?$|\.xml$", path))


def _listed_posts(dom: Dom, site: Site) -> list[tuple[str, dict[str, str]]]:
    """Posts that a list page names: the linked headings of its articles."""
    found: dict[str, dict[str, str]] = {}
    for element, url in dom.links:
        bare = without_fragment(url)
        if not within(bare, site.home) or never(bare) or _is_listing(bare) or url_key(bare) == url_key(site.home):
            continue
        heading, article = None, None
        up: HtmlElement | None = element
        while up is not None:
            classes = tokens(up)
            if up.tag in {"h1", "h2", "h3", "h4"} or {"entry-title", "post-title", "wp-block-post-title"} & set(classes):
                heading = up
            if up.tag == "article" or {"hentry", "type-post", "wp-block-post", "h-entry"} & set(classes):
                article = up
                break
            if up.tag in {"aside", "nav", "body"}:
                break
            up = up.getparent()
        if article is None or (heading is None and "bookmark" not in (element.get("rel") or "").split()):
            continue
        match = re.match(r"post-(\d+)$", article.get("id") or "")
        number = match[1] if match else next((name[5:] for name in tokens(article) if re.fullmatch(r"post-\d+", name)), None)
        found.setdefault(post_url(bare), {"post": number} if number else {})
    return list(found.items())


def _is_plain(dom: Dom) -> bool:
    return sum(native_post_id(url) is not None for _, url in dom.links) > 3


def _list_base(url: str) -> str:
    """A list's first page, for any of its pages."""
    bare = re.sub(r"/page/\d+/?$", "/", without_fragment(url).partition("?")[0])
    query = re.sub(r"(?:^|&)paged=\d+", "", urlsplit(url).query).strip("&")
    return f"{bare}?{query}" if query else bare


def _next_list(url: str, number: int, *, plain: bool) -> str:
    base = _list_base(url)
    if plain or "?" in base:
        return f"{base}{'&' if '?' in base else '?'}paged={number}"
    return f"{base.rstrip('/')}/page/{number}/"


def _list_target(site: Site, number: int) -> Target:
    # ?paged= works with every permalink form; WordPress redirects it to the pretty one.
    return _target(f"{site.home}?paged={number}", TargetKind.LIST)


def _paged(url: str, number: int) -> str:
    """The URL of another page of a feed."""
    bare = re.sub(r"([?&])paged=\d+&?", r"\1", url).rstrip("?&")
    return f"{bare}{'&' if '?' in bare else '?'}paged={number}"


# -- a post's page --------------------------------------------------------------------------------


def _words(reading: PostPage) -> tuple[HtmlElement, ...]:
    return (*reading.comment_area, *((reading.body,) if reading.body is not None else ()))


def _hinted(target: Target, name: str) -> int | None:
    value = target.hint.get(name, "")
    return int(value) if value.isdecimal() else None


def _on_page(comment: Comment, number: int | None) -> Comment:
    return replace(comment, page=number)


def _comment_pages(reading: PostPage) -> dict[int, str]:
    """The other comment pages that this page links to, by number."""
    found: dict[int, str] = {}
    for _, url in reading.dom.links:
        number = comment_page(without_fragment(url))
        if number is None or comment_id(url) or never(url):
            continue
        if url_key(post_url(url)) == url_key(reading.url):
            found.setdefault(number, without_fragment(url))
    return found


def _own_comment_page(reading: PostPage, pages: dict[int, str], site: Site) -> list[str]:
    """The numbered URL of the comment page that the bare permalink shows."""
    thread = threads.read(reading.dom, PostRef(native_id=reading.native_id, url=reading.url), site, outside=(*reading.sidebar, *((reading.body,) if reading.body is not None else ())))
    for comment in thread.comments:
        if comment.url and comment_page(without_fragment(comment.url)) == thread.page and thread.page:
            return [without_fragment(comment.url)]
    if pages and 1 not in pages:
        number, url = next(iter(pages.items()))
        first = re.sub(rf"(comment-page-|cpage=){number}\b", r"\g<1>1", url)
        return [first]
    if pages and thread.page is None:
        number, url = next(iter(pages.items()))
        return [re.sub(rf"(comment-page-|cpage=){number}\b", r"\g<1>1", url)]
    return []


def _short_links(reading: PostPage) -> list[str]:
    found = [absolute(link.get("href") or "", reading.dom.base) for link in reading.dom.head_links("shortlink")]
    return [url for url in found if url]


def _comment_feed(target: Target) -> Target:
    """The feed of a post's newest comments, for a page that cannot be had."""
    url = post_url(target.url)
    hint = {"post": target.hint["post"]} if "post" in target.hint else {}
    if urlsplit(url).query:
        return _target(f"{url}&feed=rss2", TargetKind.COMMENT_FEED, **hint)
    return _target(f"{url.rstrip('/')}/feed/", TargetKind.COMMENT_FEED, **hint)


def _heading_count(reading: PostPage) -> int | None:
    """The number of comments that a heading above the thread states."""
    dom = reading.dom
    titled = dom.classed("comments-title", "wp-block-comments-title", "comment-title", "comments-heading", "comments_title", "comment-count", "comments-count", "section-title", "commentstitle")
    headings = [e for e in [*titled, *dom.tags("h1", "h2", "h3", "h4", "h5")] if not reading.in_words(e) and e.get("id") != "reply-title"]
    for near in (True, False):
        for element in headings:
            named = dom.inside(element, *reading.comment_area) or any("comment" in name for name in tokens(element)) or (element.get("id") or "").startswith("comment")
            if named is not near or (not near and "section-title" not in tokens(element)):
                continue
            count = dates.comment_count(text_of(element), reading.title)
            if count is not None:
                return count
    return None

