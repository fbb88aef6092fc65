"""archiver.toml changed by a command: what it comes to say, and what of it stays as it was."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.config_edit import with_blog, without_blog, write
from archiver.errors import DiskFull, UsageError

LISTED = """# Blogs of the study, asked for in March.
contact = "library@example.org"   # Ada's list
delay = 1.5

# The oldest of them
[[blogs]]
url = "https://one.example/"
exclude = ['/tag/']  # far too many

# Slow, and by request
[[blogs]]
url = "https://two.example/"
delay = 5

[keep]
reports = 20  # enough
"""
NAMED = """[blogs."https://one.example/"]
pages = false

[blogs."https://two.example/"]
# nothing of its own
"""


def blogs(text):
    found = tomllib.loads(text).get("blogs", [])
    return dict(found) if isinstance(found, dict) else {one["url"]: one for one in found}


def test_a_blog_is_put_at_the_end():
    after = with_blog(LISTED, "https://new.example/", {"delay": 2.0, "exclude": (r"/a\d/", "it's"), "paused": None})
    assert after.startswith(LISTED)
    assert after.removeprefix(LISTED) == (
        '\n[[blogs]]\nurl = "https://new.example/"\ndelay = 2.0\nexclude = [\'/a\\d/\', "it\'s"]\n'
    )


def test_it_is_put_in_by_the_notation_of_the_file():
    after = with_blog(NAMED, "https://new.example/", {"pages": False})
    assert after == NAMED + '\n[blogs."https://new.example/"]\npages = false\n'
    assert with_blog("", "https://new.example/", {}) == '[[blogs]]\nurl = "https://new.example/"\n'


@pytest.mark.parametrize("url", ["https://two.example/", "http://www.two.example"])
def test_one_that_is_there_gets_the_settings(url):
    after = with_blog(LISTED, url, {"delay": 7, "paused": True})
    assert after == LISTED.replace("delay = 5", "delay = 7\npaused = true")
    assert with_blog(after, url, {"delay": 5, "paused": None}) == LISTED
    assert with_blog(LISTED, url, {}) == LISTED


def test_one_is_taken_out_and_comments_above_stay():
    after = without_blog(LISTED, "https://one.example/")
    assert after == LISTED.replace(
        "[[blogs]]\nurl = \"https://one.example/\"\nexclude = ['/tag/']  # far too many\n\n", ""
    )
    assert "# The oldest of them" in after
    assert list(blogs(without_blog(NAMED, "https://two.example/"))) == ["https://one.example/"]
    assert without_blog(LISTED, "https://nowhere.example/") == LISTED


def test_the_line_ends_of_the_file_are_kept():
    windows = LISTED.replace("\n", "\r\n")
    for after in (
        with_blog(windows, "https://new.example/", {"delay": 2}),
        with_blog(windows, "https://two.example/", {"delay": 2, "paused": True}),
    ):
        assert after.count("\n") == after.count("\r\n")


@pytest.mark.parametrize(
    "text",
    [
        'blogs = [{url = "https://one.example/"}]\n',
        '[[blogs]]\nurl = "https://one.example/"\nexclude = [\n  "a",\n  "b",\n]\n',
        '[[blogs]]\nurl = "https://one.example/"\ncontact = """\n[[blogs]]\n"""\n',
    ],
    ids=["inline", "over several lines", "a header that is none"],
)
def test_a_layout_that_is_not_understood_is_left_alone(text):
    with pytest.raises(UsageError, match=r"not understood here\. Edit it by hand"):
        with_blog(text, "https://one.example/", {"exclude": ("c",), "contact": None})


URLS = st.sampled_from([f"https://{name}.example/" for name in ("one", "two", "three", "new")])
SETTINGS = st.dictionaries(
    st.sampled_from(["delay", "contact", "exclude", "pages", "paused"]),
    st.none()
    | st.booleans()
    | st.integers(0, 9)
    | st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=8)
    | st.lists(st.text("a'\"\\/", max_size=5), max_size=3),
    max_size=3,
)


@given(st.sampled_from([LISTED, NAMED, ""]), st.lists(st.tuples(URLS, SETTINGS | st.just(False)), max_size=6))
def test_whatever_is_changed_the_rest_says_what_it_said(text, changes):
    wanted = {url: dict(one) | {"url": url} for url, one in blogs(text).items()}
    for url, settings in changes:
        if settings is False:
            text = without_blog(text, url)
            wanted.pop(url, None)
        else:
            text = with_blog(text, url, settings)
            there = {**wanted.get(url, {}), **settings, "url": url}
            wanted[url] = {name: value for name, value in there.items() if value is not None}
        assert {url: {**one, "url": url} for url, one in blogs(text).items()} == wanted


def test_it_is_written_whole_and_keeps_its_mode(tmp_path):
    path, link = tmp_path / "there" / "archiver.toml", tmp_path / "link.toml"
    write(path, LISTED)
    path.chmod(0o640)
    link.symlink_to(path)
    write(link, NAMED)
    assert (path.read_text(), path.stat().st_mode & 0o777, link.is_symlink()) == (NAMED, 0o640, True)
    assert [one.name for one in path.parent.iterdir()] == ["archiver.toml"]
    with pytest.raises(DiskFull, match="cannot be written"):
        write(path / "below" / "archiver.toml", "")
