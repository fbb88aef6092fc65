"""The update of one blog in one run: a session that begins by what the archive holds, and leaves what has moved or
changed its platform as it is."""

from __future__ import annotations

from datetime import timedelta

from archiver.config import BlogConfig
from archiver.crawl.blog import Blog
from archiver.crawl.fitting import FLOOR
from archiver.crawl.jobs import Job, shown
from archiver.crawl.opening import Front, Opened, Opening
from archiver.crawl.revisits import Scope, moment
from archiver.crawl.session import Session
from archiver.crawl.shared import Shared
from archiver.crawl.turns import FRONT
from archiver.crawl.update_blog import UpdateBlog
from archiver.errors import ArchiverError, NotABlog, Refused
from archiver.model import Site
from db import revisits
from db.keys import blog_key

SKEW = timedelta(minutes=2)
"""So far a clock may run behind the one that the archive was written by."""


class UpdateSession(Session):
    """The update of one blog that the archive holds."""

    turns = False  # what is held stands where it stood

    def __init__(self, config: BlogConfig, shared: Shared, scope: Scope) -> None:
        self._scope = scope
        self._engine: str | None = None
        super().__init__(config, shared)

    def _open(self, site: Site) -> Opening:
        blog_id, connection = blog_key(site.key), self._shared.writer.connection
        row = connection.execute("SELECT engine FROM blogs WHERE id = ?", (blog_id,)).fetchone()
        self._engine = row["engine"] if row else None
        front = revisits.sensors(connection, blog_id).get(FRONT)
        held = Front(front.etag, front.last_modified, self._engine) if front and self._engine else None
        return Opening(site, self.config.engine, self.config.delay, self._moved, held)

    def next(self) -> Job | None:
        """See Session. A clock that was set back ends it: what would be read now could not be told from older."""
        if self._opening and not self.outcome and self.stats.requests == 0:
            latest = moment(revisits.latest_fetch(self._shared.writer.connection, blog_key(self.site.key)))
            if latest and latest > self._shared.clock() + SKEW:
                why = f"this computer's clock is behind the archive, which was last written at {shown(latest)}"
                self._fail(ArchiverError(self.site.home, why, "Set the clock and run it again"))
                return None
        return super().next()

    def _moved(self, url: str) -> None:
        todo = f"Run `archiver crawl {url}` to archive it there"
        raise Refused(self.site.home, f"it has moved to {url}", f"{todo}; what is held is kept as it is")

    def _begin(self, opened: Opened, engine: str) -> Blog:
        if self._engine not in {None, FLOOR, engine} and not self.config.engine:
            why = f"it was a blog of {self._engine}, and does not look like one any more"
            raise NotABlog(opened.site.home, why, "Look at it in a browser; what is held is kept as it is")
        return UpdateBlog(opened, engine, self.config, self._shared, self.stats, self._scope)
