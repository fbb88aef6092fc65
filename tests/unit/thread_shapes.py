"""Threads as themes mark them up: one tree of comments, rendered in many shapes.

Each shape is a function from a tree to the markup of its thread, with ids, classes and nesting as real
themes and plugins write them. The words are fiction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape


@dataclass(slots=True)
class Said:
    """A comment. paragraphs: its words; url: the commenter's own site."""

    id: int
    name: str
    paragraphs: list[str]
    url: str | None = None
    kind: str = "comment"
    replies: list[Said] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)

    @property
    def when(self) -> str:
        return f"2021-02-{1 + self.id % 27:02}T10:{self.id % 60:02}:00+00:00"


Shape = Callable[[list[Said]], str]


def walk(roots: list[Said], depth: int = 1, parent: Said | None = None) -> Iterator[tuple[Said, int, Said | None]]:
    """Every comment in reading order with its depth and parent."""
    for one in roots:
        yield one, depth, parent
        yield from walk(one.replies, depth + 1, one)


def words(one: Said) -> str:
    return "\n".join(f"<p>{escape(text, quote=False)}</p>" for text in one.paragraphs)


def name(one: Said) -> str:
    shown = escape(one.name)
    return f'<a href="{escape(one.url)}" rel="external nofollow ugc" class="url">{shown}</a>' if one.url else shown


def classes(one: Said, depth: int) -> str:
    return f"{one.kind} {'even thread-even' if one.id % 2 else 'odd alt thread-odd'} depth-{depth}"


def reply(one: Said) -> str:
    return (
        f'<div class="reply"><a rel="nofollow" class="comment-reply-link" href="/post/?replytocom={one.id}#respond"'
        f' data-commentid="{one.id}" data-postid="9" aria-label="Reply to {escape(one.name)}">Reply</a></div>'
    )


def link(one: Said) -> str:
    return f'<a href="/post/#comment-{one.id}"><time datetime="{one.when}">Some day</time></a>'


def inside(start: str, html: str) -> str:
    """Markup in an element, or nothing at all."""
    return f"{start}{html}</{start[1:].split(maxsplit=1)[0].rstrip('>')}>" if html else ""


def ping(one: Said) -> str:
    return f"Pingback: {name(one)}"


def nested_items(roots: list[Said], depth: int = 1) -> str:
    """WordPress's own walker for HTML5: li around article, lists of replies inside the item."""
    out = []
    for one in roots:
        inner = (
            f'<ol class="children">{nested_items(one.replies, depth + 1)}</ol><!-- .children -->' if one.replies else ""
        )
        if one.kind != "comment":
            body = f'<div class="comment-body">{ping(one)}</div>'
        else:
            body = (
                f'<article id="div-comment-{one.id}" class="comment-body"><footer class="comment-meta">'
                f'<div class="comment-author vcard"><img alt="" src="/a.png" class="avatar avatar-32 photo">'
                f'<b class="fn">{name(one)}</b> <span class="says">says:</span></div>'
                f'<div class="comment-metadata">{link(one)}</div></footer>'
                f'<div class="comment-content">{words(one)}</div>{reply(one)}</article>'
            )
        out.append(f'<li id="comment-{one.id}" class="{classes(one, depth)}">{body}{inner}</li><!-- #comment-## -->')
    return "".join(out)


def html5(roots: list[Said]) -> str:
    return f'<ol class="comment-list">{nested_items(roots)}</ol>'


def old_items(roots: list[Said], depth: int = 1) -> str:
    """Themes of 2010: the id with a prefix on the item, the bare one on a div inside; pings without ids."""
    out = []
    for one in roots:
        if one.kind != "comment":
            out.append(f'<li class="post pingback"><p>{ping(one)}</p></li>')
            continue
        inner = f"<ul class='children'>{old_items(one.replies, depth + 1)}</ul>" if one.replies else ""
        out.append(
            f'<li class="{classes(one, depth)}" id="li-comment-{one.id}"><div id="comment-{one.id}">'
            f'<div class="comment-author vcard"><img class="avatar" src="/a.png"><cite class="fn">{name(one)}</cite>'
            f' <span class="says">says:</span></div>'
            f'<div class="comment-meta commentmetadata"><a href="/post/#comment-{one.id}">{one.when}</a></div>'
            f'<div class="comment-body">{words(one)}</div>{reply(one)}</div>{inner}</li>'
        )
    return "".join(out)


def prefixed(roots: list[Said]) -> str:
    return f'<ol class="commentlist">{old_items(roots)}</ol>'


