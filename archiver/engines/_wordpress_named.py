"""A WordPress blog whose API calls it by the name of another host, while its pages stand at the one that is asked.

Such is a blog behind a proxy that changes the addresses of its pages alone, or one that has kept an old name in its
settings. Its posts are complete, but by that name no page of theirs can be fetched.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin

from archiver.engines.dom import Dom
from archiver.errors import PageError
from archiver.model import Site
from archiver.page import Page
from archiver.urls import absolute, same_host, within, without_fragment


def shows_its_own(dom: Dom, listed: Iterable[str]) -> bool:
    """Whether a front page links to its posts or pages at its own host, which is what proves that they stand there.

    listed: URLs of its posts and pages, those among them that are guessed by their ids.
    """
    linked = {without_fragment(url) for _, url in dom.links}
    return not linked.isdisjoint(listed)


def other_name(index: dict[str, Any], site: Site) -> str | None:
    """The front page by the name of another host, where the index of the API states one."""
    stated = absolute(str(index.get("home") or ""), site.home)
    if stated is None or same_host(stated, site.home):
        return None
    return stated.rstrip("/") + "/"


def at_home(page: Page, named: str | None, site: Site) -> Page:
    """An answer of the API with its links led to the blog's own host. named: the front page as the API has it."""
    if not named or not page.ok:
        return page
    try:
        body = json.dumps(_led(page.json, named, urljoin(site.home, ".")))
    except PageError:
        return page  # whoever reads it says so
    return page.with_body(body.encode())


def _led(value: Any, named: str, home: str) -> Any:
    if isinstance(value, list):
        return [_led(one, named, home) for one in value]
    if not isinstance(value, dict):
        return value
    led = {name: _led(one, named, home) for name, one in value.items()}
    link = led.get("link")
    if isinstance(link, str) and within(link, named):
        led["link"] = home + _behind(link, named)
    return led


def _behind(link: str, named: str) -> str:
    """What stands behind the front page in a link below it."""
    path, above = (url.partition("://")[2].partition("/")[2] for url in (link, named))
    return path[len(above) :]
