"""The shapes that the REST API gives to records: the keys of WordPress 6, in its order."""

from __future__ import annotations

import html
from datetime import datetime
from typing import TYPE_CHECKING, Any

from archiver.demo._markup import escape, texturize
from archiver.demo._theme import Theme
from archiver.demo.records import Author, Comment, Post, Term, avatar_key

if TYPE_CHECKING:
    from archiver.demo.blog import DemoBlog

Item = dict[str, Any]

CURIES = [{"name": "wp", "href": "https://api.w.org/{rel}", "templated": True}]
EMBED_KEYS = {
    "posts": "id date slug type link title excerpt author featured_media _links",
    "comments": "id parent author author_name author_url date content link type author_avatar_urls _links",
    "users": "id name url description link slug avatar_urls _links",
    "categories": "id link name slug taxonomy _links",
}


class Shapes:
    """Records as the API gives them, for one blog at one address."""

    def __init__(self, blog: DemoBlog) -> None:
        self.blog, self.theme = blog, Theme(blog)
        self.root = f"{blog.home}/wp-json/wp/v2"

    def times(self, name: str, when: datetime) -> Item:
        """`date` on the blog's clock and `date_gmt`, neither saying its offset."""
        return {name: self.stamp(self.blog.index.local(when)), f"{name}_gmt": self.stamp(when)}

    @staticmethod
    def stamp(when: datetime) -> str:
        return when.replace(tzinfo=None).isoformat(timespec="seconds")

    def links(self, collection: str, item_id: int, **more: list[Item]) -> Item:
        own = f"{self.root}/{collection}"
        return {"self": [{"href": f"{own}/{item_id}"}], "collection": [{"href": own}], **more}

    def to(self, path: str, **more: Any) -> list[Item]:
        return [{**more, "embeddable": True, "href": f"{self.root}/{path}"}]

    def post(self, post: Post) -> Item:
        content = "" if post.protected else "<!--nextpage-->\n".join(post.parts).replace("{home}", self.blog.home)
        summary = "" if post.protected else f"<p>{self.theme.excerpt(post)}</p>\n"
        is_page = post.kind == "page"
        item: Item = {
            "id": post.id,
            **self.times("date", post.published),
            "guid": {"rendered": f"{self.blog.home}/?p={post.id}"},
            **self.times("modified", post.modified),
            "slug": post.slug,
            "status": post.status,
            "type": post.kind,
            "link": self.blog.url(post),
            "title": {"rendered": escape(post.title)},
            "content": {"rendered": content, "protected": post.protected},
            "excerpt": {"rendered": summary, "protected": post.protected},
            "author": post.account.id,
            "featured_media": 0,
            **({"parent": 0, "menu_order": 0} if is_page else {}),
            "comment_status": "open" if post.comments_open else "closed",
            "ping_status": "open",
            **({} if is_page else {"sticky": post.sticky}),
            "template": "",
            **({} if is_page else {"format": "standard"}),
            "meta": [],
        }
        if not is_page:
            item["categories"] = [term.id for term in self.theme.categories(post)]
            item["tags"] = [term.id for term in self.theme.tags(post)]
        return item | {"_links": self.post_links(post)}

    def post_links(self, post: Post) -> Item:
        found = self.links(f"{post.kind}s", post.id)
        found["about"] = [{"href": f"{self.root}/types/{post.kind}"}]
        found["author"] = self.to(f"users/{post.account.id}")
        found["replies"] = self.to(f"comments?post={post.id}")
        if post.kind == "post":
            found["wp:term"] = [
                *self.to(f"categories?post={post.id}", taxonomy="category"),
                *self.to(f"tags?post={post.id}", taxonomy="post_tag"),
            ]
        return found | {"curies": CURIES}

    def comment(self, comment: Comment) -> Item:
        found = self.links("comments", comment.id, up=self.to(f"posts/{comment.post_id}", post_type="post"))
        if comment.account:
            found["author"] = self.to(f"users/{comment.account.id}")
        if comment.parent_id:
            found["in-reply-to"] = self.to(f"comments/{comment.parent_id}")
        return {
            "id": comment.id,
            "post": comment.post_id,
            "parent": comment.parent_id or 0,
            "author": comment.account.id if comment.account else 0,
            "author_name": comment.name,
            "author_url": comment.url,
            **self.times("date", comment.date),
            "content": {"rendered": str(self.theme.comment_body(comment))},
            "link": self.blog.comment_url(comment),
            "status": "approved",
            "type": comment.kind,
            "author_avatar_urls": self.avatars(comment.email),
            "meta": [],
            "_links": found,
        }

    def user(self, author: Author) -> Item:
        return {
            "id": author.id,
            "name": author.name,
            "url": author.url,
            "description": texturize(author.bio),
            "link": self.theme.author_url(author),
            "slug": author.slug,
            "avatar_urls": self.avatars(author.email),
            "meta": [],
            "_links": self.links("users", author.id),
        }

    def term(self, term: Term) -> Item:
        collection = "categories" if term.taxonomy == "category" else "tags"
        found = self.links(collection, term.id, about=[{"href": f"{self.root}/taxonomies/{term.taxonomy}"}])
        if term.parent:
            found["up"] = self.to(f"{collection}/{term.parent}")
        found["wp:post_type"] = [{"href": f"{self.root}/posts?{collection}={term.id}"}]
        return {
            "id": term.id,
            # Unlike the sidebar, the API does not count the posts of the categories below.
            "count": len(self.blog.index.filed_under(term, with_children=False)),
            "description": html.escape(term.description, quote=False),
            "link": self.theme.term_url(term),
            "name": html.escape(term.name, quote=False),
            "slug": term.slug,
            "taxonomy": term.taxonomy,
            **({"parent": term.parent} if term.taxonomy == "category" else {}),
            "meta": [],
            "_links": found | {"curies": CURIES},
        }

    def avatars(self, email: str) -> Item:
        return {str(size): f"{self.blog.home}/avatar/{avatar_key(email)}?s={size}&d=mm&r=g" for size in (24, 48, 96)}


def pick(item: Item, fields: list[str]) -> Item:
    """Only the asked fields; `title.rendered` asks for a part of one."""
    if not fields:
        return item
    found: Item = {}
    for name in fields:
        key, _, inner = name.partition(".")
        if key not in item:
            continue
        if inner and isinstance(item[key], dict):
            found.setdefault(key, {}).update(pick(item[key], [inner]))
        else:
            found[key] = item[key]
    return found


def brief(item: Item, collection: str) -> Item:
    """An item as it is embedded in another."""
    return {key: item[key] for key in EMBED_KEYS[collection].split() if key in item}
