"""Feeds: every format, WordPress's habits, and what the web makes of XML."""

from __future__ import annotations

from html import escape
from pathlib import Path
from xml.sax.saxutils import escape as escape_xml

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.engines import feeds
from archiver.errors import PageError
from archiver.model import Author, Claim, Media, ParentSource, PostRef, Precision, Rank, Site
from archiver.page import Page
from archiver.text import clean, squeeze

GOLDEN = Path(__file__).parents[1] / "golden" / "feeds"
LAMP = Site(key="lamp.example", home="https://lamp.example/")
DUNE = Site(key="dune.example", home="https://dune.example/")


def golden(name: str, url: str) -> Page:
    return Page(url, (GOLDEN / name).read_bytes())


def rss(items: str = "", head: str = "", *, prolog: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    spaces = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return f'{prolog}<rss version="2.0" {spaces}><channel><title>T</title>{head}{items}</channel></rss>'


def item(fields: str, link: str = "https://lamp.example/a/") -> str:
    return f"<item><link>{link}</link>{fields}</item>"


def page(body: str | bytes, url: str = "https://lamp.example/feed/", **headers: str) -> Page:
    given_headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return Page(url, body if isinstance(body, bytes) else body.encode(), headers=given_headers)


def only(fields: str, **more: str) -> feeds.Post:
    (post,) = feeds.read_posts(page(rss(item(fields, **more))), LAMP).items
    return post


# ── WordPress's own feed, field by field ─────────────────────────────────────────────────────────


def test_wordpress_feed_says_what_the_blog_is() -> None:
    reading = feeds.read_posts(golden("wordpress-posts.xml", "https://lamp.example/feed/"), LAMP)
    assert (reading.kind, reading.title, reading.language) == ("rss", "Lamp & Tide", "en-GB")
    assert reading.description == "Notes of a “lighthouse” keeper"
    assert (reading.home, reading.wordpress, reading.next, reading.notes) == ("https://lamp.example", True, None, ())
    assert reading.comment_feeds == {
        "https://lamp.example/2021/03/salt-and-iron/": "https://lamp.example/2021/03/salt-and-iron/feed/",
        "https://lamp.example/2021/02/40/": "https://lamp.example/2021/02/40/feed/",
    }
    assert reading.claims == (
        Claim(subject_kind="post", subject="#41", measure="comments", number=15, where="feed"),
        Claim(
            subject_kind="post", subject="https://lamp.example/2021/02/40/", measure="comments", number=0, where="feed"
        ),
        Claim(subject_kind="post", subject="#39", measure="comments", number=2, where="feed"),
    )


def test_wordpress_item_with_its_full_text() -> None:
    post = feeds.read_posts(golden("wordpress-posts.xml", "https://lamp.example/feed/"), LAMP).items[0]
    assert post.url == "https://lamp.example/2021/03/salt-and-iron/"
    assert (post.native_id, post.slug, post.rank, post.source) == ("41", "salt-and-iron", Rank.FEED, "feed")
    assert post.title == "Salt & “iron”, 5 < 6 > 4: it’s R&D"
    assert post.authors == (Author(name='Dr "Quay" & Co', member=True),)
    assert [(term.taxonomy, term.name) for term in post.terms or ()] == [
        ("category", "Rust & repair"),
        ("category", "paint"),
    ]
    assert post.weak == {"terms"}
    assert post.published is not None
    assert (post.published.at, post.published.precision) == ("2021-03-01T09:30:15Z", Precision.SECOND)
    assert post.content is not None
    assert "appeared first" not in post.content.html
    assert post.content.text.endswith("Fresh paint goes on Tuesday.")
    assert [link.url for link in post.content.links] == ["https://lamp.example/2020/11/storm/"]
    assert post.content.media == (Media(url="https://lamp.example/audio/hammering.mp3", kind="audio"),)
    assert post.excerpt == "The railing has had its day […]"


def test_wordpress_summary_is_an_excerpt_and_a_foreign_guid_no_id() -> None:
    post = feeds.read_posts(golden("wordpress-posts.xml", "https://lamp.example/feed/"), LAMP).items[1]
    assert (post.title, post.native_id, post.slug) == (None, None, None)
    assert (post.rank, post.content) == (Rank.EXCERPT, None)
    assert post.excerpt == "Fog all night, no ships. The horn ran for nine hours and the whole village is tired…"


def test_protected_post_has_no_body_and_no_comment_feed() -> None:
    post = feeds.read_posts(golden("wordpress-posts.xml", "https://lamp.example/feed/"), LAMP).items[2]
    assert (post.protected, post.rank, post.content, post.excerpt) == (True, Rank.STUB, None, None)


# ── comments ─────────────────────────────────────────────────────────────────────────────────────


COMMENTS = {
    "wordpress-comments.xml": [
        (
            "903",
            "41",
            "https://lamp.example/2021/03/salt-and-iron/",
            "Tag italic & amp & '",
            "901",
            ParentSource.FEED,
            "Which red? See below.",
        ),
        (
            "902",
            "41",
            "https://lamp.example/2021/03/salt-and-iron/",
            "Mo",
            None,
            ParentSource.UNKNOWN,
            "As said in the other log.\n\nLinseed oil.",
        ),
        (
            "901",
            "41",
            "https://lamp.example/2021/03/salt-and-iron/",
            "A bold name",
            None,
            ParentSource.UNKNOWN,
            "Red lead?",
        ),
    ],
    "wordpress-post-comments.xml": [
        ("52", "12", "https://lamp.example/?p=12", "Jo", "51", ParentSource.FEED, "Half past six."),
        ("51", "12", "https://lamp.example/?p=12", "Ana – the pilot", None, ParentSource.UNKNOWN, "When is the tide?"),
    ],
    "wordpress-comments.atom": [
        ("52", "12", "https://lamp.example/low-water/", "Jo & Co", "51", ParentSource.FEED, "Half past six."),
        ("51", None, "https://lamp.example/low-water/", "Ana", None, ParentSource.FEED, "When is the tide?"),
    ],
    "blogger-comments.atom": [
        (
            "900002",
            None,
            "https://dune.example/2019/07/marram.html",
            "Sandy",
            "900001",
            ParentSource.FEED,
            "Deep roots.",
        ),
        (
            "900001",
            None,
            "https://dune.example/2019/07/marram.html",
            "Anonymous",
            None,
            ParentSource.FEED,
            "How do they hold it?",
        ),
    ],
}


@pytest.mark.parametrize(("name", "expected"), COMMENTS.items(), ids=COMMENTS)
def test_comment_feeds(name: str, expected: list[tuple[object, ...]]) -> None:
    site = DUNE if name.startswith("blogger") else LAMP
    found = feeds.read_comments(golden(name, site.home + "comments/feed/"), site)
    assert [
        (
            c.native_id,
            c.post.native_id,
            c.post.url,
            c.author and c.author.name,
            c.parent,
            c.parent_source,
            c.content and c.content.text,
        )
        for c in found
    ] == expected
    assert all(c.rank is Rank.EXCERPT and c.source == "feed" and c.published is not None for c in found)
    assert all(c.author is not None and not c.author.member for c in found)


def test_a_feed_of_posts_in_place_of_comments_holds_none() -> None:
    source = rss(item("<guid>https://lamp.example/?p=5</guid><description>Words.</description>"))
    assert feeds.read_comments(page(source), LAMP) == ()


def test_comment_keeps_its_permalink_time_and_the_site_of_its_author() -> None:
    comment = feeds.read_comments(golden("wordpress-comments.atom", "https://lamp.example/comments/feed/atom/"), LAMP)[
        0
    ]
    assert comment.url == "https://lamp.example/low-water/comment-page-1/#comment-52"
    assert comment.post == PostRef(native_id="12", url="https://lamp.example/low-water/")
    assert comment.published is not None
    assert comment.published.at == "2020-06-05T06:07:08Z"
    assert comment.author == Author(name="Jo & Co", member=False, url="https://jo.example/")


A_COMMENT = "https://lamp.example/a/comment-page-1/#comment-7"


@pytest.mark.parametrize(
    ("body", "parent", "text"),
    [
        ('<p>In reply to <a href="https://lamp.example/a/#comment-6">X</a>.</p>\n<p>Yes.</p>', "6", "Yes."),
        ("<p>Svar til <a href='https://lamp.example/a/comment-page-3/#comment-6'>X</a>.</p>\n<p>Ja.</p>", "6", "Ja."),
        ('In reply to <a href="https://lamp.example/a/#comment-6">X</a>.\n\nYes.', "6", "Yes."),
        # Its own permalink, another post's comment, a link that a commenter made, more words around it: no parent.
        ('<p>I am <a href="https://lamp.example/a/#comment-7">here</a>.</p><p>Yes.</p>', None, "I am here.\n\nYes."),
        ('<p>See <a href="https://lamp.example/b/#comment-6">X</a>.</p><p>Yes.</p>', None, "See X.\n\nYes."),
        ('<p>@<a href="https://lamp.example/a/#comment-6" rel="nofollow">X</a></p><p>Yes.</p>', None, "@X\n\nYes."),
        ('<p>As <a href="https://lamp.example/a/#comment-6">X</a> and <b>I</b> said.</p>', None, "As X and I said."),
        (
            f'<p>As <a href="https://lamp.example/a/#comment-6">X</a> said, {"salt " * 30}</p>',
            None,
            "As X said, " + ("salt " * 30).strip(),
        ),
    ],
)
def test_the_sentence_before_a_reply(body: str, parent: str | None, text: str) -> None:
    source = rss(item(f"<dc:creator>N</dc:creator><content:encoded><![CDATA[{body}]]></content:encoded>", A_COMMENT))
    (comment,) = feeds.read_comments(page(source), LAMP)
    assert (comment.native_id, comment.parent) == ("7", parent)
    assert comment.parent_source is (ParentSource.FEED if parent else ParentSource.UNKNOWN)
    assert comment.content is not None
    assert comment.content.text == text


# ── the other formats ────────────────────────────────────────────────────────────────────────────


def test_blogger_atom() -> None:
    source = golden("blogger.atom", "https://dune.example/feeds/posts/default")
    reading = feeds.read_posts(source, DUNE)
    assert (reading.kind, reading.title, reading.description) == ("atom", "Dune Diary", "Sand & grass")
    assert (reading.generator, reading.home, reading.wordpress) == ("Blogger", "https://dune.example/", False)
    assert reading.next == "https://dune.example/feeds/posts/default?start-index=26&max-results=25"
    full, summary = reading.items
    assert (full.title, full.url, full.rank) == (
        "Marram & lyme grass",
        "https://dune.example/2019/07/marram.html",
        Rank.FEED,
    )
    assert (full.slug, full.native_id) == ("marram", None)
    assert [(t.taxonomy, t.name) for t in full.terms or ()] == [("tag", "marram")]
    assert full.content is not None
    assert full.content.text == "Both hold the sand."
    assert full.published is not None
    assert full.modified is not None
    assert (full.published.at, full.modified.at) == ("2019-07-31T21:15:00Z", "2019-08-01T09:00:00Z")
    assert (summary.rank, summary.excerpt, summary.content) == (Rank.EXCERPT, "It blew", None)
    assert reading.comment_feeds == {full.url: "https://dune.example/feeds/501/comments/default"}
    assert [(claim.subject, claim.number) for claim in reading.claims] == [(full.url, 3)]


def test_rss_1() -> None:
    site = Site(key="moor.example", home="https://moor.example/")
    reading = feeds.read_posts(golden("rss1.rdf", "https://moor.example/index.rdf"), site)
    assert (reading.kind, reading.title, reading.language) == ("rss", "Moor Café", "en")
    (post,) = reading.items
    assert (post.title, post.url) == ("Peat & heather", "https://moor.example/archives/000012.html")
    assert (post.slug, post.excerpt, post.rank) == (None, "Peat is old.", Rank.FEED)
    assert post.published is not None
    assert post.published.at == "2004-05-06T06:08:09Z"
    assert [(a.name, a.member) for a in post.authors or ()] == [("Rowan", True)]
    assert [t.name for t in post.terms or ()] == ["Plants"]


def test_json_feed() -> None:
    site = Site(key="quarry.example", home="https://quarry.example/")
    reading = feeds.read_posts(golden("feed.json", "https://quarry.example/feed.json"), site)
    assert (reading.kind, reading.title, reading.next) == (
        "json",
        "Quarry Log",
        "https://quarry.example/feed.json?page=2",
    )
    first, second = reading.items
    assert [a.name for a in first.authors or ()] == ["Cliff", "Clay"]
    assert [(t.taxonomy, t.name) for t in first.terms or ()] == [("tag", "stone"), ("tag", "roofs")]
    assert first.content is not None
    assert first.content.media == (Media(url="https://quarry.example/slate.pdf", kind="file"),)
    assert (second.url, second.language, second.authors, second.terms) == (
        "https://quarry.example/short",
        "de",
        None,
        None,
    )
    assert second.content is not None
    assert second.content.text == "First <line>\n\nSecond"
    assert [(note.kind, note.detail) for note in reading.notes] == [("feed_item_without_link", "no-link")]


def test_atom_with_xhtml_content() -> None:
    inner = '<div xmlns="http://www.w3.org/1999/xhtml"><p>One <em>two</em><br/>three</p></div>'
    entry = (
        f'<entry><link href="a/"/><title type="xhtml">{inner}</title><content type="xhtml">{inner}</content></entry>'
    )
    source = f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://lamp.example/">{entry}</feed>'
    (post,) = feeds.read_posts(page(source), LAMP).items
    assert (post.url, post.title) == ("https://lamp.example/a/", "One twothree")
    assert post.content is not None
    assert post.content.text == "One two\nthree"
    assert "xmlns" not in post.content.html


def test_a_feed_with_a_later_page_of_itself_has_none() -> None:
    source = rss(
        head='<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="https://lamp.example/feed"/>'
    )
    assert feeds.read_posts(page(source, "https://lamp.example/feed/"), LAMP).next is None


# ── full text or not ─────────────────────────────────────────────────────────────────────────────


WORDPRESS = "<generator>https://wordpress.org/?v=6</generator>"
HUGO = "<generator>Hugo -- 0.140.2</generator>"


@pytest.mark.parametrize(
    ("fields", "head", "rank"),
    [
        ("<content:encoded>&lt;p&gt;All of it.&lt;/p&gt;</content:encoded>", "", Rank.FEED),
        ("<content:encoded>&lt;p&gt;The first […]&lt;/p&gt;</content:encoded>", "", Rank.EXCERPT),
        ("<content:encoded>&lt;p&gt;The first [...]&lt;/p&gt;\n</content:encoded>", "", Rank.EXCERPT),
        ("<content:encoded>&lt;p&gt;The first [&amp;hellip;]&lt;/p&gt;</content:encoded>", "", Rank.EXCERPT),
        ("<content:encoded>&lt;p&gt;An array […] of lamps.&lt;/p&gt;</content:encoded>", "", Rank.FEED),
        ("<content:encoded>&lt;p&gt;It went on...&lt;/p&gt;</content:encoded>", "", Rank.FEED),
        (
            '<content:encoded>&lt;p&gt;A. &lt;a href="https://lamp.example/a/#more-4"&gt;(more)&lt;/a&gt;&lt;/p&gt;</content:encoded>',
            "",
            Rank.EXCERPT,
        ),
        (
            '<content:encoded>&lt;p&gt;A. &lt;a href="https://lamp.example/b/"&gt;B&lt;/a&gt;&lt;/p&gt;</content:encoded>',
            "",
            Rank.FEED,
        ),
        (
            (
                '<content:encoded>&lt;p&gt;&lt;a href="https://lamp.example/a/"&gt;Here&lt;/a&gt; I am.&lt;/p&gt;'
                "</content:encoded>"
            ),
            "",
            Rank.FEED,
        ),
        ("<content:encoded>&lt;img src='a.png'&gt;</content:encoded>", "", Rank.EXCERPT),
        ("<description>&lt;p&gt;All of it.&lt;/p&gt;</description>", "", Rank.FEED),
        ("<description>&lt;p&gt;All of it.&lt;/p&gt;</description>", WORDPRESS, Rank.EXCERPT),
        ("<description>&lt;p&gt;The first of it.&lt;/p&gt;</description>", HUGO, Rank.EXCERPT),
        ("<description>A plain summary.</description>", "", Rank.EXCERPT),
        ("<title>Only a title</title>", "", Rank.STUB),
    ],
)
def test_rank_of_an_item(fields: str, head: str, rank: Rank) -> None:
    (post,) = feeds.read_posts(page(rss(item(fields), head)), LAMP).items
    assert post.rank is rank
    assert (post.content is not None and post.content.text != "") is (rank is Rank.FEED)


@pytest.mark.parametrize(
    ("footer", "stays"),
    [
        (
            '<p>The post <a href="https://lamp.example/a/">A</a> appeared first on <a href="https://lamp.example">L</a>.</p>',
            False,
        ),
        (
            '<p><a href="http://www.lamp.example/">L</a> で最初に公開された <a href="https://lamp.example/a">A</a></p>',
            False,
        ),
        ('<p>More on <a href="https://lamp.example/">the front page</a>.</p>', True),
        (
            '<p>Go <a href="https://lamp.example/">home</a>, <a href="https://lamp.example/a/">here</a>, <a href="https://x.example/">there</a>.</p>',
            True,
        ),
    ],
)
def test_signature_of_seo_plugins(footer: str, stays: bool) -> None:
    post = only(f"<content:encoded><![CDATA[<p>Text.</p>{footer}]]></content:encoded>")
    assert post.content is not None
    assert (post.content.text != "Text.") is stays


# ── ids, names, titles ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("guid", "native"),
    [
        ("https://lamp.example/?p=41", "41"),
        ("http://www.lamp.example/?p=41", "41"),
        ("https://lamp.example/?page_id=7", "7"),
        ("https://lamp.example/?post_type=tour&#038;p=9", "9"),
        ("https://other.example/?p=41", None),  # imported with the number it had there
        ("https://lamp.example/a/", None),
        ("https://lamp.example/?p=x", None),
        ("tag:blogger.com,1999:blog-77.post-501", None),
        ("", None),
    ],
)
def test_native_id_from_the_guid(guid: str, native: str | None) -> None:
    assert only(f'<guid isPermaLink="false">{guid}</guid>').native_id == native


