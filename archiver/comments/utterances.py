"""utterances (https://utteranc.es): the comments of an issue at GitHub, whose API gives them to everyone.

Without a token GitHub answers 60 requests an hour from one address; with one, 5,000 (see `github_token`).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from archiver.comments._github import term
from archiver.comments._said import Said, counted
from archiver.comments.base import Declared, NoThread, System
from archiver.engines import _json_values as values
from archiver.engines._feed_formats import paragraphs
from archiver.engines.dom import Dom
from archiver.model import Author, Extract, PostRef, Target

API = "https://api.github.com"
AT_ONCE = 100


class Utterances(System):
    """`<script src="https://utteranc.es/client.js" repo="quay/blog" issue-term="pathname">`."""

    name = "utterances"
    sign = "utteranc"

    def declared(self, dom: Dom, post: PostRef) -> Declared | None:
        """The repository, and the issue of the page: by its number, or to be looked for by its title."""
        script = next((s for s in dom.tags("script") if "utteranc.es/client.js" in (s.get("src") or "")), None)
        if script is None:
            return None
        repo, number = script.get("repo") or "", script.get("issue-number") or ""
        if repo.count("/") != 1:
            return Declared(where="GitHub", why="the page does not state the repository")
        if number.isascii() and number.isdigit():
            return Declared(where=repo, url=_comments(f"{API}/repos/{repo}/issues/{number}", 1))
        title = term(script.get("issue-term") or "pathname", dom, post)
        if not title:
            return Declared(where=repo, why="the page does not tell which issue is its own")
        query = {"q": f'"{title}" type:issue in:title repo:{repo}', "sort": "created", "order": "asc"}
        return Declared(where=repo, url=f"{API}/search/issues?{urlencode(query)}", hint=(("title", title),))

    def read(self, data: object, target: Target, post: PostRef) -> Extract:
        """The comments of an issue, or what a search says of how many there are."""
        if isinstance(data, list):
            first = AT_ONCE * (_page(target) - 1)
            said = [_said(row, first + n) for n, row in enumerate(values.objects(data)) if values.text(row, "id")]
            return Extract(comments=tuple(one.record(self.name, post) for one in said))
        if not isinstance(values.inside(data, "items"), list):
            raise NoThread(f"it is no issue: {values.line(data, 'message') or 'there is nothing in it'}")
        issue = _issue(data, target.hint.get("title", ""))
        return counted(Extract(), post, values.number(issue, "comments"), self.name)

    def following(self, data: object, target: Target) -> str | None:
        """From a search to the issue that it has found, from a page of comments to the next."""
        if isinstance(data, list):
            root = target.url.removesuffix(f"/comments?{urlsplit(target.url).query}")
            return _comments(root, _page(target) + 1) if len(data) == AT_ONCE else None
        issue = _issue(data, target.hint.get("title", ""))
        url = values.text(issue, "url")
        if url is None or not url.startswith(f"{API}/repos/") or not values.number(issue, "comments"):
            return None
        return _comments(url, 1)

    def is_thread(self, data: object) -> bool:
        """A search is none: it may have found nothing today."""
        return isinstance(data, list)


def _comments(issue: str, page: int) -> str:
    return f"{issue}/comments?{urlencode({'per_page': AT_ONCE, 'page': page})}"


def _page(target: Target) -> int:
    return values.number(parse_qs(urlsplit(target.url).query).get("page", ["1"])[0]) or 1


def _issue(data: object, title: str) -> dict[str, Any] | None:
    """Of the issues that a search has found, the one that has the title, or begins with it; the oldest of several."""
    found = values.objects(values.inside(data, "items") or [])
    wanted = title.casefold().strip()
    titles = [(values.line(row, "title") or "").casefold() for row in found]
    exact = [row for row, name in zip(found, titles, strict=True) if name == wanted]
    near = [row for row, name in zip(found, titles, strict=True) if wanted in name]
    return next(iter([*exact, *near]), None)


def _said(row: dict[str, Any], place: int) -> Said:
    """A comment; issues have no threads. GitHub gives its HTML where that was asked for, else what was typed."""
    plain = values.text(row, "body")
    login = values.line(row, "user", "login")
    return Said(
        id=str(row["id"]),
        html=values.text(row, "body_html") or (paragraphs(plain) if plain else None),
        author=Author(name=login, member=True, slug=login, url=values.text(row, "user", "html_url")) if login else None,
        published=values.moment(row, "created_at"),
        position=place,
        url=values.text(row, "html_url"),
    )
