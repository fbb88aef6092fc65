"""The floor: a blog on any platform, read from its feeds, sitemaps and what its pages say for machines.

Best effort: it finds most posts of most blogs, and comments where markup tells them, but it cannot
promise completeness as an engine that knows its platform can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from archiver import urls
from archiver.engines import _generic_links as links
from archiver.engines import _generic_post as post_pages
from archiver.engines import _json_ld as json_ld
from archiver.engines import _microformats as microformats
from archiver.engines import feeds, layout, sitemaps, structured
from archiver.engines._dating import Dating
from archiver.engines._generic_post import PostPage
from archiver.engines.base import Detection, Engine
from archiver.engines.dom import Dom, text_of
from archiver.engines.structured import FeedLink
from archiver.errors import PageError
from archiver.model import (
    BlogFacts,
    Claim,
    Discovery,
    Extract,
    Lesson,
    Note,
    Rank,
    Site,
    Target,
    TargetKind,
    ThreadPage,
)
from archiver.page import Page

PRIORITY = {
    TargetKind.HOME: 0,
    TargetKind.FEED: 20,
    TargetKind.COMMENT_FEED: 25,
    TargetKind.SITEMAP: 30,
    TargetKind.LIST: 40,
    TargetKind.POST: 50,
}
_BLOGS = frozenset({"blog", "blogposting", "liveblogposting"})
_MOST_FEEDS = 6  # a page may advertise one for each category
_GUESS = {"guess": "1"}


class GenericEngine(Engine):
    """Any blog that shows a feed, marked-up posts, or several articles."""

    name = "generic"
    version = 1
    best_effort = True
    learns = True

    def detect(self, page: Page) -> Detection | None:
        """At most 0.3, so that an engine that knows the platform comes first."""
        if not page.ok or feeds.is_feed(page):
            return None
        try:
            dom = page.once(Dom)
        except PageError:
            return None
        evidence = tuple(_evidence(dom)) or tuple(_listed(dom))
        if not evidence:
            return None
        return Detection(engine=self.name, confidence=min(0.3, len(evidence) / 10), evidence=evidence)

    def extract(self, page: Page, target: Target, site: Site) -> Extract:
        """Raises PageError when the page is not what was asked for, unless that was only a guess."""
        if not page.ok or (target.hint.get("guess") and not _is_xml_or_json(page)):
            return Extract()
        readers: dict[TargetKind, Callable[[Page, Site], Extract]] = {
            TargetKind.FEED: _read_feed,
            TargetKind.COMMENT_FEED: _read_comment_feed,
            TargetKind.SITEMAP: _read_sitemap,
            TargetKind.HOME: _read_front,
            TargetKind.POST: _read_post,
        }
        reader = readers.get(target.kind)
        return reader(page, site) if reader else Extract()

    def discover(self, page: Page, target: Target, site: Site) -> Discovery:
        """Nothing from failed pages: what else may be there has been asked for already."""
        if not page.ok or (target.hint.get("guess") and not _is_xml_or_json(page)):
            return Discovery()
        finders: dict[TargetKind, Callable[[Page, Site], Iterator[Target]]] = {
            TargetKind.FEED: _from_feed,
            TargetKind.SITEMAP: _from_sitemap,
            TargetKind.HOME: _from_front,
            TargetKind.LIST: _from_list,
            TargetKind.POST: _from_post,
        }
        finder = finders.get(target.kind)
        found = finder(page, site) if finder else iter(())
        targets: dict[tuple[TargetKind, str], Target] = {}
        for item in found:
            if urls.within(item.url, site.home):
                targets.setdefault((item.kind, urls.url_key(item.url)), item)
        return Discovery(targets=tuple(targets.values()), aliases=_aliases(page, target, site))


def _target(url: str, kind: TargetKind, hint: dict[str, str] | None = None) -> Target:
    return Target(url=url, kind=kind, priority=PRIORITY[kind], hint=hint or {})


def _evidence(dom: Dom) -> Iterator[str]:
    facts = structured.facts(dom.root, dom.page.url)
    if facts.feeds:
        yield f"advertises a feed ({facts.feeds[0].href})"
    scripts = (s for s in dom.tags("script") if "ld+json" in (s.get("type") or "").lower())
    if json_ld.read(scripts).of_type(_BLOGS):
        yield "calls itself a blog in JSON-LD"
    if dom.classed("h-feed") or microformats.entries(dom.root):
        yield "marks its entries (h-entry, hentry or microdata)"
    articles = [e for e in dom.tags("article") if text_of(e)]
    if len(articles) > 1:
        yield f"shows {len(articles)} articles"


def _listed(dom: Dom) -> Iterator[str]:
    """What a page without marks and feeds is known by: that it lists dated posts."""
    count = links.lists_posts(dom, dom.page.url)
    if count:
        yield f"lists {count} dated posts"


def _is_xml_or_json(page: Page) -> bool:
    """Whether a guessed feed or sitemap can be one: many sites answer any path with a page of theirs."""
    head = page.text[:512].lstrip().lower() if not page.body.startswith(b"\x1f\x8b") else "<?xml"
    return feeds.is_feed(page) or (head.startswith(("<?xml", "<urlset", "<sitemapindex")) and "<html" not in head)


# ── records ──────────────────────────────────────────────────────────────────────────────────────


def _read_feed(page: Page, site: Site) -> Extract:
    reading = feeds.read_posts(page, site)
    own = tuple(post for post in reading.items if urls.within(post.url, site.home))
    subjects = {post.url for post in own} | {f"#{post.native_id}" for post in own}
    foreign = [Note(kind="feed_item_elsewhere", detail=p.url) for p in reading.items if p not in own]
    return Extract(
        blog=BlogFacts(title=reading.title, tagline=reading.description, language=reading.language),
        posts=own,
        claims=tuple(claim for claim in reading.claims if claim.subject in subjects),
        notes=(*reading.notes, *foreign),
    )


def _read_comment_feed(page: Page, site: Site) -> Extract:
    return Extract(comments=feeds.read_comments(page, site), quotes=feeds.quotes(page, site))


def _read_sitemap(page: Page, _site: Site) -> Extract:
    page.once(sitemaps.read)
    return Extract()


def _read_front(page: Page, _site: Site) -> Extract:
    dom = page.once(Dom)
    facts = structured.facts(dom.root, page.url)
    titles = (text_of(title) for title in dom.tags("title"))
    title = facts.site_name or next(filter(None, titles), None)
    blog = BlogFacts(title=title, tagline=facts.description, language=facts.language, engine=GenericEngine.name)
    return Extract(blog=blog, notes=facts.notes)


def _read_post(page: Page, site: Site) -> Extract:
    dom = page.once(Dom)
    read, lessons = _learned(dom, site, post_pages.read(dom, site))
    if read.post is None:
        return Extract(notes=(*read.facts.notes, Note(kind="no_text_found", detail=page.url)))
    if read.is_doubtful and read.facts.published_iso is None and links.lists_below(dom, site.home, page.url):
        return Extract(notes=(*read.facts.notes, Note(kind="list_in_place_of_post", detail=page.url)))
    ref, count = read.post.ref, read.facts.comment_count
    stated = Claim(subject_kind="post", subject=ref.url or "", measure="comments", number=count or 0, where="json_ld")
    shown = ThreadPage(post=ref, page=None, pages=None, shown=len(read.comments))
    return Extract(
        posts=(read.post,),
        comments=read.comments,
        claims=(stated,) if count is not None else (),
        threads=(shown,) if read.comments else (),
        notes=read.facts.notes,
        lessons=lessons,
    )


def _learned(dom: Dom, site: Site, read: PostPage) -> tuple[PostPage, tuple[Lesson, ...]]:
    """What a page teaches, and the page read again where only that shows its comments."""
    if read.post is None or not site.told:
        return read, ()
    lessons = layout.learn(dom, site.told, read.post.ref, Dating(dom, site), read.thread)
    places = tuple((one.field, one.path) for one in lessons if one.field == "comments")
    if places and not read.comments:
        read = post_pages.read(dom, replace(site, layout=(*site.layout, *places)))
    return read, lessons


# ── targets ──────────────────────────────────────────────────────────────────────────────────────


def _from_front(page: Page, site: Site) -> Iterator[Target]:
    dom = page.once(Dom)
    advertised = structured.facts(dom.root, page.url).feeds
    own = [feed for feed in advertised if urls.within(feed.href, site.home)][:_MOST_FEEDS]
    yield from (_target(feed.href, _feed_kind(feed)) for feed in own)
    if not own:
        yield from (_target(url, TargetKind.FEED, _GUESS) for url in links.guesses(site.home, links.FEED_GUESSES))
    yield from (_target(url, TargetKind.SITEMAP, _GUESS) for url in links.guesses(site.home, links.SITEMAP_GUESSES))
    yield from _from_list(page, site)


def _feed_kind(feed: FeedLink) -> TargetKind:
    """Titles are in the blog's language; addresses are not."""
    return TargetKind.COMMENT_FEED if "comment" in feed.href.lower() else TargetKind.FEED