def test_an_id_given_twice_is_no_id() -> None:
    items = "".join(item("<guid>https://lamp.example/?p=4</guid>", f"https://lamp.example/{name}/") for name in "ab")
    assert [post.native_id for post in feeds.read_posts(page(rss(items)), LAMP).items] == [None, None]


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ("<dc:creator>Ines</dc:creator>", ["Ines"]),
        ("<dc:creator>Ines</dc:creator><dc:creator>Mo</dc:creator>", ["Ines", "Mo"]),
        ("<author>keeper@lamp.example (Ines Ångström)</author>", ["Ines Ångström"]),
        ("<author>keeper@lamp.example</author>", None),  # an address is not kept
        ("<dc:creator>Ines, Mo and Jo Quay</dc:creator>", ["Ines", "Mo", "Jo Quay"]),
        ("<dc:creator>Quay &amp; Co</dc:creator>", ["Quay & Co"]),
        ("<dc:creator></dc:creator>", None),
        ("", None),
    ],
)
def test_authors(fields: str, names: list[str] | None) -> None:
    authors = only(fields).authors
    assert (None if authors is None else [author.name for author in authors]) == names


@pytest.mark.parametrize(
    ("title", "head", "expected"),
    [
        ("Salt &amp; iron", "", "Salt & iron"),
        ("Salt &amp;amp; iron", "", "Salt & iron"),
        ("<![CDATA[Salt &amp; <em>iron</em>]]>", "", "Salt & iron"),
        ("It&amp;#8217;s 5 &lt; 6", "", "It’s 5 < 6"),
        # WordPress has stripped and escaped it: what XML decodes is the title.
        ("How to write &amp;amp; and &lt;b&gt;", WORDPRESS, "How to write &amp; and <b>"),
        ("<![CDATA[Salt &#038; iron]]>", WORDPRESS, "Salt & iron"),
        ("\n\t\tTwo\n lines ", "", "Two lines"),
        ("", "", None),
    ],
)
def test_titles_are_decoded_once(title: str, head: str, expected: str | None) -> None:
    (post,) = feeds.read_posts(page(rss(item(f"<title>{title}</title>"), head)), LAMP).items
    assert post.title == expected


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://lamp.example/a/?utm_source=rss&amp;utm_medium=rss", "https://lamp.example/a/"),
        ("https://lamp.example/a/?utm_source=rss&amp;p=3", "https://lamp.example/a/?p=3"),
        ("https://lamp.example/%D0%B0/#rss", "https://lamp.example/%D0%B0/"),
        ("/a/", "https://lamp.example/a/"),
    ],
)
def test_links(link: str, expected: str) -> None:
    assert only("", link=link).url == expected


