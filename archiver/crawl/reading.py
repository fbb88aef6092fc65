"""Reading one page: a question goes in, a reading comes out, whatever the page is like.

Pure, and made of values that can be sent to another process (see reader.py).
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field, replace
from functools import cache

from archiver import comments
from archiver.crawl.fitting import fitting, misfit, pages_only, set_apart
from archiver.crawl.wishes import PAGES, notes_of
from archiver.engines import Engine, blog_link, by_name, for_page, posts_elsewhere, traps
from archiver.errors import PageError
from archiver.model import Discovery, Extract, Note, Site, Target
from archiver.page import Page

SOFT_404 = "soft_404"
"""The kind of a note: a page says that it was not found, with the status of one that was."""

INTERSTITIAL = "interstitial"
"""The kind of a note: something else stands in the place of the page."""
EMPTY = "the page is empty, with a status that says that all is well"
DOOR = "something else stands in its place: a check of the browser, or a notice that the site is not there for now"

_FAILED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A page to read. engine: the name of the one that reads it; None: the surest, to be found out.

    forced: a person has named the engine, and this is the front page, which shows whether it fits. named: a person has
    named it, so that it reads every page of the blog. judged: hosts that are no former names of the blog's; None: a
    list is not looked through for such names.
    """

    page: Page
    target: Target
    site: Site
    engine: str | None = None
    forced: bool = False
    named: bool = False
    judged: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a page says.

    engine: None when none was named and none knows the page. error: why the page could not be read;
    the discovery then names the next way in. trace: where an engine failed by its own mistake. elsewhere: where the
    front page of a site that no engine knows says that the blog is. strangers: posts of a list at other hosts, which
    may be former names of the blog's own.
    """

    engine: str | None = None
    extract: Extract = field(default_factory=Extract)
    discovery: Discovery = field(default_factory=Discovery)
    error: str | None = None
    trace: str | None = None
    elsewhere: str | None = None
    strangers: tuple[Target, ...] = ()


@cache
def engine_named(name: str) -> Engine:
    """The engine of a name that is known to exist."""
    engine = by_name(name)
    assert engine is not None, name
    return engine


def read(question: Question) -> Reading:
    """Read a page. Nothing is raised: an engine meets pages that nobody has seen before, and costs that page only."""
    page, target, name = question.page, question.target, question.engine
    if question.site.aliases:
        page = page.of_site(question.site.home, question.site.aliases)
        question = replace(question, page=page)
    try:
        if name is not None and comments.is_thread(target):
            extract, discovery = comments.extract(page, target)
            return Reading(engine=name, extract=extract, discovery=discovery)
        if name is None:
            found = for_page(page)
            if found is None:
                return Reading(elsewhere=blog_link(page))
            name = found[0].name
        if (other := _other(question, name)) is not None:
            return other
        engine = engine_named(name)
        if question.forced and (why := misfit(page, engine)):
            return Reading(error=why)
        reader, foreign = fitting(page, target, engine, named=question.named)
        extract, discovery = _read_by(reader, question, of_blog=reader.name == engine.name)
        extract, threads = comments.declared(page, target, extract)
        extract = replace(extract, notes=(*extract.notes, *foreign, *notes_of(page, target)))
        discovery = replace(discovery, targets=(*discovery.targets, *threads), left=traps.seen(page))
        strangers = (
            posts_elsewhere(page, target, question.site, reader, discovery, question.judged)
            if question.judged is not None
            else ()
        )
        return Reading(engine=reader.name, extract=extract, discovery=discovery, strangers=strangers)
    except PageError as error:
        return Reading(engine=name, discovery=_ways_out(question, name), error=error.why)
    except Exception as error:  # noqa: BLE001 (whatever it is)
        why = f"the engine failed on it ({type(error).__name__}: {' '.join(str(error).split())[:200]})"
        return Reading(engine=name, discovery=_ways_out(question, name), error=why, trace=traceback.format_exc())


def _other(question: Question, name: str) -> Reading | None:
    """The reading of a page that is not what was asked for: a check of the browser, "not found", nothing at all."""
    page, target = question.page, question.target
    if is_door(page):
        note = Note(kind=INTERSTITIAL, detail=page.url)
        return Reading(engine=name, extract=Extract(notes=(note,)), discovery=_ways_out(question, name), error=DOOR)
    if page.ok and target.kind in PAGES and not page.body.strip():  # the server failed, and does not say so
        return Reading(engine=name, discovery=instead(target, question.site, name, _FAILED), error=EMPTY)
    if traps.is_soft_404(page, target.kind):
        return Reading(engine=name, extract=Extract(notes=(Note(kind=SOFT_404, detail=page.url),)))
    return None


def _read_by(reader: Engine, question: Question, *, of_blog: bool) -> tuple[Extract, Discovery]:
    """What an engine reads of a page, and where it leads. of_blog: whether it is the engine of the blog itself."""
    page, target, site = question.page, question.target, question.site
    if of_blog:
        return reader.extract(page, target, site), reader.discover(page, target, site)
    site = replace(site, want_sidebar=False)
    return set_apart(reader.extract(page, target, site), reader.name), pages_only(reader.discover(page, target, site))


def is_log_in(asked: str, led_to: str) -> bool:
    """Whether a redirect leads to a page for members to log in, in place of what was asked for."""
    return traps.family(led_to) == traps.LOG_INS and traps.family(asked) != traps.LOG_INS


def is_door(page: Page) -> bool:
    """Whether something else stands in the place of a page, such as a check of the browser."""
    return traps.is_interstitial(page)


def instead(target: Target, site: Site, engine: str, status: int) -> Discovery:
    """Where to look instead of what cannot be had at all, as if the host had answered with that status and no body."""
    page = Page(target.url, b"", status=status)
    return _ways_out(Question(page=page, target=target, site=site), engine)


def _ways_out(question: Question, name: str | None) -> Discovery:
    """Where an unreadable page leads: to the next way in."""
    try:
        if name is None or comments.is_thread(question.target):
            return Discovery()
        return engine_named(name).discover(question.page, question.target, question.site)
    except Exception:  # noqa: BLE001 (the failure to read the page is told already)
        return Discovery()
