"""WordPress's REST API: 100 posts or comments a request, with true parents and exact times."""

from __future__ import annotations

import re
from math import ceil
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from archiver import content, dates
from archiver.engines import _added
from archiver.engines.base import PART
from archiver.engines.wordpress_urls import post_url
from archiver.errors import PageError
from archiver.model import (
    Author,
    BlogFacts,
    Claim,
    Comment,
    CommentKind,
    Content,
    Extract,
    Moment,
    ParentSource,
    Post,
    PostKind,
    PostRef,
    Rank,
    Target,
    TargetKind,
    Term,
)
from archiver.page import Page

PER_PAGE = 100  # the most that WordPress gives; 101 is an error
_BACKWARDS = {"posts": "date", "comments": "id"}
"""What newest means of them: posts may be entered under an earlier date."""
ROUTES = {"users": 5, "categories": 6, "tags": 7, "posts": 10, "pages": 11, "comments": 12}
"""What is asked for, with its priority: what others refer to comes first."""
ROOT_FIELDS = "name,description,url,home,gmt_offset,timezone_string,namespaces"
EMBEDDED = "author,wp:term"
REFUSED, FAILED = 400, 500
BARE = "bare"
"""The hint of a list without what its rows embed."""
_EMBEDDING = frozenset({"posts", "pages"})
_TEN = 10
_EMPTY = re.compile(r"<(?!/?(?:p|div|br|span)\b|!--)", re.IGNORECASE)
# What page builders write; an article about one of them shows one at most, or has them in its code.
_BUILDER = re.compile(
    r"\[/?(?:(?:vc|et_pb|fusion|mk|tatsu|nectar|kc|wpb)_[a-z0-9_]+"
    r"|av_(?:section|textblock|heading|image|hr|button|one_\w+|two_\w+|three_\w+)|cs_(?:section|row|column|content))"
    r"(?:\s[^\[\]]*)?/?\]",
)
_CODE = re.compile(r"(<(?:pre|code)\b.*?</(?:pre|code)>)", re.DOTALL | re.IGNORECASE)
_SHORT = 1500  # characters: excerpts have 55 words
_CUT = re.compile(r"\[\s*(?:…|\.\.\.)\s*\]$")
TAXONOMIES = {"category": "category", "post_tag": "tag"}


def endpoint(root: str, route: str, **query: str | int) -> str:
    """The URL of a route below an API root, in either form (`/wp-json/` or `?rest_route=/`)."""
    parts = urlsplit(root)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    path = parts.path
    if any(name == "rest_route" for name, _ in pairs):
        pairs = [(name, "/" + route if name == "rest_route" else value) for name, value in pairs]
    else:
        path = path.rstrip("/") + "/" + route
    pairs += [(name, str(value)) for name, value in query.items()]
    return urlunsplit((parts.scheme, parts.netloc, path, urlencode(pairs, safe="/:,", quote_via=quote), ""))


def root_target(root: str, **more: str) -> Target:
    """The target that asks an API root who it is. more: hints."""
    hint = {"route": "", "root": root} | more
    return Target(url=endpoint(root, "", _fields=ROOT_FIELDS), kind=TargetKind.API, priority=2, hint=hint)


def route_targets(root: str, *, newest_first: bool = False, **more: str) -> list[Target]:
    """The first page of every route. newest_first: for a crawl that takes the newest posts only. more: hints."""
    return [page_target(root, route, 1, newest_first=newest_first, size=PER_PAGE, **more) for route in ROUTES]


def page_target(
    root: str, route: str, page: int, *, newest_first: bool = False, size: int = PER_PAGE, **more: str
) -> Target:
    """One page of a route. Ordered by id, so that new posts cannot shift the pages under the crawl.

    With the newest first they do: the last rows of a page then come again on the next one, and none is passed over.
    size: rows a page. more: hints.
    """
    query: dict[str, str | int] = {"per_page": size, "page": page, "orderby": "id", "order": "asc"}
    backwards = newest_first and route in _BACKWARDS
    if backwards:
        query |= {"orderby": _BACKWARDS[route], "order": "desc"}
    if route in _EMBEDDING and BARE not in more:
        query["_embed"] = EMBEDDED
    if route in {"categories", "tags"}:
        query["hide_empty"] = "false"
    hint = {"route": route, "root": root, "page": str(page)} | ({"order": "desc"} if backwards else {}) | more
    if size != PER_PAGE:
        hint["size"] = str(size)
    if route in {"posts", "comments"} and page > 1:
        hint["offset"] = str((page - 1) * size)  # rows before it, which a limit on posts goes by
    url = endpoint(root, f"wp/v2/{route}", **query)
    return Target(url=url, kind=TargetKind.API, priority=ROUTES[route], hint=hint)


def is_root(page: Page) -> bool:
    """Whether a page is the index of a WordPress API that has posts."""
    data = page.json
    return isinstance(data, dict) and "wp/v2" in (data.get("namespaces") or [])


