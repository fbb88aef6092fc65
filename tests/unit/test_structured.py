"""What pages say of themselves for machines, and which of several statements is the page's own."""

from __future__ import annotations

import json

import pytest

from archiver.engines import structured
from archiver.engines.structured import FeedLink, PageFacts
from archiver.page import Page

HERE = "https://kelp.example/2021/holdfast/"


def facts(body: str, head: str = "", *, url: str = HERE, exclude: str | None = None) -> PageFacts:
    source = f'<!DOCTYPE html><html lang="en-GB"><head>{head}</head><body>{body}</body></html>'
    root = Page(url, source.encode()).root
    return structured.facts(root, url, exclude=root.cssselect(exclude) if exclude else ())


def ld(*things: object) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(thing)}</script>' for thing in things)


POSTING = {
    "@context": "https://schema.org",
    "@type": "BlogPosting",
    "headline": "Holdfast &amp; frond",
    "url": HERE,
    "datePublished": "2021-03-01T09:30:15+00:00",
    "dateModified": "2021-03-02T10:00:00+00:00",
    "author": {"@type": "Person", "name": "Ula Wrack", "url": "/ula/"},
    "articleSection": "Algae",
    "keywords": "kelp, rock , kelp",
    "commentCount": 7,
    "image": ["/a.png", {"@type": "ImageObject", "url": "https://cdn.example/b.png"}],
    "inLanguage": "en-IE",
}


def test_json_ld_of_a_posting() -> None:
    found = facts(ld(POSTING))
    assert found == PageFacts(
        title="Holdfast & frond",
        url=HERE,
        published_iso="2021-03-01T09:30:15+00:00",
        modified_iso="2021-03-02T10:00:00+00:00",
        authors=(("Ula Wrack", "https://kelp.example/ula/"),),
        section="Algae",
        tags=("kelp", "rock"),
        comment_count=7,
        type="BlogPosting",
        images=("https://kelp.example/a.png", "https://cdn.example/b.png"),
        language="en-GB",
    )


def test_json_ld_graph_with_references() -> None:
    graph = {
        "@context": "https://schema.org",
        "@graph": [
            {
                "@type": ["Article", "BlogPosting"],
                "@id": HERE + "#a",
                "isPartOf": {"@id": HERE},
                "headline": "Holdfast",
                "author": [{"@id": "#u"}, {"@type": "Person", "name": "Mo"}],
                "mainEntityOfPage": {"@id": HERE},
                "interactionStatistic": [
                    {"interactionType": "https://schema.org/LikeAction", "userInteractionCount": 90},
                    {"interactionType": {"@type": "CommentAction"}, "userInteractionCount": "1,204"},
                ],
            },
            {"@type": "WebPage", "@id": HERE, "url": HERE, "name": "Holdfast - Kelp", "datePublished": "2021-03-01"},
            {"@type": "Person", "@id": "#u", "name": "Ula Wrack", "url": "https://ula.example/"},
            {"@type": "WebSite", "name": "Kelp", "url": "https://kelp.example/"},
        ],
    }
    found = facts(ld(graph))
    assert (found.title, found.type, found.site_name) == ("Holdfast", "Article", "Kelp")
    assert found.authors == (("Ula Wrack", "https://ula.example/"), ("Mo", None))
    assert (found.published_iso, found.comment_count) == ("2021-03-01", 1204)


OTHER = {**POSTING, "url": "https://kelp.example/2020/other/", "headline": "Another post"}


@pytest.mark.parametrize(
    ("things", "title"),
    [
        ([POSTING], "Holdfast & frond"),
        ([[POSTING]], "Holdfast & frond"),
        ([OTHER, POSTING], "Holdfast & frond"),  # the one that names this page
        ([OTHER], None),  # the only one, but it names another
        ([{"@type": "Blog", "blogPost": [OTHER, {**OTHER, "url": "https://kelp.example/x/"}]}], None),  # a list
        ([{"@type": "BlogPosting", "headline": "A"}], "A"),
        ([{"@type": "BlogPosting", "headline": "A"}, {"@type": "BlogPosting", "headline": "B"}], None),
        ([{"@type": "http://schema.org/NewsArticle", "headline": "A"}], "A"),
        ([{"@type": "Product", "name": "A kettle"}], None),
        ([{"@type": "WebPage", "url": HERE, "name": "Holdfast - Kelp"}], None),  # its name has the site's in it
        ([{"@type": "BlogPosting", "headline": ["", None], "name": {"@value": "A"}}], "A"),
        ([None, 7, "x", {"@type": 3}, {"@type": "BlogPosting", "headline": 9}], None),
    ],
)
def test_the_article_that_the_page_is_about(things: list[object], title: str | None) -> None:
    assert facts(ld(*things)).title == title


