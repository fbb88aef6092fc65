"""The engine for blogs of unknown make: what it finds, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.engines import _generic_links as links
from archiver.engines.generic import GenericEngine
from archiver.errors import PageError
from archiver.model import (
    Author,
    BlogFacts,
    Claim,
    Comment,
    Discovery,
    Extract,
    Note,
    ParentSource,
    Post,
    PostKind,
    Rank,
    Site,
    Target,
    TargetKind,
)
from archiver.page import Page

GOLDEN = Path(__file__).parents[1] / "golden"
HIVE = Site(key="hive.example", home="https://hive.example/", engine="generic")
ENGINE = GenericEngine()


def page(body: str | bytes, url: str = "https://hive.example/", status: int = 200) -> Page:
    return Page(url, body if isinstance(body, bytes) else body.encode(), status=status)


def golden(name: str, url: str) -> Page:
    return page((GOLDEN / name).read_bytes(), url)


def extract(source: Page, kind: TargetKind, site: Site = HIVE, **hint: str) -> Extract:
    return ENGINE.extract(source, Target(url=source.url, kind=kind, hint=hint), site)


def discover(source: Page, kind: TargetKind, site: Site = HIVE, **hint: str) -> Discovery:
    return ENGINE.discover(source, Target(url=source.url, kind=kind, hint=hint), site)


def urls_of(found: Discovery, kind: TargetKind) -> list[str]:
    return [target.url for target in found.targets if target.kind is kind]


def read_post(name: str, url: str, site: Site = HIVE) -> tuple[Post, tuple[Comment, ...], Extract]:
    found = extract(golden(f"generic/{name}", url), TargetKind.POST, site)
    (post,) = found.posts
    return post, found.comments, found


# ── detection ────────────────────────────────────────────────────────────────────────────────────

FEED_LINK = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
BLOG_LD = '<script type="application/ld+json">{"@type": "Blog"}</script>'


@pytest.mark.parametrize(
    ("source", "status", "confidence"),
    [
        (FEED_LINK, 200, 0.1),
        (BLOG_LD, 200, 0.1),
        ('<article class="h-entry">One</article>', 200, 0.1),
        ("<article>One</article><article>Two</article>", 200, 0.1),
        (FEED_LINK + BLOG_LD, 200, 0.2),
        (FEED_LINK + BLOG_LD + '<article class="h-entry">One</article><article>Two</article>', 200, 0.3),
        ("<article>One</article>", 200, None),
        ("<h1>A shop</h1><p>Buy now.</p>", 200, None),
        ("", 200, None),
        (FEED_LINK, 404, None),
        ("<rss><channel/></rss>", 200, None),
    ],
)
def test_detection_is_never_sure(source: str, status: int, confidence: float | None) -> None:
    found = ENGINE.detect(page(source, status=status))
    assert (found and found.confidence) == confidence
    assert found is None or (found.engine == "generic" and len(found.evidence) >= confidence * 10)


# ── posts ────────────────────────────────────────────────────────────────────────────────────────


def test_a_post_in_microformats() -> None:
    post, comments, found = read_post("microformats-post.html", "https://hive.example/2020/bees-in-march?utm_source=x")
    assert (post.url, post.slug) == ("https://hive.example/2020/bees-in-march", "bees-in-march")
    assert (post.title, post.kind, post.rank, post.language) == ("Bees in March", PostKind.POST, Rank.PAGE, "en")
    assert post.published is not None
    assert post.published.at == "2020-03-14T07:15:00Z"
    assert post.authors == (Author(name="Heather Lind", member=True, url="https://hive.example/about"),)
    assert [(t.taxonomy, t.name, t.url) for t in post.terms or ()] == [
        ("tag", "pollen", "https://hive.example/tags/pollen")
    ]
    assert post.content is not None
    assert post.content.text == (
        "The first flight of the year, over the heather.\n\nPollen count as in doi:10.5555/hive.2020.3."
    )
    assert [link.url for link in post.content.links] == ["https://hive.example/2019/heather"]
    assert [citation.value for citation in post.content.citations] == ["10.5555/hive.2020.3"]
    assert [(c.author and c.author.name, c.url, c.content and c.content.text) for c in comments] == [
        ("Moss", "https://moss.example/re-bees", "Here too!"),
        ("Fern", None, "Lovely."),
        ("Fern", None, "Lovely again."),
    ]
    assert [comment.position for comment in comments] == [0, 1, 2]
    assert len({comment.key for comment in comments}) == 3
    assert {comment.parent_source for comment in comments} == {ParentSource.UNKNOWN}
    assert [thread.shown for thread in found.threads] == [3]


def test_a_post_in_json_ld() -> None:
    site = Site(key="firn.example", home="https://firn.example/")
    post, comments, found = read_post("json-ld-post.html", "https://firn.example/der-gletscher/", site)
    assert (post.title, post.language, post.slug) == ("Der Gletscher", "de-AT", "der-gletscher")
    assert post.published is not None
    assert post.modified is not None
    assert (post.published.at, post.modified.at) == ("2022-08-09T08:11:12Z", "2022-08-10T00:00:00Z")
    assert [author.name for author in post.authors or ()] == ["Gian Firn"]
    assert {(t.taxonomy, t.name) for t in post.terms or ()} == {
        ("category", "Berge"),
        ("tag", "Eis"),
        ("tag", "Messung"),
    }
    assert post.content is not None
    assert post.content.text.startswith("Seit der letzten Messung")
    assert post.content.text.endswith("Mehr dazu hier.")
    assert [media.url for media in post.content.media] == ["https://firn.example/zunge.jpg"]
    assert found.claims == (
        Claim(subject_kind="post", subject=post.url, measure="comments", number=2, where="json_ld"),
    )
    assert [(c.author and c.author.name, c.key, c.content and c.content.text) for c in comments][1] == (
        "Sepp",
        "https://firn.example/der-gletscher/#c2",
        "Ja.",
    )
    assert comments[0].content is not None
    assert comments[0].content.text == "Schön!\n\nUnd <traurig>."


def test_a_page_without_any_markup_for_machines() -> None:
    site = Site(key="foghorn.example", home="https://foghorn.example/")
    post, comments, _ = read_post("bare-post.html", "https://foghorn.example/fog.html", site)
    assert (post.title, post.slug, post.kind) == ("Fog signals", "fog", PostKind.PAGE)  # nothing calls it a post
    assert (post.published, post.authors, post.terms) == (None, None, None)
    assert post.content is not None
    assert post.content.text.startswith("A diaphone can be heard")
    assert "nobody believes" in post.content.text
    assert "Ten and a half" not in post.content.text
    assert [(c.native_id, c.author and c.author.name, c.content and c.content.text) for c in comments] == [
        ("11", "Bill", "Ten and a half."),
        ("12", "Ada", "Nine."),
    ]


WORDS = "<p>" + "All that the keeper wrote that night, in full and at length. " * 3 + "</p>"


@pytest.mark.parametrize(
    ("body", "published", "kind"),
    [
        (
            f'<article><time datetime="2020-01-02T03:04:05Z">x</time>{WORDS}</article>',
            "2020-01-02T03:04:05Z",
            PostKind.POST,
        ),
        (f"<article><time>2 January 2020</time>{WORDS}</article>", "2020-01-02T00:00:00Z", PostKind.POST),
        (f'<time datetime="2020-01-02"></time><article>{WORDS}</article>', "2020-01-02T00:00:00Z", PostKind.POST),
        (f'<aside><time datetime="2020-01-02"></time></aside><article>{WORDS}</article>', None, PostKind.PAGE),
        (
            f'<article>{WORDS}<div id="comments"><time datetime="2020-01-02"></time></div></article>',
            None,
            PostKind.PAGE,
        ),
        (f'<meta property="og:type" content="article"><main>{WORDS}</main>', None, PostKind.POST),
        (f"<main>{WORDS}</main>", None, PostKind.PAGE),
    ],
)
def test_the_date_tells_posts_from_pages(body: str, published: str | None, kind: PostKind) -> None:
    (post,) = extract(page(body, "https://hive.example/x"), TargetKind.POST).posts
    assert (post.published and post.published.at, post.kind) == (published, kind)
    assert post.content is not None
    assert post.content.text.startswith("All that the keeper")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (f"<article><h1>T</h1>{WORDS}</article><article><p>Short</p></article>", True),
        (f"<article><p>Short</p></article><article><p>Short too</p></article><div>{WORDS}</div>", True),
        (f'<div role="main">{WORDS}</div>', True),
        (f"<nav>{WORDS}{WORDS}</nav><div>{WORDS}</div>", True),
        (f'<div class="sidebar">{WORDS}{WORDS}</div><div>{WORDS}</div>', True),
        (
            (
                f'<article><header><h1>T</h1><time>x</time></header><div class="post-meta">m</div>{WORDS}'
                "<footer>f</footer></article>"
            ),
            True,
        ),
        ("<article><p>Short</p></article>", False),
        ("<p>Not found</p>", False),
        (f"<footer>{WORDS}</footer>", False),
        ("", False),
    ],
)
def test_the_text_of_a_page(body: str, text: bool) -> None:
    found = extract(page(body, "https://hive.example/x"), TargetKind.POST)
    expected = " ".join(WORDS.removeprefix("<p>").removesuffix("</p>").split())
    assert [post.content and post.content.text for post in found.posts] == ([expected] if text else [])
    assert found.notes == (() if text else (Note(kind="no_text_found", detail="https://hive.example/x"),))


def test_a_body_marked_as_such_keeps_its_asides() -> None:
    inner = f'<h2>Part one</h2>{WORDS}<aside class="comment">Mind the step.</aside><div class="share">Share</div>'
    source = page(f'<div class="h-entry"><h1>T</h1><div class="e-content">{inner}</div></div>')
    (post,) = extract(source, TargetKind.POST).posts
    assert post.content is not None
    lines = post.content.text.split("\n\n")
    assert (lines[0], lines[-1]) == ("Part one", "Mind the step.")


@pytest.mark.parametrize(
    ("head", "heading", "title"),
    [
        ("<title>Wax - Hive</title>", "<h1>Wax</h1>", "Wax"),
        ("<title>Wax - Hive</title>", "", "Wax - Hive"),
        ('<meta property="og:title" content="Wax | Hive">', "<h1>Wax</h1>", "Wax"),
        ('<meta property="og:title" content="Wax">', "<h1>Hive &amp; Heath</h1>", "Wax"),
        ("", "<h1>Wax <em>again</em></h1>", "Wax again"),
        ("", "", None),
    ],
)
def test_title(head: str, heading: str, title: str | None) -> None:
    source = f"<html><head>{head}</head><body><main>{heading}{WORDS}</main></body></html>"
    (post,) = extract(page(source, "https://hive.example/x"), TargetKind.POST).posts
    assert post.title == title
    assert post.content is not None
    assert "Wax" not in post.content.text


@pytest.mark.parametrize(
    ("stated", "url"),
    [
        ("/wax", "https://hive.example/wax"),
        ("https://www.hive.example/wax#top", "https://www.hive.example/wax"),
        ("https://elsewhere.example/wax", "https://hive.example/x"),
        ("https://hive.example/", "https://hive.example/x"),  # a theme that calls every page the front page
        ("", "https://hive.example/x"),
    ],
)
def test_the_url_that_a_page_gives_itself(stated: str, url: str) -> None:
    source = page(f'<head><link rel="canonical" href="{stated}"></head><main>{WORDS}</main>', "https://hive.example/x")
    (post,) = extract(source, TargetKind.POST).posts
    assert post.url == url
    assert discover(source, TargetKind.POST).aliases == ((url,) if url != "https://hive.example/x" else ())


# ── the front page, lists, feeds, sitemaps ───────────────────────────────────────────────────────


def test_the_front_page_names_the_blog() -> None:
    found = extract(golden("generic/front.html", HIVE.home), TargetKind.HOME)
    assert found == Extract(
        blog=BlogFacts(title="Hive & Heath", tagline="Bees, mostly", language="en", engine="generic")
    )


def test_where_the_front_page_leads() -> None:
    found = discover(golden("generic/front.html", HIVE.home), TargetKind.HOME)
    assert urls_of(found, TargetKind.FEED) == ["https://hive.example/feed.xml"]
    assert urls_of(found, TargetKind.COMMENT_FEED) == ["https://hive.example/comments/feed.atom"]
    assert urls_of(found, TargetKind.SITEMAP) == [
        "https://hive.example/sitemap.xml",
        "https://hive.example/sitemap_index.xml",
    ]
    assert urls_of(found, TargetKind.LIST) == [
        "https://hive.example/page/2/",
        "https://hive.example/archive/",
        "https://hive.example/page/3/",
    ]
    assert urls_of(found, TargetKind.POST) == [
        "https://hive.example/2020/bees-in-march",
        "https://hive.example/2020/swarm?utm_source=front",
        "https://hive.example/2019/07/honey.html",
        "https://hive.example/wax",
        "https://hive.example/card",
    ]
    assert {(t.kind, t.priority) for t in found.targets} == {
        (TargetKind.FEED, 20),
        (TargetKind.COMMENT_FEED, 25),
        (TargetKind.SITEMAP, 30),
        (TargetKind.LIST, 40),
        (TargetKind.POST, 50),
    }


def test_without_an_advertised_feed_the_usual_places_are_tried() -> None:
    site = Site(key="hive.example/blog", home="https://hive.example/blog")
    found = discover(page("<p>Hello", "https://hive.example/blog"), TargetKind.HOME, site)
    assert urls_of(found, TargetKind.FEED) == [
        f"https://hive.example/blog/{name}" for name in ("feed/", "rss.xml", "atom.xml", "index.xml", "feed.xml")
    ]
    assert {t.hint.get("guess") for t in found.targets} == {"1"}


@pytest.mark.parametrize("kind", [TargetKind.FEED, TargetKind.SITEMAP])
def test_a_wrong_guess_is_no_error(kind: TargetKind) -> None:
    source = page("<!DOCTYPE html><html><head></head><body>Welcome</body></html>", "https://hive.example/feed/")
    assert extract(source, kind, guess="1") == Extract()
    assert discover(source, kind, guess="1") == Discovery()
    with pytest.raises(PageError):
        extract(source, kind)


@pytest.mark.parametrize("kind", list(TargetKind))
def test_failed_pages_hold_nothing(kind: TargetKind) -> None:
    source = page(FEED_LINK + WORDS, "https://hive.example/x", status=404)
    assert extract(source, kind) == Extract()
    assert discover(source, kind) == Discovery()


def test_a_list_leads_to_its_posts_and_the_next_list() -> None:
    source = golden("generic/front.html", "https://hive.example/page/2/")
    found = discover(source, TargetKind.LIST)
    assert urls_of(found, TargetKind.LIST) == ["https://hive.example/archive/", "https://hive.example/page/3/"]
    assert len(urls_of(found, TargetKind.POST)) == 5
    assert urls_of(found, TargetKind.FEED) == []
    assert extract(source, TargetKind.LIST) == Extract()


FEED = """<rss xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/">
<channel><title>Hive</title><description>Bees</description><language>en</language>
<item><link>https://hive.example/wax</link><description>&lt;p&gt;All of it.&lt;/p&gt;</description>
<wfw:commentRss>https://hive.example/wax/feed</wfw:commentRss><slash:comments>3</slash:comments></item>
<item><link>https://hive.example/honey</link><description>A summary</description></item>
<item><link>https://elsewhere.example/x</link><slash:comments>9</slash:comments></item></channel></rss>"""


