"""Threads as unseen themes and plugins mark them up: page builders, frameworks, networks, dumps, tables of 2004.

What `thread_shapes` has are WordPress's own ways; these are other people's. The words are fiction.
"""

from __future__ import annotations

from html import escape

from tests.unit.thread_shapes import Said, Shape, classes, inside, link, name, reply, walk, words

FACE = '<img alt="" src="/a.png" class="avatar avatar-48 photo" height="48" width="48">'


def microdata(roots: list[Said], depth: int = 1) -> str:
    """A framework with microdata: the article is the comment, the name in a person of its own."""
    return "".join(
        f'<li class="{classes(one, depth)}" id="comment-{one.id}">'
        f'<article id="article-comment-{one.id}" itemprop="comment"'
        f' itemscope itemtype="https://schema.org/Comment"><header class="comment-header"><p class="comment-author"'
        f' itemprop="author" itemscope itemtype="https://schema.org/Person">{FACE}<span itemprop="name">{name(one)}</span>'
        f' <span class="says">says</span></p><p class="comment-meta"><time class="comment-time" datetime="{one.when}"'
        f' itemprop="datePublished">'
        f'<a class="comment-time-link" href="/post/#comment-{one.id}" itemprop="url">Some day</a>'
        f'</time></p></header><div class="comment-content" itemprop="text">{words(one)}</div>'
        f'<div class="comment-reply">{reply(one)}</div></article>'
        f"{inside('<ul class=children>', microdata(one.replies, depth + 1))}</li>"
        for one in roots
    )


def built(roots: list[Said], depth: int = 1) -> str:
    """A page builder: date in a span beside the name, the words in an area with the reply link."""
    return "".join(
        f'<li class="{classes(one, depth)}" id="li-comment-{one.id}"><article id="comment-{one.id}"'
        f' class="comment-body clearfix"><div class="comment_avatar">{FACE}</div><div class="comment_postinfo">'
        f'<span class="fn">{name(one)}</span> <span class="comment_date">on {one.when}</span></div>'
        f'<div class="comment_area">'
        f'<div class="comment-content clearfix">{words(one)}</div>'
        f'<span class="reply-container">{reply(one)}</span></div>'
        f"</article>{inside('<ul class=children>', built(one.replies, depth + 1))}</li>"
        for one in roots
    )


def boxed(roots: list[Said], depth: int = 1) -> str:
    """Name, date and reply link in one line of a box."""
    return "".join(
        f'<li class="{classes(one, depth)}" id="comment-{one.id}"><div class="the-comment">'
        f'<div class="avatar">{FACE}</div>'
        f'<div class="comment-box"><div class="comment-author meta"><strong>{name(one)}</strong>'
        f'<a class="comment-permalink" href="/post/#comment-{one.id}">{one.when}</a>'
        f'<a class="comment-reply-link" href="/post/?replytocom={one.id}#respond"> - Reply</a></div>'
        f'<div class="comment-text">{words(one)}</div></div></div>'
        f"{inside('<ul class=children>', boxed(one.replies, depth + 1))}</li>"
        for one in roots
    )


def renamed(roots: list[Said], depth: int = 1) -> str:
    """All class names with the theme's own prefix, and the words called like a post's."""
    return "".join(
        f'<li id="comment-{one.id}" class="{classes(one, depth)} ct-has-avatar"><article class="ct-comment-inner"'
        f' id="ct-comment-inner-{one.id}"><footer class="ct-comment-meta">'
        f'<figure class="ct-media-container">{FACE}</figure>'
        f'<h4 class="ct-comment-author"><cite>{name(one)}</cite></h4>'
        f'<div class="ct-comment-meta-data">{link(one)}</div>'
        f'</footer><div class="ct-comment-content entry-content is-layout-flow">{words(one)}</div>'
        f'<div class="ct-comment-actions">{reply(one)}</div></article>'
        f"{inside('<ol class=children>', renamed(one.replies, depth + 1))}</li>"
        for one in roots
    )


def social(roots: list[Said], depth: int = 1) -> str:
    """A theme for short updates: time, date and actions in the heading with the name."""
    return "".join(
        f'<li class="{classes(one, depth)}" id="comment-{one.id}">{FACE}<h4><span class="commenter">{name(one)}</span>'
        f'<span class="meta">{one.when}<span class="actions"><a class="thepermalink" href="/post/#comment-{one.id}"'
        f' title="Permalink">Permalink</a> {reply(one)}</span></span></h4>'
        f'<div id="commentcontent-{one.id}" class="commentcontent">{words(one)}</div>'
        f"{inside('<ul class=children>', social(one.replies, depth + 1))}</li>"
        for one in roots
    )


