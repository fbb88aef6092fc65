"""Feeds: posts and comments as the blog syndicates them, for every engine.

A feed gives what pages often hide: the exact time, the native id, the body without what themes put
around it. It also tells less than it seems to: summaries pass for bodies, plug-ins sign every item,
and a comment feed does not say who answers whom, except in a sentence that WordPress puts before
the reply.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from html import unescape

import lxml.html
from lxml import etree

from archiver import content, dates, urls
from archiver.engines import _added, layout
from archiver.engines import _feed_formats as formats
from archiver.engines._feed_formats import Entry, Feed
from archiver.engines.bylines import split_names
from archiver.engines.wordpress_urls import comment_id, custom_comment_page, list_page, native_post_id, post_url
from archiver.model import (
    Author,
    Claim,
    Comment,
    CommentKind,
    Content,
    Moment,
    Note,
    ParentSource,
    Post,
    PostRef,
    Quote,
    Rank,
    Site,
    Term,
)
from archiver.page import Page

_BLOGGER_ID = re.compile(r"^tag:blogger\.com,1999:blog-\d+\.post-(\d+)$")
_BLOGGER_REPLY = re.compile(r"/comments/default/(\d+)$")
_BLOCK = re.compile(r"<(?:p|br|div|ul|ol|img|table|blockquote|h[1-6]|figure)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"((?:[^\W\d]|%).*)-[0-9]{1,5}")
_CUT = re.compile(r"(?:\[\s*(?:…|&hellip;|&#8230;|\.\.\.)\s*\])\s*(?:</[a-z]+>\s*)*$", re.IGNORECASE)
_ANYWHERE = re.IGNORECASE | re.DOTALL
_LAST_LINK = re.compile(
    r"<a\b[^<>]{0,500}\bhref\s*=\s*[\"']([^\"'<>]*)[\"'][^<>]{0,500}>(?:(?!<a\b).){0,500}$", _ANYWHERE
)
_LEFT = 60  # letters: "(14 min remaining to read)"
_PASSWORD_FORM = re.compile(r"<input\b[^<>]*\bname\s*=\s*[\"']?post_password\b", re.IGNORECASE)

# What WordPress writes before a reply: text, one link to the parent and nothing but its href, text.
# `[^<]` bounds it to one paragraph; the sentence itself is in the blog's language.
_IN_REPLY_TO = re.compile(
    r"""\s*(?:<p>)?[^<]{0,80}
        <a\s+href=(?P<quote>["'])(?P<href>[^"'<>]*\#comment-(?P<id>\d+))(?P=quote)>(?:(?!</?a\b).){0,400}</a>
        [^<\n]{0,80}(?:</p>|\n\s*\n|<br\s*/?>|$)\s*""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReading:
    """What a feed of posts says.

    kind: rss, atom or json. home: the page it belongs to. wordpress: whether WordPress made it;
    its feeds put tags among the categories, so that the terms of its posts are weak.
    comment_feeds: by the URL of the post; protected posts are left out, because theirs give names away.
    """

    kind: str
    title: str | None
    description: str | None
    language: str | None
    generator: str | None
    home: str | None
    next: str | None
    wordpress: bool
    items: tuple[Post, ...]
    claims: tuple[Claim, ...] = ()
    comment_feeds: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


def is_feed(page: Page) -> bool:
    """Whether the body begins as a feed does, whatever its declared type."""
    return formats.looks_like_feed(page)


def read_posts(page: Page, site: Site) -> FeedReading:
    """The posts of a feed. Raises PageError when the page holds no feed, or a part of one."""
    feed = page.once(formats.read)
    pairs = [(entry, _post(entry, feed, site)) for entry in feed.entries]
    posts = [post for _, post in pairs if post is not None]
    unsure = {native for native, n in Counter(post.native_id for post in posts).items() if native and n > 1}
    known = [(e, replace(p, native_id=None) if p.native_id in unsure else p) for e, p in pairs if p is not None]
    return FeedReading(
        kind=feed.kind,
        title=None if list_page(page.url) or not page.ok else feed.title,  # "Page 2 - Blog", "Page not found"
        description=feed.description,
        language=feed.language,
        generator=feed.generator,
        home=feed.home,
        next=_next(feed, page),
        wordpress=feed.wordpress,
        items=tuple(post for _, post in known),
        claims=tuple(_claim(post, entry.comment_count) for entry, post in known if entry.comment_count is not None),
        comment_feeds={p.url: e.comment_feed for e, p in known if e.comment_feed and not p.protected},
        notes=tuple(Note(kind="feed_item_without_link", detail=e.guid or page.url) for e, p in pairs if p is None),
    )


def read_comments(page: Page, site: Site) -> tuple[Comment, ...]:
    """The comments of a comment feed, in its order. Raises PageError when the page holds no feed.

    What has no comment's id is none: a blog without such a feed may answer with that of its posts.
    Comments of protected posts are left out: the feed hides their text, but not who wrote them.
    """
    feed = page.once(formats.read)
    bases = _comment_bases(feed)
    found = (_comment(entry, feed, site, bases) for entry in feed.entries)
    return tuple(comment for comment in found if comment is not None and comment.native_id is not None)


def quotes(page: Page, site: Site) -> tuple[Quote, ...]:
    """How the comments of a comment feed begin, also of those that have no id.

    Entries that link to a post and nothing in it, one each, are posts: a blog may answer with its feed of those.
    """
    feed = page.once(formats.read)
    links, bases = Counter(entry.link for entry in feed.entries), _comment_bases(feed)
    found = []
    for entry in feed.entries:
        is_comment = "#" in (entry.link or "") or entry.replies_to or links[entry.link] > 1
        comment = _comment(entry, feed, site, bases) if is_comment else None
        begins = layout.quote(comment.content.text) if comment is not None and comment.content else ""
        if comment is not None and comment.post.url and begins:
            found.append(Quote(post=comment.post.url, begins=begins))
    return tuple(found)


def _next(feed: Feed, page: Page) -> str | None:
    return feed.next if feed.next and urls.url_key(feed.next) != urls.url_key(page.url) else None


# ── posts ────────────────────────────────────────────────────────────────────────────────────────


def _post(entry: Entry, feed: Feed, site: Site) -> Post | None:
    if entry.link is None:
        return None
    url = _tidy(entry.link)
    protected = _PASSWORD_FORM.search(entry.full or "") is not None
    full, summary = (None, None) if protected else _bodies(entry, feed, url, (site.home, feed.home))
    body = _added.read_post(full, entry.base) if full is not None else None
    if body is not None and entry.enclosures:
        body = _with_enclosures(body, entry)
    excerpt = content.plain(summary) if summary else None
    stated = [name for name, _ in entry.authors or ()]
    people = list(dict.fromkeys(one for name in stated for one in split_names(name)))  # plug-ins join co-authors
    return Post(
        url=url,
        rank=_rank(body, excerpt),
        native_id=_native_id(entry.guid, url, feed, site),
        title=entry.title,
        slug=_slug(url),
        content=body,
        excerpt=excerpt or None,
        published=_moment(entry.published, site),
        modified=_moment(entry.updated, site),
        authors=tuple(Author(name=name, member=True) for name in people) if people else None,
        terms=_terms(entry),
        language=entry.language,
        weak=frozenset({"terms"} if feed.wordpress else ()) | ({"authors"} if len(people) > len(stated) else set()),
        protected=protected or None,
        source="feed",
    )


def _rank(body: Content | None, excerpt: str | None) -> Rank:
    if body is not None and body.text.strip():
        return Rank.FEED
    # Without words: feeds show a gallery as bare images, and a post of one widget not at all.
    return Rank.EXCERPT if excerpt or body is not None else Rank.STUB


def _bodies(entry: Entry, feed: Feed, url: str, homes: Iterable[str | None]) -> tuple[str | None, str | None]:
    """The full text and the summary as HTML; the first is None where the feed has a part of it only."""
    full, summary = entry.full, entry.summary
    summed_up = feed.wordpress or (feed.generator or "").lower().startswith("hugo")  # its own template has the summary
    if full is None and summary is not None and not summed_up and feed.kind == "rss" and _BLOCK.search(summary):
        full, summary = summary, None  # RSS 2.0 without content:encoded: the description is the post
    full = _unsigned(full, url, homes) if full else full
    summary = _unsigned(summary, url, homes) if summary else summary
    if full is not None and (_CUT.search(full.rstrip()) or _read_more(full, url) is not None):
        full, summary = None, summary or full
    if summary is not None and (start := _read_more(summary, url)) is not None:
        summary = summary[:start]
    return full, summary


def _unsigned(markup: str, url: str, homes: Iterable[str | None]) -> str:
    """Without the last paragraph "The post X appeared first on Y", which SEO plug-ins add to every item.

    Known by its two links and nothing else: one to the post, one to the blog's front page.
    """
    start = markup.rfind("<p")
    if start < 0 or len(markup) - start > 2000:
        return markup
    try:
        paragraph = lxml.html.fragment_fromstring(markup[start:], create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError):
        return markup
    links = {urls.url_key(href) for a in paragraph.iter("a") if (href := a.get("href"))}
    fronts = {urls.url_key(home) for home in homes if home}
    signed = len(links) == 2 and urls.url_key(url) in links and links & fronts
    return markup[:start].rstrip() if signed else markup


def _read_more(markup: str, url: str) -> int | None:
    """Where a last link to the post itself begins, when nothing follows it but closing tags, and how much is left."""
    start = markup.lower().rfind("<a ")
    match = _LAST_LINK.match(markup, start) if start >= 0 else None
    if match is None or urls.url_key(unescape(match[1])) != urls.url_key(url):
        return None
    after = match[0].lower().rpartition("</a>")[2]
    left = formats.plain(after)
    is_last = not left or (left[0] + left[-1] == "()" and len(left) <= _LEFT)
    return start if is_last and "<img" not in match[0].lower() else None


def _with_enclosures(body: Content, entry: Entry) -> Content:
    shown = {media.url for media in body.media}
    return replace(body, media=body.media + tuple(media for media in entry.enclosures if media.url not in shown))


def _native_id(guid: str, url: str, feed: Feed, site: Site) -> str | None:
    """WordPress's number, from a guid of this very site: imported posts keep the guid of the old one."""
    own = urls.within(guid, site.home) or urls.same_host(guid, url)
    return (native_post_id(guid) if own else None) or (native_post_id(url) if feed.wordpress else None)


def _slug(url: str) -> str | None:
    if native_post_id(url):
        return None
    slug = re.sub(r"\.(?:html?|php|aspx?)$", "", urls.last_segment(url))
    return slug if slug and not slug.isdigit() else None


def _terms(entry: Entry) -> tuple[Term, ...] | None:
    if entry.categories is None:
        return None
    made = (Term(taxonomy=_taxonomy(domain), name=name) for name, domain in entry.categories)
    return tuple(dict.fromkeys(made))


def _taxonomy(domain: str) -> str:
    """`tag` where the domain or scheme says so; Blogger's labels are tags."""
    domain = domain.lower().rstrip("/")
    says_tag = re.search(r"(?:^|[/_#-])(?:post_)?tags?$", domain) or domain == "http://www.blogger.com/atom/ns#"
    return "tag" if says_tag else "category"


def _claim(post: Post, number: int) -> Claim:
    subject = f"#{post.native_id}" if post.native_id else post.url
    return Claim(subject_kind="post", subject=subject, measure="comments", number=number, where="feed")


# ── comments ─────────────────────────────────────────────────────────────────────────────────────


def _comment(entry: Entry, feed: Feed, site: Site, bases: frozenset[str]) -> Comment | None:
    markup = entry.full or entry.summary or ""
    if entry.link is None or _PASSWORD_FORM.search(markup):
        return None
    post = _commented(entry, feed, site, bases)
    native = _comment_id(entry.link) or _comment_id(entry.guid)
    parent, source, markup = _parent(entry, markup, native, post)
    name, url = entry.authors[0] if entry.authors else (None, None)
    content_ = _added.read_comment(markup, entry.base)
    quoted = len(content_.text) > 6 and content_.text.startswith("[…]") and content_.text.endswith("[…]")
    return Comment(
        post=post,
        rank=Rank.EXCERPT,
        native_id=native,
        kind=CommentKind.PINGBACK if quoted else CommentKind.COMMENT,
        url=entry.link,
        author=Author(name=name, member=False, url=url) if name else None,
        content=content_,
        published=_moment(entry.published or entry.updated, site),
        parent=parent,
        parent_source=source,
        source="feed",
    )


def _comment_id(text: str) -> str | None:
    match = _BLOGGER_ID.match(text)
    return match[1] if match else comment_id(text)


def _commented(entry: Entry, feed: Feed, site: Site, bases: frozenset[str]) -> PostRef:
    """The post under which a comment stands: its link without the comment and the comment page.

    What a plugin calls a comment page is told by a feed that is of that post alone, and by one of several posts where
    two of them have a page of the same name and number: no two posts have one slug.
    """
    link = entry.link or ""
    href = next((href for _, href in entry.replies_to if href), None)
    url = post_url(link if comment_id(link) or href is None else href)
    if feed.home and urls.url_key(feed.home) != urls.url_key(site.home) and custom_comment_page(link, feed.home):
        url = feed.home
    elif _last_name(link) in bases:
        url = urls.without_fragment(link).rstrip("/").rpartition("/")[0] + "/"
    return PostRef(native_id=_native_id(entry.guid, url, feed, site), url=url)


def _last_name(link: str) -> str | None:
    """The name in `POST/name-2/#comment-7`."""
    bare = urls.without_fragment(link)
    numbered = (
        _NUMBERED.fullmatch(bare.rstrip("/").rpartition("/")[2]) if comment_id(link) and "?" not in bare else None
    )
    return numbered[1] if numbered else None


def _comment_bases(feed: Feed) -> frozenset[str]:
    """What the feed's links call a comment page, where that is not WordPress's own name."""
    posts: dict[str, set[str]] = defaultdict(set)
    for entry in feed.entries:
        if entry.link and _last_name(entry.link):
            post, _, last = urls.without_fragment(entry.link).rstrip("/").rpartition("/")
            posts[last].add(post)
    return frozenset(last.rpartition("-")[0] for last, at in posts.items() if len(at) > 1)


def _parent(entry: Entry, markup: str, native: str | None, post: PostRef) -> tuple[str | None, ParentSource, str]:
    """The comment that is answered, how that is known, and the text without the sentence that says so."""
    parent, source = None, ParentSource.UNKNOWN
    match = _IN_REPLY_TO.match(markup)
    if match and match["id"] != native and _same_post(unescape(match["href"]), post):
        parent, source, markup = match["id"], ParentSource.FEED, markup[match.end() :]
    if entry.replies_to:  # RFC 4685: a comment, or the post itself
        reply = _BLOGGER_REPLY.search(entry.related or "")
        named = (comment_id(place) for reference in entry.replies_to for place in reference if place)
        parent = reply[1] if reply else next(filter(None, named), parent)
        source = ParentSource.FEED
    return parent, source, markup


def _same_post(url: str, post: PostRef) -> bool:
    return urls.url_key(post_url(url)) == urls.url_key(post.url or "")


# ── both ─────────────────────────────────────────────────────────────────────────────────────────


def _moment(text: str | None, site: Site) -> Moment | None:
    return dates.from_iso(text, site.utc_offset) or dates.from_rfc822(text) if text else None


def _tidy(url: str) -> str:
    """As the feed gives it, without the fragment and the parameters that only count clicks."""
    url = urls.without_fragment(url)
    return urls.canonical(url) if "utm_" in url else url