def rows(page: Page) -> list[dict[str, Any]]:
    """The rows of a route's answer. Raises PageError when it is something else."""
    data = page.json
    if not isinstance(data, list):
        said = data.get("message", "") if isinstance(data, dict) else ""
        raise PageError(
            page.url, f"a list was expected, the API says: {said or type(data).__name__}", "The pages are read instead"
        )
    return [row for row in data if isinstance(row, dict)]


def next_pages(page: Page, target: Target) -> list[Target]:
    """The pages that follow: all of them when the answer states their number, else the next one."""
    number, size = int(target.hint["page"]), _size(target)
    total = page.headers.get("x-wp-totalpages", "")
    if PART in target.hint and size == 1 and number == 1:
        most = int(total) if total.isdecimal() else 2 * _TEN
        ones = [_beside(target, n, 1, **{PART: "1"}) for n in range(2, min(_TEN, most) + 1)]
        last = ceil(most / _TEN)
        return [*ones, *(_beside(target, n, _TEN) for n in range(2, last + 1))]
    if PART in target.hint and number > 1:
        numbers = range(0)
    elif total.isdecimal():
        numbers = range(2, int(total) + 1) if number == 1 else range(0)
    else:
        came = len(listed := rows(page))
        # A blog may give fewer rows than it is asked for, and says nothing of it: 10, 20 or 50 of them. One that takes
        # no note of the number of a page gives the first again and again.
        first = str(listed[0].get("id")) if listed else ""
        more = came >= size or (came and came % 10 == 0)
        goes_on = more and first != target.hint.get("first")
        return [_beside(target, number + 1, size, first=first)] if goes_on else []
    return [_beside(target, n, size) for n in numbers]


def smaller(page: Page, target: Target) -> list[Target]:
    """What to ask for instead of a page of a route that cannot be had: fewer rows at a time.

    Blogs may bound the rows of a page, and say so; and the server may fail on a hundred posts, or break off, or on one
    of them that is broken. Ten at a time, then one by one, loses that one alone. Of a first page one row is tried
    first: a route that fails with that fails with all. Unless it is what the rows embed: WordPress up to 6.1 fails
    where a plugin has closed the users or terms to which they lead.
    """
    size, number = _size(target), int(target.hint.get("page", "1"))
    if target.hint.get("route") not in ROUTES:
        return []
    if page.status == REFUSED:
        bound = _bound(page)
        return [_beside(target, 1, bound)] if number == 1 and bound < size else []
    torn = page.ok and ("json" in page.media_type or number > 1)
    if size == number == 1 and page.status >= FAILED and target.hint["route"] in _EMBEDDING and BARE not in target.hint:
        return [_beside(target, 1, 1, **{PART: "1", BARE: "1"})]
    if size == 1 or (page.status < 500 and not torn):
        return []
    less = _TEN if size > _TEN else 1
    if number == 1:
        return [_beside(target, 1, less, **{PART: "1"})]
    first, last = (number - 1) * size // less + 1, ceil(number * size / less)
    return [_beside(target, n, less, **{PART: "1"}) for n in range(first, last + 1)]


def _beside(target: Target, number: int, size: int, **more: str) -> Target:
    """Another page of the route that a target asks for."""
    newest_first = target.hint.get("order") == "desc"
    more |= {BARE: target.hint[BARE]} if BARE in target.hint else {}
    return page_target(target.hint["root"], target.hint["route"], number, newest_first=newest_first, size=size, **more)


def _size(target: Target) -> int:
    return int(target.hint.get("size", PER_PAGE))


def _bound(page: Page) -> int:
    """How many rows a page may have, where an API refuses more; PER_PAGE where it refuses something else.

    The sentence is in the blog's language: its last number is the bound.
    """
    try:
        told = str(page.json["data"]["params"]["per_page"])
    except (PageError, KeyError, TypeError):
        return PER_PAGE
    numbers = [int(number) for number in re.findall(r"[0-9]{1,3}", told)]
    return numbers[-1] if numbers and numbers[-1] else PER_PAGE


def read(page: Page, target: Target) -> Extract:
    """The records of one answer."""
    route = target.hint["route"]
    if route == "":
        return Extract(blog=_facts(page.json, target.hint["root"]))
    found = rows(page)
    said = claims(page, route) if "mode" not in target.hint else ()  # a part of a list says nothing of the blog
    if route in {"posts", "pages"}:
        return Extract(posts=tuple(_post(row, page.url) for row in found), claims=said)
    if route == "comments":
        return Extract(comments=tuple(_comment(row, page.url) for row in found), claims=said)
    if route == "users":
        return Extract(authors=tuple(_user(row) for row in found if row.get("name")))
    return Extract(terms=tuple(_term(row) for row in found))


def claims(page: Page, route: str) -> tuple[Claim, ...]:
    """How many posts, pages or comments the blog has, as a list states it."""
    total = page.headers.get("x-wp-total", "")
    if not total.isdecimal() or route not in {"posts", "pages", "comments"}:
        return ()
    return (Claim(subject_kind="blog", subject="", measure=route, number=int(total), where="api"),)