def nested_divs(roots: list[Said], depth: int = 1) -> str:
    """The walker with style=div: replies directly in the parent's element, no element around the words."""
    out = []
    for one in roots:
        inner = nested_divs(one.replies, depth + 1)
        if one.kind != "comment":
            out.append(f'<div class="{classes(one, depth)}" id="comment-{one.id}"><p>{ping(one)}</p>{inner}</div>')
            continue
        out.append(
            f'<div class="{classes(one, depth)}" id="comment-{one.id}"><div class="comment-author vcard">'
            f'<cite class="fn">{name(one)}</cite> <span class="says">says:</span></div>'
            f'<div class="comment-meta commentmetadata"><a href="/post/#comment-{one.id}">{one.when}</a></div>'
            f"{words(one)}{reply(one)}{inner}</div>"
        )
    return "".join(out)


def divs(roots: list[Said]) -> str:
    return f'<div class="comment-list">{nested_divs(roots)}</div>'


def flat(tag: str, holder: str, prefix: str = "comment-") -> Shape:
    """Replies stand behind what they answer; only depth-N classes and the order tell."""

    def shape(roots: list[Said]) -> str:
        out = []
        for one, depth, _ in walk(roots):
            inner = (
                f"<p>{ping(one)}</p>"
                if one.kind != "comment"
                else f'<h4 class="comment-author">{name(one)}</h4><span class="comment-date">{link(one)}</span>'
                f'<div class="comment-text">{words(one)}</div>{reply(one)}'
            )
            out.append(f'<{tag} id="{prefix}{one.id}" class="{classes(one, depth)}">{inner}</{tag}>')
        return f'<{holder} class="commentlist">{"".join(out)}</{holder}>'

    return shape


def definitions(roots: list[Said], depth: int = 1) -> str:
    """A definition list: the term says who, the description what; replies in a list inside the description."""
    out = []
    for one in roots:
        inner = f'<dl class="children">{definitions(one.replies, depth + 1)}</dl>' if one.replies else ""
        out.append(
            f'<dt class="{classes(one, depth)}" id="comment-{one.id}"><span class="comment_author">{name(one)}</span>'
            f' <span class="comment_time">{link(one)}</span></dt><dd class="{classes(one, depth)}">'
            f'<div class="format_text" id="comment-body-{one.id}">{words(one)}</div>{reply(one)}{inner}</dd>'
        )
    return "".join(out)


def terms(roots: list[Said]) -> str:
    return f'<dl id="comment_list">{definitions(roots)}</dl>'


def followed(roots: list[Said], depth: int = 1) -> str:
    """Replies in a list behind the comment that they answer."""
    out = []
    for one in roots:
        inner = f'<div class="children">{followed(one.replies, depth + 1)}</div>' if one.replies else ""
        out.append(
            f'<article class="comment" id="comment-{one.id}"><header><strong class="comment-author">{name(one)}</strong>'
            f'{link(one)}</header><div class="comment-text">{words(one)}</div></article>{inner}'
        )
    return "".join(out)


def behind(roots: list[Said]) -> str:
    return f'<div class="comments-wrap">{followed(roots)}</div>'


def bare_items(roots: list[Said]) -> str:
    """Ids and nesting, no classes at all."""
    return "".join(
        f'<li id="comment-{one.id}"><cite>{name(one)}</cite> on <a href="#comment-{one.id}">{one.when}</a>{words(one)}'
        f"{inside('<ul>', bare_items(one.replies))}</li>"
        for one in roots
    )


def bare(roots: list[Said]) -> str:
    return f'<section id="comments"><ol>{bare_items(roots)}</ol></section>'


def anchored_items(roots: list[Said]) -> str:
    """The id on an anchor in the item, replies in a list of the same item."""
    return "".join(
        f'<li><div class="box"><a id="comment-{one.id}"></a><p class="comment-author">{name(one)}</p>'
        f'<div class="comment-text">{words(one)}</div></div>'
        f"{inside('<ul>', anchored_items(one.replies))}</li>"
        for one in roots
    )


def anchored(roots: list[Said]) -> str:
    return f'<div id="comments"><ol>{anchored_items(roots)}</ol></div>'


def plugin_items(roots: list[Said], parent: int = 0, depth: int = 1) -> str:
    """A plugin that replaces the thread: parent in the id, the time in a title."""
    return "".join(
        f'<div id="wpd-comm-{one.id}_{parent}" class="{classes(one, depth)} wpd-comment wpd_comment_level-{depth}">'
        f'<div class="wpd-comment-wrap wpd-blog-guest"><div class="wpd-comment-left"><div class="wpd-avatar"></div></div>'
        f'<div id="comment-{one.id}" class="wpd-comment-right"><div class="wpd-comment-header">'
        f'<div class="wpd-comment-author">{name(one)}</div>'
        f'<div class="wpd-comment-date" title="{one.when}"><i class="far fa-clock"></i> 5 years ago</div></div>'
        f'<div class="wpd-comment-text">{words(one)}</div><div class="wpd-comment-footer"><div class="wpd-reply-button">'
        f'<span>Reply</span></div></div></div></div><div id="wpdiscuz_form_anchor-{one.id}_{parent}"></div>'
        f"{plugin_items(one.replies, one.id, depth + 1)}</div>"
        for one in roots
    )