@pytest.mark.parametrize(
    ("script", "title", "broken"),
    [
        ('//<![CDATA[\n{"@type": "BlogPosting", "headline": "A"}\n//]]>', "A", False),
        ('<!-- {"@type": "BlogPosting", "headline": "A"} -->', "A", False),
        ('{"@type": "BlogPosting", "headline": "A\nB"};', "A B", False),
        ('{"@type": "BlogPosting", "headline": "A\\ud83d"}', "A\ufffd", False),
        ('{"@type": "BlogPosting", "headline": "A",}', None, True),
        ('{"@type": "BlogPosting', None, True),
        ("[" * 100_000, None, True),
        ('{"a":' * 100 + "1" + "}" * 100, None, False),
        ("  ", None, False),
    ],
)
def test_json_ld_that_is_broken_is_noted(script: str, title: str | None, broken: bool) -> None:
    found = facts(f'<script type="application/ld+json">{script}</script>')
    assert found.title == title
    assert [note.kind for note in found.notes] == (["json_ld_broken"] if broken else [])


def test_what_a_post_quotes_does_not_speak_for_the_page() -> None:
    impostor = {**POSTING, "headline": "Impostor", "author": "Nobody", "datePublished": "1999-01-01"}
    quoted = (
        f'{ld(impostor)}<meta property="og:title" content="Impostor"><link rel="canonical" href="/impostor/">'
        '<article class="h-entry"><h2 class="p-name">Impostor</h2></article>'
    )
    body = f'<div class="words"><p>Write it like this:</p>{quoted}</div>'
    assert facts(body).title == "Impostor"
    found = facts(body, exclude=".words")
    assert (found.title, found.authors, found.published_iso, found.url) == (None, (), None, None)


H_ENTRY = f"""
<article class="h-entry">
  <h1 class="p-name">Holdfast</h1>
  <a class="u-url" href="{HERE}"><time class="dt-published" datetime="2021-03-01T09:30:15+01:00">1 March</time></a>
  <p class="p-author h-card"><a class="u-url p-name" href="/ula/">Ula Wrack</a></p>
  <p class="p-summary">How it clings.</p>
  <div class="e-content"><p>It clings.</p><p class="p-category">not a category of ours, but marked</p></div>
  <a class="p-category" href="/tags/kelp/">kelp</a>
  <div class="u-comment h-cite"><a class="p-author h-card" href="https://mo.example/">Mo</a>
    <time class="dt-published" datetime="2022-01-01">later</time><p class="p-name">Nice</p></div>
</article>
"""


def test_microformats2() -> None:
    found = facts(H_ENTRY)
    assert (found.title, found.type, found.description) == ("Holdfast", "h-entry", "How it clings.")
    assert found.url == HERE
    assert (found.published_iso, found.modified_iso) == ("2021-03-01T09:30:15+01:00", None)
    assert found.authors == (("Ula Wrack", "https://kelp.example/ula/"),)
    assert found.tags == ("not a category of ours, but marked", "kelp")


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ('<a class="p-author h-card" href="/ula/">Ula</a>', (("Ula", "https://kelp.example/ula/"),)),
        ('<span class="p-author">Ula</span>', (("Ula", None),)),
        ('<span class="p-author h-card"><img class="u-photo" alt="Ula" src="u.png"></span>', (("Ula", None),)),
        ('<b class="p-author">Ula</b><b class="p-author">Mo</b>', (("Ula", None), ("Mo", None))),
        ('<b class="p-author"></b>', ()),
        ('<div class="h-card"><b class="p-author">Not of the entry</b></div>', ()),
    ],
)
def test_authors_in_microformats2(author: str, expected: tuple[object, ...]) -> None:
    assert facts(f'<div class="h-entry">{author}<p class="e-content">x</p></div>').authors == expected


def test_hatom() -> None:
    found = facts(
        '<div class="post hentry"><h2 class="entry-title"><a href="/2021/holdfast/" rel="bookmark">Holdfast</a></h2>'
        '<abbr class="published" title="2021-03-01T09:30:15Z">1 March</abbr>'
        '<abbr class="updated" title="2021-03-02T00:00:00Z">2 March</abbr>'
        '<span class="author vcard"><a class="url fn n" href="/ula/">Ula Wrack</a></span>'
        '<div class="entry-content"><p>It clings.</p></div><a href="/tags/kelp/" rel="tag">kelp</a></div>'
    )
    assert (found.title, found.type, found.url) == ("Holdfast", "hentry", HERE)
    assert (found.published_iso, found.modified_iso) == ("2021-03-01T09:30:15Z", "2021-03-02T00:00:00Z")
    assert (found.authors, found.tags) == ((("Ula Wrack", "https://kelp.example/ula/"),), ("kelp",))


