"""Threads that are broken, hostile or huge: no crash, no endless loop, no wrong parent, and oddities are told."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model import Note, ParentSource
from archiver.text import clean, squeeze
from tests.unit.test_threads import as_meant, as_read, read, trees
from tests.unit.theme_shapes import answering
from tests.unit.thread_shapes import WITH_DEPTH, Said, Shape, html5, page, plugin, walk


def item(id_: object, text: str, *, depth: int = 1, inner: str = "", name: str = "Ann") -> str:
    return (
        f'<li id="comment-{id_}" class="comment even depth-{depth}">'
        f'<article id="div-comment-{id_}" class="comment-body">'
        f'<footer class="comment-meta"><b class="fn">{name}</b></footer><div class="comment-content">'
        f"<p>{text}</p></div>"
        f"</article>{inner}</li>"
    )


def listed(*items: str) -> str:
    return f'<ol class="comment-list">{"".join(items)}</ol>'


def kinds(notes: tuple[Note, ...]) -> list[str]:
    return [note.kind for note in notes]


def line(count: int, first: int = 1) -> list[Said]:
    """Each answers the one before it."""
    root = one = Said(first, "Ann", [f"Words {first}."])
    for number in range(first + 1, first + count):
        after = Said(number, "Ann", [f"Words {number}."])
        one.replies.append(after)
        one = after
    return [root]


# -- ids ------------------------------------------------------------------------------------------


def test_a_comment_shown_twice_is_one_and_told() -> None:
    thread = read(page(listed(item(5, "Same."), item(6, "Other."), item(5, "Same."))))
    assert as_read(thread.comments) == [("5", None, 1), ("6", None, 1)]
    assert kinds(thread.notes) == ["comment_id_twice"]


def test_two_comments_with_one_id_are_two() -> None:
    thread = read(page(listed(item(5, "One."), item(5, "Another."))))
    assert [c.content and c.content.text for c in thread.comments] == ["One.", "Another."]
    assert [c.native_id for c in thread.comments] == ["5", None]
    assert thread.comments[1].key
    assert kinds(thread.notes) == ["comment_id_twice"]


def test_a_reply_to_a_twin_answers_the_first() -> None:
    inner = f'<ol class="children">{item(7, "Reply.", depth=2)}</ol>'
    thread = read(page(listed(item(5, "Same."), item(5, "Same.", inner=inner))))
    assert as_read(thread.comments) == [("5", None, 1), ("7", "5", 2)]


@pytest.mark.parametrize("first", [True, False])
def test_a_row_of_faces_says_nothing_that_its_comments_have_not_said(first: bool) -> None:
    """As plugins for webmentions print it: the same ids, names and pictures, and no words."""
    faces = "".join(
        f'<li class="comment even depth-1 face-single h-cite" id="comment-{id_}"><span class="p-author h-card">'
        f'<img alt="" class="avatar u-photo" src="/a.jpg"><span class="p-name">{name}</span></span></li>'
        for id_, name in ((5, "Ann"), (6, "Bob"))
    )
    thread, row = listed(item(5, "Nets."), item(6, "Ropes.", name="Bob")), f"<ul class='faces'>{faces}</ul>"
    found = read(page(row + thread if first else thread + row)).comments
    assert [(c.native_id, c.content.text) for c in found if c.content] == [("5", "Nets."), ("6", "Ropes.")]


@pytest.mark.parametrize("id_", ["0", "00012", "9" * 18, "9" * 19, "-3", "x", "", "١٢"])
def test_any_id_is_read_or_left(id_: str) -> None:
    thread = read(page(listed(item(1, "First."), item(id_, "Words."))))
    assert [c.content.text for c in thread.comments if c.content] == ["First.", "Words."]
    assert all(c.native_id or c.key for c in thread.comments)


# -- parents --------------------------------------------------------------------------------------


def stated(*pairs: tuple[int, int]) -> str:
    """Comments whose ids tell their parents, side by side."""
    return "".join(
        f'<div id="wpd-comm-{id_}_{parent}" class="comment wpd-comment"><div class="wpd-comment-author">Ann</div>'
        f'<div class="wpd-comment-text"><p>Words {id_}.</p></div></div>'
        for id_, parent in pairs
    )


@pytest.mark.parametrize("pairs", [((1, 2), (2, 1)), ((1, 2), (2, 3), (3, 1)), ((3, 2), (2, 1), (1, 3), (4, 1))])
def test_a_ring_of_parents_is_cut_and_told(pairs: tuple[tuple[int, int], ...]) -> None:
    thread = read(page(stated(*pairs)))
    parents = {c.native_id: c.parent for c in thread.comments}
    assert kinds(thread.notes) == ["comment_cycle"]
    assert len(parents) == len(pairs)
    for start in parents:
        seen: list[str | None] = [start]
        while seen[-1] is not None:
            seen.append(parents.get(seen[-1]))
            assert len(seen) == len(set(seen))


def test_two_numbers_in_an_id_may_be_those_of_the_post_and_the_comment() -> None:
    def one(id_: int, depth: int) -> str:
        return (
            f"<div id='wc-comm-24_{id_}' class='wc-comment wc-blog-guest wc_comment_level-{depth}'>"
            "<div class='wc-comment-left'><div class='wc-blog-guest wc-comment-label'>Guest</div></div>"
            f"<div id='comment-{id_}' class='wc-comment-right'><div class='wc-comment-header'>"
            "<div class='wc-comment-author'>Ann</div><div class='wc-comment-date'>May 3, 2015 at 9:15 am</div></div>"
            f"<div class='wc-comment-text'><p>Words {id_}.</p></div></div></div>"
        )

    thread = read(page(one(7, 1) + one(8, 2) + one(9, 2) + one(10, 1)))
    assert [(c.native_id, c.parent, c.depth) for c in thread.comments] == [
        ("7", None, 1),
        ("8", "7", 2),
        ("9", "7", 2),
        ("10", None, 1),
    ]
    assert [c.content.text for c in thread.comments if c.content] == ["Words 7.", "Words 8.", "Words 9.", "Words 10."]


def test_an_answer_to_itself_answers_the_post() -> None:
    thread = read(page(stated((1, 0), (2, 2))))
    assert [(c.native_id, c.parent) for c in thread.comments] == [("1", None), ("2", None)]


def test_a_parent_that_is_on_another_page_keeps_its_id() -> None:
    thread = read(page(stated((8, 3), (9, 8))))
    assert [(c.native_id, c.parent, c.parent_source) for c in thread.comments] == [
        ("8", "3", ParentSource.FEED),
        ("9", "8", ParentSource.FEED),
    ]


def test_a_level_without_one_above_it_has_no_parent() -> None:
    first = item(1, "A page that begins with the end of a branch.", depth=3)
    thread = read(page(listed(first, item(2, "Root."), item(3, "Reply.", depth=2), item(4, "Too deep.", depth=5))))
    assert [(c.native_id, c.parent, c.parent_source) for c in thread.comments] == [
        ("1", None, ParentSource.UNKNOWN),
        ("2", None, ParentSource.DOM),
        ("3", "2", ParentSource.DOM),
        ("4", None, ParentSource.UNKNOWN),
    ]


def test_a_date_before_the_parents_changes_nothing() -> None:
    late = Said(900, "Ann", ["Parent."], replies=[Said(27, "Bo", ["Reply with an earlier date."])])
    assert as_read(read(page(html5([late]))).comments) == as_meant([late])


# -- flattened threads ----------------------------------------------------------------------------


def flattened(roots: list[Said], deepest: int) -> list[Said]:
    """As a blog shows it that nests no deeper: what is deeper becomes a sibling, in reading order."""
    out = []
    for one in roots:
        copy = Said(one.id, one.name, one.paragraphs, one.url)
        if deepest > 2:
            copy.replies = flattened(one.replies, deepest - 1)
        else:
            copy.replies = [Said(o.id, o.name, o.paragraphs, o.url) for o, _, _ in walk(one.replies)]
        out.append(copy)
    return out


def without_links_at(html: str, deepest: int, roots: list[Said]) -> str:
    """WordPress puts no reply link on the deepest level."""
    for one, depth, _ in walk(roots):
        if depth == deepest:
            html = html.replace(f"replytocom={one.id}#respond", "nothing").replace(
                f'class="comment-reply-link" href="/post/?nothing" data-commentid="{one.id}"', ""
            )
    return html


@given(roots=trees(most=12), deepest=st.integers(2, 5))
def test_flattened_threads_name_no_wrong_parent(roots: list[Said], deepest: int) -> None:
    shown = flattened(roots, deepest)
    thread = read(page(without_links_at(html5(shown), deepest, shown)))
    true = {id_: parent for id_, parent, _ in as_meant(roots)}
    assert [c.native_id for c in thread.comments] == [id_ for id_, _, _ in as_meant(shown)]
    for comment in thread.comments:
        assert comment.native_id is not None
        if comment.parent != true[comment.native_id]:
            assert comment.parent_source in {ParentSource.INFERRED, ParentSource.UNKNOWN}


def test_ten_levels() -> None:
    roots = line(10)
    assert as_read(read(page(html5(roots))).comments) == as_meant(roots)


def test_links_tell_below_the_deepest_level() -> None:
    """A theme that prints "In reply to" where it nests no deeper."""
    said = '<p class="in-reply-to">In reply to <a href="#comment-3">Cy</a></p>'
    deep = item(3, "Third.", depth=2, name="Cy") + item(4, "Fourth.", depth=2).replace("<footer", said + "<footer")
    thread = read(
        page(listed(item(1, "First.", inner=f'<ol class="children">{item(2, "Second.", depth=2)}{deep}</ol>')))
    )
    told = {c.native_id: (c.parent, c.parent_source) for c in thread.comments}
    assert told["2"] == ("1", ParentSource.DOM)
    assert told["3"] == ("1", ParentSource.INFERRED)
    assert told["4"] == ("3", ParentSource.FEED)


# -- @-mentions -----------------------------------------------------------------------------------


def spoken(*said: tuple[str, str]) -> str:
    items = "".join(
        f'<li id="comment-{place}"><cite>{escape(name)}</cite><p>{escape(text)}</p></li>'
        for place, (name, text) in enumerate(said, 1)
    )
    return f'<ol class="commentlist">{items}</ol>'


MENTIONS: dict[str, tuple[tuple[tuple[str, str], ...], str | None]] = {
    "one by that name": ((("Ann", "Hello."), ("Bo", "@Ann yes")), "1"),
    "with a space": ((("Ann Lee", "Hello."), ("Bo", "@ Ann Lee: yes")), "1"),
    "in another case": ((("ANN", "Hello."), ("Bo", "@ann, yes")), "1"),
    "the longest name": ((("Ann", "Hello."), ("Ann Lee", "Hi."), ("Bo", "@Ann Lee yes")), "2"),
    "two comments by her": ((("Ann", "Hello."), ("Ann", "Again."), ("Bo", "@Ann yes")), None),
    "she comes later": ((("Bo", "@Ann yes"), ("Ann", "Hello.")), None),
    "part of a name": ((("Ann", "Hello."), ("Bo", "@Annabel yes")), None),
    "in the middle": ((("Ann", "Hello."), ("Bo", "Yes @Ann")), None),
    "an address": ((("Ann", "Hello."), ("Bo", "ann@example.org")), None),
}


@pytest.mark.parametrize(("said", "parent"), MENTIONS.values(), ids=MENTIONS)
def test_a_mention_that_can_mean_one_comment_only(said: tuple[tuple[str, str], ...], parent: str | None) -> None:
    thread = read(page(spoken(*said)))
    source = ParentSource.INFERRED if parent else ParentSource.UNKNOWN
    mentioning = next(c for c in thread.comments if c.author and c.author.name == "Bo")
    assert (mentioning.parent, mentioning.parent_source) == (parent, source)


def test_a_mention_is_of_what_was_there_before_though_the_newest_come_first() -> None:
    said = [(9, "Ann", "Again."), (5, "Bo", "@Ann yes"), (3, "Ann", "Hello."), (2, "Cy", "@Bo no")]
    items = "".join(f'<li id="comment-{n}"><cite>{name}</cite><p>{text}</p></li>' for n, name, text in said)
    thread = read(page(f'<ol class="commentlist">{items}</ol>'))
    parents = {c.native_id: (c.parent, c.parent_source) for c in thread.comments}
    assert parents["5"] == ("3", ParentSource.INFERRED)
    assert parents["2"] == (None, ParentSource.UNKNOWN)


def test_mentions_do_not_overrule_structure() -> None:
    inner = f'<ol class="children">{item(3, "@Bo yes", depth=2, name="Cy")}</ol>'
    thread = read(page(listed(item(2, "Hi.", name="Bo"), item(1, "Hello.", inner=inner))))
    assert as_read(thread.comments)[-1] == ("3", "1", 2)


@pytest.mark.parametrize(
    "says",
    ['<div data-parent-id="{}">Bo</div>', '<a class="reply-to" href="#comment-{}">Bo</a>'],
)
def test_where_replies_say_whom_they_answer_the_others_answer_the_post(says: str) -> None:
    def one(number: int, parent: int | None = None) -> str:
        said = says.format(parent) if parent else ""
        return f'<li id="comment-{number}"><cite>Bo {number}</cite>{said}<p>Hello.</p></li>'

    thread = read(page(f'<ol class="commentlist">{one(1)}{one(2, 1)}{one(3)}{one(4, 77)}</ol>'))
    told = {c.native_id: (c.parent, c.parent_source is ParentSource.UNKNOWN) for c in thread.comments}
    assert told["1"] == told["3"] == (None, False)
    assert told["2"] == ("1", False)
    assert told["4"][0] in {None, "77"}, "on another page, and no root"
    assert {c.parent_source for c in thread.comments if c.native_id in {"1", "3"}} == {ParentSource.INFERRED}
    silent = read(page(f'<ol class="commentlist">{one(1)}{one(3)}</ol>'))
    assert {c.parent_source for c in silent.comments} == {ParentSource.UNKNOWN}


@given(roots=trees(most=8))
def test_links_are_better_than_mentions(roots: list[Said]) -> None:
    for one, _, _ in walk(roots):
        one.paragraphs[0] = f"@{roots[0].name} {one.paragraphs[0]}"
    thread = read(page(answering(roots)))
    true = {id_: parent for id_, parent, _ in as_meant(roots)}
    for comment in thread.comments:
        if comment.parent_source is ParentSource.FEED:
            assert comment.native_id is not None
            assert comment.parent == true[comment.native_id]


# -- words ----------------------------------------------------------------------------------------

ODD_NAMES = [
    "<script>alert(1)</script>",
    "&lt;b&gt;",
    "a\x00b\x08c\x1b[31m",
    "\u202eright to left",
    "\ud83d\ude00" * 40,
    "x" * 5000,
    "]]>",
    "comment-7",
    "' OR 1=1 --",
]


@pytest.mark.parametrize("shape", WITH_DEPTH.values(), ids=WITH_DEPTH)
def test_names_made_of_anything(shape: Shape) -> None:
    roots = [Said(number, name, ["Words."]) for number, name in enumerate(ODD_NAMES, 1)]
    thread = read(page(shape(roots)).encode("utf-16", "surrogatepass").decode("utf-16"))
    assert as_read(thread.comments) == as_meant(roots)
    for comment, one in zip(thread.comments, roots, strict=True):
        assert comment.author is not None
        wanted = squeeze(clean(one.name))
        assert wanted.startswith(comment.author.name)
        assert len(comment.author.name) >= min(len(wanted), 200)


@given(st.lists(st.sampled_from(["<li>", "</li>", "</div>", "<div>", "<ol>", "</ol>", "<p>", "<b", '"', "<!--", "x"])))
def test_tags_in_words_that_nobody_closed(soup: list[str]) -> None:
    thread = read(page(listed(item(1, "".join(soup)), item(2, "Two."), item(3, "Three."))))
    for comment in thread.comments:
        assert comment.native_id in {"1", "2", "3", None}
        assert comment.parent is None or comment.parent_source is not ParentSource.UNKNOWN


def test_a_thread_quoted_in_a_comment_is_no_thread() -> None:
    quoted = '<blockquote><div id="comment-99"><p>Quoted.</p></div></blockquote>'
    thread = read(page(listed(item(1, f"Look: {quoted} So."), item(2, "Two."))))
    assert [c.native_id for c in thread.comments] == ["1", "2"]


# -- size -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [html5, plugin, WITH_DEPTH["flat items"], WITH_DEPTH["divs"]])
def test_three_hundred_levels(shape: Shape) -> None:
    roots = line(240 if shape is not WITH_DEPTH["flat items"] else 900)
    thread = read(page(shape(roots)))
    assert [(id_, parent) for id_, parent, _ in as_read(thread.comments)] == [row[:2] for row in as_meant(roots)]


@pytest.mark.parametrize("wrap", ["div", "li", "blockquote", "span"])
def test_thousands_of_nested_elements(wrap: str) -> None:
    html = listed(item(1, f"{f'<{wrap}>' * 1500}deep{f'</{wrap}>' * 1500}"), item(2, "Two."))
    thread = read(page(html))
    assert thread.comments[0].native_id == "1"
    assert all(c.parent is None or c.parent_source is not ParentSource.UNKNOWN for c in thread.comments)


def test_a_page_past_the_end_has_no_comments() -> None:
    for empty in ("", '<ol class="comment-list"></ol>', '<p class="no-comments">Comments are closed.</p>'):
        thread = read(page(empty), "https://blog.example.org/post/comment-page-99/")
        assert thread.comments == ()
        assert thread.notes == ()


def test_a_list_of_replies_is_not_among_the_words() -> None:
    """Or the wording of a comment would change when somebody answers it."""
    before = Said(1, "Ann", ["Words."])
    after = Said(1, "Ann", ["Words."], replies=[Said(2, "Bo", ["Reply."])])
    for shape in (WITH_DEPTH["prefixed"], WITH_DEPTH["divs"], html5):
        contents = [read(page(shape([one]))).comments[0].content for one in (before, after)]
        assert contents[0] == contents[1]


def test_three_thousand_comments() -> None:
    """In one thread on one page: each in its place, with its parent."""
    roots = []
    for number in range(1, 3001, 6):
        roots += line(6, number)
    thread = read(page(html5(roots)))
    assert as_read(thread.comments) == as_meant(roots)
    assert len(thread.comments) == 3000
    assert thread.notes == ()
