"""The records: what is read from a blog, in the field's own nouns.

Never changed, plain, and free of any library. Engines make them, the database stores them. A record is a
*reading*: what one page, feed or API answer says. Several readings of one thing are merged in the
database, so an unknown field is None ("this source does not say"), never an empty guess.

Text is clean Unicode (see `archiver.text.clean`); times are UTC, ISO-8601 to the second with `Z`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def record(kind: type[T]) -> type[T]:
    """Make a class a record: a dataclass with slots whose fields are given by name and never set again.

    The type checker refuses to set them. A class that refuses it by itself takes twice as long to make, and a page
    of comments is thousands of records.
    """
    return dataclass(slots=True, kw_only=True, unsafe_hash=True)(kind)


class Rank(IntEnum):
    """How much a reading of a post or comment can be trusted to be whole; the greater wins.

    A feed outranks the page for a post's body: it carries what the author published without the
    buttons and lists that themes put around it. A multi-page post joined from its pages outranks
    the feed, which has its first page only. Comments are read whole from pages, so there PAGE is
    above FEED in effect: comment feeds are given EXCERPT by their engine.
    """

    STUB = 1  # a title or a link in a list
    EXCERPT = 2  # a summary
    PAGE = 3  # the page as readers see it
    FEED = 4  # full text from a feed
    PARTS = 5  # all pages of a multi-page post, joined
    API = 6  # the platform's own data


class Precision(StrEnum):
    """The finest unit that a printed date states."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class PostKind(StrEnum):
    POST = "post"
    PAGE = "page"
    ATTACHMENT = "attachment"
    UNKNOWN = "unknown"  # commented on, but never read itself


class CommentKind(StrEnum):
    COMMENT = "comment"
    PINGBACK = "pingback"
    TRACKBACK = "trackback"


class ParentSource(StrEnum):
    """How a comment's parent is known, least certain first."""

    UNKNOWN = "unknown"  # shown flattened: no evidence of what it answers
    INFERRED = "inferred"  # an @-mention, or indentation
    DOM = "dom"  # the nesting, or depth classes and order, of the page
    FEED = "feed"  # "In reply to" of a feed or page: a link to the parent
    API = "api"  # the platform's own data


class TargetKind(StrEnum):
    """What a URL is expected to hold; decides who reads it and in which order it is fetched."""

    ROBOTS = "robots"
    HOME = "home"
    API = "api"
    FEED = "feed"
    COMMENT_FEED = "comment_feed"
    SITEMAP = "sitemap"
    LIST = "list"  # a list of posts: /page/2/, a month, a category
    POST = "post"
    POST_PART = "post_part"  # page 2… of a multi-page post
    COMMENT_PAGE = "comment_page"
    AUTHOR = "author"


@record
class Moment:
    """A point in time as far as it is known.

    at: UTC, `YYYY-MM-DDTHH:MM:SSZ`; units finer than `precision` are zero (month and day: 01).
        A day, month or year is that of the blog's own calendar and is not shifted to UTC.
    printed: the text it was read from.
    floating: whether its zone is unknown, and it was taken for UTC.
    """

    at: str
    precision: Precision
    printed: str | None = None
    floating: bool = field(default=False, compare=False)


@record
class Link:
    url: str
    text: str = ""


@record
class Media:
    """An image, audio, video or enclosure shown in a post."""

    url: str
    kind: str = "image"  # image | audio | video | embed | file
    alt: str | None = None
    caption: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Citation:
    """A reference to a work: scheme is doi, pmid, pmcid, arxiv, nct, isrctn or isbn.

    value is in the scheme's normal form: DOI lower-case without resolver, PMID digits,
    `PMC123`, `2101.00001`, `NCT01234567`, `ISRCTN12345678`, ISBN-13 digits.
    """

    scheme: str
    value: str


@record
class Content:
    """A body of text: as published, and as read.

    html: the fragment as published, made absolute, scripts and styles taken out (it is sanitised
        again when shown). text: paragraphs apart by a blank line, list items by a line.
    """

    html: str
    text: str
    links: tuple[Link, ...] = ()
    media: tuple[Media, ...] = ()
    citations: tuple[Citation, ...] = ()


@record
class Author:
    """One person as the blog shows them.

    member: True for bylines and registered accounts, False for visitors who typed a name.
        Members are told apart by their displayed name, visitors by name and URL.
    """

    name: str
    member: bool
    native_id: str | None = None
    slug: str | None = None
    url: str | None = None  # a visitor's own site, or a member's page on the blog
    website: str | None = None  # a member's own site
    bio: str | None = None  # plain text
    avatar: str | None = None  # the avatar's URL: never stored, only digested with a key


