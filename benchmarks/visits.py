"""The fixed blog as records, for measuring the writer without a network and without parsing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from archiver.model import (
    Author,
    Citation,
    Claim,
    Comment,
    Content,
    Discovery,
    Extract,
    Fetch,
    Link,
    Moment,
    ParentSource,
    Post,
    PostRef,
    Precision,
    Rank,
    Site,
    Target,
    TargetKind,
    Term,
    ThreadPage,
    Visit,
)
from benchmarks.blog import FixedBlog, FixedComment, FixedPost, slug

BASE = "http://blog.example"
SITE = Site(key="blog.example", home=f"{BASE}/", engine="wordpress")
FIRST_FETCH = datetime(2026, 1, 1, tzinfo=UTC)


def visits(posts: int) -> list[Visit]:
    """One visit a post, as if its page had been read: the post, its thread, its claim, and two URLs that it names."""
    blog = FixedBlog(posts)
    return [_visit(blog, number) for number in range(1, posts + 1)]


def _visit(blog: FixedBlog, number: int) -> Visit:
    post = blog.post(number)
    url = BASE + post.path
    comments = tuple(_comment(post, place, comment) for place, comment in enumerate(post.comments))
    ref = PostRef(native_id=str(post.id), url=url)
    extract = Extract(
        posts=(_post(post),),
        comments=comments,
        claims=(Claim(subject_kind="post", subject=url, measure="comments", number=len(comments), where="heading"),),
        threads=(ThreadPage(post=ref, page=1, pages=1, shown=len(comments)),),
    )
    neighbours = (other for other in (number + 1, number + 2) if other <= blog.posts)
    targets = tuple(Target(url=BASE + blog.path(other), kind=TargetKind.POST) for other in neighbours)
    fetched = FIRST_FETCH + timedelta(seconds=number)
    return Visit(
        site=SITE,
        target=Target(url=url, kind=TargetKind.POST),
        fetch=Fetch(
            url=url, fetched_at=f"{fetched:%Y-%m-%dT%H:%M:%S.%fZ}", status=200, content_type="text/html", size=80_000
        ),
        extract=extract,
        discovery=Discovery(targets=targets),
        engine="wordpress",
        engine_version=1,
    )


def _moment(when: datetime) -> Moment:
    return Moment(at=f"{when:%Y-%m-%dT%H:%M:%SZ}", precision=Precision.SECOND, printed=when.isoformat())


def _content(paragraphs: tuple[str, ...], link: str) -> Content:
    html = "".join(f"<p>{text}</p>" for text in paragraphs)
    return Content(html=html, text="\n\n".join(paragraphs), links=(Link(url=link, text="More"),))


def _post(post: FixedPost) -> Post:
    content = _content(post.paragraphs, f"https://example.org/{post.id}")
    cited = Content(
        html=content.html,
        text=content.text,
        links=content.links,
        citations=(Citation("doi", f"10.5555/bench.{post.id}"),),
    )
    terms = [Term(taxonomy="category", name=name, url=f"{BASE}/category/{slug(name)}/") for name in post.categories]
    terms += [Term(taxonomy="tag", name=name, url=f"{BASE}/tag/{slug(name)}/") for name in post.tags]
    return Post(
        url=BASE + post.path,
        rank=Rank.PAGE,
        native_id=str(post.id),
        title=post.title,
        content=cited,
        published=_moment(post.when),
        authors=(Author(name=post.author, member=True, url=f"{BASE}/author/{slug(post.author)}/"),),
        terms=tuple(terms),
        comments_open=True,
        protected=False,
    )


def _comment(post: FixedPost, place: int, comment: FixedComment) -> Comment:
    return Comment(
        post=PostRef(native_id=str(post.id), url=BASE + post.path),
        rank=Rank.PAGE,
        native_id=str(comment.id),
        url=f"{BASE}{post.path}#comment-{comment.id}",
        author=Author(name=comment.author, member=False),
        content=_content(comment.paragraphs, f"https://example.org/c/{comment.id}"),
        published=_moment(comment.when),
        parent=str(comment.parent) if comment.parent else None,
        parent_source=ParentSource.DOM,
        depth=comment.depth,
        page=1,
        position=place,
        by_post_author=False,
    )
