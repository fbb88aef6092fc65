"""What the engines of single platforms share: how sure they are, how targets are made, how a page is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from archiver.engines import _generic_post as post_pages
from archiver.engines import structured
from archiver.engines.base import Detection
from archiver.engines.dom import Dom
from archiver.errors import PageError
from archiver.model import (
    BlogFacts,
    Claim,
    Comment,
    Discovery,
    Extract,
    Note,
    Post,
    PostKind,
    Site,
    Target,
    TargetKind,
    ThreadPage,
)
from archiver.page import Page
from archiver.urls import url_key, within

MOST_SURE = 0.97
"""What speaks for two platforms at once is WordPress's first, which has more to go by."""
PRIORITY = {
    TargetKind.API: 10,
    TargetKind.FEED: 20,
    TargetKind.COMMENT_FEED: 25,
    TargetKind.SITEMAP: 30,
    TargetKind.LIST: 40,
    TargetKind.POST: 50,
}


def weighed(
    name: str, evidence: Iterable[tuple[str, float]], *, version: str | None = None, most: float = MOST_SURE
) -> Detection | None:
    """How sure an engine is by all that speaks for it, each piece with its weight (0 to 1); None for none."""
    found = dict(evidence)
    doubt = 1.0
    for weight in found.values():
        doubt *= 1 - weight
    if not found:
        return None
    return Detection(engine=name, confidence=min(most, round(1 - doubt, 2)), evidence=tuple(found), version=version)


def html(page: Page) -> Dom | None:
    """The index of a page that can be read as HTML."""
    if not page.ok or page.media_type.endswith(("json", "xml")):
        return None
    try:
        return page.once(Dom)
    except PageError:
        return None


def generator(dom: Dom) -> str:
    """What the page says it was made with; empty when it does not say."""
    stated = (m.get("content") or "" for m in dom.tags("meta") if (m.get("name") or "").lower() == "generator")
    return next((text.strip() for text in stated if text.strip()), "")


def facts(dom: Dom, name: str, version: str | None = None) -> BlogFacts:
    """What a front page says of the blog. name: of the engine."""
    stated = structured.facts(dom.root, dom.page.url)
    return BlogFacts(
        title=stated.site_name or dom.stated_title,
        tagline=dom.meta("description") or dom.meta("og:description"),
        language=stated.language,
        engine=name,
        engine_version=version,
    )


def target(url: str, kind: TargetKind, hint: Mapping[str, str | None] | None = None, *, priority: int = 0) -> Target:
    """A target with the priority of its kind, or another; what is not known stays out of the hint."""
    known = {name: value for name, value in (hint or {}).items() if value}
    return Target(url=url, kind=kind, priority=priority or PRIORITY[kind], hint=known)


def discovery(targets: Iterable[Target], site: Site, aliases: Iterable[str] = ()) -> Discovery:
    """Each target once, those of other sites left out."""
    found: dict[tuple[TargetKind, str], Target] = {}
    for one in targets:
        if within(one.url, site.home):
            found.setdefault((one.kind, url_key(one.url)), one)
    home = url_key(site.home)
    return Discovery(targets=tuple(found.values()), aliases=tuple(a for a in aliases if url_key(a) != home))


def count_hint(target: Target, name: str) -> int | None:
    """A number that the finder of a target knew."""
    value = target.hint.get(name, "")
    return int(value) if value.isascii() and value.isdigit() else None


def read_page(page: Page, site: Site) -> tuple[Post | None, tuple[Comment, ...], Extract]:
    """A post's page by what it says for machines: the post, comments in its markup, and claims and oddities."""
    read = post_pages.read(page.once(Dom), site)
    if read.post is None:
        return None, (), Extract(notes=(*read.facts.notes, Note(kind="no_text_found", detail=page.url)))
    claims: tuple[Claim, ...] = ()
    if read.facts.comment_count is not None:
        claims = (comment_claim(read.post, read.facts.comment_count, "json_ld"),)
    return read.post, read.comments, Extract(claims=claims, notes=read.facts.notes)


def comment_claim(post: Post, count: int, where: str) -> Claim:
    """What a source says of how many comments a post has."""
    subject = f"#{post.native_id}" if post.native_id else post.url
    return Claim(subject_kind="post", subject=subject, measure="comments", number=count, where=where)


def with_thread(extract: Extract, post: Post, comments: Iterable[Comment], pages: int | None = None) -> Extract:
    """With the comments of a page that showed the thread, in their order."""
    shown = tuple(replace(comment, post=post.ref) for comment in comments)
    thread = ThreadPage(post=post.ref, page=None, pages=pages, shown=len(shown))
    return replace(extract, comments=shown, threads=(thread,) if shown else ())


def of_kind(post: Post, native_id: str | None, *, static: bool = False) -> Post:
    """A post of a platform where an address tells static pages from posts."""
    return replace(post, native_id=native_id, kind=PostKind.PAGE if static else PostKind.POST)