@record
class Term:
    """A category or tag. taxonomy: `category`, `tag`, or the platform's own name for it."""

    taxonomy: str
    name: str
    url: str | None = None
    native_id: str | None = None
    slug: str | None = None
    parent_url: str | None = None
    parent_native_id: str | None = None
    description: str | None = None


@record
class PostRef:
    """Enough to find a post: its native id, or its URL, best both."""

    native_id: str | None = None
    url: str | None = None


@record
class Post:
    """One post or page as one source tells it.

    authors and terms are None when the source does not say, and empty when it says there are none.
    part/parts: the page that this reading holds of a multi-page post, and how many there are as
        far as known (1-based); None for a whole post.
    """

    url: str
    rank: Rank
    native_id: str | None = None
    kind: PostKind = PostKind.POST
    title: str | None = None
    slug: str | None = None
    content: Content | None = None
    excerpt: str | None = None  # plain text
    published: Moment | None = None
    modified: Moment | None = None
    authors: tuple[Author, ...] | None = None
    terms: tuple[Term, ...] | None = None
    language: str | None = None
    comments_open: bool | None = None
    protected: bool | None = None
    part: int | None = None
    parts: int | None = None
    source: str = "page"  # api | feed | page | list
    weak: frozenset[str] = frozenset()  # of authors, terms: read from weak evidence, any other reading is better

    @property
    def ref(self) -> PostRef:
        return PostRef(native_id=self.native_id, url=self.url)


@record
class Comment:
    """One comment as one source tells it.

    depth: as shown, root = 1. page: number of the comment page it was shown on, if the thread is
    paged. position: reading order on that page, from 0. parent: the native id (or, where the
    platform has none, the `key`) of the comment it answers; None with a parent_source other than
    UNKNOWN says that it answers the post itself.
    """

    post: PostRef
    rank: Rank
    native_id: str | None = None
    kind: CommentKind = CommentKind.COMMENT
    url: str | None = None
    author: Author | None = None
    content: Content | None = None
    published: Moment | None = None
    parent: str | None = None
    parent_source: ParentSource = ParentSource.UNKNOWN
    depth: int | None = None
    page: int | None = None
    position: int | None = None
    by_post_author: bool | None = None
    source: str = "page"  # api | feed | page
    key: str | None = None  # stands in for native_id where the platform has none


@record
class ArchivePeriod:
    """One line of the sidebar's Archives: a month (or year, month None) and the posts it claims."""

    label: str
    year: int
    month: int | None = None
    url: str | None = None
    claimed_posts: int | None = None


@record
class WidgetLink:
    url: str
    text: str = ""
    detail: str | None = None  # a date, a count, or who commented


@record
class Widget:
    """One list of the sidebar as seen.

    kind: recent_posts, recent_comments, blogroll, tag_cloud, categories, archives, pages, menu, text.
    """

    kind: str
    title: str | None = None
    links: tuple[WidgetLink, ...] = ()
    text: str | None = None


@record
class Claim:
    """What the blog says of itself: `number` of `measure` for `subject`.

    subject_kind: blog, post, month, category, tag, author. subject: the post's URL or native id
        (`#123`), `2021-02`, the term's URL; empty for the blog. measure: posts, comments, pages.
    where: heading, feed, api, archive_list, category_list … the place that says so.
    """

    subject_kind: str
    subject: str
    measure: str
    number: int
    where: str


@record
class BlogFacts:
    """What a page tells about the blog as a whole; None where it does not say."""

    title: str | None = None
    tagline: str | None = None
    language: str | None = None
    engine: str | None = None
    engine_version: str | None = None
    theme: str | None = None
    utc_offset: int | None = None  # minutes east of UTC, when fixed
    timezone: str | None = None  # IANA name
    api_url: str | None = None
    root: str | None = None  # the front page that the blog's pages call theirs


@record
class Note:
    """An oddity worth counting in the report: a kind (snake_case) and what it concerns."""

    kind: str
    detail: str = ""


@record
class ThreadPage:
    """Which part of a post's thread a page showed, so that its completeness can be judged.

    page/pages: of the comment pages, as far as known (1, 1 for an unpaged thread).
    """

    post: PostRef
    page: int | None
    pages: int | None
    shown: int


@record
class ThreadAnswer:
    """Which part of a post's thread a comment system or the platform's own data gave, apart from pages.

    source: the system, whose name stands before its comments' ids; `api` for the blog's own. part: from 1.
    last: whether nothing follows it, and nothing was held back.
    """

    post: PostRef
    source: str
    part: int
    last: bool


