"""Sitemaps: the protocol's forms, the names that WordPress gives them, and what is none."""

from __future__ import annotations

import gzip
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import urls
from archiver.engines import sitemaps
from archiver.errors import PageError
from archiver.page import Page

HERE = "https://lamp.example/sitemap.xml"
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
EXTENSIONS = (
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)


def page(body: str | bytes, **headers: str) -> Page:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Page(HERE, body if isinstance(body, bytes) else body.encode(), headers=named)


def urlset(inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="{NAMESPACE}" {EXTENSIONS}>{inside}</urlset>'


INDEX = f"""
<?xml version="1.0" encoding="UTF-8"?><?xml-stylesheet type="text/xsl" href="x.xsl" ?>
<sitemapindex xmlns="{NAMESPACE}">
<sitemap><loc>https://lamp.example/wp-sitemap-posts-post-1.xml</loc><lastmod>2021-03-01T09:30:15+00:00</lastmod></sitemap>
<sitemap><loc> https://lamp.example/wp-sitemap-users-1.xml
</loc></sitemap></sitemapindex>
"""


def test_index() -> None:
    found = sitemaps.read(page(INDEX))
    assert found.locs == ()
    assert [(e.url, e.lastmod and e.lastmod.at) for e in found.children] == [
        ("https://lamp.example/wp-sitemap-posts-post-1.xml", "2021-03-01T09:30:15Z"),
        ("https://lamp.example/wp-sitemap-users-1.xml", None),
    ]


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<url><loc>https://lamp.example/a/</loc></url>", ["https://lamp.example/a/"]),
        ("<url><loc>https://lamp.example/?p=1&amp;b=2</loc></url>", ["https://lamp.example/?p=1&b=2"]),
        ("<url><loc>https://lamp.example/?p=1&b=2</loc></url>", ["https://lamp.example/?p=1&b=2"]),
        ("<url><loc><![CDATA[https://lamp.example/a/]]></loc></url>", ["https://lamp.example/a/"]),
        ("<url><loc>/a/</loc></url><url><loc>https://lamp.example/a/</loc></url>", ["https://lamp.example/a/"]),
        ("<url><loc></loc></url><url/><url><loc>mailto:x@lamp.example</loc></url>", []),
        (
            (
                "<url><image:image><image:loc>https://lamp.example/i.png</image:loc></image:image>"
                "<loc>https://lamp.example/a/</loc><image:loc>https://lamp.example/j.png</image:loc>"
                '<xhtml:link rel="alternate" hreflang="de" href="https://lamp.example/de/a/"/>'
                "<news:news><news:title>A</news:title></news:news></url>"
            ),
            ["https://lamp.example/a/"],
        ),
        ("", []),
    ],
)
def test_urlset(inside: str, expected: list[str]) -> None:
    found = sitemaps.read(page(urlset(inside)))
    assert [entry.url for entry in found.locs] == expected
    assert found.children == ()


@pytest.mark.parametrize(
    ("lastmod", "at"),
    [
        ("2021-03-01T10:30:15+01:00", "2021-03-01T09:30:15Z"),
        ("2021-03-01", "2021-03-01T00:00:00Z"),
        ("yesterday", None),
        ("", None),
    ],
)
def test_lastmod(lastmod: str, at: str | None) -> None:
    inside = f"<url><loc>https://lamp.example/a/</loc><lastmod>{lastmod}</lastmod></url>"
    (entry,) = sitemaps.read(page(urlset(inside))).locs
    assert (entry.lastmod and entry.lastmod.at) == at


def test_a_sitemap_without_its_namespace_is_read() -> None:
    found = sitemaps.read(page("<urlset><url><loc>https://lamp.example/a/</loc></url></urlset>"))
    assert [entry.url for entry in found.locs] == ["https://lamp.example/a/"]


def test_plain_text() -> None:
    body = "\ufeffhttps://lamp.example/a/\r\n\r\nhttps://lamp.example/b?x=1\nnot a url\nhttps://lamp.example/a/\n"
    assert [entry.url for entry in sitemaps.read(page(body, content_type="text/plain")).locs] == [
        "https://lamp.example/a/",
        "https://lamp.example/b?x=1",
    ]


def test_gzip_of_one_or_more_members() -> None:
    whole = urlset("<url><loc>https://lamp.example/a/</loc></url>").encode()
    for packed in (gzip.compress(whole), gzip.compress(whole[:50]) + gzip.compress(whole[50:])):
        found = sitemaps.read(page(packed, content_type="application/x-gzip"))
        assert [entry.url for entry in found.locs] == ["https://lamp.example/a/"]


