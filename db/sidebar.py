"""The sidebar as seen: archive periods and widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.model import Extract, Widget
from db.merge import Row
from db.store import Store

if TYPE_CHECKING:
    from db.records import Context


class Sidebar:
    """Writes archives, widgets and widget_links: always as last seen."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection = store.connection

    def save(self, extract: Extract, context: Context) -> None:
        """Save the sidebar of a page."""
        self._connection.executemany(
            "INSERT INTO archives (id, blog_id, label, year, month, url, claimed_posts, first_seen_at, last_seen_at,"
            " fetch_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9) ON CONFLICT (id) DO UPDATE SET"
            " label = excluded.label, url = coalesce(excluded.url, url),"
            " claimed_posts = coalesce(excluded.claimed_posts, claimed_posts), fetch_id = excluded.fetch_id,"
            " first_seen_at = min(first_seen_at, excluded.first_seen_at), last_seen_at = excluded.last_seen_at"
            " WHERE excluded.last_seen_at >= last_seen_at",
            [
                (
                    context.key("archive", f"{period.year:04d}", "" if period.month is None else f"{period.month:02d}"),
                    context.blog_id,
                    period.label,
                    period.year,
                    period.month,
                    period.url,
                    period.claimed_posts,
                    context.seen_at,
                    context.fetch_id,
                )
                for period in extract.archives
            ],
        )
        for widget in extract.widgets:
            self._widget(widget, context)

    def _widget(self, widget: Widget, context: Context) -> None:
        id_ = context.key("widget", widget.kind, widget.title or "")
        updated = self._connection.execute(
            "INSERT INTO widgets (id, blog_id, kind, title, text, seen_at, fetch_id) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET text = excluded.text, seen_at = excluded.seen_at, fetch_id = excluded.fetch_id"
            " WHERE excluded.seen_at >= seen_at",
            (id_, context.blog_id, widget.kind, widget.title, widget.text, context.seen_at, context.fetch_id),
        ).rowcount
        if updated:
            rows: list[Row] = [
                {"widget_id": id_, "position": n, "url": link.url, "text": link.text, "detail": link.detail}
                for n, link in enumerate(widget.links)
            ]
            self._store.replace_list("widget_links", {"widget_id": id_}, rows)