def _facts(data: dict[str, Any], root: str) -> BlogFacts:
    offset = data.get("gmt_offset")
    try:
        minutes = round(float(offset) * 60) if offset is not None else None
    except (TypeError, ValueError):
        minutes = None
    return BlogFacts(
        title=content.plain(str(data.get("name") or "")) or None,
        tagline=content.plain(str(data.get("description") or "")) or None,
        utc_offset=minutes,
        timezone=data.get("timezone_string") or None,
        api_url=root,
    )


def _moment(row: dict[str, Any], name: str) -> Moment | None:
    """A time of the API; the GMT field is missing or zero for some imported posts."""
    moment = dates.from_iso(str(row.get(f"{name}_gmt") or ""), 0)
    return (
        moment
        if moment and not moment.at.startswith("-") and moment.at > "0001"
        else dates.from_iso(str(row.get(name) or ""), None)
    )


def _rendered(value: Any) -> str:
    return str(value.get("rendered") or "") if isinstance(value, dict) else str(value or "")


def _post(row: dict[str, Any], base: str) -> Post:
    embedded = row.get("_embedded") or {}
    people = [_user(user) for user in embedded.get("author") or [] if isinstance(user, dict) and user.get("name")]
    groups = embedded.get("wp:term") or []
    terms = [
        _term(term)
        for group in groups
        if isinstance(group, list)
        for term in group
        if isinstance(term, dict) and term.get("name")
    ]
    body = row.get("content") or {}
    protected = bool(isinstance(body, dict) and body.get("protected"))
    kind = {"post": PostKind.POST, "page": PostKind.PAGE, "attachment": PostKind.ATTACHMENT}.get(
        str(row.get("type")), PostKind.POST
    )
    link = str(row.get("link") or base)
    return Post(
        url=link,
        rank=Rank.API,
        native_id=str(row["id"]),
        kind=kind,
        title=content.plain(_rendered(row.get("title"))),
        slug=_slug(row.get("slug")),
        content=None if protected else _body(_rendered(body), link),
        excerpt=None if protected else content.plain(_rendered(row.get("excerpt"))) or None,
        published=_moment(row, "date"),
        modified=_moment(row, "modified"),
        authors=tuple(people) or None,
        terms=tuple(t for t in terms if t.taxonomy in {"category", "tag"}) if groups or kind is PostKind.PAGE else None,
        comments_open=row.get("comment_status") == "open" if row.get("comment_status") else None,
        protected=protected,
        source="api",
    )


def _body(html: str, link: str) -> Content | None:
    """The body; None where the API has none of it, or its beginning only.

    Page builders and custom fields put the words on the page alone. Where builders keep them between shortcodes, an
    API may hand those out as they are.
    """
    if "[" in html and len(_BUILDER.findall(html)) > 1:
        html = "".join(part if _CODE.match(part) else _BUILDER.sub("", part) for part in _CODE.split(html))
    made = _added.read_post(html, link)
    if made.text.strip():
        return None if len(made.text) < _SHORT and _CUT.search(made.text.rstrip()) else made
    return made if made.media or _EMPTY.search(html) else None


def _slug(slug: Any) -> str | None:
    """A slug as people read it: WordPress sends it percent-encoded."""
    return unquote(str(slug)) if slug else None


def _user(row: dict[str, Any]) -> Author:
    return Author(
        name=content.plain(str(row.get("name") or "")),
        member=True,
        native_id=str(row["id"]) if row.get("id") else None,
        slug=_slug(row.get("slug")),
        url=row.get("link") or None,
        website=row.get("url") or None,
        bio=content.plain(str(row.get("description") or "")) or None,
    )


def _term(row: dict[str, Any]) -> Term:
    kind = str(row.get("taxonomy") or "")
    return Term(
        taxonomy=TAXONOMIES.get(kind, kind),
        name=content.plain(str(row.get("name") or "")),
        url=row.get("link") or None,
        native_id=str(row["id"]) if row.get("id") else None,
        slug=_slug(row.get("slug")),
        parent_native_id=str(row["parent"]) if row.get("parent") else None,
        description=content.plain(str(row.get("description") or "")) or None,
    )


def _comment(row: dict[str, Any], base: str) -> Comment:
    link = str(row.get("link") or "")
    account = row.get("author") or 0
    name = content.plain(str(row.get("author_name") or ""))
    parent = row.get("parent") or 0
    kind = {"pingback": CommentKind.PINGBACK, "trackback": CommentKind.TRACKBACK}.get(
        str(row.get("type")), CommentKind.COMMENT
    )
    return Comment(
        post=PostRef(native_id=str(row["post"]), url=post_url(link) if link else None),
        rank=Rank.API,
        native_id=str(row["id"]),
        kind=kind,
        url=link or None,
        author=Author(
            name=name or "Anonymous",
            member=bool(account),
            url=None if account else row.get("author_url") or None,
            website=(row.get("author_url") or None) if account else None,
        ),
        content=_added.read_comment(_rendered(row.get("content")), link or base),
        published=_moment(row, "date"),
        parent=str(parent) if parent else None,
        parent_source=ParentSource.API,
        source="api",
    )
