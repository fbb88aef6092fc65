"""Blog engines: one platform a file. `for_page` names the one that knows a page."""

from __future__ import annotations

from functools import cache

from archiver.engines._blog_link import blog_link
from archiver.engines._strangers import posts_elsewhere
from archiver.engines.base import Detection, Engine
from archiver.errors import UsageError
from archiver.page import Page
from archiver.plugged import made

__all__ = [
    "Detection",
    "Engine",
    "blog_link",
    "by_name",
    "check",
    "engines",
    "for_page",
    "made_with",
    "posts_elsewhere",
]


def engines() -> list[Engine]:
    """All engines: ours, then those that other packages register as `blog_archiver.engines`.

    Raises ArchiverError for one that is broken.
    """
    from archiver.engines.blogger import Blogger
    from archiver.engines.dreamwidth import Dreamwidth
    from archiver.engines.drupal import Drupal
    from archiver.engines.generic import GenericEngine
    from archiver.engines.ghost import Ghost
    from archiver.engines.livejournal import LiveJournal
    from archiver.engines.medium import Medium
    from archiver.engines.movabletype import MovableType
    from archiver.engines.squarespace import Squarespace
    from archiver.engines.substack import Substack
    from archiver.engines.tumblr import Tumblr
    from archiver.engines.typepad import TypePad
    from archiver.engines.wordpress import WordPress

    ours: list[Engine] = [
        WordPress(),
        Blogger(),
        Substack(),
        Ghost(),
        LiveJournal(),
        Dreamwidth(),
        TypePad(),
        MovableType(),
        Drupal(),
        Squarespace(),
        Tumblr(),
        Medium(),
        GenericEngine(),
    ]
    return [*ours, *_others()]


@cache
def _others() -> tuple[Engine, ...]:
    """Looked for once: it takes a look at everything that is installed."""
    return tuple(made("blog_archiver.engines", Engine))  # type: ignore[type-abstract]


def by_name(name: str) -> Engine | None:
    """The engine of this name."""
    return next((engine for engine in engines() if engine.name == name), None)


def check(name: str | None) -> None:
    """Raises UsageError for a name that a person has given to an engine, and that none has."""
    names = [engine.name for engine in engines()]
    if name is not None and name not in names:
        raise UsageError(f"engine {name}", "there is no such engine", f"Engines: {', '.join(names)}")


def for_page(page: Page) -> tuple[Engine, Detection] | None:
    """The engine that is surest of a page, usually a front page; None when it shows no blog."""
    found = [(engine, detection) for engine in engines() if (detection := engine.detect(page))]
    return max(found, key=lambda pair: pair[1].confidence, default=None)


def made_with(page: Page) -> str:
    """What a page says it was made with; empty when it does not say."""
    from archiver.engines import _platform  # late, as the engines are

    dom = _platform.html(page)
    return _platform.generator(dom) if dom is not None else ""
