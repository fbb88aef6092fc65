"""What the demo blog is made of: the truth that an archive of it can be compared with.

Frozen: a change to the blog puts a new record in the place of the old one, so a test may keep the
old one to compare. Times are aware and in UTC; the blog prints them on its own clock.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Somebody who writes posts. A guest has a byline but no account, so id is 0 and slug empty.

    email: what a visitor must never see; only its digest shows, in the avatar's address.
    bio: may hold inline HTML.
    """

    id: int
    name: str
    slug: str = ""
    url: str = ""
    email: str = ""
    bio: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """taxonomy: `category` or `post_tag`. slug: percent-encoded, lower case. parent: 0 at the top."""

    id: int
    taxonomy: str
    slug: str
    name: str
    parent: int = 0
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post, or a static page.

    parts: HTML of each page of a multi-page post; `{home}` stands for the blog's address.
    account: who published it (the API's `author`); bylines: who is said to have written it.
    status: publish, draft or private. password: asks for one in place of the body.
    """

    id: int
    title: str
    slug: str
    parts: tuple[str, ...]
    published: datetime
    modified: datetime
    account: Author
    bylines: tuple[Author, ...]
    terms: tuple[Term, ...] = ()
    kind: str = "post"
    status: str = "publish"
    password: str = ""
    sticky: bool = False
    comments_open: bool = True

    @property
    def hidden(self) -> bool:
        """Not for visitors: a draft, or private."""
        return self.status != "publish"

    @property
    def protected(self) -> bool:
        """Listed everywhere, but body and comments are behind a password."""
        return bool(self.password)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """parent_id: the comment that it truly answers, however the page shows it; None for the post.

    account: the author whose account wrote it, None for a visitor. name is empty for somebody
    who left none (shown as Anonymous). kind: comment, pingback or trackback. status: approved, hold,
    spam or trash. text: paragraphs apart by a blank line, inline HTML allowed.
    """

    id: int
    post_id: int
    parent_id: int | None
    name: str
    date: datetime
    text: str
    url: str = ""
    email: str = ""
    account: Author | None = None
    kind: str = "comment"
    status: str = "approved"

    @property
    def hidden(self) -> bool:
        """Not for visitors: held back, spam or trash."""
        return self.status != "approved"


def avatar_key(email: str) -> str:
    """The digest that stands for a person in avatar addresses, as Gravatar forms it."""
    return hashlib.md5(email.strip().lower().encode(), usedforsecurity=False).hexdigest()
