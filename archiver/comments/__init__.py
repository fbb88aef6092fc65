"""Hosted comment systems, on top of any engine: one a file.

A post's page declares its system. What that can be asked without a key becomes a target of its own, whose answer
the system reads; of the others the report says that there are comments elsewhere, and why they are not read.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache

from archiver.comments._said import counted
from archiver.comments.base import Declared, NoThread, System, feed_target, thread_target
from archiver.engines.dom import Dom
from archiver.errors import PageError
from archiver.model import Discovery, Extract, Note, PostRef, Target, TargetKind, ThreadAnswer
from archiver.page import Page
from archiver.plugged import made
from archiver.text import clean_tree

__all__ = ["Declared", "System", "declared", "extract", "is_thread", "systems"]

_NOBODY = frozenset({404, 410})
_CALLED = frozenset({b");", b"})"})
_CALL = re.compile(r"(?:/\*\*/)?\s*[\w.$]{1,100}\((.*)\);?", re.DOTALL)
_FRAME = re.compile(r"<script[^>]*\bid=[\"']disqus-threadData[\"'][^>]*>(.*?)</script", re.DOTALL)


@cache
def systems() -> tuple[System, ...]:
    """All that are known: ours, and those that other packages register as `blog_archiver.comments`."""
    from archiver.comments.artalk import Artalk
    from archiver.comments.coral import Coral
    from archiver.comments.cusdis import Cusdis
    from archiver.comments.discourse import Discourse
    from archiver.comments.disqus import Disqus
    from archiver.comments.giscus import Giscus
    from archiver.comments.isso import Isso
    from archiver.comments.jetpack import Jetpack
    from archiver.comments.recognised import KNOWN, Recognised
    from archiver.comments.remark42 import Remark42
    from archiver.comments.utterances import Utterances
    from archiver.comments.waline import Waline
    from archiver.comments.wpdiscuz import WpDiscuz

    read = (Isso(), Remark42(), Waline(), Artalk(), Cusdis(), Giscus(), Utterances(), Disqus(), Discourse())
    others = made("blog_archiver.comments", System)  # type: ignore[type-abstract]
    return (*read, Coral(), Jetpack(), WpDiscuz(), *others, *(Recognised(name) for name in KNOWN))


def is_thread(target: Target) -> bool:
    """Whether a target is a comment system's, and not the blog's own: there the hint says how many are claimed."""
    return target.hint.get("comments") in _names()


@cache
def _names() -> frozenset[str]:
    return frozenset(system.name for system in systems())


def declared(page: Page, target: Target, read: Extract) -> tuple[Extract, tuple[Target, ...]]:
    """What the page of a post declares: notes and counts beside what was read, and what can be asked for."""
    if target.kind is not TargetKind.POST or not page.ok or len(read.posts) != 1:
        return read, ()
    post = read.posts[0].ref
    targets: list[Target] = []
    dom = page.once(Dom)
    signs = _signs(dom)
    for system in (one for one in systems() if one.sign in signs):
        found = system.declared(dom, post)
        if found is not None:
            told = f": {found.why}" if found.why else ""
            note = Note(kind=f"comments_at_{system.name}", detail=f"{post.url} at {found.where}{told}")
            read = counted(replace(read, notes=(*read.notes, note)), post, found.count, system.name)
            if found.url:
                targets.append(thread_target(system.name, found.url, post, dict(found.hint)))
            if found.feed:
                targets.append(feed_target(found.feed, post))
    return read, tuple(targets)


def _signs(dom: Dom) -> str:
    """Where a system can show: names of elements, and scripts. Small beside the page, which is searched for each."""
    said: list[str] = [*dom.by_id, *dom.by_classes, *dom.tag_names]
    for script in dom.tags("script", "iframe"):
        said += [*script.attrib.keys(), *script.attrib.values(), script.text or ""]
    return " ".join(said)


def extract(page: Page, target: Target) -> tuple[Extract, Discovery]:
    """The records of an answer of a comment system, and the page that follows. Raises PageError."""
    name = target.hint["comments"]
    system = next((one for one in systems() if one.name == name), None)
    if system is None or page.status in _NOBODY:
        return Extract(), Discovery()  # nobody has commented yet
    if not page.ok:
        why = f"{target.hint.get('post_url', target.url)}: {name} answers {page.status}"
        return Extract(notes=(Note(kind="thread_refused", detail=why),)), Discovery()
    post = PostRef(native_id=target.hint.get("post"), url=target.hint.get("post_url"))
    data = _data(page)
    try:
        read = system.read(data, target, post)
    except NoThread as error:
        raise PageError(page.url, f"comments of {name} were expected: {error}", "The thread is missing") from error
    url = system.following(data, target)
    part = int(target.hint.get("part") or 1)
    if system.is_thread(data):
        last = url is None and not _held_back(read, name, alone=part == 1)
        read = replace(read, answers=(ThreadAnswer(post=post, source=name, part=part, last=last),))
        part += 1
    hint = {n: v for n, v in target.hint.items() if n not in {"comments", "post", "post_url"}}
    hint["part"] = str(part)
    return read, Discovery(targets=(thread_target(name, url, post, hint),) if url else ())


def _held_back(read: Extract, name: str, *, alone: bool) -> bool:
    """Whether there are comments of the thread that an answer does not give. alone: it is the only one."""
    stated = max((claim.number for claim in read.claims if claim.where == name), default=0)
    return any(note.kind.startswith("more_at_") for note in read.notes) or (alone and stated > len(read.comments))


def _data(page: Page) -> object:
    """The answer as JSON: as such, within the frame that a browser would show, or in the call of a function.

    A frame without any is its source.
    """
    called = _CALL.fullmatch(page.text.strip()) if page.body.rstrip()[-2:] in _CALLED else None
    if page.body.lstrip()[:1] != b"<" and called is None:
        return page.json
    match = called or _FRAME.search(page.text)
    try:
        return clean_tree(json.loads(match[1])) if match else page.text
    except (ValueError, RecursionError):
        return None
