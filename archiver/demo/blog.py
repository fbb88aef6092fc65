"""The demo blog: its content, its options, and the changes that a test may make to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2s
from random import Random
from threading import RLock

from archiver.demo import _content as written
from archiver.demo import _filler as filler
from archiver.demo._answers import Response
from archiver.demo._index import Index
from archiver.demo._markup import paragraphs, slugify
from archiver.demo._routes import respond
from archiver.demo.records import Author, Comment, Post, Term

LONG_THREAD = 72


class DemoBlog:
    """A small fictional blog that answers as WordPress does.

    seed: of the generated comments and posts. posts: how many published posts (None: those written by hand;
    fewer takes the oldest, more adds generated ones dated before them). thread: approved comments of the
    longest thread. api, feeds, sitemaps: False closes that way in. comments_per_page counts roots; newest_first: the
    post's own address shows the newest comment page, as WordPress is set up by default.

    The truth to compare an archive with: posts, pages, comments, authors, terms (those hidden from
    visitors included). requests: what was asked, as (method, target, status), while it was served.
    robots: text to answer in place of the usual robots.txt. home: the blog's address without a slash.
    """

    def __init__(  # noqa: PLR0913 - options, all by name and all with a default
        self,
        *,
        seed: int = 1,
        posts: int | None = None,
        thread: int = LONG_THREAD,
        api: bool = True,
        feeds: bool = True,
        sitemaps: bool = True,
        posts_per_page: int = 6,
        comments_per_page: int = 20,
        thread_depth: int = 5,
        newest_first: bool = True,
    ) -> None:
        self.home = "http://demo.example.org"
        self.api, self.feeds, self.sitemaps = api, feeds, sitemaps
        self.posts_per_page, self.comments_per_page = posts_per_page, comments_per_page
        self.thread_depth, self.newest_first = thread_depth, newest_first
        self.robots: str | None = None
        self.requests: list[tuple[str, str, int]] = []
        self.lock = RLock()
        self._scripted: dict[str, deque[Response]] = {}
        made = build(seed, posts, thread)
        self.title, self.tagline, self.language, self.zone = made.title, made.tagline, made.language, made.zone
        self.blogroll = made.blogroll
        self.authors: list[Author] = list(made.authors.values())
        self.terms: list[Term] = made.terms
        self.posts: list[Post] = made.posts
        self.pages: list[Post] = made.pages
        self.comments: list[Comment] = number(made.drafts)
        # Hidden posts and comments do not count: their time would show in Last-Modified.
        self.changed = max(
            *(post.modified for post in (*self.pages, *self.posts) if not post.hidden),
            *(comment.date for comment in self.comments if not comment.hidden),
        )
        self._settle()

    def _tick(self) -> datetime:
        """The blog's own clock goes a minute on: nothing here depends on the time of day."""
        self.changed += timedelta(minutes=1)
        return self.changed

    def _settle(self) -> None:
        """Sort everything out anew after a change. cache: rendered pieces that hold until the next one."""
        self.cache: dict[str, str] = {}
        self.index = Index(
            self.posts,
            self.pages,
            self.comments,
            self.terms,
            zone=self.zone,
            per_page=self.comments_per_page,
            depth=self.thread_depth,
        )

    # What a visitor gets

    def respond(self, target: str, *, method: str = "GET", headers: Mapping[str, str] | None = None) -> Response:
        """The answer to a request; target is a path with its query. Needs no server."""
        with self.lock:
            queue = self._scripted.get(target)
            asked = {name.lower(): value for name, value in (headers or {}).items()}
            response = queue.popleft() if queue else respond(self, target, method, asked)
            self.requests.append((method, target, response.status))
            return response

    def answer(self, target: str, *responses: Response) -> None:
        """Script the next answers to that target (path and query), one a request; then the blog goes on as usual."""
        with self.lock:
            self._scripted.setdefault(target, deque()).extend(responses)

    @property
    def published(self) -> list[Post]:
        """The posts that a visitor sees listed, newest first; the protected one is among them."""
        return list(self.index.published)

    def url(self, post: Post) -> str:
        """The permalink: `/2023/06/slug/` on the blog's own calendar, `/slug/` for a static page."""
        if post.kind == "page":
            return f"{self.home}/{post.slug}/"
        when = self.index.local(post.published)
        return f"{self.home}/{when.year}/{when.month:02}/{post.slug}/"

    def comment_url(self, comment: Comment) -> str:
        """The permalink, which always names the comment page. Raises KeyError for hidden posts."""
        post = self.index.by_id[comment.post_id]
        return f"{self.url(post)}comment-page-{self.index.page_number(comment)}/#comment-{comment.id}"

    def approved(self, post: Post) -> list[Comment]:
        """All approved comments of a post, oldest first: what its heading counts."""
        return list(self.index.approved.get(post.id, ()))

    def shown(self, post: Post) -> list[Comment]:
        """The comments that the post's pages show: not those below a hidden one, none if protected."""
        if post.protected:
            return []
        return [node.comment for page in self.index.thread(post.id) for root in page for node in root.walk()]

    # Changes

    def add_comment(  # noqa: PLR0913 - a comment's fields, by name
        self,
        post: Post | int,
        text: str,
        *,
        name: str = "A visitor",
        url: str = "",
        parent: Comment | int | None = None,
        account: Author | None = None,
        kind: str = "comment",
        status: str = "approved",
        date: datetime | None = None,
    ) -> Comment:
        """A new comment, dated now on the blog's clock unless `date` (aware) says otherwise."""
        with self.lock:
            now = self._tick()
            comment = Comment(
                id=max((c.id for c in self.comments), default=100) + 1,
                post_id=post if isinstance(post, int) else post.id,
                parent_id=parent.id if isinstance(parent, Comment) else parent,
                name=account.name if account else name,
                url=account.url if account else url,
                email=account.email if account else mail(name, url),
                date=(date or now).astimezone(UTC),
                text=text,
                account=account,
                kind=kind,
                status=status,
            )
            self.comments.append(comment)
            self._settle()
            return comment

    def edit_comment(self, comment: Comment | int, text: str) -> Comment:
        """Another wording; as in WordPress, nothing on the page says when."""
        with self.lock:
            old = self.comment(comment)
            return self._swap(old, replace(old, text=text))

    def remove_comment(self, comment: Comment | int, *, status: str = "trash") -> Comment:
        """Take it out of sight (trash, spam or hold). Its replies stay approved, but no page shows them."""
        with self.lock:
            old = self.comment(comment)
            return self._swap(old, replace(old, status=status))

    def comment(self, wanted: Comment | int) -> Comment:
        """The comment of that id as it is now, hidden or not. Raises KeyError."""
        wanted_id = wanted if isinstance(wanted, int) else wanted.id
        for comment in self.comments:
            if comment.id == wanted_id:
                return comment
        raise KeyError(wanted_id)

    def _swap(self, old: Comment, new: Comment) -> Comment:
        self._tick()
        self.comments[self.comments.index(old)] = new
        self._settle()
        return new

    def add_post(
        self,
        title: str,
        body: str,
        *,
        by: Author | None = None,
        terms: tuple[Term, ...] = (),
        date: datetime | None = None,
        status: str = "publish",
    ) -> Post:
        """A new post; body is written as in `content/*.toml`, `<!--nextpage-->` included."""
        with self.lock:
            when = (date or self._tick()).astimezone(UTC)
            author = by or self.authors[1]
            slug = slugify(title) or str(len(self.posts))
            post = Post(
                id=max(p.id for p in (*self.posts, *self.pages)) + 1,
                title=title,
                slug=filler.unused(slug, {p.slug for p in self.posts}),
                parts=tuple(paragraphs(part) for part in body.split("<!--nextpage-->")),
                published=when,
                modified=when,
                account=author,
                bylines=(author,),
                terms=terms,
                status=status,
            )
            self.posts.append(post)
            self._settle()
            return post

    def edit_post(
        self, post: Post | int, *, title: str | None = None, body: str | None = None, status: str | None = None
    ) -> Post:
        """Other words, or another status; the post's modified time becomes now on the blog's clock."""
        wanted = post if isinstance(post, int) else post.id
        with self.lock:
            place = next(n for n, found in enumerate(self.posts) if found.id == wanted)
            old = self.posts[place]
            self.posts[place] = replace(
                old,
                title=old.title if title is None else title,
                parts=old.parts if body is None else tuple(map(paragraphs, body.split("<!--nextpage-->"))),
                status=status or old.status,
                modified=self._tick(),
            )
            self._settle()
            return self.posts[place]


