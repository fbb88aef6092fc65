"""What the sidebar of a WordPress blog says of the blog, and what of others."""

from __future__ import annotations

import pytest

from archiver.engines import wordpress_sidebar
from archiver.engines.dom import Dom
from archiver.model import Site
from archiver.page import Page

HOME = "https://lamp.example/news/"
SITE = Site(key="lamp.example/news", home=HOME)


def sidebar(links: dict[str, str]) -> wordpress_sidebar.SidebarReading:
    items = "".join(f'<li class="cat-item"><a href="{url}">{name}</a> (3)</li>' for url, name in links.items())
    body = f'<body><aside class="widget widget_categories"><h2>Categories</h2><ul>{items}</ul></aside>'
    return wordpress_sidebar.read(Dom(Page(HOME, body.encode())), SITE)


def test_categories_of_another_blog_are_none_of_this_one() -> None:
    own = {f"{HOME}category/wicks/": "Wicks", "http://www.lamp.example/news/category/oil/": "Oil"}
    others = {
        "https://other.example/category/wicks/": "Elsewhere",
        "https://sub.lamp.example/category/wicks/": "On a network of hosts",
        "https://lamp.example/sport/category/wicks/": "On a network of folders",
    }
    reading = sidebar(others | own)
    assert [term.name for term in reading.terms] == ["Wicks", "Oil"]
    assert [(claim.subject_kind, claim.subject) for claim in reading.claims] == [("category", url) for url in own]
    assert len(reading.widgets[0].links) == 5  # the list is kept as it is seen


@pytest.mark.parametrize(
    ("shown", "title", "found"),
    [
        ("J", "January 2021", [(2021, 1, None)]),
        ("J", "January 2021 (4)", [(2021, 1, 4)]),
        ("Jan", "", [(2021, 1, None)]),
        ("1", "", [(2021, 1, None)]),
        ("01", "", [(2021, 1, None)]),
        ("J", "", []),
        ("2", "", []),  # another month, or a page
        ("J", "January 2020", []),
    ],
)
def test_months_of_a_year_in_one_line(shown: str, title: str, found: list[tuple[int, int, int | None]]) -> None:
    link = f"<a href='{HOME}2021/01/' title='{title}'>{shown}</a> <span class='emptymonth'>F</span>"
    body = f"<body><ul><li><strong><a href='{HOME}2021/'>2021</a>:</strong> {link}</li></ul></body>"
    reading = wordpress_sidebar.read(Dom(Page(HOME, body.encode())), SITE)
    periods = [(one.year, one.month, one.claimed_posts) for one in reading.archives if one.month is not None]
    assert periods == found