def test_hatom_calls_the_only_date_updated() -> None:
    found = facts('<div class="hentry"><h1 class="entry-title">A</h1><span class="updated">1 March 2021</span></div>')
    assert (found.published_iso, found.modified_iso) == ("1 March 2021", None)


def test_microdata_with_hatom_on_one_element() -> None:
    found = facts(
        '<div class="post hentry" itemscope itemtype="http://schema.org/BlogPosting" itemprop="blogPost">'
        '<h3 class="entry-title" itemprop="name">Holdfast</h3><meta itemprop="datePublished" content="2021-03-01">'
        '<span itemprop="author" itemscope itemtype="http://schema.org/Person"><a itemprop="url" href="/ula/">'
        '<span itemprop="name">Ula Wrack</span></a></span><div itemprop="description articleBody">It clings.</div>'
        '<meta itemprop="commentCount" content="4"><span itemprop="keywords">kelp, rock</span>'
        '<div itemprop="comment" itemscope itemtype="http://schema.org/Comment"><b itemprop="author">Mo</b></div></div>'
    )
    assert (found.title, found.type, found.published_iso, found.comment_count) == (
        "Holdfast",
        "hentry",
        "2021-03-01",
        4,
    )
    assert (found.authors, found.tags) == ((("Ula Wrack", "https://kelp.example/ula/"),), ("kelp", "rock"))


RELATED = '<div class="hentry"><h3 class="entry-title"><a rel="bookmark" href="/{0}/">Related {0}</a></h3></div>'


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (RELATED.format("a") + H_ENTRY + RELATED.format("b"), "Holdfast"),
        (RELATED.format("a") + RELATED.format("b"), None),  # a list
        (RELATED.format("a"), None),  # a list of one
        (f"<aside>{RELATED.format('2021/holdfast')}</aside>", None),
        ('<ol><li class="h-cite u-comment"><p class="p-name">A comment</p></li></ol>', None),
        ('<div class="comment hentry"><b class="entry-title">A comment</b></div>', None),
    ],
)
def test_the_entry_that_the_page_is_about(body: str, title: str | None) -> None:
    assert facts(body).title == title


HEAD = """
<meta property="og:title" content="Holdfast &amp; frond">
<meta property="og:type" content="article">
<meta property="og:site_name" content="Kelp">
<meta property="og:image" content="/og.png">
<meta property="article:published_time" content="2021-03-01T09:30:15+00:00">
<meta property="article:modified_time" content="2021-03-02T00:00:00+00:00">
<meta property="article:author" content="https://face.example/ula">
<meta property="article:section" content="Algae">
<meta property="article:tag" content="kelp"><meta property="article:tag" content="rock">
<meta name="author" content="Ula Wrack">
<meta name="description" content=" How it clings. ">
<link rel="canonical" href="/2021/holdfast/">
<link rel="shortlink" href="https://kelp.example/?p=4">
<link rel="alternate" type="application/rss+xml" title="Kelp &raquo; Feed" href="/feed/">
<link rel="alternate" type="application/atom+xml; charset=utf-8" href="/atom.xml">
<link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/4">
<link rel="alternate" hreflang="de" href="/de/">
<link rel="stylesheet" type="text/css" href="/s.css">
"""


def test_the_head() -> None:
    assert facts("", HEAD, url=HERE + "?utm_source=x") == PageFacts(
        title="Holdfast & frond",
        url=HERE,
        shortlink="https://kelp.example/?p=4",
        published_iso="2021-03-01T09:30:15+00:00",
        modified_iso="2021-03-02T00:00:00+00:00",
        authors=(("Ula Wrack", None),),
        section="Algae",
        tags=("kelp", "rock"),
        description="How it clings.",
        language="en-GB",
        type="article",
        images=("https://kelp.example/og.png",),
        site_name="Kelp",
        feeds=(
            FeedLink(type="application/rss+xml", href="https://kelp.example/feed/", title="Kelp » Feed"),
            FeedLink(type="application/atom+xml", href="https://kelp.example/atom.xml"),
        ),
    )


def test_the_surest_statement_wins_and_the_others_fill_in() -> None:
    found = facts(
        ld({"@type": "BlogPosting", "url": HERE, "headline": "From JSON-LD"}) + H_ENTRY.replace("p-summary", "x"), HEAD
    )
    assert found.title == "From JSON-LD"
    assert found.published_iso == "2021-03-01T09:30:15+01:00"  # the entry's
    assert (found.description, found.section) == ("How it clings.", "Algae")  # the head's


def test_an_empty_page_says_nothing() -> None:
    assert structured.facts(Page(HERE, b"<p>x</p>").root, HERE) == PageFacts()