def test_a_feed_of_posts() -> None:
    found = extract(page(FEED, "https://hive.example/feed.xml"), TargetKind.FEED)
    assert found.blog == BlogFacts(title="Hive", tagline="Bees", language="en")
    assert [(post.url, post.rank) for post in found.posts] == [
        ("https://hive.example/wax", Rank.FEED),
        ("https://hive.example/honey", Rank.EXCERPT),
    ]
    assert [(claim.subject, claim.number) for claim in found.claims] == [("https://hive.example/wax", 3)]
    assert [(note.kind, note.detail) for note in found.notes] == [
        ("feed_item_elsewhere", "https://elsewhere.example/x")
    ]


@pytest.mark.parametrize(
    ("capture", "posts"),
    [(True, ["https://hive.example/wax", "https://hive.example/honey"]), (False, ["https://hive.example/honey"])],
)
def test_where_a_feed_leads(capture: bool, posts: list[str]) -> None:
    site = Site(key=HIVE.key, home=HIVE.home, capture_pages=capture)
    found = discover(page(FEED, "https://hive.example/feed.xml"), TargetKind.FEED, site)
    assert urls_of(found, TargetKind.POST) == posts
    assert urls_of(found, TargetKind.COMMENT_FEED) == ["https://hive.example/wax/feed"]


