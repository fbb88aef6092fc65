"""A page with one long thread, in several shapes: what `benchmarks.threads` reads.

The words are the fixed blog's. Every seventh comment holds a link, a quotation, a list or emphasis; the others are
plain paragraphs, some with line breaks, as comments are.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from random import Random

from benchmarks.blog import VISITORS, WORDS
from tests.unit import thread_shapes as shapes
from tests.unit.thread_shapes import Said

DEPTH = 5  # levels, as WordPress has it by default
_RICH = (
    '<p>See <a href="https://journal.example.org/{id}" rel="nofollow ugc">this paper</a> for more.</p>',
    "<blockquote><p>Not so fast.</p></blockquote>",
    "<ul><li>One thing</li><li>another thing</li></ul>",
    "<p>This is <em>very</em> odd, and <strong>new</strong>.</p>",
)


def thread(count: int) -> list[Said]:
    """A tree of so many comments, five levels deep; the same for each count."""
    chance = Random(count)
    roots: list[Said] = []
    line: list[Said] = []  # the comment above and its parents, root first
    for place in range(count):
        line = line[: chance.randint(0, min(DEPTH - 1, len(line)))]
        one = Said(
            100_000 + place,
            f"{chance.choice(VISITORS)} {chance.choice(WORDS)}",
            [_paragraph(chance) for _ in range(chance.randint(1, 3))],
            f"https://{chance.choice(WORDS)}.example.org/" if chance.random() < 0.3 else None,
        )
        (line[-1].replies if line else roots).append(one)
        line.append(one)
    return roots


def _paragraph(chance: Random) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(10, 60))).capitalize() + "."


def _words(one: Said) -> str:
    plain = "\n".join(f"<p>{escape(text, quote=False)}</p>" for text in one.paragraphs)
    if one.id % 7 == 0:
        return f"{plain}\n{_RICH[one.id // 7 % len(_RICH)].format(id=one.id)}"
    return plain.replace("the ", "the<br />\n", 1) if one.id % 7 < 3 else plain


def walker(roots: list[Said], depth: int = 1) -> str:
    """The list as WordPress itself writes it, white space and comments included."""
    out = []
    for one in roots:
        inner = (
            f'<ol class="children">\n{walker(one.replies, depth + 1)}</ol><!-- .children -->\n' if one.replies else ""
        )
        name = shapes.name(one)
        out.append(
            f'\t\t<li id="comment-{one.id}" class="{shapes.classes(one, depth)}{" parent" if inner else ""}">\n'
            f'\t\t\t<article id="div-comment-{one.id}" class="comment-body">\n\t\t\t\t<footer class="comment-meta">\n'
            "\t\t\t\t\t<div class=\"comment-author vcard\">\n\t\t\t\t\t\t<img alt='' "
            f"src='https://avatars.example.org/{one.id % 90:032x}?s=60&#038;d=mm&#038;r=g' "
            f"srcset='https://avatars.example.org/{one.id % 90:032x}?s=120&#038;d=mm&#038;r=g 2x' "
            "class='avatar avatar-60 photo' height='60' width='60' loading='lazy'/>\t\t\t\t\t\t"
            f'<b class="fn">{name}</b> <span class="says">says:</span>\t\t\t\t\t</div><!-- .comment-author -->\n\n'
            f'\t\t\t\t\t<div class="comment-metadata">\n\t\t\t\t\t\t<a href="https://blog.example.org/post/#comment-{one.id}">'
            f'<time datetime="{one.when}">February {1 + one.id % 27}, 2021 at 10:{one.id % 60:02} am</time></a>'
            "\t\t\t\t\t</div><!-- .comment-metadata -->\n\n\t\t\t\t\t\t\t\t\t</footer><!-- .comment-meta -->\n\n"
            f'\t\t\t\t<div class="comment-content">\n\t\t\t\t\t{_words(one)}\n\t\t\t\t</div>'
            f"<!-- .comment-content -->\n\n"
            f"\t\t\t\t<div class=\"reply\"><a rel='nofollow' class='comment-reply-link' "
            f'href=\'https://blog.example.org/post/?replytocom={one.id}#respond\' data-commentid="{one.id}" data-postid="9" '
            f'data-belowelement="div-comment-{one.id}" data-respondelement="respond" data-replyto="Reply to {escape(one.name)}" '
            f"aria-label='Reply to {escape(one.name)}'>Reply</a></div>\t\t\t</article><!-- .comment-body -->\n"
            f"{inner}</li><!-- #comment-## -->\n"
        )
    return "".join(out)


SHAPES: dict[str, Callable[[list[Said]], str]] = {
    "walker": lambda roots: f'<ol class="comment-list">\n{walker(roots)}</ol>',
    "old": shapes.prefixed,
    "divs": shapes.divs,
    "flat": shapes.flat("article", "div"),
    "plugin": shapes.plugin,
    "blocks": shapes.blocks,
}


def render(shape: str, roots: list[Said]) -> bytes:
    """A whole page around the thread."""
    return shapes.page(SHAPES[shape](roots)).encode()
