"""Jetpack's comment form (WordPress.com): a frame from elsewhere around nothing but the form.

The comments themselves are WordPress's own and stand in the page, in its API and in its feeds.
"""

from __future__ import annotations

from archiver.comments.base import Declared, System
from archiver.engines.dom import Dom
from archiver.model import PostRef

OWN = "only the form is a frame of Jetpack's; the comments are the blog's own and are read there"


class Jetpack(System):
    """`<iframe id="jetpack_remote_comment" src="https://jetpack.wordpress.com/jetpack-comment/…">`."""

    name = "jetpack"
    sign = "jetpack_remote_comment"

    def declared(self, dom: Dom, post: PostRef) -> Declared | None:
        """That nothing is elsewhere."""
        del post
        return Declared(where="the blog itself", why=OWN) if self.sign in dom.by_id else None