def test_a_feed_leads_to_its_next_page() -> None:
    site = Site(key="dune.example", home="https://dune.example/")
    source = golden("feeds/blogger.atom", "https://dune.example/feeds/posts/default")
    assert urls_of(discover(source, TargetKind.FEED, site), TargetKind.FEED) == [
        "https://dune.example/feeds/posts/default?start-index=26&max-results=25"
    ]


def test_a_comment_feed_gives_comments() -> None:
    site = Site(key="lamp.example", home="https://lamp.example/")
    source = golden("feeds/wordpress-comments.xml", "https://lamp.example/comments/feed/")
    assert [comment.native_id for comment in extract(source, TargetKind.COMMENT_FEED, site).comments] == [
        "903",
        "902",
        "901",
    ]
    assert discover(source, TargetKind.COMMENT_FEED, site) == Discovery()


def test_where_sitemaps_lead() -> None:
    names = ("post-sitemap.xml", "category-sitemap.xml", "author-sitemap.xml", "video.xml")
    index = "".join(f"<sitemap><loc>https://hive.example/{name}</loc></sitemap>" for name in names)
    found = discover(page(f"<sitemapindex>{index}</sitemapindex>", "https://hive.example/s.xml"), TargetKind.SITEMAP)
    assert urls_of(found, TargetKind.SITEMAP) == [
        "https://hive.example/post-sitemap.xml",
        "https://hive.example/video.xml",
    ]
    paths = ("", "wax", "tags/pollen", "page/2/", "chart.pdf", "2020/", "about", "wax?utm_source=x")
    urlset = "".join(f"<url><loc>https://hive.example/{path}</loc></url>" for path in paths)
    elsewhere = "<url><loc>https://elsewhere.example/wax</loc></url>"
    source = page(f"<urlset>{urlset}{elsewhere}</urlset>", "https://hive.example/s.xml")
    assert urls_of(discover(source, TargetKind.SITEMAP), TargetKind.POST) == [
        "https://hive.example/wax",
        "https://hive.example/about",
    ]
    assert extract(source, TargetKind.SITEMAP) == Extract()


