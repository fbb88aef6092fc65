"""Posts with their threads as pages to read: what the HTML copy and the book have in common."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from archiver.exports.dating import shown
from archiver.exports.escapes import held
from archiver.harmless import REL, clean_html
from db import documents
from db.documents import Comment, Post
from db.source import Source

STYLE = """\
:root { color-scheme: light dark }
body { font-family: Georgia, serif; font-size: 105%; line-height: 1.6 }
body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem }
h1, h2, nav, footer, .about { font-family: system-ui, sans-serif }
h1 { line-height: 1.25 }
nav, footer, .about { font-size: .85rem; opacity: .8 }
nav { display: flex; gap: 1.5rem; justify-content: space-between }
pre { overflow-x: auto }
blockquote { margin-left: 0; padding-left: 1rem; border-left: 3px solid #8888 }
[data-picture] { border: 1px dotted #8888; padding: 0 .4em; font-size: .9em; opacity: .8 }
article.comment { border-left: 2px solid #8886; padding-left: .8rem; margin: 1rem 0; overflow-wrap: anywhere }
article.gone { opacity: .6 }
""" + "".join(f".d{level} {{ margin-left: {(level - 1) * 1.2:.1f}rem !important }}\n" for level in range(2, 11))
_DEEPEST = 10  # levels that are set in; the names tell beyond


def body(source: Source, post: Post) -> Iterator[Markup]:
    """A post and its thread, piece by piece; one piece a comment, after the first."""
    names = ", ".join(person.name for person in documents.byline(source, post))
    terms = ", ".join(term.name for term in documents.terms(source, post))
    about = [names or None, shown(post.published_at, post.published_precision), terms or None]
    about += ["protected by a password" if post.protected else None, "vanished from the blog" if post.gone_at else None]
    yield Markup('<h1>{}</h1>\n<p class="about">{} · {}</p>\n<div class="post">{}</div>\n').format(
        held(post.name), held(" · ".join(filter(None, about))), _link(post.url), _html(post.html, post.text)
    )
    first = True
    for comment in documents.thread(source, post):
        yield (Markup("<h2>Comments</h2>\n") if first else Markup()) + _comment(comment)
        first = False


def _comment(comment: Comment) -> Markup:
    about = [comment.author or "unknown", f"to {comment.parent_author}" if comment.parent_author else None]
    about += [shown(comment.published_at, comment.published_precision)]
    about += [
        comment.kind if comment.kind != "comment" else None,
        "vanished from the blog" if comment.gone_at else None,
    ]
    return Markup('<article class="comment d{}{}" id="c{}">\n<p class="about">{}{}</p>\n{}\n</article>\n').format(
        min(max(comment.depth or 1, 1), _DEEPEST),
        " gone" if comment.gone_at else "",
        comment.id,
        held(" · ".join(filter(None, about))),
        Markup(" · {}").format(_link(comment.url)) if comment.url else "",
        _html(comment.html, comment.text),
    )


def _html(html: str | None, text: str | None) -> Markup:
    if html is None:
        return Markup("<p>{}</p>").format(held(text)) if text else Markup("<p><em>Not archived.</em></p>")
    return clean_html(held(html))


def _link(url: str) -> Markup:
    """Only to the web: an address in an archive may be `javascript:`."""
    if not url.lower().startswith(("http://", "https://")):
        return Markup("{}").format(held(url))
    return Markup('<a href="{}" rel="{}">original</a>').format(held(url), REL)
