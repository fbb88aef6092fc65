"""Discourse (https://discourse.org): a forum whose topic stands for the comments of a post, open to everybody.

The frame that readers see (`/embed/comments`) has the last posts only, and names the topic; `/t/NUMBER.json?page=N`
gives twenty posts a page, each with the number of the one that it answers. The first post is the blog's own, shortened.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode, urljoin

from archiver import content
from archiver.comments.base import Declared, NoThread, System
from archiver.engines import _json_values as values
from archiver.engines.dom import Dom
from archiver.model import Author, Claim, Comment, Extract, ParentSource, PostRef, Rank, Target
from archiver.urls import absolute

_CONFIG = re.compile(r"\bDiscourseEmbed\s*=\s*\{(?P<inside>[^{}]{0,2000})\}")
_SETTING = re.compile(r"\b(discourseUrl|discourseEmbedUrl|topicId)\s*:\s*[\"']?([^\"',\s}]+)")
_TOPIC = re.compile(r"https?://[^\s\"'<>]+?/t/(?:[^/\s\"'<>]+/)?(\d{1,12})(?=[/\"'?#])")
_PER_PAGE = 20


class Discourse(System):
    """`DiscourseEmbed = {discourseUrl: "https://forum.example.org/", topicId: 12}`."""

    name = "discourse"
    sign = "iscourse"

    def declared(self, dom: Dom, post: PostRef) -> Declared | None:
        """The forum, and the topic by its number or by the address of the post."""
        config = _CONFIG.search(dom.page.text)
        settings = dict(_SETTING.findall(config["inside"])) if config else {}
        if config is None and not {"discourse-comments", "discourse-embed-frame"} & dom.by_id.keys():
            return None
        forum = absolute(settings.get("discourseUrl", ""), dom.base) if settings.get("discourseUrl") else None
        if forum is None:
            return Declared(where="a forum that the page does not name", why="its address is set by a script")
        forum = forum.rstrip("/") + "/"
        topic = settings.get("topicId", "")
        if topic.isascii() and topic.isdigit():
            return Declared(where=forum, url=_url(forum, topic, 1), hint=(("forum", forum), ("page", "1")))
        stated = settings.get("discourseEmbedUrl", "")
        about = absolute(stated, dom.base) if stated.startswith(("http", "/")) else None  # else an expression
        query = urlencode({"embed_url": about or post.url or dom.page.url})
        return Declared(where=forum, url=urljoin(forum, f"embed/comments?{query}"), hint=(("forum", forum),))

    def read(self, data: object, target: Target, post: PostRef) -> Extract:
        """A page of the topic, and how many posts answer the first. The frame itself is only asked for the topic."""
        if isinstance(data, str):
            return Extract()  # nobody has answered yet where it names no topic
        rows = values.inside(data, "post_stream", "posts")
        if not isinstance(rows, list):
            raise NoThread("it is no topic of Discourse")
        forum = target.hint.get("forum", target.url)
        made = tuple(c for row in values.objects(rows) if (c := _comment(row, forum, post)))
        count, subject = values.number(data, "posts_count"), f"#{post.native_id}" if post.native_id else post.url
        if not count or not subject:
            return Extract(comments=made)
        claim = Claim(subject_kind="post", subject=subject, measure="comments", number=count - 1, where="discourse")
        return Extract(comments=made, claims=(claim,))

    def following(self, data: object, target: Target) -> str | None:
        """The topic that the frame names; then its pages, as long as the numbers of posts go on."""
        forum = target.hint.get("forum", target.url)
        if isinstance(data, str):
            found = next((m[1] for m in _TOPIC.finditer(data) if m[0].startswith(forum)), None)
            return _url(forum, found, 1) if found else None
        topic, page = re.search(r"/t/(\d+)\.json", target.url), re.search(r"[?&]page=(\d+)", target.url)
        number, size = int(page[1]) if page else 1, values.number(data, "chunk_size") or _PER_PAGE
        rows, count = values.inside(data, "post_stream", "posts"), values.number(data, "posts_count") or 0
        return _url(forum, topic[1], number + 1) if topic and rows and number * size < count else None

    def is_thread(self, data: object) -> bool:
        """The frame is none."""
        return not isinstance(data, str)


def _url(forum: str, topic: str, page: int) -> str:
    return urljoin(forum, f"t/{topic}.json?page={page}")


def _comment(row: dict[str, Any], forum: str, post: PostRef) -> Comment | None:
    """A post of the forum. Numbers within the topic name it, since answers are told by these."""
    number, topic = values.number(row, "post_number"), values.text(row, "topic_id")
    kind = values.number(row, "post_type")
    if number is None or number < 2 or topic is None or kind not in {None, 1}:
        return None  # the blog's own, and what moderators did
    html, user = values.text(row, "cooked"), values.text(row, "username")
    answers = values.number(row, "reply_to_post_number")
    gone = row.get("hidden") is True or values.text(row, "deleted_at") or row.get("user_deleted") is True
    url = urljoin(forum, f"t/{values.text(row, 'topic_slug') or '-'}/{topic}/{number}")
    name = values.line(row, "name") or user
    return Comment(
        post=post,
        rank=Rank.API,
        native_id=f"discourse:{topic}:{number}",
        url=url,
        author=Author(name=name, member=True, slug=user, url=urljoin(forum, f"u/{user}") if user else None)
        if name
        else None,
        content=content.from_html(html, url) if html and not gone else None,
        published=values.moment(row, "created_at"),
        parent=f"discourse:{topic}:{answers}" if answers and 1 < answers < number else None,
        parent_source=ParentSource.API,
        source="api",
    )