def _from_list(page: Page, site: Site) -> Iterator[Target]:
    dom = page.once(Dom)
    yield from (_target(url, TargetKind.LIST) for url in links.lists(dom, site.home, page.url))
    yield from (_target(url, TargetKind.POST) for url in links.posts(dom, site.home))


def _from_feed(page: Page, site: Site) -> Iterator[Target]:
    reading = feeds.read_posts(page, site)
    if reading.next:
        yield _target(reading.next, TargetKind.FEED)
    for post in reading.items:
        if site.capture_pages or post.rank < Rank.FEED:
            yield _target(post.url, TargetKind.POST)
        if post.url in reading.comment_feeds:
            yield _target(reading.comment_feeds[post.url], TargetKind.COMMENT_FEED)


def _from_sitemap(page: Page, site: Site) -> Iterator[Target]:
    sitemap = page.once(sitemaps.read)
    for child in sitemap.children:
        if (sitemaps.wordpress_kind(child.url) or "posts").startswith("posts"):
            yield _target(child.url, TargetKind.SITEMAP)
    for entry in sitemap.locs:
        if links.may_be_post(entry.url, site.home):
            yield _target(entry.url, TargetKind.POST)


def _from_post(page: Page, site: Site) -> Iterator[Target]:
    return (_target(url, TargetKind.POST) for url in links.neighbours(page.once(Dom), site.home))


def _aliases(page: Page, target: Target, site: Site) -> tuple[str, ...]:
    """Other names of a post: its short link, and its own URL where it was found under another."""
    if target.kind is not TargetKind.POST:
        return ()
    return tuple(_others(structured.addresses(page.once(Dom).root, page.url), page.url, site.home))


def _others(found: Iterable[str | None], here: str, home: str) -> Iterator[str]:
    fronts = {urls.url_key(here), urls.url_key(home)}
    for url in found:
        if url and urls.within(url, home) and urls.url_key(url) not in fronts:
            yield urls.without_fragment(url)
