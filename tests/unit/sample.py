"""A small archive of two fictional blogs, one with gaps and one whole, for tests of what reads archives."""

from __future__ import annotations

from pathlib import Path

from archiver.model import (
    ArchivePeriod,
    Author,
    BlogFacts,
    Claim,
    Comment,
    CommentKind,
    Content,
    Discovery,
    Extract,
    Fetch,
    Moment,
    Post,
    PostRef,
    Precision,
    Rank,
    Site,
    Target,
    TargetKind,
    Visit,
)
from db import Writer, open_archive

GAPPY = Site(key="blog.example.org", home="https://blog.example.org/", engine="wordpress")
WHOLE = Site(key="other.example.net", home="https://other.example.net/", engine="generic")
ANNA = Author(name="Anna Berg", member=True)
OWEN = Author(name="Owen Reed", member=True)


def content(text: str) -> Content:
    return Content(html=f"<p>{text}</p>", text=text)


def post(site: Site, number: int, title: str, text: str, *authors: Author) -> Post:
    return Post(
        url=f"{site.home}2021/02/post-{number}/",
        native_id=str(number),
        rank=Rank.API,
        title=title,
        content=content(text),
        authors=authors or (ANNA,),
        published=Moment(at=f"2021-02-{number:02}T12:00:00Z", precision=Precision.SECOND),
    )


def comment(site: Site, number: int, of: int, name: str, text: str, kind: CommentKind = CommentKind.COMMENT) -> Comment:
    return Comment(
        post=PostRef(native_id=str(of), url=f"{site.home}2021/02/post-{of}/"),
        native_id=str(number),
        rank=Rank.API,
        kind=kind,
        url=f"{site.home}2021/02/post-{of}/#comment-{number}",
        author=Author(name=name, member=False),
        content=content(text),
        published=Moment(at=f"2021-03-{number:02}T09:30:00Z", precision=Precision.SECOND),
    )


def said(site: Site, of: int, number: int) -> Claim:
    url = f"{site.home}2021/02/post-{of}/"
    return Claim(subject_kind="post", subject=url, measure="comments", number=number, where="heading")


GAPPY_EXTRACT = Extract(
    blog=BlogFacts(title="Notes on Nerves", engine="wordpress", engine_version="6.7", utc_offset=0),
    posts=(
        post(
            GAPPY,
            1,
            "A stem cell trial",
            "Stem cell transplants were tried, see 10.1016/S1474-4422(21)00301-X.",
            ANNA,
            OWEN,
        ),
        post(GAPPY, 2, "Weather\x1b[31m & moods", "The trial of rain. 疲労 and fatigue."),
    ),
    comments=(
        comment(GAPPY, 1, 1, "Mia", "My transplanted cells are doing well."),
        comment(GAPPY, 2, 1, "Noor", "Where can I join a trial?"),
        comment(GAPPY, 3, 2, "Elsewhere", "An answer to your trial", CommentKind.PINGBACK),
    ),
    archives=(ArchivePeriod(label="February 2021", year=2021, month=2, claimed_posts=3),),
    claims=(said(GAPPY, 1, 4), said(GAPPY, 2, 1)),
)
WHOLE_EXTRACT = Extract(
    blog=BlogFacts(title="Small Days", engine="generic"),
    posts=(post(WHOLE, 1, "", "A day without a title, and no trial."),),
    claims=(said(WHOLE, 1, 0),),
)


def make(directory: Path) -> Path:
    """The archive in a directory, which is given back."""
    writer = open_archive(directory, create=True).writer()
    more = tuple(Target(url=f"{GAPPY.home}{name}/", kind=TargetKind.POST) for name in ("later", "lost"))
    crawl = _crawl(writer, GAPPY, GAPPY_EXTRACT, more)
    writer.connection.execute(
        "UPDATE frontier SET state = 'given_up', last_error = '404' WHERE url = ?", (more[1].url,)
    )
    writer.end_crawl(crawl, outcome="incomplete", reason="2 comments are missing", counts={})
    crawl = _crawl(writer, WHOLE, WHOLE_EXTRACT)
    writer.end_crawl(crawl, outcome="complete", reason=None, counts={})
    writer.connection.execute("UPDATE blogs SET best_effort = 1 WHERE site_key = ?", (WHOLE.key,))
    writer.close()
    return directory


def _crawl(writer: Writer, site: Site, extract: Extract, more: tuple[Target, ...] = ()) -> str:
    crawl = writer.begin_crawl(site, command="crawl", version="0.1.0", settings={})
    home = Target(url=site.home, kind=TargetKind.HOME)
    writer.add_targets(site, [home])
    fetch = Fetch(url=site.home, fetched_at="2026-01-02T03:04:05.000000Z", status=200)
    found = Discovery(targets=more)
    writer.save(Visit(site=site, target=home, fetch=fetch, extract=extract, discovery=found, engine="test"), crawl)
    return crawl