def plugin(roots: list[Said]) -> str:
    return f'<div id="wpdcom"><div class="wpd-thread-list">{plugin_items(roots)}</div></div>'


def block_items(roots: list[Said], depth: int = 1) -> str:
    """The comment template block; the depth-N classes of its first releases were all depth-1."""
    return "".join(
        f'<li id="comment-{one.id}" class="comment even thread-even depth-{depth}"><div class="wp-block-columns">'
        f'<div class="wp-block-avatar"><img src="/a.png" class="avatar"></div><div class="wp-block-column">'
        f'<div class="wp-block-comment-author-name">{name(one)}</div><div class="wp-block-comment-date">{link(one)}</div>'
        f'<div class="wp-block-comment-content">{words(one)}</div>'
        f'<div class="wp-block-comment-reply-link"><a class="comment-reply-link" href="?replytocom={one.id}#respond">Reply'
        f"</a></div></div></div>{inside('<ol>', block_items(one.replies, depth + 1))}</li>"
        for one in roots
    )


def blocks(roots: list[Said]) -> str:
    return f'<div class="wp-block-comments"><ol class="wp-block-comment-template">{block_items(roots)}</ol></div>'


def first_blocks(roots: list[Said]) -> str:
    out = blocks(roots)
    for depth in range(2, 12):
        out = out.replace(f'depth-{depth}"', 'depth-1"')
    return out


def framed_items(roots: list[Said], depth: int = 1) -> str:
    """Name and date inside the element that is called content, the words in one of their own."""
    return "".join(
        f'<li id="comment-item-{one.id}" class="{classes(one, depth)}"><article id="comment-{one.id}" class="nv-comment-article">'
        f'<div class="comment-content"><div class="nv-comment-header"><div class="comment-author vcard">'
        f'<span class="fn author">{name(one)}</span></div>{link(one)}</div>'
        f'<div class="nv-comment-content comment">{words(one)}</div>{reply(one)}</div></article>'
        f"{inside('<ol class=children>', framed_items(one.replies, depth + 1))}</li>"
        for one in roots
    )


def framed(roots: list[Said]) -> str:
    return f'<ol class="nv-comments-list">{framed_items(roots)}</ol>'


def linked_items(roots: list[Said], depth: int = 1) -> str:
    """No ids anywhere but in the links to a comment."""
    return "".join(
        f'<li class="{classes(one, depth)}"><div class="comment_body"><span class="fn">{name(one)}</span>'
        f'<span class="comment-date">{link(one)}</span><div class="comment_text">{words(one)}</div></div>{reply(one)}'
        f"{inside('<ul class=children>', linked_items(one.replies, depth + 1))}</li>"
        for one in roots
    )


def linked(roots: list[Said]) -> str:
    return f'<ul class="comments">{linked_items(roots)}</ul>'


# With pings among the comments, by the walker that themes share.
WITH_PINGS: dict[str, Shape] = {
    "html5": html5,
    "divs": divs,
    "flat items": flat("li", "ol"),
    "flat articles": flat("article", "div"),
    "flat dd": flat("dd", "dl"),
    "flat, prefixed": flat("div", "div", "div-comment-"),
}

# Every comment says how deep it stands.
WITH_DEPTH: dict[str, Shape] = {
    **WITH_PINGS,
    "prefixed": prefixed,
    "terms": terms,
    "plugin": plugin,
    "blocks": blocks,
    "first blocks": first_blocks,
    "framed": framed,
    "linked": linked,
}

# Only replies show that they are some.
WITHOUT_DEPTH: dict[str, Shape] = {"behind": behind, "bare": bare, "anchored": anchored}


def page(thread: str, *, body: str = "<p>Words of the post.</p>") -> str:
    """A whole page around a thread: a post, its form, a sidebar that repeats names and links."""
    return (
        "<!DOCTYPE html><html lang='en-GB'><head><title>A post - A blog</title></head>"
        "<body class='single single-post postid-9'><header class='site-header'><p class='site-title'>A blog</p></header>"
        "<main><article id='post-9' class='post-9 post hentry'><h1 class='entry-title'>A post</h1>"
        f"<div class='entry-content'>{body}</div></article><div id='comments' class='comments-area'>{thread}</div>"
        "<div id='respond'><form id='commentform'><textarea name='comment'></textarea></form></div></main>"
        "<aside class='widget-area'><section class='widget widget_recent_comments'><ul>"
        "<li class='recentcomments'>Somebody on <a href='/post/#comment-1'>A post</a></li></ul></section></aside></body></html>"
    )
