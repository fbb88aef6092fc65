"""Comments: found, in the right place, and right."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable

from benchmarks.case import Case, date_of, unlike
from benchmarks.measures import in_place, name, token_f1
from benchmarks.report import Share
from benchmarks.truth import Row

PLACE = frozenset({"post", "kind"})  # with parent, depth and order: where a comment stands, which every page shows
SAME_TEXT = 0.99  # F1 from which two texts count as the same


def compare_comments(case: Case) -> None:
    """Rows `comments` with their fields, and `commenters`."""
    true, captured = case.truth.comments, case.captured.comments
    shown = {key: row for key, row in true.items() if row["in_thread"]}
    if case.api_open and not case.pages:
        shown = {key: row for key, row in shown.items() if row["type"] == "comment"}
    others = [key for key in captured if not true[key]["in_thread"]]
    secret = [key for key in others if case.truth.posts[true[key]["post_id"]]["protected"]]
    extra = [f"{row['post_url']} {row['url']}: {row['text']!r:.60}" for row in case.captured.strangers["comments"]]
    extra += [f"{_where(case, true[key])} of a protected post" for key in secret]
    expected = {_where(case, row): key in captured for key, row in shown.items()}
    case.count("comments", expected, extra, apart=len(others) - len(secret))
    pairs = [(captured[key], row) for key, row in true.items() if row["in_thread"] and key in captured]
    _simple_fields(case, pairs)
    _parents(case, pairs)
    _depths(case, pairs)
    _order(case, pairs)
    _commenters(case, list(shown.values()))


def _where(case: Case, row: Row) -> str:
    return f"{case.truth.posts[row['post_id']]['path']}#comment-{row['id']}"


def _simple_fields(case: Case, pairs: list[tuple[Row, Row]]) -> None:
    def add(measure: str, found: Callable[[Row], object], true: Callable[[Row], object]) -> None:
        share = case.share("comments", measure, whole=measure in PLACE)
        for ours, theirs in pairs:
            one, other = found(ours), true(theirs)
            share.add(one == other, unlike(_where(case, theirs), one, other))

    add("post", lambda row: case.truth.post_of(row["post_url"], row["post_native"]), lambda row: row["post_id"])
    add("kind", lambda row: row["kind"], lambda row: row["type"])
    add("by post author", lambda row: row["by_post_author"], lambda row: row["by_post_author"])
    author, published, text = (case.share("comments", measure) for measure in ("author", "published", "text"))
    for found, true in pairs:
        where = _where(case, true)
        # WordPress prints Anonymous for a name that was left empty, the API says nothing.
        names = {name(true["author_shown"])} | (set() if true["author_name"] else {""})
        author.add(name(found["author"]) in names, unlike(where, found["author"], true["author_shown"]))
        exact = case.api_open and true["type"] == "comment"
        if true["type"] != "comment" and not found["text"]:
            continue  # the API has no pings, and classic themes print only who sent them
        right = case.right_moment(found, true, "published", exact=exact)
        published.add(right, unlike(where, date_of(found, "published"), f"{true['published_gmt']} UTC"))
        score = token_f1(found["text"], true["content_text"])
        text.add(score >= SAME_TEXT, unlike(where, found["text"], true["content_text"]), likeness=score)


def _parents(case: Case, pairs: list[tuple[Row, Row]]) -> None:
    share = case.share("comments", "parent", never_wrong=True, whole=True)
    for found, true in pairs:
        by_api = case.api_open and true["type"] == "comment"
        right = {true["parent_id"]} if by_api else {true["parent_id"], true["shown_parent"] or 0}
        says = f"{found['parent_source']}: {found['parent'] or 'none'}"
        example = unlike(_where(case, true), says, sorted(right))
        # What answers a comment that is not archived is not said to answer the post.
        absent = found["parent_id"] is None and found["answers"] is not None
        if absent or (found["parent_source"] == "unknown" and found["parent_id"] is None):
            share.add_unknown(example, allowed=not by_api and true["shown_depth"] >= case.truth.deepest)
        else:
            share.add(_parent(found) in right, example)


def _parent(found: Row) -> int | None:
    """Id of the parent in the truth, 0 for the post itself, None for something else."""
    if found["parent_id"] is None:
        return 0
    return int(found["parent"]) if found["parent"] else None


def _depths(case: Case, pairs: list[tuple[Row, Row]]) -> None:
    """As shown; where no page was read, counting through the parents is right, too."""
    share: Share = case.share("comments", "depth", whole=True)
    for found, true in pairs:
        by_page = "page" in found["sources"].split() or not case.api_open
        right = {true["shown_depth"]} if by_page else {true["shown_depth"], true["depth"]}
        share.add(found["depth"] in right, unlike(_where(case, true), found["depth"], sorted(right)))


def _order(case: Case, pairs: list[tuple[Row, Row]]) -> None:
    """Right is a comment that follows the one it follows on the page, those that were not captured left out."""
    share = case.share("comments", "order", whole=True)
    threads: dict[int, dict[int, int]] = defaultdict(dict)
    for found, true in pairs:
        if found["position"] is not None:
            threads[true["post_id"]][true["id"]] = found["position"]
    right: set[int] = set()
    for post_id, places in threads.items():
        found_order = sorted(places, key=lambda key: places[key])
        orders = [[key for key in order if key in places] for order in case.truth.reading_orders(post_id)]
        best = max((in_place(found_order, order) for order in orders), key=len)
        often = Counter(places.values())
        right |= {key for key in best if often[places[key]] == 1}
    for found, true in pairs:
        share.add(true["id"] in right, f"{_where(case, true)}: position {found['position']}")


def _commenters(case: Case, shown: list[Row]) -> None:
    everyone = sorted({name(row["author_shown"]) for row in shown if row["type"] == "comment"})
    found = {name(one) for one in case.captured.commenters}
    known = {name(row["author_shown"]) for row in case.truth.comments.values()} | {""}
    case.count("commenters", {one: one in found for one in everyone}, sorted(found - known))
