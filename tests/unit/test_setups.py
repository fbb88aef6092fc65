"""What sites are made of that only some have: other hosts, warnings, doors, APIs without words, damaged encodings."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.engines import blog_link, traps, wordpress_api
from archiver.engines._wordpress_named import at_home
from archiver.engines.wordpress import WordPress
from archiver.errors import PageError
from archiver.model import Site, Target, TargetKind
from archiver.page import Page

HOME = "https://blog.example.org/"
SITE = Site(key="blog.example.org", home=HOME)
POST = f"{HOME}2024/05/tides/"
HTML = {"content-type": "text/html; charset=UTF-8"}
WARNING = "<br />\n<b>Warning</b>:  Undefined array key 1 in <b>/srv/old.php</b> on line <b>12</b><br />\n"
ENGINE = WordPress()


# ---- where ways lead


def found_at(page: Page, kind: TargetKind, site: Site = SITE, **hint: str) -> list[Target]:
    target = Target(url=page.url, kind=kind, hint=hint)
    return list(ENGINE.discover(page, target, site).targets)


def test_ways_at_other_hosts_are_taken_at_ones_own() -> None:
    links = (
        "<link rel='alternate' type='application/rss+xml' href='https://feeds.example.com/blog'>"
        "<link rel='https://api.w.org/' href='https://cms.example.com/wp-json/'>"
    )
    front = Page(HOME, f"<html><head>{links}</head><body class='home blog'></body></html>".encode(), headers=HTML)
    found = {target.kind: target.url for target in found_at(front, TargetKind.HOME)}
    assert found[TargetKind.FEED] == f"{HOME}feed/"
    assert found[TargetKind.API].startswith(f"{HOME}wp-json/")


@pytest.mark.parametrize(
    ("url", "status", "failed", "onward"),
    [
        (f"{HOME}page/3/", 500, "0", [f"{HOME}page/4/"]),
        (f"{HOME}page/3/", 500, "2", []),  # the third of them
        (f"{HOME}page/3/", 404, "0", []),
        (f"{HOME}?paged=2", 403, "0", [f"{HOME}page/2/"]),
        (f"{HOME}page/2/", 403, "0", []),
        (f"{HOME}?paged=2", 500, "0", [f"{HOME}?paged=3"]),
    ],
)
def test_a_list_goes_on_behind_a_page_that_cannot_be_had(url: str, status: int, failed: str, onward: list[str]) -> None:
    found = found_at(Page(url, b"", status=status), TargetKind.LIST, failed=failed)
    assert [target.url for target in found] == onward


@pytest.mark.parametrize("kind", [TargetKind.POST, TargetKind.COMMENT_PAGE])
def test_the_newest_comments_of_a_page_that_fails_are_in_its_feed(kind: TargetKind) -> None:
    url = POST if kind is TargetKind.POST else f"{POST}comment-page-3/"
    found = found_at(Page(url, b"", status=500), kind)
    assert [(target.url, target.kind) for target in found] == [(f"{POST}feed/", TargetKind.COMMENT_FEED)]


def post_page(url: str = POST, head: str = "", links: str = "") -> Page:
    words = "<h1 class='entry-title'>Tides</h1><div class='entry-content'><p>Words.</p></div>"
    body = f"<article class='hentry'>{words}{links}"
    html = f"<html><head>{head}</head><body class='single postid-5'>{body}</article></body></html>"
    return Page(url, html.encode(), headers=HTML)


@pytest.mark.parametrize("canonical", ["https://old-name.example/2024/05/tides/", POST])
def test_a_post_stands_where_it_was_fetched(canonical: str) -> None:
    """By the name that the blog had before, nothing of it could be fetched; links hand on the query of the request."""
    links = (
        f"<nav class='comment-navigation'><a href='{POST}comment-page-1/?ref=list#comments'>Older comments</a></nav>"
    )
    shown = post_page(f"{POST}?ref=list", f"<link rel='canonical' href='{canonical}'>", links)
    (post,) = ENGINE.extract(shown, Target(url=shown.url, kind=TargetKind.POST), SITE).posts
    pages = [target.url for target in found_at(shown, TargetKind.POST) if target.kind is TargetKind.COMMENT_PAGE]
    if canonical == POST:
        assert (post.url, pages) == (POST, [f"{POST}comment-page-1/"])
    else:
        assert post.url.startswith(POST)


@pytest.mark.parametrize(
    ("links", "found"),
    [
        ("<a href='/about/'>About</a><a href='/blog/'>News from us</a>", "blog/"),
        ("<a href='/en/weblog/'>x</a><a href='/notes/'>Unser Blog</a>", "notes/"),  # the least deep
        ("<a href='/blog/2024/05/'>Tides</a><a href='/blog/?page=2'>Blog</a>", None),
        ("<a href='https://blog.example.com/blog/'>Blog</a>", None),
        ("<a href='/#blog'>Blog</a>", None),
    ],
)
def test_the_link_to_a_blog(links: str, found: str | None) -> None:
    page = Page(HOME, f"<html><body>{links}</body></html>".encode(), headers=HTML)
    assert blog_link(page) == (found and HOME + found)


@pytest.mark.parametrize(
    ("root", "home", "more", "another"),
    [
        ("two/", HOME, "", True),
        ("two/", f"{HOME}two/", "", False),
        ("", HOME, "", False),
        ("", f"{HOME}two/", "", False),  # pages of a blog whose front page calls a folder its own
        ("other/", HOME, "", False),  # core in a folder of its own, say
        ("two/", HOME, "<link rel='alternate' hreflang='nl' href='/nl/'>", False),
        ("en/", HOME, "", False),
        ("", None, "", False),
        ("two/", None, "", False),
    ],
)
@pytest.mark.parametrize("form", ["wp-json/", "index.php/wp-json/", "?rest_route=/", "?p=5", "comments/feed/"])
def test_a_page_of_a_blog_in_a_folder_is_not_of_this_one(
    root: str, home: str | None, more: str, another: bool, form: str
) -> None:
    """Their posts have the same numbers."""
    folder = "en/" if root == "en/" else "two/"
    rel = {"?p=5": "shortlink", "comments/feed/": "alternate"}.get(form, "https://api.w.org/")
    api = f"<link rel='{rel}' href='{HOME}{root}{form}'>{more}"
    links = f"<nav><a rel='prev' href='{HOME}{folder}ebb/'>Ebb</a></nav>"
    page = post_page(f"{HOME}{folder}2024/05/tides/", api, links)
    site = replace(SITE, root=home)
    read = ENGINE.extract(page, Target(url=page.url, kind=TargetKind.POST), site)
    assert [note.kind for note in read.notes] == (["page_of_another_blog"] if another else [])
    assert (not read.posts, not found_at(page, TargetKind.POST, site)) == (another, another)


@pytest.mark.parametrize(("core", "root"), [("", HOME), ("wp/", None), ("two/", None)])
def test_a_front_page_without_feeds_and_api_may_name_what_edits_it(core: str, root: str | None) -> None:
    link = f"<link rel='EditURI' type='application/rsd+xml' href='{HOME}{core}xmlrpc.php?rsd'>"
    front = Page(HOME, f"<html><head>{link}</head><body class='home blog'></body></html>".encode(), headers=HTML)
    facts = ENGINE.extract(front, Target(url=HOME, kind=TargetKind.HOME), SITE).blog
    assert facts is not None
    assert facts.root == root


@pytest.mark.parametrize(("language", "another"), [("en", True), ("nl", False), (None, False)])
def test_a_page_in_another_language_may_be_a_translation(language: str | None, another: bool) -> None:
    front = (
        f"<html lang='en'><head><link rel='https://api.w.org/' href='{HOME}wp-json/'></head><body class='home blog'>"
    )
    facts = ENGINE.extract(Page(HOME, front.encode(), headers=HTML), Target(url=HOME, kind=TargetKind.HOME), SITE).blog
    assert facts is not None
    assert facts.root == HOME
    page = post_page(f"{HOME}two/tides/", f"<link rel='https://api.w.org/' href='{HOME}two/wp-json/'>")
    html = page.text.replace("<html>", f"<html lang='{language}'>") if language else page.text
    site = replace(SITE, root=facts.root, language=facts.language)
    read = ENGINE.extract(Page(page.url, html.encode(), headers=HTML), Target(url=page.url, kind=TargetKind.POST), site)
    assert (not read.posts) is another
    later = replace(site, root=None, api_url=f"{HOME}wp-json/")  # as an update knows it, with the front page unchanged
    read = ENGINE.extract(
        Page(page.url, html.encode(), headers=HTML), Target(url=page.url, kind=TargetKind.POST), later
    )
    assert (not read.posts) is another


# ---- the API


def row(html: str) -> Page:
    data = [{"id": 5, "link": POST, "type": "post", "title": {"rendered": "Tides"}, "content": {"rendered": html}}]
    return Page(f"{HOME}wp-json/wp/v2/posts", json.dumps(data).encode(), headers={"content-type": "application/json"})


@pytest.mark.parametrize(
    ("html", "held"),
    [
        ("<p>Words.</p>", True),
        ("", False),
        ("<p></p>\n<div class='builder'><br></div>", False),
        ("<p>The first words of it […]</p>", False),
        ("<figure><img src='/tide.jpg' alt=''></figure>", True),
        ("<iframe src='https://video.example.org/5'></iframe>", True),
        ("<p>And then…</p>", True),
    ],
)
def test_a_body_that_the_api_does_not_have_is_left_to_the_page(html: str, held: bool) -> None:
    target = wordpress_api.page_target(f"{HOME}wp-json/", "posts", 1)
    (post,) = wordpress_api.read(row(html), target).posts
    assert (post.content is not None) is held


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>[vc_row full_width=&#8221;&#8221;][vc_column]</p><p>Ebb.</p>\n<p>[/vc_column][/vc_row]</p>", "Ebb."),
        ("[et_pb_section fb_built=&#8221;1&#8243;][et_pb_text admin_label=&#8221;x&#8221;]Flow.[/et_pb_text]", "Flow."),
        ("<p>[av_one_half first][av_textblock]Low[/av_textblock] water.[/av_one_half]</p>", "Low water."),
        ("[vc_row][vc_single_image image=&#8221;7&#8243;][/vc_row]", None),
        ("<p>[vc_row] opens a row, see [1] and [x_1].</p>", "[vc_row] opens a row, see [1] and [x_1]."),
    ],
)
def test_the_shortcodes_of_builders_are_none_of_the_words(html: str, text: str | None) -> None:
    target = wordpress_api.page_target(f"{HOME}wp-json/", "posts", 1)
    (post,) = wordpress_api.read(row(html), target).posts
    assert (post.content and post.content.text) == text


def api_page(number: int, size: int, status: int = 500, body: bytes = b"", **hint: str) -> tuple[Page, Target]:
    target = wordpress_api.page_target(f"{HOME}wp-json/", "posts", number, size=size, **hint)
    return Page(target.url, body, status=status, headers={"content-type": "application/json"}), target


@given(number=st.integers(2, 50), size=st.sampled_from([100, 50, 25, 20, 10, 7, 3, 2]))
def test_the_parts_of_a_page_hold_its_rows(number: int, size: int) -> None:
    page, target = api_page(number, size)
    rows = {
        row
        for part in wordpress_api.smaller(page, target)
        for less in [int(part.hint["size"])]
        for row in range((int(part.hint["page"]) - 1) * less, int(part.hint["page"]) * less)
    }
    assert rows >= set(range((number - 1) * size, number * size))


def test_a_first_page_that_fails_costs_few_requests() -> None:
    """Ten rows are asked for, then one; only where that comes the others are asked for one by one."""
    asked, tried = wordpress_api.smaller(*api_page(1, 100)), []
    while asked:
        tried += [(int(one.hint["size"]), int(one.hint["page"])) for one in asked]
        asked = [more for one in asked for more in wordpress_api.smaller(Page(one.url, b"", status=500), one)]
    assert tried == [(10, 1), (1, 1), (1, 1)]  # that one without what it embeds, too
    _, one = api_page(1, 1, part="1")
    came = Page(one.url, row("<p>Words.</p>").body, headers={"x-wp-totalpages": "34"})
    onward = [(int(page.hint["size"]), int(page.hint["page"])) for page in wordpress_api.next_pages(came, one)]
    assert onward == [*((1, n) for n in range(2, 11)), *((10, n) for n in range(2, 5))]


@pytest.mark.parametrize(("told", "size"), [("between 1 (inclusive) and 20 (inclusive)", "20"), ("no number", None)])
def test_a_bound_on_pages_is_kept(told: str, size: str | None) -> None:
    body = {"code": "rest_invalid_param", "data": {"status": 400, "params": {"per_page": told}}}
    asked = wordpress_api.smaller(*api_page(1, 100, 400, json.dumps(body).encode()))
    assert [(one.hint["page"], one.hint["size"]) for one in asked] == ([("1", size)] if size else [])
    assert wordpress_api.smaller(*api_page(7, 100, 400, json.dumps(body).encode())) == []  # behind the last page


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (WARNING + '[{"id": 5}]', [{"id": 5}]),
        ("\nDeprecated: Old in /srv/x.php on line 7\n" + WARNING + '{"a": [1]}\n<!-- cached -->', {"a": [1]}),
        ('{"a": 1}<br />\n<b>Notice</b>: late', {"a": 1}),
        ("\ufeff[1]", [1]),
    ],
)
def test_messages_around_json_are_passed_over(body: str, value: object) -> None:
    assert Page(HOME, body.encode()).json == value


@pytest.mark.parametrize("body", [WARNING + '[{"id": 5', '[{"id": 5}, {"id"', "<p>on line 7 {", '{"a": 1} and more'])
def test_what_is_cut_is_no_json(body: str) -> None:
    with pytest.raises(PageError):
        _ = Page(HOME, body.encode()).json


OLD = "http://old-name.example/notes"
ROWS = [{"id": 5, "link": f"{OLD}/2024/05/tides/", "_embedded": {"author": [{"link": f"{OLD}/author/vera/"}]}}]


@pytest.mark.parametrize(
    ("home", "links", "named"),
    [
        (OLD, f"<a href='{POST}' rel='bookmark'>Tides</a>", f"{OLD}/"),
        (f"{OLD}/", f"<a href='{POST}' rel='bookmark'>Tides</a>", f"{OLD}/"),
        (OLD, f"<a href='{OLD}/2024/05/tides/'>Tides</a></h2><p><a href='/imprint/'>Imprint</a></p><h2>", None),
        (HOME, f"<a href='{POST}' rel='bookmark'>Tides</a>", None),
        ("http://www.blog.example.org", f"<a href='{POST}' rel='bookmark'>Tides</a>", None),
        ("", f"<a href='{POST}' rel='bookmark'>Tides</a>", None),
    ],
)
def test_an_api_names_another_host_than_the_pages(home: str, links: str, named: str | None) -> None:
    article = f"<article class='post-5 hentry'><h2>{links}</h2></article>"
    front = Page(HOME, f"<html><body class='home blog'>{article}</body></html>".encode(), headers=HTML)
    index = next(target for target in found_at(front, TargetKind.HOME) if target.kind is TargetKind.API)
    body = json.dumps({"namespaces": ["wp/v2"], "home": home}).encode()
    asked = ENGINE.discover(Page(index.url, body, headers={"content-type": "application/json"}), index, SITE).targets
    assert {target.hint.get("named") for target in asked} == {named}
    (posts,) = [target for target in asked if target.hint["route"] == "posts"]
    page = Page(posts.url, json.dumps(ROWS).encode(), headers={"content-type": "application/json"})
    (post,) = ENGINE.extract(page, posts, SITE).posts
    assert post.url == (POST if named else ROWS[0]["link"])
    assert [target.url for target in ENGINE.discover(page, posts, SITE).targets] == ([POST] if named else [])


@given(path=st.text("abc/-%?=#é", max_size=20))
def test_links_are_led_to_the_blogs_own_host(path: str) -> None:
    rows = [
        {"link": f"{OLD}/{path}", "n": 1},
        {"link": f"{OLD}s/{path}"},
        {"link": None},
        {"content": {"rendered": OLD}},
    ]
    page = Page(f"{HOME}wp-json/wp/v2/posts", json.dumps(rows).encode(), headers={"x-wp-total": "4"})
    led = at_home(page, f"{OLD}/", SITE)
    assert led.json == [{"link": HOME + path, "n": 1}, *rows[1:]]
    assert (led.url, led.headers) == (page.url, page.headers)
    assert at_home(page, None, SITE) is page


def test_an_answer_that_is_no_data_is_left_to_its_reader() -> None:
    page = Page(HOME, b"<html>Log in</html>")
    assert at_home(page, f"{OLD}/", SITE) is page


# ---- doors and encodings


@pytest.mark.parametrize(
    ("title", "body", "door"),
    [
        ("Just a moment...", "<h1>blog.example.org</h1>", True),
        ("Attention Required! | Cloudflare", "", True),
        ("One moment, please...", "", True),
        ("503 Service Temporarily Unavailable", "", True),
        ("Wartungsarbeiten", "<h1>Bald zurück</h1>", True),
        ("Just a moment – Ebb &amp; Flow", "", False),
        ("Maintenance", "<article class='hentry'><p>How to oil a winch.</p></article>", False),
        ("Tides", "", False),
    ],
)
def test_what_stands_in_the_place_of_a_page(title: str, body: str, door: bool) -> None:
    html = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    assert traps.is_interstitial(Page(HOME, html.encode(), headers=HTML)) is door
    assert not traps.is_interstitial(Page(HOME, html.encode(), headers={"content-type": "application/json"}))


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Ebbe für Jürgen – größer".encode("cp1252"), "Ebbe für Jürgen – größer"),
        ("Ebbe für Jürgen ".encode() + b"\xf0\x9f", "Ebbe für Jürgen \N{REPLACEMENT CHARACTER}"),  # cut within a sign
    ],
)
def test_an_encoding_that_nothing_states(body: bytes, text: str) -> None:
    assert Page(HOME, b"<p>" + body, headers={"content-type": "text/html"}).text == "<p>" + text


def test_the_page_of_an_old_theme_that_is_called_like_a_notice_is_a_page() -> None:
    menu = "".join(f"<a href='/{number}/'>{number}</a>" for number in range(12))
    html = f"<html><head><title>Maintenance</title></head><body>{menu}<div class='post'><p>Of boats.</p></div></body>"
    assert not traps.is_interstitial(Page(HOME, html.encode(), headers=HTML))
    bare = html.replace(menu, "")
    assert traps.is_interstitial(Page(HOME, bare.encode(), headers=HTML))
    long = bare.replace("Of boats.", "Of boats, and of those who mend them. " * 80)
    assert not traps.is_interstitial(Page(HOME, long.encode(), headers=HTML))
    script = bare.replace("<p>", f"<script>{'check();' * 800}</script><p>")
    assert traps.is_interstitial(Page(HOME, script.encode(), headers=HTML))


def test_an_api_that_takes_no_note_of_pages_is_not_asked_without_end() -> None:
    """As of a copy of a blog in files, whose server knows no queries."""
    row = {"link": POST, "type": "post", "title": {"rendered": ""}, "content": {"rendered": ""}}
    body = json.dumps([row | {"id": number} for number in range(1, 11)]).encode()
    target = wordpress_api.page_target(f"{HOME}wp-json/", "posts", 1)
    asked = []
    for _ in range(5):
        asked.append(target.hint["page"])
        onward = wordpress_api.next_pages(Page(target.url, body, headers={"content-type": "application/json"}), target)
        if not onward:
            break
        (target,) = onward
    assert asked == ["1", "2"]


def api_text(html: str) -> str | None:
    row = {"id": 7, "link": POST, "type": "post", "title": {"rendered": ""}, "content": {"rendered": html}}
    target = wordpress_api.page_target(f"{HOME}wp-json/", "posts", 1)
    page = Page(target.url, json.dumps([row]).encode(), headers={"content-type": "application/json"})
    content = wordpress_api.read(page, target).posts[0].content
    return content.text if content else None


def test_shortcodes_in_the_code_of_an_article_are_kept() -> None:
    code = "[vc_row][vc_column]Ebb[/vc_column][/vc_row]"
    assert api_text(f"<p>Write:</p><pre><code>{code}</code></pre>") == f"Write:\n\n{code}"
    assert api_text(code) == "Ebb"


def test_a_long_body_that_ends_with_an_omission_is_whole() -> None:
    long = "The tide turns twice. " * 80
    assert (api_text(f"<p>{long}[&hellip;]</p>") or "").endswith("[…]")
    assert api_text("<p>The tide turns [&hellip;]</p>") is None


# ---- other languages


def listed(*posts: tuple[int, str], more: str = "") -> bytes:
    articles = "".join(
        f"<article class='post post-{number}'><h2><a rel='bookmark' href='{url}'>A</a></h2></article>"
        for number, url in posts
    )
    articles += f"<ul class='widget_archive'><li><a href='{HOME}2024/05/'>May 2024</a> (2)</li></ul>"
    return f"<html lang='en'><head>{more}</head><body class='home blog'>{articles}</body></html>".encode()


def lists_of(found: list[Target]) -> list[Target]:
    return [target for target in found if target.kind is TargetKind.LIST]


@pytest.mark.parametrize("place", [f"{HOME}de/", f"{HOME}?lang=de"])
def test_posts_in_another_language_are_looked_for_and_translations_are_not(place: str) -> None:
    alternates = "".join(
        f"<link rel='alternate' hreflang='{language}' href='{url}'>"
        for language, url in (
            *(("en", f"{HOME}en/"), ("x-default", HOME), ("de", place)),
            ("fr", "https://other.example.com/"),
        )
    )
    front = Page(HOME, listed((1, f"{HOME}tide/"), (2, f"{HOME}net/"), more=alternates), headers=HTML)
    (there,) = lists_of(found_at(front, TargetKind.HOME))
    assert there.url == place
    own = Page(place, listed((7, f"{HOME}de/flut/"), (8, f"{HOME}de/ebbe/")), headers=HTML)
    found = list(ENGINE.discover(own, there, SITE).targets)
    assert {target.url for target in found} >= {f"{HOME}de/flut/", f"{HOME}de/ebbe/"}
    same = Page(place, listed((1, f"{HOME}de/tide/"), (2, f"{HOME}de/net/")), headers=HTML)
    assert list(ENGINE.discover(same, there, SITE).targets) == []
    assert [ENGINE.extract(page, there, SITE).claims == () for page in (own, same)] == [False, True]


def test_links_to_other_languages_count_where_they_are_printed() -> None:
    switch = f"<ul><li><a lang='de-DE' hreflang='de-DE' href='{HOME}de/'>Deutsch</a></li></ul>"
    body = listed((1, f"{HOME}tide/")).replace(b"</body>", f"{switch}</body>".encode())
    assert [t.url for t in lists_of(found_at(Page(HOME, body, headers=HTML), TargetKind.HOME))] == [f"{HOME}de/"]
    nameless = Page(HOME, f"<html><body class='home blog'>{switch}</body></html>".encode(), headers=HTML)
    assert lists_of(found_at(nameless, TargetKind.HOME)) == []
