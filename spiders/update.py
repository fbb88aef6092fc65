"""The spider of updates: asks each blog's sensors what has changed, and fetches that.

`archiver update` runs it; it differs from the spider of whole blogs in what works a blog off.
"""

from __future__ import annotations

from typing import Any

from archiver.config import BlogConfig
from archiver.crawl.revisits import Scope
from archiver.crawl.session import Session
from archiver.crawl.shared import Shared
from archiver.crawl.update import UpdateSession
from spiders.blog import BlogSpider


class UpdateSpider(BlogSpider):
    """Updates blogs side by side. scope: how much is looked at again."""

    name = "update"

    def __init__(self, *args: Any, scope: Scope | None = None, **kwargs: Any) -> None:
        self._scope = scope or Scope()
        super().__init__(*args, **{"command": "update", **kwargs})

    def session(self, blog: BlogConfig, shared: Shared) -> Session:
        """See BlogSpider."""
        return UpdateSession(blog, shared, self._scope)
