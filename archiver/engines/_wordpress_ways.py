"""Where the answers of a WordPress blog lead: from the front page to the API, feeds and lists, from those
to posts, from a post to its other pages. A way in that fails names the next one.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from archiver.engines import _wordpress_front as front
from archiver.engines import _wordpress_lists as lists
from archiver.engines import feeds, sitemaps, wordpress_api, wordpress_listing, wordpress_sidebar
from archiver.engines._platform import count_hint
from archiver.engines._wordpress_named import other_name, shows_its_own
from archiver.engines.base import Guess
from archiver.engines.dom import Dom
from archiver.engines.wordpress_page import PostPage, post_page
from archiver.engines.wordpress_urls import (
    comment_page,
    custom_comment_page,
    is_below,
    list_page,
    never,
    numbered_comment_page,
    post_url,
)
from archiver.errors import PageError
from archiver.model import Discovery, PostKind, PostRef, Site, Target, TargetKind
from archiver.page import Page
from archiver.urls import absolute, same_host, url_key, within, without_fragment

_MISSED = 10  # so many comments fewer than claimed are no pings, nor answers to spam
_SECOND, _FULL = 2, 10  # WordPress's feeds hold ten posts
_BARRED = frozenset({401, 403})
_MOST_FAILED = 2  # pages of a list, one after the other
_SITEMAPS = ("wp-sitemap.xml", "sitemap_index.xml", "sitemap.xml")
_READ_SITEMAPS = frozenset({"posts-post", "posts-page"})
_PRIORITY = {
    TargetKind.FEED: 20,
    TargetKind.SITEMAP: 30,
    TargetKind.LIST: 40,
    TargetKind.POST: 50,
    TargetKind.POST_PART: 51,
    TargetKind.COMMENT_PAGE: 52,
    TargetKind.COMMENT_FEED: 60,
}


def _target(url: str, kind: TargetKind, /, **hint: str) -> Target:
    return Target(url=url, kind=kind, priority=_PRIORITY[kind], hint=hint)


def discover(page: Page, target: Target, site: Site) -> Discovery:
    """Targets that a page, or its failure, leads to. Never anything off the blog or unsafe."""
    match target.kind:
        case TargetKind.HOME:
            found = _from_home(page, site)
        case TargetKind.API:
            found = _from_api(page, target, site)
        case TargetKind.FEED:
            found = _from_feed(page, target, site)
        case TargetKind.SITEMAP:
            found = _from_sitemap(page, target, site)
        case TargetKind.COMMENT_FEED:
            found = _from_comments(page, target, site)
        case TargetKind.LIST:
            found = _from_list(page, target, site)
        case TargetKind.POST | TargetKind.POST_PART | TargetKind.COMMENT_PAGE:
            return _from_post(page, target, site)
        case _:
            found = []
    return Discovery(targets=tuple(t for t in found if t.kind is TargetKind.API or _is_safe(t.url, site)))


def _is_safe(url: str, site: Site) -> bool:
    return within(url, site.home) and not never(url)


def _from_home(page: Page, site: Site) -> list[Target]:
    if not page.ok:
        return []
    dom = page.once(Dom)
    comments = front.comments_feed(dom, site) or urljoin(site.home, "comments/feed/")
    api = front.api_link(page, dom)
    listed = _shown_in_front(dom, site) or _listed_beside(dom, site)
    static = front.static_pages(dom, site)
    own = {"own": "1"} if shows_its_own(dom, [*static, *(one.url for one in listed)]) else {}
    return [
        wordpress_api.root_target(api if api and same_host(api, site.home) else urljoin(site.home, "wp-json/"), **own),
        # The first but the API: it tells the blog's clock, which the times on all pages are read by.
        replace(_target(comments, TargetKind.COMMENT_FEED, of="all"), priority=15),
        _target(front.posts_feed(dom, site) or urljoin(site.home, "feed/"), TargetKind.FEED),
        _target(urljoin(site.home, _SITEMAPS[0]), TargetKind.SITEMAP, next="1"),
        *listed,
        *[_target(url, TargetKind.POST, kind="page") for url in static],
        *_translated(dom, site, listed),
    ]


def _translated(dom: Dom, site: Site, listed: list[Target]) -> list[Target]:
    """The lists of posts in other languages, with the numbers of those that are known of this one."""
    numbers = [target.hint["post"] for target in listed if "post" in target.hint]
    if not numbers:
        return []
    return [_target(url, TargetKind.LIST, beside=" ".join(numbers)) for url in front.in_other_languages(dom, site)]


def repeats(dom: Dom, target: Target, site: Site) -> bool:
    """Whether a list in another language holds the posts of the first: some plugins translate each where it stands."""
    beside = target.hint.get("beside")
    return beside is not None and not {one.hint.get("post") for one in _listed(dom, site)}.isdisjoint(
        [None, *beside.split()]
    )


# -- data -----------------------------------------------------------------------------------------


def _from_api(page: Page, target: Target, site: Site) -> list[Target]:
    route = target.hint.get("route", "")
    if "mode" in target.hint:
        return wordpress_listing.smaller(page, target)  # whoever asks for a part of a list knows how it goes on
    try:
        if page.ok and route:
            return [*wordpress_api.next_pages(page, target), *_posts_of(page, route, site)]
        if page.ok and wordpress_api.is_root(page):
            name = other_name(page.json, site) if "own" in target.hint else None
            named = {"named": name} if name else {}
            return wordpress_api.route_targets(target.hint["root"], newest_first=site.limit is not None, **named)
    except PageError:
        pass  # extract() has said what came instead
    if route:
        return wordpress_api.smaller(page, target)
    if route == "" and "rest_route" not in target.url:
        own = {"own": "1"} if "own" in target.hint else {}
        return [wordpress_api.root_target(urljoin(site.home, "?rest_route=/"), **own)]
    return []


def _posts_of(page: Page, route: str, site: Site) -> list[Target]:
    if route not in {"posts", "pages"}:
        return []
    return [
        _target(str(row["link"]), TargetKind.POST, post=str(row.get("id") or ""), kind=route[:-1])
        for row in wordpress_api.rows(page)
        if row.get("link") and within(str(row["link"]), site.home)
    ]


def _from_feed(page: Page, target: Target, site: Site) -> list[Target]:
    number = int(target.hint.get("page", "1"))
    try:
        reading = feeds.read_posts(page, site) if page.ok else None
    except PageError:
        reading = None
    urls = [post.url for post in reading.items] if reading else []
    # A feed that does not page gives its first page again and again.
    repeats = number > 1 and bool(urls) and urls[0] == target.hint.get("first")
    if reading is None or not urls or repeats:
        one = number == _SECOND and int(target.hint.get("came", "0")) >= _FULL  # a feed of its newest posts only?
        ended = number > 1 and not repeats and not one and page.status in {404, 410, 200}
        # ?paged= works with every permalink form; WordPress redirects it to the pretty one.
        return [] if ended else [_target(f"{site.home}?paged=2", TargetKind.LIST)]
    counts = {claim.subject: {"claimed": str(claim.number)} for claim in reading.claims}
    # WordPress states the number of comments of all posts but those that have none and are closed to them.
    unstated = {"claimed": "0"} if counts else {}
    found = []
    for post in reading.items:
        known = {"post": post.native_id} if post.native_id else {}
        count = counts.get(f"#{post.native_id}") or counts.get(post.url) or unstated
        found.append(_target(post.url, TargetKind.POST, **known, **count))
    onward = {"page": str(number + 1), "first": urls[0], "came": str(len(urls))}
    found.append(_target(_next_feed(target.url, number + 1), TargetKind.FEED, **onward))
    return found


def _from_comments(page: Page, target: Target, site: Site) -> list[Target]:
    """The post of the newest comment, to be read before others: what it prints beside what the feed states."""
    try:
        comments = feeds.read_comments(page, site) if page.ok and target.hint.get("of") == "all" else ()
    except PageError:
        comments = ()
    urls = [post_url(comment.url) for comment in comments if comment.url]
    return [replace(_target(url, TargetKind.POST), priority=45) for url in urls[:1]]


def _next_feed(url: str, number: int) -> str:
    """The URL of another page of a feed."""
    bare = re.sub(r"([?&])paged=\d+&?", r"\1", url).rstrip("?&")
    return f"{bare}{'&' if '?' in bare else '?'}paged={number}"


def _from_sitemap(page: Page, target: Target, site: Site) -> list[Target]:
    try:
        sitemap = page.once(sitemaps.read) if page.ok else None
    except PageError:
        sitemap = None
    if sitemap is None:
        number = int(target.hint.get("next", "0"))
        if not 0 < number < len(_SITEMAPS):
            return []
        return [_target(urljoin(site.home, _SITEMAPS[number]), TargetKind.SITEMAP, next=str(number + 1))]
    found = []
    for child in sitemap.children:
        kind = sitemaps.wordpress_kind(child.url)
        if kind is None or kind in _READ_SITEMAPS:
            holds = {"holds": kind} if kind else {}
            found.append(_target(child.url, TargetKind.SITEMAP, **holds, **_changed(child)))
    home = url_key(site.home)
    surely = target.hint.get("holds") in _READ_SITEMAPS  # /archives/2015 is then a post, not a year
    posts = [e for e in sitemap.locs if url_key(e.url) != home and (surely or not lists.is_listing(e.url))]
    hint = {"kind": "page"} if target.hint.get("holds") == "posts-page" else {}
    return [*found, *(_target(entry.url, TargetKind.POST, **hint, **_changed(entry)) for entry in posts)]


def _changed(entry: sitemaps.SitemapEntry) -> dict[str, str]:
    return {"changed": entry.lastmod.at} if entry.lastmod else {}


# -- lists and posts --------------------------------------------------------------------------------


def _listed(dom: Dom, site: Site) -> list[Target]:
    posts = lists.listed_posts(dom, site)
    return [_target(url, TargetKind.POST, **({"post": id_} if id_ else {})) for url, id_ in posts.items()]


def _shown_in_front(dom: Dom, site: Site) -> list[Target]:
    """Posts that a front page shows, those of its further sections, too, where a theme marks the posts of some only."""
    listed = _listed(dom, site)
    known = {url_key(one.url) for one in listed}
    cards = lists.cards(dom, site) if listed else []
    return [*listed, *(_target(url, TargetKind.POST) for url in cards if url_key(url) not in known)]


def _of_terms(dom: Dom, site: Site) -> list[Target]:
    """The lists of posts that a front page leads to which has no further pages itself."""
    return [_target(url, TargetKind.LIST) for url in lists.of_terms(dom, site)]


def _listed_beside(dom: Dom, site: Site) -> list[Target]:
    """Posts that the sidebar of a front page without a list of posts names: the newest, and those just commented on.

    From these on each leads to the posts before and after it.
    """
    widgets = wordpress_sidebar.read(dom, site).widgets
    links = [link.url for one in widgets if one.kind in {"recent_posts", "recent_comments"} for link in one.links]
    urls = dict.fromkeys(post_url(url) for url in links)
    return [_target(url, TargetKind.POST) for url in urls if is_below(url, site.home) and not lists.is_listing(url)]


def _from_list(page: Page, target: Target, site: Site) -> list[Target]:
    if not page.ok:
        return _beyond(page, target)
    dom = page.once(Dom)
    found = _listed(dom, site)
    if not found and "paged=" in target.url:  # a front that lists nothing: what it leads to may
        return _of_terms(dom, site)
    if not found or (url_key(page.url) == url_key(site.home) and list_page(target.url)):
        return found  # what is not there leads to the front page
    if repeats(dom, target, site):
        return []
    onward, guess = lists.next_lists(dom, target.url, site)
    posts = len({one.url for one in found})
    ends = f"{found[0].url} {found[-1].url}"
    if target.hint.get("ends") == ends:  # the list before it once more, whatever the number
        is_front = url_key(lists.list_base(target.url)) == url_key(site.home)
        return [*found, *(_of_terms(dom, site) if is_front else [])]
    guessed = [_target(guess, TargetKind.LIST, **Guess(target.url, posts).hint, ends=ends)] if guess else []
    return [*found, *(_target(url, TargetKind.LIST) for url in onward), *guessed]


def _beyond(page: Page, target: Target) -> list[Target]:
    """Where a list goes on whose page cannot be had: behind it, or at the same page by its other name."""
    number, failed = list_page(target.url), int(target.hint.get("failed", "0"))
    if number is None:
        return []
    if page.status in _BARRED and "paged=" in target.url:
        return [_target(lists.numbered_list(target.url, number, plain=False), TargetKind.LIST)]
    if page.status < 500 or failed >= _MOST_FAILED:
        return []
    url = lists.numbered_list(target.url, number + 1, plain="paged=" in page.url)
    return [_target(url, TargetKind.LIST, failed=str(failed + 1))]


def _from_post(page: Page, target: Target, site: Site) -> Discovery:
    if not page.ok:
        broken = page.status >= 500 and target.kind in {TargetKind.POST, TargetKind.COMMENT_PAGE}
        return Discovery(targets=(_comment_feed(target),) if broken else ())
    if front.is_of_another_blog(page, page.once(Dom), site):
        return Discovery()
    reading = post_page(page, site)
    if not reading.is_post:
        # A static page of the menu can turn out to be the list of posts.
        is_list = target.kind is TargetKind.POST and "blog" in reading.dom.body_tokens
        found = _from_list(page, target, site) if is_list else []
        if "home" in reading.dom.body_tokens:  # the front page, as plain permalinks give it for any path at all
            found = [t for t in found if t.kind is TargetKind.POST or "paged=" not in t.url]
        return Discovery(targets=tuple(t for t in found if _is_safe(t.url, site)))
    hint = {"post": reading.native_id} if reading.native_id else {}
    pages = reading.comment_pages
    targets = [_target(url, TargetKind.COMMENT_PAGE, page=str(number), **hint) for number, url in pages.items()]
    targets += _unshown(reading, target, hint)
    if target.kind is not TargetKind.COMMENT_PAGE:
        targets += [_target(url, TargetKind.POST_PART, part=str(n), **hint) for n, url in reading.parts.items()]
    aliases: list[str] = []
    if target.kind is TargetKind.POST:
        targets += _others(reading, site)
        aliases = [reading.url, *_short_links(reading), *_own_comment_page(reading, pages)]
    own = {url_key(url) for url in aliases}
    kept = tuple(t for t in targets if url_key(t.url) not in own and _is_safe(t.url, site))
    return Discovery(targets=kept, aliases=tuple(aliases))


def _others(reading: PostPage, site: Site) -> list[Target]:
    """Posts before and after a post, pages that may stand in the sidebar of a page alone."""
    if reading.kind is PostKind.PAGE:
        return [_target(url, TargetKind.POST, kind="page") for url in front.static_pages(reading.dom, site)]
    if "posts" in site.open_routes or site.limit is not None:  # they are known, or not wanted
        return []
    if reading.kind is not PostKind.POST or reading.is_of_own_kind:
        return []
    own = {*reading.parts.values(), *reading.comment_pages.values()}
    urls = lists.neighbours(reading.dom, site, reading.regions.comments)
    here = url_key(reading.url)
    urls = [url for url in urls if url not in own and (comment_page(url) is None or url_key(post_url(url)) != here)]
    beside = [_target(url, TargetKind.POST) for url in urls]
    # The sidebar of posts may be another than that of the front page.
    return [*beside, *(_target(url, TargetKind.POST, kind="page") for url in front.listed_pages(reading.dom, site))]


def _unshown(reading: PostPage, target: Target, hint: dict[str, str]) -> list[Target]:
    """Where comments may be had that a theme does not show: all of them, or those of pages that it does not link to."""
    shown, claimed = len(reading.thread.comments), count_hint(target, "claimed")
    claimed = reading.comment_count if claimed is None else claimed
    if target.kind is TargetKind.POST_PART or reading.protected:
        return []
    if shown:
        most = count_hint(target, "most") or _most_pages(reading, shown, claimed or 0)
        return _unlinked_page(reading, target, most, hint)
    missed = claimed if claimed is not None or "commentform" in reading.dom.by_id else _own_feed(reading)
    return [_comment_feed(target)] if missed and target.kind is TargetKind.POST else []


def _most_pages(reading: PostPage, shown: int, claimed: int) -> int:
    """How many comment pages a thread may have that has no pager, 0 where nothing says that it has any.

    That its comments say which page they are on does, too: then a single one that is missing stands on another.
    """
    if claimed - shown >= _MISSED:
        return claimed // shown + 2
    return -(-claimed // shown) if claimed > shown and reading.stated_comment_page is not None else 0


def _unlinked_page(reading: PostPage, target: Target, most: int, hint: dict[str, str]) -> list[Target]:
    """The next comment page of a thread without a pager, up to a number of them; the first is that of a post."""
    own = count_hint(target, "page") if target.kind is TargetKind.COMMENT_PAGE else None
    number = (own or 0) + 1
    if number > most or (own is not None and "most" not in target.hint) or reading.comment_pages.keys() - {own}:
        return []
    url = numbered_comment_page(reading.url, number)
    return [_target(url, TargetKind.COMMENT_PAGE, page=str(number), most=str(most), **hint)]


def _own_feed(reading: PostPage) -> bool:
    """Whether the page names a feed of its comments: with comments closed, only where there are some, or pings."""
    feeds_ = (absolute(link.get("href") or "", reading.dom.base) for link in reading.dom.head_links("alternate"))
    own = url_key(reading.url).rstrip("/")
    return any(url and url_key(url).startswith(own) and ("/feed" in url or "feed=" in url) for url in feeds_)


def _own_comment_page(reading: PostPage, pages: dict[int, str]) -> list[str]:
    """The numbered URL of the comment page that the bare permalink shows."""
    own = reading.comment_page_number()
    for comment in reading.thread.comments:
        url = comment.url or ""
        if own and (comment_page(url) or custom_comment_page(url, reading.url)) == own:
            return [without_fragment(url)]
    if own is None or not pages or reading.stated_comment_page is None:
        return []  # a guess would leave a page of the thread out
    number, url = next(iter(pages.items()))
    return [re.sub(rf"(-|cpage=){number}(?=/?$|&|$)", rf"\g<1>{own}", url)]


def _short_links(reading: PostPage) -> list[str]:
    found = [absolute(link.get("href") or "", reading.dom.base) for link in reading.dom.head_links("shortlink")]
    return [url for url in found if url]


def _comment_feed(target: Target) -> Target:
    """The feed of a post's newest comments, for a page that cannot be had."""
    hint = {"post": target.hint["post"]} if "post" in target.hint else {}
    return _target(_feed_of(post_url(target.url)), TargetKind.COMMENT_FEED, **hint)


def thread_feed(post: PostRef) -> Target | None:
    """The feed of a post's newest comments, before the pages of posts."""
    hint = {"post": post.native_id} if post.native_id else {}
    feed = _target(_feed_of(post.url), TargetKind.COMMENT_FEED, **hint) if post.url else None
    return replace(feed, priority=_PRIORITY[TargetKind.LIST]) if feed else None


def _feed_of(post: str) -> str:
    return f"{post}&feed=rss2" if urlsplit(post).query else f"{post.rstrip('/')}/feed/"