def test_a_post_leads_to_its_neighbours_only() -> None:
    source = page(
        f'<link rel="prev" href="/honey"><main>{WORDS}<h2><a href="/swarm">Swarm</a></h2></main>'
        '<a rel="next" href="/wax/2">2</a><a rel="next" href="/">Home</a><a rel="nofollow" href="/other">o</a>',
        "https://hive.example/wax",
    )
    found = discover(source, TargetKind.POST)
    assert [(t.url, t.kind) for t in found.targets] == [
        ("https://hive.example/honey", TargetKind.POST),
        ("https://hive.example/wax/2", TargetKind.POST),
    ]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://hive.example/wax", True),
        ("https://www.hive.example/2020/03/14/wax/", True),
        ("https://hive.example/wax.html", True),
        ("https://hive.example/?p=4", True),
        ("https://hive.example/news-from-the-archive", True),
        ("https://hive.example/", False),
        ("https://hive.example/#top", False),
        ("https://hive.example/page/2/", False),
        ("https://hive.example/?page=2", False),
        ("https://hive.example/2020/03/", False),
        ("https://hive.example/archives/", False),
        ("https://hive.example/tags/wax/", False),
        ("https://hive.example/author/heather", False),
        ("https://hive.example/wax/feed/", False),
        ("https://hive.example/bee.jpg", False),
        ("https://hive.example/wp-login.php", False),
        ("https://hive.example/wax?replytocom=4", False),
        ("https://hive.example/wax?amp=1", False),
        ("https://hive.example/wax?amp", False),
        ("https://hive.example/index.php/wax", True),
        ("https://elsewhere.example/wax", False),
        ("mailto:keeper@hive.example", False),
    ],
)
def test_urls_that_may_be_posts(url: str, expected: bool) -> None:
    assert links.may_be_post(url, HIVE.home) is expected


def test_urls_of_a_blog_below_a_path() -> None:
    home = "https://hive.example/blog/"
    assert links.may_be_post("https://hive.example/blog/wax", home)
    assert not links.may_be_post("https://hive.example/blog", home)
    assert not links.may_be_post("https://hive.example/shop/wax", home)
