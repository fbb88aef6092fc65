"""archiver.toml, variables and flags: what wins, what is refused, and with which words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archiver.config import BlogConfig, blog_configs, blog_url, contact_warning, find_config, is_loopback, read_config
from archiver.errors import UsageError

BLOG = "https://blog.example.org/"
LOCAL = "http://127.0.0.1:8087/"


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "archiver.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def configs(tmp_path, text, urls=(), **others):
    return blog_configs(urls, read_config(written(tmp_path, text)), **{"environ": {}, **others})


# ---- URLs


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("https://blog.example.org/", BLOG),
        ("blog.example.org", BLOG),
        ("  blog.example.org\n", BLOG),
        ("HTTP://Blog.Example.ORG:80", "http://blog.example.org/"),
        ("www.example.org/blog/#top", "https://www.example.org/blog/"),
        ("blog.example.org:8080/x", "https://blog.example.org:8080/x"),
        ("127.0.0.1:8087", LOCAL),
        ("localhost", "http://localhost/"),
        ("blog.localhost:80/x", "http://blog.localhost/x"),
        ("[::1]:8000", "http://[::1]:8000/"),
        ("https://127.0.0.1/", "https://127.0.0.1/"),
        ("http://intranet/blog", "http://intranet/blog"),
        ("bücher.example", "https://xn--bcher-kva.example/"),
        ("https://blog.example.org/?p=1&utm_source=x", "https://blog.example.org/?p=1"),
    ],
)
def test_what_is_typed_becomes_a_url(typed, url):
    assert blog_url(typed) == url


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "not the address"),
        ("help", "not the address"),
        ("two words.example.org", "not the address"),
        ("https://", "not the address"),
        ("https:///path", "not the address"),
        ("https://a..b/", "not the address"),
        ("https://.example.org/", "not the address"),
        ("http:/example.org", "not the address"),
        ("https:example.org", "not the address"),
        ("https://blog.example.org:99999/", "not the address"),
        ("http://127.0.0.1:0/", "not the address"),
        (f"https://{'a' * 64}.example.org/", "not the address"),
        ("ftp://example.org/", "ftp: is no way"),
        ("file:///etc/passwd", "file: is no way"),
        ("javascript:alert(1)", "not the address"),
        ("https://user:secret@example.org/", "never logs in"),
        ("mailto:someone@example.org", "never logs in"),
    ],
)
def test_nonsense_is_refused(typed, why):
    with pytest.raises(UsageError, match=re.escape(why)) as caught:
        blog_url(typed)
    assert caught.value.todo


def test_a_long_url_is_cut_in_the_message():
    with pytest.raises(UsageError) as caught:
        blog_url("x" * 10_000)
    assert len(str(caught.value)) < 250


@given(st.text(max_size=60) | st.text("htps:/?#[]@.%0aA \t1ü", max_size=60))
@example("http://[::1")
@example("https://\ud800.example.org")
def test_a_url_is_refused_or_normal(typed):
    try:
        url = blog_url(typed)
    except UsageError:
        return
    assert blog_url(url) == url
    assert url.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("url", "local"),
    [
        (LOCAL, True),
        ("http://127.8.9.10/", True),
        ("http://localhost:1/", True),
        ("http://demo.localhost/", True),
        ("http://[::1]:8000/", True),
        ("http://192.168.0.1/", False),
        ("http://localhost.example.org/", False),
        ("http://127.0.0.1.example.org/", False),
        ("https://blog.example.org/", False),
        ("nonsense", False),
    ],
)
def test_loopback(url, local):
    assert is_loopback(url) is local


# ---- The file


def test_every_setting_is_read(tmp_path):
    text = """
        contact = "library@example.org"
        delay = 2
        [[blogs]]
        url = "blog.example.org"
        delay = 0.5
        include = '/20\\d\\d/'
        exclude = ['/tag/', '/author/']
        pages = false
        limit = 10
        max_requests = 99
        engine = "generic"
        [[blogs]]
        url = "https://other.example.net/x/"
    """
    first, second = configs(tmp_path, text)
    assert first == BlogConfig(
        url=BLOG,
        delay=0.5,
        contact="library@example.org",
        include=(r"/20\d\d/",),
        exclude=("/tag/", "/author/"),
        pages=False,
        limit=10,
        max_requests=99,
        engine="generic",
    )
    assert second == BlogConfig(url="https://other.example.net/x/", delay=2.0, contact="library@example.org")


def test_tables_named_by_url_and_defaults(tmp_path):
    text = """
        delay = 9
        limit = 3
        [defaults]
        delay = 4
        [blogs."https://blog.example.org"]
        pages = false
        [blogs."other.example.net"]
    """
    assert configs(tmp_path, text) == [
        BlogConfig(url=BLOG, delay=4.0, limit=3, pages=False),
        BlogConfig(url="https://other.example.net/", delay=4.0, limit=3),
    ]


@pytest.mark.parametrize("url", ["http://www.blog.example.org", "blog.example.org/", BLOG])
def test_a_url_finds_its_table_however_it_is_spelt(tmp_path, url):
    (found,) = configs(tmp_path, '[[blogs]]\nurl = "https://blog.example.org"\nlimit = 7', [url])
    assert (found.limit, found.url) == (7, blog_url(url))


def test_only_the_blogs_named_are_crawled_each_once(tmp_path):
    text = f'[[blogs]]\nurl = "{BLOG}"\nlimit = 7'
    found = configs(tmp_path, text, ["b.example", "a.example", "https://www.b.example/"])
    assert [(blog.url, blog.limit) for blog in found] == [("https://b.example/", None), ("https://a.example/", None)]


def test_a_file_saved_by_a_windows_editor(tmp_path):
    assert configs(tmp_path, b'\xef\xbb\xbf[[blogs]]\r\nurl = "blog.example.org"\r\n') == [BlogConfig(url=BLOG)]


@pytest.mark.parametrize(
    ("text", "where", "why", "todo"),
    [
        ("delya = 1", "archiver.toml, delya", "no such setting", "Did you mean delay?"),
        ("zzz = 1", "archiver.toml, zzz", "no such setting", "delay, contact"),
        ("[defaults]\nurl = 'x'", "[defaults], url", "no such setting", "Known are"),
        ("[[blog]]\nurl = 'x.example'", "archiver.toml, blog", "no such setting", "Did you mean blogs?"),
        ("[[blogs]]\nurl='x.example'\nsleep=1", "[[blogs]] number 1, sleep", "no such setting", "Known are url"),
        ("delay = '1'", "archiver.toml, delay", "'1' is not a number", "1.5"),
        ("delay = true", "archiver.toml, delay", "True is not a number", "1.5"),
        ("delay = -1", "archiver.toml, delay", "-1 is not between 0", "1.5"),
        ("delay = nan", "archiver.toml, delay", "nan is not between 0", "1.5"),
        ("delay = 1e9", "archiver.toml, delay", "is not between 0", "1.5"),
        (f"delay = {'9' * 400}", "archiver.toml, delay", "is not between 0", "1.5"),
        ("contact = 'me'", "archiver.toml, contact", "neither an e-mail address nor a URL", "library@"),
        ('contact = "a@b.example\\nX: y"', "archiver.toml, contact", "neither", "library@"),
        ("contact = 'a@b.example)'", "archiver.toml, contact", "neither", "library@"),
        ("include = 3", "archiver.toml, include", "3 is not a list of regular", "/tag/"),
        ("honour = ['noimageindex']", "archiver.toml, honour", "is not a list of noarchive, nofollow", "noarchive"),
        ("include = [3]", "archiver.toml, include", "[3] is not a list of regular", "/tag/"),
        ("exclude = ['(']", "archiver.toml, exclude", "not a regular expression: missing )", "backslash"),
        ("pages = 'no'", "archiver.toml, pages", "neither true nor false", "true or false"),
        ("limit = 0", "archiver.toml, limit", "0 is not a whole number of at least 1", "no limit"),
        ("limit = 1.5", "archiver.toml, limit", "1.5 is not a whole number", "no limit"),
        ("max_requests = true", "archiver.toml, max_requests", "True is not a whole number", "no limit"),
        ("github_token = 'two words'", "archiver.toml, github_token", "it is no token of GitHub's", "no permissions"),
        ("github_token = 7", "archiver.toml, github_token", "it is no token of GitHub's", "no permissions"),
        ("engine = 'Word Press'", "archiver.toml, engine", "not the name of an engine", "wordpress"),
        ("defaults = 3", "archiver.toml, defaults", "not a table", "[defaults]"),
        ("blogs = 3", "archiver.toml, blogs", "not a table", "[[blogs]]"),
        ("blogs = ['x']", "archiver.toml, blogs", "not a table", "[[blogs]]"),
        ("[[blogs]]\ndelay = 1", "[[blogs]] number 1", "no url", "Add url"),
        ("[[blogs]]\nurl = 3", "[[blogs]] number 1", "no url", "Add url"),
        ("[[blogs]]\nurl = 'help'", "[[blogs]] number 1", "'help': it is not the address", "front page"),
        ("[[blogs]]\nurl='a.example'\n[[blogs]]\nurl='www.a.example'", "number 2", "twice", "Keep one"),
        ("delay = ", "archiver.toml", "not valid TOML", "Mend"),
        ("delay = 1\ndelay = 2", "archiver.toml", "not valid TOML", "Mend"),
        ("x = " + "[" * 5000, "archiver.toml", "not valid TOML", "Mend"),
        (b"contact = '\xff'", "archiver.toml", "not UTF-8", "Save it as UTF-8"),
    ],
)
def test_a_wrong_file_is_explained(tmp_path, text, where, why, todo):
    with pytest.raises(UsageError) as caught:
        configs(tmp_path, text)
    line = str(caught.value)
    assert str(tmp_path) in line
    assert where in line
    assert why in line
    assert todo in line
    assert "\n" not in line


def test_a_file_that_cannot_be_read(tmp_path):
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(UsageError, match="cannot be read"):
            read_config(path)


def test_no_file_no_settings():
    assert blog_configs(["blog.example.org"], read_config(None), environ={}) == [BlogConfig(url=BLOG)]
    assert blog_configs([], environ={}) == []


def test_where_the_file_is_looked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    archive = tmp_path / "archive"
    archive.mkdir()
    assert find_config(archive) is None
    here = written(tmp_path, "")
    assert find_config(archive) == Path(here.name)
    own = written(archive, "")
    assert find_config(archive) == own
    assert find_config(archive, Path("other.toml")) == Path("other.toml")


# ---- What wins


def test_flag_over_variable_over_table_over_defaults(tmp_path):
    text = (
        f"delay = 2\nlimit = 2\ninclude = ['a']\nexclude = ['b']\n[[blogs]]\nurl = '{BLOG}'\nlimit = 3\npages = false"
    )
    environ = {"ARCHIVER_DELAY": "4", "ARCHIVER_LIMIT": "4", "ARCHIVER_INCLUDE": "c\nd", "ARCHIVER_MAX_REQUESTS": "40"}
    flags = {"limit": 5, "delay": None, "include": (), "pages": True}
    assert configs(tmp_path, text, environ=environ, flags=flags) == [
        BlogConfig(url=BLOG, delay=4.0, limit=5, include=("c", "d"), exclude=("b",), pages=True, max_requests=40)
    ]


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("ARCHIVER_DELAY", " 1.5 ", "delay", 1.5),
        ("ARCHIVER_CONTACT", "https://example.org/about", "contact", "https://example.org/about"),
        ("ARCHIVER_PAGES", "No", "pages", False),
        ("ARCHIVER_PAGES", "1", "pages", True),
        ("ARCHIVER_LIMIT", "12", "limit", 12),
        ("ARCHIVER_ENGINE", "wordpress", "engine", "wordpress"),
        ("ARCHIVER_EXCLUDE", "/tag/", "exclude", ("/tag/",)),
        ("ARCHIVER_DELAY", "", "delay", 1.0),
        ("ARCHIVER_SOMETHING", "else", "delay", 1.0),
    ],
)
def test_variables(variable, text, name, value):
    (blog,) = blog_configs(["blog.example.org"], environ={variable: text})
    assert getattr(blog, name) == value


@pytest.mark.parametrize(
    ("environ", "flags", "line"),
    [
        ({"ARCHIVER_DELAY": "soon"}, {}, "ARCHIVER_DELAY: 'soon' is not a number"),
        ({"ARCHIVER_PAGES": "maybe"}, {}, "ARCHIVER_PAGES: 'maybe' is neither true nor false"),
        ({"ARCHIVER_LIMIT": "-1"}, {}, "ARCHIVER_LIMIT: '-1' is not a whole number"),
        ({"ARCHIVER_DELAY": "0.1"}, {}, f"ARCHIVER_DELAY: 0.1 seconds between requests would burden {BLOG}"),
        ({}, {"delay": 0.0}, f"--delay: 0 seconds between requests would burden {BLOG}"),
        ({}, {"delay": float("inf")}, "--delay: inf is not between 0"),
        ({}, {"include": ("[",)}, "--include: '[' is not a regular expression"),
        ({}, {"contact": "me"}, "--contact: 'me' is neither"),
    ],
)
def test_wrong_variables_and_flags_are_named(environ, flags, line):
    with pytest.raises(UsageError, match=re.escape(line)):
        blog_configs([BLOG], environ=environ, flags=flags)


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.2, 3600.0])
def test_no_delay_needed_on_this_machine(delay):
    assert blog_configs([LOCAL], flags={"delay": delay}, environ={})[0].delay == delay


def test_the_least_delay_elsewhere_is_taken():
    assert blog_configs([BLOG], flags={"delay": 0.2}, environ={})[0].delay == 0.2


def test_a_delay_for_all_is_checked_for_each_blog(tmp_path):
    text = f"delay = 0\n[[blogs]]\nurl = '{LOCAL}'\n[[blogs]]\nurl = '{BLOG}'\ndelay = 1"
    assert [blog.delay for blog in configs(tmp_path, text)] == [0.0, 1.0]
    with pytest.raises(UsageError, match=r"archiver\.toml, delay: 0 seconds .* https://third\.example/"):
        configs(tmp_path, text, ["third.example"])


@pytest.mark.parametrize(
    ("blogs", "asked"),
    [
        ([BlogConfig(url=BLOG)], True),
        ([BlogConfig(url=BLOG, contact="a@b.example")], False),
        ([BlogConfig(url=LOCAL)], False),
        ([BlogConfig(url=LOCAL), BlogConfig(url=BLOG)], True),
    ],
)
def test_a_contact_is_asked_for_among_strangers(blogs, asked):
    assert (contact_warning(blogs) is not None) is asked