@pytest.mark.parametrize(
    ("url", "status", "title"),
    [
        ("https://lamp.example/feed/", 200, "T"),
        ("https://lamp.example/feed/?paged=2", 200, None),  # "Page 2 – Blog"
        ("https://lamp.example/feed/", 404, None),  # "Page not found – Blog"
    ],
)
def test_the_title_of_the_blog(url: str, status: int, title: str | None) -> None:
    assert feeds.read_posts(Page(url, rss().encode(), status=status), LAMP).title == title


# ── what the web makes of XML ────────────────────────────────────────────────────────────────────


MENDED = {
    "blank lines before the declaration": "\n\n  " + rss(item("<title>Salt</title>")),
    "a warning of the server before the declaration": "<b>Warning</b>: x & y in z.php\n"
    + rss(item("<title>Salt</title>")),
    "a warning after the end": rss(item("<title>Salt</title>")) + "<br />\n<b>Notice</b>: stray & stray",
    "a BOM": "\ufeff" + rss(item("<title>Salt</title>")),
    "control characters": rss(item("<title>Sa\x0blt\x00</title>")),
    "references to control characters": rss(item("<title>Sa&#8;lt&#x1F;</title>")),
    "a noncharacter": rss(item("<title>Sa\uffffl\ufdd0t</title>")),
    "HTML's entity names": rss(item("<title>&nbsp;Salt&nbsp;</title>")),
    "a bare ampersand elsewhere": rss(item("<title>Salt</title><category>R&D</category>")),
    "an undeclared prefix": rss(item("<title>Salt</title><wfw:x>1</wfw:x><foo:bar/>")),
    "a comment after the end": rss(item("<title>Salt</title>")) + "<!-- cached -->",
}


