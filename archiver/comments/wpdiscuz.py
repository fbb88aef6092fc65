"""wpDiscuz: a plugin that shows WordPress's own comments, the first of them in the page, more at a click by POST.

What the page does not show comes from the blog's API where that is open, and from the post's own feed of comments.
"""

from __future__ import annotations

from archiver.comments.base import Declared, System
from archiver.engines import _json_values as values
from archiver.engines.dom import Dom
from archiver.model import PostRef
from archiver.urls import without_fragment

MORE = "the page shows the first comments, the rest is given to POST only; the blog's API and feeds are read for it"
_LOADERS = ("wpd-load-more-submit", "wpdiscuz-loadmore", "wc-load-more-submit")


class WpDiscuz(System):
    """`<div id="wpdcom">` with `<div class="wpd-thread-info" data-comments-count="31">`.

    In version 2 `<div id="wpcomm">` with `<span class="wc_header_text_count">31</span>`.
    """

    name = "wpdiscuz"
    sign = "wpd"

    def declared(self, dom: Dom, post: PostRef) -> Declared | None:
        """How many comments there are, and the feed of the post where the page shows only some."""
        if {"wpdcom", "wpcomm"}.isdisjoint(dom.by_id) and not dom.classed("wpd-thread-list"):
            return None
        said = [e.get("data-comments-count") for e in dom.classed("wpd-thread-info")]
        said += [e.text for e in dom.classed("wc_header_text_count")]
        stated = map(values.number, said)
        count = next((number for number in stated if number is not None), None)
        if not dom.classed(*_LOADERS):
            return Declared(where="the blog itself", count=count)
        return Declared(where="the blog itself", why=MORE, feed=_feed(post.url or dom.page.url), count=count)


def _feed(post: str) -> str:
    """WordPress's feed of a post's comments."""
    bare, mark, query = without_fragment(post).partition("?")
    return f"{bare}{mark}{query}&feed=rss2" if query else f"{bare.rstrip('/')}/feed/"
