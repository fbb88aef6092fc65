"""Posts, pages, their identifiers, the people who wrote them, terms and months: found, and right."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

from benchmarks.case import Case, date_of, unlike
from benchmarks.measures import name as name_of
from benchmarks.measures import plain, token_f1
from benchmarks.truth import TAXONOMIES, Row

SAME_BODY = 0.98  # F1 from which two bodies count as the same


def compare_posts(case: Case) -> None:
    """Rows `posts`, `pages` with their fields, and `identifiers`."""
    for kind, subject in (("post", "posts"), ("page", "pages")):
        true = {key: row for key, row in case.truth.posts.items() if row["type"] == kind}
        expected = {row["path"]: key in case.captured.posts for key, row in true.items()}
        extra = [row["url"] for row in case.captured.strangers["posts"] if row["kind"] == kind]
        case.count(subject, expected, extra, apart=case.captured.unread if kind == "post" else 0)
        pairs = [(case.captured.posts[key], row) for key, row in true.items() if key in case.captured.posts]
        _simple_fields(case, subject, pairs)
        _bylines(case, subject, pairs)
        _dates(case, subject, pairs)
        for name, taxonomy in (("categories", "category"), ("tags", "post_tag")):
            _filing(case, subject, name, taxonomy, pairs)
    _identifiers(case)


def _simple_fields(case: Case, subject: str, pairs: list[tuple[Row, Row]]) -> None:
    url, title, body = (case.share(subject, name) for name in ("url", "title", "body"))
    protected = case.share(subject, "protected", told=True)
    base = "{0.scheme}://{0.netloc}".format(urlsplit(case.base_url))
    for found, true in pairs:
        where = true["path"]
        urls = {base + path for path in case.truth.post_urls(true)} | {base + where}
        url.add(found["url"] in urls, f"{where}: {found['url']}")
        title.add(_same_title(found, true), unlike(where, found["title"], true["title_text"]))
        score = token_f1(found["text"], true["body_text"])
        body.add(score >= SAME_BODY, f"{where}: F1 {score:.3f}", likeness=score)
        if found["protected"] is not None:
            protected.add(found["protected"] == true["protected"], where)


def _same_title(found: Row, true: Row) -> bool:
    right = {plain(true["title_text"])}
    if true["protected"]:  # WordPress puts a word before it
        right.add(plain(true["title_text"].partition(":")[2]))
    if not true["title_raw"]:  # some themes say Untitled, some nothing
        right.add("")
    return found["title"] is not None and plain(found["title"]) in right


def _bylines(case: Case, subject: str, pairs: list[tuple[Row, Row]]) -> None:
    """Names in order. The API knows the account only, and so do block themes; no theme prints the author of a page."""
    author = case.share(subject, "author")
    for found, true in pairs:
        account = [case.truth.account_names[true["author_id"]]]
        printed = case.shows_byline and true["type"] == "post" and (case.pages or not case.api_open)
        right = [true["names"]] if printed else [account, true["names"]]
        names = [name_of(name) for name in found["names"]]
        if true["type"] == "post" or case.api_open or names:
            author.add(names in right, unlike(true["path"], names, right[0]))


def _dates(case: Case, subject: str, pairs: list[tuple[Row, Row]]) -> None:
    for name in ("published", "modified"):
        share = case.share(subject, name)
        for found, true in pairs:
            knowable = case.api_open or (name == "published" and true["type"] == "post")
            if knowable or found[f"{name}_at"]:
                right = case.right_moment(found, true, name, exact=case.api_open)
                share.add(right, unlike(true["path"], date_of(found, name), f"{true[f'{name}_gmt']} UTC"))


def _filing(case: Case, subject: str, name: str, taxonomy: str, pairs: list[tuple[Row, Row]]) -> None:
    share = case.share(subject, name)
    terms = case.truth.terms
    for found, true in pairs:
        wanted = {key for key in true["terms"] if terms[key]["taxonomy"] == taxonomy}
        ours = {key for key in found["terms"] if key not in terms or terms[key]["taxonomy"] == taxonomy}
        names = [sorted(terms[key]["name"] if key in terms else key for key in keys) for keys in (ours, wanted)]
        share.add(ours == wanted, unlike(true["path"], *names))


def _identifiers(case: Case) -> None:
    """Those that were planted in posts. Others are there, too (in captions and comments), so none is extra."""
    expected = {
        f"{scheme}:{value} in {row['path']}": (scheme, value) in case.captured.posts[key]["cited"]
        for key, row in case.truth.posts.items()
        if key in case.captured.posts
        for scheme, value in case.truth.identifiers(row)
    }
    case.count("identifiers", expected, [])


def compare_people(case: Case) -> None:
    """Row `authors`: whose byline stands on a post, and cannot be another one where API, feed and page differ.

    Members beyond that (who wrote pages or comments only) are apart. One person under two spellings is extra.
    """
    truth = case.truth
    members = [name_of(row["name"]) for row in case.captured.authors if row["member"]]
    posts = [row for row in truth.posts.values() if row["type"] == "post"]
    bylines = {name for row in posts for name in row["names"]}
    sure = {name for row in posts for name in row["names"] if name == truth.account_names[row["author_id"]]}
    wanted = bylines if case.shows_byline and (case.pages or not case.api_open) else sure
    real = bylines | set(truth.account_names.values())
    extra = [name for name in members if name not in real]
    extra += [f"{name} (twice)" for name in set(members) if members.count(name) > 1]
    apart = len((set(members) & real) - wanted)
    case.count("authors", {name: name in members for name in sorted(wanted)}, extra, apart=apart)
    _bios(case)


def _bios(case: Case) -> None:
    """The API has every biography; a theme shows some, in its author box."""
    bio = case.share("authors", "bio", told=not case.api_open)
    members = {name_of(row["name"]): row for row in case.captured.authors if row["member"]}
    for row in case.truth.authors:
        found = members.get(row["name"])
        if row["posts"] and found and (case.api_open or found["bio"]):
            true = html.unescape(re.sub(r"<[^>]+>", "", row["bio_html"]))
            score = token_f1(found["bio"], true)
            bio.add(score >= SAME_BODY, unlike(row["name"], found["bio"], true), likeness=score)


def compare_terms(case: Case) -> None:
    """Rows `categories` and `tags`: those with posts, of their own or of a child. Empty ones are apart."""
    captured = case.captured
    for taxonomy, subject in (("category", "categories"), ("post_tag", "tags")):
        true = {key: row for key, row in case.truth.terms.items() if row["taxonomy"] == taxonomy}
        expected = {row["name"]: key in captured.terms for key, row in true.items() if row["archive_posts"]}
        strangers = [row for row in captured.strangers["terms"] if row["taxonomy"] == TAXONOMIES[taxonomy]]
        apart = sum(key in captured.terms for key, row in true.items() if not row["archive_posts"])
        case.count(subject, expected, [f"{row['name']} {row['url']}" for row in strangers], apart=apart)
        name = case.share(subject, "name")
        for key, row in true.items():
            if key in captured.terms:
                found = captured.terms[key]["name"]
                name.add(plain(found) == plain(row["name"]), unlike(row["path"], found, row["name"]))


def compare_months(case: Case) -> None:
    """Row `months`: the sidebar's Archives, and the posts that it claims for each month."""
    rows = {f"{row['year']}-{row['month'] or 0:02}": row["claimed_posts"] for row in case.captured.archives}
    extra = sorted(set(rows) - set(case.truth.months))
    case.count("months", {month: month in rows for month in case.truth.months}, extra)
    posts = case.share("months", "posts")
    for month, number in case.truth.months.items():
        if month in rows:
            posts.add(rows[month] == number, unlike(month, rows[month], number))