PACKED = gzip.compress(urlset("<url><loc>https://lamp.example/a/</loc></url>").encode())
REFUSED = {
    "an HTML page answered 200": (b"<!DOCTYPE html><html><head></head><body>Not here</body></html>", "HTML page"),
    "an XHTML page": (b'<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', "HTML page"),
    "a feed": (b"<rss><channel/></rss>", "<rss>"),
    "nothing": (b"", "empty"),
    "words": (b"Not found", "something else"),
    "cut short": (urlset("<url><loc>https://lamp.example/a/</loc></url>").encode()[:-20], "cut short"),
    "gzip cut short": (PACKED[:-9], "gzip is cut short"),
    "damaged gzip": (PACKED[:20] + b"\xff\xff" + PACKED[22:], "gzip is damaged"),
}


@pytest.mark.parametrize(("body", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_whole_sitemap_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(PageError) as raised:
        sitemaps.read(page(body))
    assert why in str(raised.value)
    assert "\n" not in str(raised.value)


def test_what_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "LARGEST", 1000)
    fits, too_much = b"https://lamp.example/" + b"a" * 979, b"https://lamp.example/" + b"a" * 980
    assert len(sitemaps.read(page(gzip.compress(fits))).locs) == 1
    for packed in (gzip.compress(too_much), gzip.compress(too_much[:600]) + gzip.compress(too_much[600:])):
        with pytest.raises(PageError, match="unpacks to more"):
            sitemaps.read(page(packed))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        # WordPress itself
        ("wp-sitemap-posts-post-1.xml", "posts-post"),
        ("wp-sitemap-posts-page-1.xml", "posts-page"),
        ("wp-sitemap-posts-tour-guide-12.xml", "posts-tour-guide"),
        ("wp-sitemap-taxonomies-category-1.xml", "taxonomies-category"),
        ("wp-sitemap-taxonomies-post_tag-3.xml", "taxonomies-post_tag"),
        ("wp-sitemap-users-1.xml", "users"),
        ("?sitemap=posts&sitemap-subtype=post&paged=1", "posts-post"),
        ("?sitemap=taxonomies&sitemap-subtype=category&paged=1", "taxonomies-category"),
        ("?sitemap=users&paged=1", "users"),
        ("wp-sitemap.xml", None),
        ("?sitemap=index", None),
        # Yoast SEO, Rank Math, All in One SEO, SEOPress
        ("post-sitemap.xml", "posts-post"),
        ("post-sitemap2.xml", "posts-post"),
        ("page-sitemap1.xml", "posts-page"),
        ("category-sitemap.xml", "taxonomies-category"),
        ("post_tag-sitemap.xml", "taxonomies-post_tag"),
        ("author-sitemap.xml", "users"),
        ("addl-sitemap.xml", "misc"),
        ("product-sitemap.xml", None),  # a type or a taxonomy: the name does not say
        ("sitemap_index.xml", None),
        # XML Sitemap Generator for Google
        ("sitemap-pt-post-2016-04.xml", "posts-post"),
        ("sitemap-pt-page-p1-2016-04.xml.gz", "posts-page"),
        ("sitemap-tax-category.xml", "taxonomies-category"),
        ("sitemap-authors.xml", "users"),
        ("sitemap-misc.xml", "misc"),
        # Others
        ("sitemap.xml", None),
        ("post-sitemap/", None),
        ("blog-sitemap.html", None),
    ],
)
def test_wordpress_kind(name: str, kind: str | None) -> None:
    assert sitemaps.wordpress_kind("https://lamp.example/" + name) == kind


PATHS = st.text(st.characters(min_codepoint=33, exclude_categories=("Cs", "Cc", "Cn", "Zs")), max_size=20)


@given(st.lists(PATHS, max_size=8))
def test_what_is_written_is_read_back(paths: list[str]) -> None:
    given_urls = [url for path in paths if (url := urls.absolute("https://lamp.example/x" + path, HERE))]
    entries = "".join(f"<url><loc>{escape(url)}</loc></url>" for url in given_urls)
    assert [entry.url for entry in sitemaps.read(page(urlset(entries))).locs] == list(dict.fromkeys(given_urls))


@pytest.mark.parametrize(
    ("path", "made_by_wordpress"),
    [
        ("/wp-sitemap.xml", True),
        ("/sitemap_index.xml", True),
        ("/sitemap-index-1.xml", True),
        ("/sitemap.xml.gz", True),
        ("/news-sitemap.xml", True),
        ("/wp-sitemap-posts-post-2.xml", True),
        ("/old.xml", False),
        ("/archive/before-2012.xml", False),
        ("/sitemap-hugo.xml", False),
    ],
)
def test_a_sitemap_beside_those_of_wordpress_is_told_by_its_name(path: str, made_by_wordpress: bool) -> None:
    assert sitemaps.is_wordpress(f"https://lamp.example{path}") is made_by_wordpress