def dumped(roots: list[Said], depth: int = 1) -> str:
    """What a hosted comment service leaves in the page for search engines: an id on everything."""
    return "".join(
        f'<li id="dsq-comment-{one.id}" class="{classes(one, depth)}"><div id="dsq-comment-header-{one.id}"'
        f' class="dsq-comment-header"><cite id="dsq-cite-{one.id}">{name(one)}</cite></div>'
        f'<div id="dsq-comment-body-{one.id}" class="dsq-comment-body"><div id="dsq-comment-message-{one.id}"'
        f' class="dsq-comment-message">{words(one)}</div></div>'
        f"{inside('<ul class=children>', dumped(one.replies, depth + 1))}</li>"
        for one in roots
    )


def replaced(roots: list[Said], parent: int = 0, depth: int = 1) -> str:
    """An older release of a plugin that replaces the thread: replies beside the frame, no times for machines."""
    return "".join(
        f'<div id="wc-comm-{one.id}_{parent}" class="{classes(one, depth)} wc-comment wc_comment_level-{depth}">'
        f'<div class="wc-comment-left">{FACE}<div class="wc-blog-guest wc-comment-label">Guest</div></div>'
        f'<div id="comment-{one.id}" class="wc-comment-right"><div class="wc-comment-header">'
        f'<div class="wc-comment-author">'
        f'{name(one)}</div><div class="wc-comment-link"><i class="fas fa-link"></i></div></div>'
        f'<div class="wc-comment-text">{words(one)}</div><div class="wc-comment-footer">'
        f'<div class="wc-vote-link">0</div>'
        f'<span class="wc-reply-link">Reply</span><div class="wc-comment-date">5 years ago</div></div></div>'
        f'<div class="wpdiscuz-comment-message"></div><div id="wpdiscuz_form_anchor-{one.id}_{parent}"></div>'
        f"{replaced(one.replies, one.id, depth + 1)}</div>"
        for one in roots
    )


def cited(roots: list[Said], depth: int = 1) -> str:
    """Microformats 2 on a walker of the theme's own."""
    return "".join(
        f'<section class="{classes(one, depth)} h-cite u-comment" id="comment-{one.id}"><div class="p-author h-card">'
        f'<span class="p-name">{name(one)}</span></div><a class="u-url" href="/post/#comment-{one.id}">'
        f'<time class="dt-published" datetime="{one.when}">Some day</time></a><div class="e-content p-name-of-nothing">'
        f"{words(one)}</div>{reply(one)}{inside('<div class=children>', cited(one.replies, depth + 1))}</section>"
        for one in roots
    )


def media(roots: list[Said]) -> str:
    """The media object of a style sheet library, replies in the body of what they answer."""
    return "".join(
        f'<div class="media" id="comment-{one.id}"><a class="media-left pull-left" href="#"><img class="media-object"'
        f' src="/a.png"></a><div class="media-body"><h4 class="media-heading">{name(one)} <small><a'
        f' href="#comment-{one.id}">{one.when}</a></small></h4>{words(one)}{media(one.replies)}</div></div>'
        for one in roots
    )


def carded(roots: list[Said]) -> str:
    """A later release of it: lists without bullets, the words in a card."""
    return "".join(
        f'<li id="comment-{one.id}" class="media mb-3"><img class="mr-3 rounded-circle" src="/a.png">'
        f'<div class="media-body">'
        f'<div class="card"><div class="card-body"><h5 class="mt-0 comment-author">{name(one)}</h5>'
        f'<small class="text-muted">'
        f'{link(one)}</small><div class="card-text">{words(one)}</div></div></div>'
        f"{inside('<ul class=list-unstyled>', carded(one.replies))}</div></li>"
        for one in roots
    )


def threaded(roots: list[Said]) -> str:
    """Plain words as class names, replies in a list that is called as the thread is."""
    return "".join(
        f'<div class="comment" id="comment-{one.id}"><a class="avatar"><img src="/a.png"></a><div class="content">'
        f'<span class="author">{name(one)}</span><div class="metadata"><span class="date">{one.when}</span></div>'
        f'<div class="text">{words(one)}</div><div class="actions">'
        f'<a class="reply" href="#respond">Reply</a></div></div>'
        f"{inside('<div class=comments>', threaded(one.replies))}</div>"
        for one in roots
    )


def activity(roots: list[Said]) -> str:
    """Answers in the stream of a social network on WordPress."""
    return "".join(
        f'<li id="acomment-{one.id}"><div class="acomment-avatar">{FACE}</div><div class="acomment-meta">'
        f'<span class="author">{name(one)}</span> replied <a href="#acomment-{one.id}" class="activity-time-since">'
        f'<span class="time-since">{one.when}</span></a></div><div class="acomment-content">{words(one)}</div>'
        f'<div class="acomment-options"><a href="#acomment-{one.id}" class="acomment-reply">Reply</a></div>'
        f"{inside('<ul>', activity(one.replies))}</li>"
        for one in roots
    )