@pytest.mark.parametrize("source", MENDED.values(), ids=MENDED)
def test_faults_that_hide_nothing_are_mended(source: str) -> None:
    (post,) = feeds.read_posts(page(source), LAMP).items
    assert post.title == "Salt"


@pytest.mark.parametrize(
    ("encoding", "declared", "header"),
    [
        ("utf-8", "UTF-8", "text/xml"),
        ("utf-8", "ISO-8859-1", "text/xml"),  # the declaration lies
        ("utf-8", "UTF-8", "text/xml; charset=iso-8859-1"),  # the header lies
        ("iso-8859-1", "ISO-8859-1", "text/xml"),
        ("iso-8859-1", "UTF-8", "text/xml"),  # old posts that were never converted
        ("windows-1252", "UTF-8", "text/xml; charset=utf-8"),
        ("utf-16", "UTF-16", "text/xml"),
    ],
)
def test_encodings(encoding: str, declared: str, header: str) -> None:
    source = rss(item("<title>Ångström è</title>"), prolog=f'<?xml version="1.0" encoding="{declared}"?>')
    (post,) = feeds.read_posts(page(source.encode(encoding), content_type=header), LAMP).items
    assert post.title == "Ångström è"


def test_stray_bytes_do_not_harm_the_rest() -> None:
    source = rss(item("<title>è 花 –X–</title>")).encode().replace("–X–".encode(), b"\x96X\x96")
    (post,) = feeds.read_posts(page(source), LAMP).items
    assert post.title == "è 花 –X–"


