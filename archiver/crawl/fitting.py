"""Which engine fits a page: the blog's own, or the one of the platform that the page was left by.

Blogs that have changed their platform often kept their old pages as they were. Pure.
"""

from __future__ import annotations

from dataclasses import replace

from archiver.crawl.wishes import PAGES
from archiver.engines import Detection, Engine, by_name, engines, for_page, made_with
from archiver.model import Comment, Discovery, Extract, Note, PostRef, Target, TargetKind
from archiver.page import Page

FLOOR = "generic"
"""The engine that fits every blog."""
SURE = 0.6
AHEAD = 0.3
"""By how much the signs of another platform must outweigh those of the blog's own."""


def misfit(page: Page, engine: Engine) -> str | None:
    """Why an engine that a person has named cannot be right: nothing speaks for it, and something for another."""
    if engine.name == FLOOR or engine.detect(page) is not None:
        return None
    found = for_page(page)
    if found is None or found[0].name == FLOOR:
        return None
    other, detection = found
    return f"nothing on it speaks for {engine.name}, but for {other.name}: {'; '.join(detection.evidence)[:200]}"


def fitting(page: Page, target: Target, engine: Engine, *, named: bool) -> tuple[Engine, tuple[Note, ...]]:
    """The engine that reads a page, and the oddity that it is not the blog's own.

    named: a person has named the blog's engine, which then reads every page; the oddity is noted all the same.
    """
    other = _other(page, engine) if target.kind in PAGES and page.ok else None
    if other is None:
        return engine, ()
    said = f"{page.url} speaks for {other.engine}, not {engine.name}: {'; '.join(other.evidence)[:200]}"
    reader = by_name(other.engine)
    if named or reader is None:
        return engine, (Note(kind="page_of_another_engine", detail=said),)
    return reader, (Note(kind=f"page_read_as_{reader.name}", detail=said),)


def _other(page: Page, engine: Engine) -> Detection | None:
    """What speaks for another engine, where hardly anything speaks for the blog's own."""
    own = engine.detect(page) if engine.name != FLOOR else None
    if own is not None and own.confidence >= SURE:
        return None
    found = [one for other in engines() if other.name not in {engine.name, FLOOR} and (one := other.detect(page))]
    best = max(found, key=lambda one: one.confidence, default=None)
    if best is not None and best.confidence >= max(SURE, (own.confidence if own else 0) + AHEAD):
        return best
    stated = made_with(page) if own is None and best is None and engine.name != FLOOR else ""
    return Detection(engine=FLOOR, confidence=SURE, evidence=(f"generator {stated}",)) if stated else None


# ── what another engine has read, among what is the blog's own ───────────────────────────────────


def set_apart(extract: Extract, engine: str) -> Extract:
    """The records of a page that another engine has read, so that its numbers meet none of the blog's own.

    Posts are known by their addresses, comments by their numbers with the engine's name before them. What the page says
    of the blog as a whole was so when it was written.
    """
    urls = {f"#{post.native_id}": post.url for post in extract.posts if post.native_id}
    claims = (replace(one, subject=urls.get(one.subject, one.subject)) for one in extract.claims)
    return replace(
        extract,
        blog=None,
        posts=tuple(replace(post, native_id=None) for post in extract.posts),
        comments=tuple(_comment(comment, engine) for comment in extract.comments),
        threads=tuple(replace(one, post=_ref(one.post, engine)) for one in extract.threads),
        answers=tuple(replace(one, post=_ref(one.post, engine)) for one in extract.answers),
        claims=tuple(one for one in claims if one.subject_kind == "post" and not one.subject.startswith("#")),
        terms=(),
        archives=(),
        widgets=(),
        lessons=(),
        quotes=(),
    )


def _ref(post: PostRef, engine: str) -> PostRef:
    return PostRef(url=post.url) if post.url else PostRef(native_id=f"{engine}:{post.native_id}")


def _comment(comment: Comment, engine: str) -> Comment:
    post = _ref(comment.post, engine)
    if not comment.native_id:
        return replace(comment, post=post)
    parent = f"{engine}:{comment.parent}" if comment.parent else None
    return replace(comment, post=post, native_id=f"{engine}:{comment.native_id}", parent=parent)


def pages_only(discovery: Discovery) -> Discovery:
    """Where such a page leads: to other pages. The data behind it went with the platform."""
    wanted = (TargetKind.POST, *PAGES)
    return replace(discovery, targets=tuple(one for one in discovery.targets if one.kind in wanted))