@record
class Listed:
    """One line of a listing: a post or comment by its native id. post: of a comment. modified: UTC, to the second."""

    native_id: str
    post: str | None = None
    url: str | None = None
    modified: str | None = None
    protected: bool = False


@record
class Listing:
    """What a list of ids holds. total: of the whole list, where it states that."""

    entries: tuple[Listed, ...] = ()
    total: int | None = None


@record
class Lesson:
    """Where a page says what the blog's feed says of its post, and where its comments are.

    field: title, author, published, body or comments. path: tags with ids or classes, outermost first:
        `div#main > h2.headline`.
    """

    post: PostRef
    field: str
    path: str


@record
class Quote:
    """How a comment begins, as a feed of comments has it: letters and digits alone. post: the address of its post."""

    post: str
    begins: str


@record
class Learned:
    """Where a blog was found to have a field, as lessons agree. posts: of how many posts of its feed the page says it
    there; of: on how many of their pages it was found anywhere."""

    field: str
    path: str
    posts: int
    of: int


@record
class Extract:
    """Everything that one page holds. listing: of an API that was asked for ids; quotes: of a feed, by which its
    comments are found on their pages."""

    blog: BlogFacts | None = None
    posts: tuple[Post, ...] = ()
    authors: tuple[Author, ...] = ()  # people beyond those named in posts and comments
    terms: tuple[Term, ...] = ()
    comments: tuple[Comment, ...] = ()
    archives: tuple[ArchivePeriod, ...] = ()
    widgets: tuple[Widget, ...] = ()
    claims: tuple[Claim, ...] = ()
    threads: tuple[ThreadPage, ...] = ()
    answers: tuple[ThreadAnswer, ...] = ()
    notes: tuple[Note, ...] = ()
    listing: Listing | None = None
    lessons: tuple[Lesson, ...] = ()
    quotes: tuple[Quote, ...] = ()


@record
class Target:
    """One URL worth fetching.

    hint: what the finder knows of it (`{"post": "123"}`), handed back to the engine that reads it.
    """

    url: str
    kind: TargetKind
    priority: int = 0  # smaller is earlier; within a priority, oldest first
    hint: dict[str, str] = field(default_factory=dict)


@record
class Discovery:
    """Where to go next: targets, and URLs that are only other names of the page just read.

    left: how many links of which kind are never followed, such as forms for replies.
    """

    targets: tuple[Target, ...] = ()
    aliases: tuple[str, ...] = ()
    left: tuple[tuple[str, int], ...] = ()


@record
class Site:
    """What is known of a blog while it is crawled; engines read it, they do not keep state.

    key: the site key that ids are made of: host without `www.`, plus the path of a hosted blog.
    told: what the feed says of the post whose page is read. layout: where pages of this blog were found to say what
        the feed says, as (field, path); see `Lesson`.
    aliases: other names of its host, as `host_key` has them, at which the same paths lead to the same pages.
    """

    key: str
    home: str
    engine: str | None = None
    api_url: str | None = None
    open_routes: frozenset[str] = frozenset()  # parts of the API that answered: posts, comments …
    root: str | None = None  # the front page that the front page itself calls the blog's
    named: str | None = None  # the front page as the API has it, where that names another host
    title: str | None = None  # as the front page says it, which may be with its tagline
    language: str | None = None
    utc_offset: int | None = None
    timezone: str | None = None
    capture_pages: bool = True
    limit: int | None = None  # posts at most, the newest first
    want_sidebar: bool = True  # False once the sidebar of this kind of page is on record
    told: tuple[tuple[str, str], ...] = ()
    layout: tuple[tuple[str, str], ...] = ()
    aliases: tuple[str, ...] = ()


@record
class Fetch:
    """One HTTP exchange, its body left to the WARC.

    fetched_at: UTC with microseconds. digest: `sha1:` + base32 of the payload, as in WARC.
    error: what failed, None for a response of any status.
    """

    url: str
    fetched_at: str
    status: int | None = None
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    location: str | None = None
    digest: str | None = None
    size: int | None = None
    elapsed: float | None = None
    error: str | None = None
    warc_file: str | None = None
    warc_offset: int | None = None
    warc_length: int | None = None


@record
class Visit:
    """All that one fetch has brought; saved in one transaction."""

    site: Site
    target: Target
    fetch: Fetch
    extract: Extract = field(default_factory=Extract)
    discovery: Discovery = field(default_factory=Discovery)
    engine: str = ""
    engine_version: int = 0