REFUSED = {
    "an HTML page": ("<!DOCTYPE html><html><head><title>404</title></head><body><p>Gone</body></html>", "HTML page"),
    "an XHTML page": ('<html xmlns="http://www.w3.org/1999/xhtml"><head/><body/></html>', "HTML page"),
    "other XML": ('<?xml version="1.0"?><urlset><url/></urlset>', "<urlset>"),
    "plain words": ("Not found", "something else"),
    "nothing": ("", "empty"),
    "JSON that is no feed": ('{"code": "rest_no_route"}', "other JSON"),
    "cut JSON": ('{"version": "https://jsonfeed.org/version/1", "items": [', "not whole JSON"),
    "cut in the middle": (rss(item("<title>A</title>") + item("<title>B</title>"))[:-60], "cut short"),
    "cut in a CDATA section": (
        rss("<item><description><![CDATA[<p>The end: </rss>").removesuffix("</channel></rss>"),
        "cut short",
    ),
    "mismatched tags": (rss("<item><title>A</item>"), "broken"),
    "too deep": ("<rss>" + "<channel>" * 400 + "</channel>" * 400 + "</rss>", "depth"),
}


@pytest.mark.parametrize(("source", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_whole_feed_is_refused_in_one_line(source: str, why: str) -> None:
    for read in (lambda p: feeds.read_posts(p, LAMP), lambda p: feeds.read_comments(p, LAMP)):
        with pytest.raises(PageError) as raised:
            read(page(source))
        message = str(raised.value)
        assert message.startswith("https://lamp.example/feed/: ")
        assert why in message
        assert "\n" not in message


@pytest.mark.parametrize("name", ["wordpress-posts.xml", "blogger.atom", "rss1.rdf", "feed.json"])
@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.99])
def test_a_feed_cut_short_is_never_taken_for_a_whole_one(name: str, part: float) -> None:
    whole = (GOLDEN / name).read_bytes().rstrip()
    with pytest.raises(PageError):
        feeds.read_posts(page(whole[: int(len(whole) * part)]), LAMP)


