"""URLs: whatever people and themes write, one resource has one key, and nothing raises."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archiver import urls

BASE = "https://blog.example.org/2021/02/a-post/"

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=[]))
URLISH = st.text("htps:/?#[]@!$&'()*+,;=.%0aAfFéß你\\ \t-_~w", max_size=40)
ODD_URLS = st.one_of(
    ANY_TEXT,
    URLISH,
    URLISH.map("http://".__add__),
    URLISH.map("https://www.example.org/".__add__),
    st.builds("http://{}:{}/{}?{}#{}".format, URLISH, URLISH, URLISH, URLISH, URLISH),
)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "http://old.example:81/2019/05/a-post/?page=2#comment-7",
            "https://new.example/2019/05/a-post/?page=2#comment-7",
        ),
        ("http://old.example", "https://new.example/"),
        ("http://old.example#top", "https://new.example/#top"),
        ("HTTP://OLD.example/A%20b", "https://new.example/A%20b"),
    ],
)
def test_a_url_at_another_host(url: str, expected: str) -> None:
    assert urls.at_host_of(url, "https://new.example/blog/") == expected


@given(ODD_URLS, ODD_URLS)
def test_a_url_at_any_host_is_a_text(url: str, home: str) -> None:
    assert isinstance(urls.at_host_of(url, home), str)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://other.example/x", "https://other.example/x"),
        ("/about/", "https://blog.example.org/about/"),
        ("../b-post/", "https://blog.example.org/2021/02/b-post/"),
        ("?replytocom=5#respond", "https://blog.example.org/2021/02/a-post/?replytocom=5#respond"),
        ("#comments", BASE + "#comments"),
        ("", BASE),
        ("//cdn.example/i.png", "https://cdn.example/i.png"),
        ("  \n/about/\t ", "https://blog.example.org/about/"),
        ("/a\nb\x00out/", "https://blog.example.org/about/"),
        ("/a b.pdf", "https://blog.example.org/a%20b.pdf"),
        ("/q?x=<i>", "https://blog.example.org/q?x=%3Ci%3E"),
        ("/日本", "https://blog.example.org/日本"),
        ("HTTP://EXAMPLE.ORG/", "http://EXAMPLE.ORG/"),
        ("\\about\\", "https://blog.example.org/about/"),
        ("page-2", "https://blog.example.org/2021/02/a-post/page-2"),
        ("http://192.0.2.1:8080/x", "http://192.0.2.1:8080/x"),
        ("http://[2001:db8::1]/x", "http://[2001:db8::1]/x"),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("\x01javascript:alert(1)", None),
        ("mailto:a@example.org", None),
        ("data:text/html,x", None),
        ("ftp://example.org/file", None),
        ("tel:+44", None),
        ("about:blank", None),
        ("http://", None),
        ("http://[::1", None),
        ("http://a b/", None),
        ("http://example.org:port/", None),
        ("http://example.org:0/", None),
        ("http://example.org:000/", None),
        ("http://example.org:99999/", None),
        ("http://ex\u2100mple.org/", None),
        ("http://%00/", None),
    ],
)
def test_absolute(url: str, expected: str | None) -> None:
    assert urls.absolute(url, BASE) == expected


@pytest.mark.parametrize("base", ["", "about:blank", "http://[::1", "file:///x.html"])
def test_absolute_with_a_useless_base(base: str) -> None:
    assert urls.absolute("/x", base) is None
    assert urls.absolute("https://example.org/x", base) in {"https://example.org/x", None}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://WWW.Example.ORG", "http://www.example.org/"),
        ("http://example.org:80/a", "http://example.org/a"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("https://example.org:80/a", "https://example.org:80/a"),
        ("http://example.org:/a", "http://example.org/a"),
        ("http://example.org:0080/a", "http://example.org/a"),
        ("http://example.org:8080", "http://example.org:8080/"),
        ("http://user:pw@example.org/", "http://example.org/"),
        ("http://example.org./", "http://example.org/"),
        ("https://example.org/a#comment-5", "https://example.org/a"),
        ("https://example.org/a/./b/../c/", "https://example.org/a/c/"),
        ("https://example.org/a/..", "https://example.org/"),
        ("https://example.org/../../a", "https://example.org/a"),
        ("https://example.org/a/%2e%2E/b", "https://example.org/b"),
        ("https://example.org/.well-known", "https://example.org/.well-known"),
        ("https://example.org//a//b", "https://example.org//a//b"),
        ("https://example.org/%e6%97%a5%7euser", "https://example.org/%E6%97%A5~user"),
        ("https://example.org/日本", "https://example.org/%E6%97%A5%E6%9C%AC"),
        ("https://example.org/a b", "https://example.org/a%20b"),
        ("https://example.org/a%2Fb", "https://example.org/a%2Fb"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://example.org/%%34%31", "https://example.org/%2541"),
        ("https://example.org/a?", "https://example.org/a"),
        ("https://example.org?p=5", "https://example.org/?p=5"),
        ("https://example.org/?b=2&a=1&b=1", "https://example.org/?b=2&a=1&b=1"),
        ("https://example.org/?utm_source=x&y=2", "https://example.org/?y=2"),
        ("https://example.org/?y=2&UTM_Medium=x&fbclid=abc&gclid=1&mc_cid=5", "https://example.org/?y=2"),
        ("https://example.org/?utm_source=x", "https://example.org/"),
        ("https://example.org/?p=5&&cpage=2", "https://example.org/?p=5&cpage=2"),
        ("https://example.org/?s=a+b&t=%c3%a9", "https://example.org/?s=a+b&t=%C3%A9"),
        ("https://example.org/?a[]=1", "https://example.org/?a%5B%5D=1"),
        ("https://müller.example/pfad?x=ä", "https://xn--mller-kva.example/pfad?x=%C3%A4"),
        ("https://MÜLLER.example/", "https://xn--mller-kva.example/"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://❤.example/", "https://xn--qei.example/"),
        ("http://[2001:DB8::1]:8080/", "http://[2001:db8::1]:8080/"),
        ("https:\\\\example.org\\a", "https://example.org/a"),
        (" https://example.org/a\n", "https://example.org/a"),
        (
            "https://example.org/doi/10.1002/(SICI)1:2<3::A>3.0;2-2",
            "https://example.org/doi/10.1002/(SICI)1:2%3C3::A%3E3.0;2-2",
        ),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("http://", "http://"),
        ("http://[::1", "http://[::1"),
        ("/relative", "/relative"),
        ("", ""),
    ],
)
def test_canonical(url: str, expected: str) -> None:
    assert urls.canonical(url) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.org/a/", "https://www.example.org/a"),
        ("https://example.org", "http://www.example.org/"),
        ("https://example.org/a?utm_source=rss", "https://example.org/a/#comments"),
        ("https://example.org/%7Ea", "https://example.org/~a"),
        ("https://example.org/%e6%97%a5", "https://example.org/日"),
        ("https://example.org/?p=1", "https://example.org?p=1"),
        ("http://example.org:80/a", "https://example.org:443/a"),
    ],
)
def test_one_resource_has_one_key(one: str, other: str) -> None:
    assert urls.url_key(one) == urls.url_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a", "https://example.org/b"),
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/?p=1", "https://example.org/?p=2"),
        ("https://example.org/?p=1", "https://example.org/?p=1&cpage=2"),
        ("https://example.org/", "https://example.com/"),
        ("https://example.org/", "https://blog.example.org/"),
        ("https://example.org/", "https://example.org:8080/"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
    ],
)
def test_two_resources_have_two_keys(one: str, other: str) -> None:
    assert urls.url_key(one) != urls.url_key(other)


def test_url_key_reads_well() -> None:
    assert urls.url_key("https://www.example.org/2021/02/a-post/?utm_source=x") == "example.org/2021/02/a-post"
    assert urls.url_key("http://127.0.0.1:18100/") == "127.0.0.1:18100"
    assert urls.url_key("https://www.org/") == "www.org"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.Example.org/a", "example.org"),
        ("http://example.org:8080/a", "example.org:8080"),
        ("https://example.org:443", "example.org"),
        ("https://müller.example", "xn--mller-kva.example"),
        ("mailto:a@example.org", ""),
        ("/a", ""),
        ("", ""),
    ],
)
def test_host_key(url: str, expected: str) -> None:
    assert urls.host_key(url) == expected


@pytest.mark.parametrize(
    ("home", "expected"),
    [
        ("https://www.example.org/", "example.org"),
        ("http://Example.org", "example.org"),
        ("https://example.org/blog/", "example.org/blog"),
        ("https://example.org/~ann/blog", "example.org/~ann/blog"),
        ("http://127.0.0.1:18100/", "127.0.0.1:18100"),
        ("https://example.org/?x=1#y", "example.org"),
        ("example.org/blog/", "example.org/blog"),
        ("//example.org/blog/", "example.org/blog"),
        ("localhost:8000", "localhost:8000"),
    ],
)
def test_site_key(home: str, expected: str) -> None:
    assert urls.site_key(home) == expected
    assert urls.site_key(expected) == expected


@pytest.mark.parametrize(
    ("url", "home", "expected"),
    [
        ("https://example.org/a", "https://example.org/", True),
        ("http://www.example.org/a", "https://example.org", True),
        ("https://example.org", "https://example.org/", True),
        ("https://example.org/blog", "https://example.org/blog/", True),
        ("https://example.org/blog/a?x=1", "https://example.org/blog", True),
        ("https://example.org/blogger/", "https://example.org/blog", False),
        ("https://example.org/", "https://example.org/blog", False),
        ("https://example.org/blog/../admin", "https://example.org/blog", False),
        ("https://example.org/blog/%2e%2e/admin", "https://example.org/blog", False),
        ("https://other.example/a", "https://example.org", False),
        ("https://example.org.evil.example/", "https://example.org", False),
        ("https://example.org@evil.example/", "https://example.org", False),
        ("https://example.org:8080/", "https://example.org", False),
        ("mailto:a@example.org", "https://example.org", False),
        ("", "", False),
    ],
)
def test_within(url: str, home: str, expected: bool) -> None:
    assert urls.within(url, home) is expected


def test_same_host() -> None:
    assert urls.same_host("http://www.example.org/a", "https://example.org/b")
    assert not urls.same_host("https://example.org", "https://example.com")
    assert not urls.same_host("nothing", "nothing")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org/2021/02/a-post/", "a-post"),
        ("https://example.org/a-post.html?x=1", "a-post.html"),
        ("https://example.org/%e6%97%a5%e6%9c%ac/", "日本"),
        ("https://example.org/", ""),
        ("/tag/b-cells/", "b-cells"),
        ("https://example.org/%ff/", "\ufffd"),
        ("https://example.org/a%00b", "ab"),
    ],
)
def test_last_segment(url: str, expected: str) -> None:
    assert urls.last_segment(url) == expected


@pytest.mark.parametrize(
    ("url", "name", "expected"),
    [
        ("https://example.org/?p=123", "p", "123"),
        ("https://example.org/?page=1&p=123#x", "p", "123"),
        ("?replytocom=7#respond", "replytocom", "7"),
        ("/?s=a+b%20c", "s", "a b c"),
        ("/?p=1&p=2", "p", "1"),
        ("/?p", "p", ""),
        ("/?q=1", "p", None),
        ("/#?p=1", "p", None),
        ("/?a%5B%5D=1", "a[]", "1"),
    ],
)
def test_query_value(url: str, name: str, expected: str | None) -> None:
    assert urls.query_value(url, name) == expected


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "LOCALHOST.", "a.localhost", "127.0.0.1", "127.0.0.1:8080", "127.1", "0177.0.0.1", "0x7f.0.0.1",
        "2130706433", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "::1", "[::1]", "[::1]:80", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1",
        "::ffff:127.0.0.1", "::ffff:a00:1", "2002:7f00:1::", "64:ff9b::a00:1", "224.0.0.1", "wiki", "intranet:8080",
        "printer.local", "db.internal", "nas.lan", "router.home.arpa", "１２７.0.0.1", "127。0。0。1", "",
    ],
)  # fmt: skip
def test_private_hosts(host: str) -> None:
    assert urls.is_private_host(host)


@pytest.mark.parametrize(
    "host",
    [
        "example.org", "www.example.org:443", "8.8.8.8", "172.32.0.1", "172.15.0.1", "192.169.0.1", "11.0.0.1",
        "2606:4700::1111", "[2606:4700::1111]:443", "::ffff:8.8.8.8", "müller.example", "localhost.example.org",
        "10.example.org", "fd.example.org",
    ],
)  # fmt: skip
def test_public_hosts(host: str) -> None:
    assert not urls.is_private_host(host)


@given(ODD_URLS)
@example("http://%%34%31/%%34%31?%%34%31")
@example("http://http://http:8080//x")
@example("http://www.www.example.org//")
@example(" \x7f http://example.org/ \x7f ")
@example("http://xn--\xdf\u0130.example/")
def test_canonical_is_a_fixed_point(url: str) -> None:
    once = urls.canonical(url)
    assert urls.canonical(once) == once
    assert urls.url_key(once) == urls.url_key(url)
    assert urls.url_key(urls.url_key(url)) == urls.url_key(url)
    assert urls.host_key(once) == urls.host_key(url)
    assert urls.site_key(urls.site_key(url)) == urls.site_key(url)


@given(ODD_URLS, ODD_URLS)
@example("HTTP://", "HTTP://0 #")
def test_nothing_raises(one: str, other: str) -> None:
    found = urls.absolute(one, other)
    assert found is None or urls.host_key(found) != ""
    assert urls.within(one, other) <= urls.same_host(one, other)
    assert isinstance(urls.is_private_host(one), bool)
    assert isinstance(urls.last_segment(one), str)
    assert urls.query_value(one, "p") is None or "?" in one


@given(st.lists(st.text(min_size=1).filter(lambda s: s not in {".", ".."} and s.isprintable()), min_size=1, max_size=4))
def test_paths_survive(segments: list[str]) -> None:
    url = "https://example.org/" + "/".join(quote(s, safe="") for s in segments)
    assert urls.last_segment(urls.canonical(url)) == segments[-1]
    assert urlsplit(urls.canonical(url)).netloc == "example.org"