def blocky(roots: list[Said]) -> str:
    """A plugin with names of its own for every part, replies in a box behind the frame."""
    return "".join(
        f'<div class="decomments-comment-section" id="comment-{one.id}"><div class="decomments-comment-body">'
        f'<div class="decomments-autor-name">{name(one)}</div><a class="decomments-date-link" href="#comment-{one.id}">'
        f'<time datetime="{one.when}">5 years ago</time></a><div class="decomments-text-full">{words(one)}</div>'
        f'<div class="decomments-footer-nav"><button class="decomments-button-reply">Reply</button></div></div>'
        f"{inside('<div class=decomments-children>', blocky(one.replies))}</div>"
        for one in roots
    )


def in_frame(start: str, shape: Shape, end: str) -> Shape:
    """A shape in what its theme puts around the list."""
    return lambda roots: f"{start}{shape(roots)}{end}"


def kubrick(roots: list[Said]) -> str:
    """The default theme of 2005: one list, every other item `alt`."""
    items = "".join(
        f'<li class="{"alt" if place % 2 else ""}" id="comment-{one.id}"><cite>{name(one)}</cite> Says:<br />'
        f'<small class="commentmetadata"><a href="#comment-{one.id}" title="">{one.when}</a> </small>{words(one)}</li>'
        for place, (one, _, _) in enumerate(walk(roots))
    )
    return f'<ol class="commentlist">{items}</ol>'


def counted(roots: list[Said]) -> str:
    """Its cleverer brother: a number on each comment."""
    items = "".join(
        f'<li id="comment-{one.id}" class="comment"><a href="#comment-{one.id}" class="counter" title="Permanent link">'
        f'{place}</a><span class="commentauthor">{name(one)}</span><small class="comment-meta">'
        f'<a href="#comment-{one.id}">{one.when}</a></small><div class="comment-content">{words(one)}</div></li>'
        for place, (one, _, _) in enumerate(walk(roots), 1)
    )
    return f'<ol id="commentlist">{items}</ol>'


def rows(roots: list[Said]) -> str:
    """A table of 2004, a comment a row."""
    items = "".join(
        f'<tr id="comment-{one.id}"><td class="commentname" valign="top"><b>{name(one)}</b><br>'
        f"<small>{one.when}</small></td>"
        f'<td class="commenttext">{words(one)}</td></tr>'
        for one, _, _ in walk(roots)
    )
    return f'<table class="comments" border="0" cellpadding="4">{items}</table>'


def tables(roots: list[Said]) -> str:
    """A table of 2004 for each comment, its id on an anchor."""
    return "".join(
        f'<table width="100%"><tr><td><a name="comment-{one.id}"></a>'
        f"<b>{name(one)}</b> <small>{one.when}</small></td></tr>"
        f"<tr><td>{words(one)}</td></tr></table>"
        for one, _, _ in walk(roots)
    )


def answering(roots: list[Said]) -> str:
    """One list in which every reply says what it answers, with a link."""
    items = "".join(
        f'<li id="comment-{one.id}"><span class="comment-author">{name(one)}</span> {link(one)}'
        + (
            f'<p class="in-reply-to">In reply to <a href="#comment-{parent.id}">{escape(parent.name)}</a></p>'
            if parent
            else ""
        )
        + f'<div class="comment-text">{words(one)}</div></li>'
        for one, _, parent in walk(roots)
    )
    return f'<ol class="comments">{items}</ol>'


# Every comment says how deep it stands.
WITH_DEPTH: dict[str, Shape] = {
    "microdata": in_frame('<ul class="comment-list">', microdata, "</ul>"),
    "built": in_frame('<ol class="commentlist clearfix">', built, "</ol>"),
    "boxed": in_frame('<ol class="comment-list commentlist">', boxed, "</ol>"),
    "renamed": in_frame('<ol class="ct-comment-list">', renamed, "</ol>"),
    "social": in_frame('<ul id="commentlist" class="commentlist inlinecomments">', social, "</ul>"),
    "dumped": in_frame('<ul id="dsq-comments">', dumped, "</ul>"),
    "replaced": in_frame('<div id="wpcomm"><div class="wc-thread-wrapper">', replaced, "</div></div>"),
    "cited": in_frame('<div class="comment-list">', cited, "</div>"),
}

# Only replies show that they are some.
WITHOUT_DEPTH: dict[str, Shape] = {
    "media": in_frame('<div class="media-list">', media, "</div>"),
    "carded": in_frame('<ul class="list-unstyled">', carded, "</ul>"),
    "threaded": in_frame('<div class="ui threaded comments">', threaded, "</div>"),
    "activity": in_frame('<div class="ac-comments"><ul>', activity, "</ul></div>"),
    "blocky": in_frame('<div class="decomments-comment-list">', blocky, "</div>"),
}

# Nothing shows who answers whom.
FLAT: dict[str, Shape] = {"kubrick": kubrick, "counted": counted, "rows": rows, "tables": tables}
