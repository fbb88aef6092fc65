"""What the server of forks imports and makes ready before the first fork; nobody else imports this.

A sixth of a small run goes into patterns that are compiled, and tables that are laid out, when they are first used. So
pages of each kind are read here once. What that leaves is the same in every process, and nothing of the pages is kept.
"""

from __future__ import annotations

import gc
from pathlib import Path
from tempfile import TemporaryDirectory

from archiver.crawl.reading import Question, read
from archiver.demo import DemoBlog
from archiver.model import Site, Target, TargetKind
from archiver.page import Page
from db import open_archive
from tests.crawl import points

IMPORTED = (points,)
HOME = "http://127.0.0.1/"
MOST = 40
"""Pages of a blog that are read; it has half as many."""


def _read(blog: DemoBlog) -> set[TargetKind]:
    """Read its pages, as far as they lead. Returns their kinds."""
    blog.home = HOME.rstrip("/")
    site = Site(key="127.0.0.1", home=HOME, engine="wordpress", api_url=f"{HOME}wp-json/")
    found = {HOME: Target(url=HOME, kind=TargetKind.HOME)}
    done: set[str] = set()
    while (left := found.keys() - done) and len(done) < MOST:
        target = found[min(left)]
        done.add(target.url)
        answer = blog.respond(target.url.removeprefix(blog.home))
        page = Page(target.url, answer.body, status=answer.status, headers=dict(answer.headers))
        engine = None if target.kind == TargetKind.HOME else site.engine
        reading = read(Question(page=page, target=target, site=site, engine=engine))
        found |= {other.url: other for other in reading.discovery.targets}
    return {target.kind for target in found.values()}


assert {TargetKind.API, TargetKind.POST} <= _read(DemoBlog(posts=3, thread=3))
assert {TargetKind.FEED, TargetKind.SITEMAP} <= _read(DemoBlog(posts=3, thread=3, api=False))
with TemporaryDirectory() as folder:
    open_archive(Path(folder), create=True)
gc.collect()
gc.freeze()  # the collector would write into what all forks share
