"""The sidebar as seen: archive periods and widgets."""

from __future__ import annotations

from archiver.model import ArchivePeriod, Extract, Widget
from db.context import Context
from db.merge import Reading, Row
from db.store import Store

SAVE_WIDGET = """
INSERT INTO widgets (id, blog_id, kind, title, text, seen_at, fetch_id) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET text = excluded.text, seen_at = excluded.seen_at, fetch_id = excluded.fetch_id
WHERE (excluded.seen_at, excluded.fetch_id) >= (seen_at, fetch_id)
"""


class Sidebar:
    """Writes archives, widgets and widget_links of one visit: always as last seen."""

    def __init__(self, store: Store, context: Context) -> None:
        self._store, self._context = store, context

    def save(self, extract: Extract) -> None:
        """Save the sidebar of a page."""
        if extract.archives:
            self._store.merge("archives", [self._period(period) for period in extract.archives])
            self._store.flush("archives")
        for widget in extract.widgets:
            self._save_widget(widget)

    def _period(self, period: ArchivePeriod) -> Reading:
        context = self._context
        id_ = context.key("archive", f"{period.year:04d}", "" if period.month is None else f"{period.month:02d}")
        fixed: Row = {"blog_id": context.blog_id, "year": period.year, "month": period.month}
        reading = Reading(id_, context.seen_at, fixed)
        reading.facets["label"] = context.facet(0, {"label": period.label})
        if period.url is not None:
            reading.facets["url"] = context.facet(0, {"url": period.url})
        if period.claimed_posts is not None:
            reading.facets["count"] = context.facet(0, {"claimed_posts": period.claimed_posts})
        return reading

    def _save_widget(self, widget: Widget) -> None:
        context = self._context
        id_ = context.key("widget", widget.kind, widget.title or "")
        seen = (context.seen_at, context.fetch_id)
        row = (id_, context.blog_id, widget.kind, widget.title, widget.text, *seen)
        if self._store.connection.execute(SAVE_WIDGET, row).rowcount:
            links: list[Row] = [
                {"widget_id": id_, "position": n, "url": link.url, "text": link.text, "detail": link.detail}
                for n, link in enumerate(widget.links)
            ]
            self._store.replace("widget_links", "widget_id = ?", id_, links)