@pytest.mark.parametrize("title", ["<title>&l9;</title>", "<title x='&l9;'>&l9;</title>"])
def test_entities_that_multiply_are_not_expanded(title: str) -> None:
    declared = '<!ENTITY l0 "lol">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    (post,) = feeds.read_posts(page(f"<!DOCTYPE rss [{declared}]>" + rss(item(title), prolog="")), LAMP).items
    assert post.title == "&l9;"


def test_external_entities_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("lighthouse key")
    source = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY y "inner">]>'
    (post,) = feeds.read_posts(page(source + rss(item("<title>A&x;B&y;C</title>"), prolog="")), LAMP).items
    assert post.title == "A&x;B&y;C"


def test_names_of_entities_stay_text_where_html_has_none() -> None:
    assert only("<title>A &unheard; B &amp;lt; C</title>").title == "A &unheard; B < C"


# ── is it one? ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (rss(), True),
        ("\ufeff\n<!-- x --><?xml version='1.0'?>\n<!DOCTYPE rss><rss/>", True),
        ('<feed xmlns="http://www.w3.org/2005/Atom"/>', True),
        ('<rdf:RDF xmlns:rdf="…" xmlns="http://purl.org/rss/1.0/"/>', True),
        ('{"version": "https:\\/\\/jsonfeed.org\\/version\\/1.1"}', True),
        ("<rdf:RDF xmlns:rdf='…' xmlns='http://xmlns.com/foaf/0.1/'/>", False),
        ("<!DOCTYPE html><html><body>&lt;rss&gt;</body></html>", False),
        ("<html><!-- <rss> --></html>", False),
        ('{"version": 1}', False),
        ("", False),
    ],
)
def test_is_feed(source: str, expected: bool) -> None:
    assert feeds.is_feed(page(source, content_type="application/rss+xml")) is expected