def build(seed: int, posts: int | None, thread: int) -> written.Content:
    """The written content, cut or filled up to the wanted size."""
    made = written.load()
    rng = Random(seed)  # noqa: S311 - repeatable on purpose
    filler.fill_thread(made, thread, rng)
    public = [post for post in made.posts if not post.hidden]
    if posts is not None and posts > len(public):
        filler.add_posts(made, posts - len(public), rng)
    elif posts is not None:
        made.posts = public[:posts] + [post for post in made.posts if post.hidden]
    kept = {post.id for post in made.posts}
    made.drafts = [draft for draft in made.drafts if draft.post_id in kept]
    return made


def number(drafts: list[written.Draft]) -> list[Comment]:
    """Comments from their drafts, numbered in the order of their dates, every eighth number left out."""
    ordered = sorted(drafts, key=lambda draft: (draft.date, draft.post_id, draft.place))
    numbers = {(d.post_id, d.place): 101 + n + n // 7 for n, d in enumerate(ordered)}
    return [
        Comment(
            id=numbers[draft.post_id, draft.place],
            post_id=draft.post_id,
            parent_id=numbers.get((draft.post_id, draft.place.rpartition(".")[0])),
            name=draft.name,
            url=draft.url,
            email=draft.account.email if draft.account else mail(draft.name, draft.url),
            date=draft.date,
            text=draft.text,
            account=draft.account,
            kind=draft.kind,
            status=draft.status,
        )
        for draft in ordered
    ]


def mail(name: str, url: str) -> str:
    """A visitor's address: never shown, but its digest tells two people of one name apart."""
    return f"{blake2s(f'{name} {url}'.encode(), digest_size=5).hexdigest()}@mail.example.com" if name else ""
