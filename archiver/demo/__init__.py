"""A small blog of our own, all fiction, that answers as WordPress does.

`make demo` crawls it, so that a first run needs no network; tests use it as a site whose truth is
known and that changes when told to:

    blog = DemoBlog(api=False)
    with serve(blog) as home:
        ...                                         # crawl home; blog.requests tells what was asked
        blog.add_comment(blog.published[0], "One more")
        ...                                         # update; compare with blog.comments

`blog.respond("/feed/")` answers without a server. `blog.answer("/feed/", Response(503))` scripts a failure.
"""

from archiver.demo._answers import Response
from archiver.demo.blog import DemoBlog
from archiver.demo.records import Author, Comment, Post, Term
from archiver.demo.server import serve

__all__ = ["Author", "Comment", "DemoBlog", "Post", "Response", "Term", "serve"]