# ── properties ───────────────────────────────────────────────────────────────────────────────────


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=40).map(clean).map(squeeze)
RECORDS = st.lists(
    st.tuples(st.integers(1, 10**7), WORDS, WORDS.filter(bool), st.lists(WORDS.filter(bool), max_size=3)),
    max_size=6,
    unique_by=lambda record: record[0],
)


@given(RECORDS)
def test_what_wordpress_writes_is_read_back(records: list[tuple[int, str, str, list[str]]]) -> None:
    items = "".join(
        item(
            f"<title>{escape_xml(title)}</title><guid>https://lamp.example/?p={number}</guid>"
            f"<content:encoded>{escape_xml('<p>x' + escape(words) + 'x</p>')}</content:encoded>"
            + "".join(f"<category>{escape_xml(term)}</category>" for term in terms),
            f"https://lamp.example/{number}/",
        )
        for number, title, words, terms in records
    )
    found = feeds.read_posts(page(rss(items, WORDPRESS)), LAMP).items
    assert [
        (int(p.native_id or 0), p.title or "", p.content and squeeze(p.content.text), [t.name for t in p.terms or ()])
        for p in found
    ] == [(number, title, squeeze(f"x{words}x"), list(dict.fromkeys(terms))) for number, title, words, terms in records]


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda s: s.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        reading = feeds.read_posts(page(b"<rss><channel>" + body + b"</channel></rss>"), LAMP)
    except PageError:
        return
    assert reading.kind == "rss"
