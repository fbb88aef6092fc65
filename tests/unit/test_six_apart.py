"""TypePad and Movable Type: which of them knows a page, addresses, and who wrote a comment when, as they print it."""

from __future__ import annotations

import pytest

from archiver.engines import for_page
from archiver.engines.movabletype import MovableType
from archiver.engines.typepad import TypePad
from archiver.model import Author, Site, Target, TargetKind
from archiver.page import Page

HOME = "https://quay.example/blog/"
SITE = Site(key="quay.example/blog", home=HOME)
URL = f"{HOME}2009/01/ebb.html"


def page(body: str, url: str = URL) -> Page:
    made_with = "<meta name='generator' content='Movable Type 4.2'>"
    entry = "<div class='entry-body'><p>The tide went out, and with it all the boats.</p></div>"
    return Page(url, f"<html><head>{made_with}</head><body>{entry}{body}</body></html>".encode())


def comment(footer: str, native: str = "31") -> str:
    return f"<div class='comment' id='comment-{native}'><div class='comment-content'>Yes</div>{footer}</div>"


@pytest.mark.parametrize(
    ("footer", "name", "url", "at"),
    [
        ("Posted by: Ned | April 05, 2014 at 10:11 PM", "Ned", None, "2014-04-05T22:11:00Z"),
        (
            "Posted by: <a href='http://ned.example/'>Ned</a> at April 5, 2014 10:11 PM",
            "Ned",
            "http://ned.example/",
            "2014-04-05T22:11:00Z",
        ),
        ("Rédigé par : Ned le 5 avril 2014 22:11", "Ned", None, "2014-04-05T22:11:00Z"),
        (
            "Posted by: Ned at Sea | <a href='#comment-31'>April 05, 2014 at 10:11 PM</a>",
            "Ned at Sea",
            None,
            "2014-04-05T22:11:00Z",
        ),
    ],
)
def test_the_line_below_a_comment(footer: str, name: str, url: str | None, at: str) -> None:
    shown = page(comment(f"<p class='comment-footer'>{footer}</p>"))
    (found,) = MovableType().extract(shown, Target(url=URL, kind=TargetKind.POST), SITE).comments
    assert found.author == Author(name=name, member=False, url=url)
    assert found.published is not None
    assert found.published.at == at


def test_a_thread_without_replies_says_nothing_of_parents() -> None:
    body = comment("", "1") + comment("", "2")
    found = TypePad().extract(page(body), Target(url=URL, kind=TargetKind.POST), SITE).comments
    assert [(c.native_id, c.depth, c.parent_source.value) for c in found] == [
        ("1", None, "unknown"),
        ("2", None, "unknown"),
    ]


@pytest.mark.parametrize(
    ("path", "post", "list_"),
    [
        ("2009/01/ebb.html", True, False),
        ("2009/01/05/ebb.html", True, False),
        ("2009/01/ebb/", True, False),
        ("2009/01/", False, True),
        ("2009/01/index.html", False, True),
        ("archives/000123.html", True, False),
        ("archives/2004_05.html", False, True),
        ("archives/", False, True),
        ("about.html", False, False),
        ("2009/01/ebb.jpg", False, False),
    ],
)
def test_addresses_of_movable_type(path: str, post: bool, list_: bool) -> None:
    engine = MovableType()
    assert (engine.is_post(HOME + path, SITE), engine.is_list(HOME + path, SITE)) == (post, list_)
    assert not engine.is_post(f"https://quay.example/other/{path}", SITE)


def test_the_pages_of_a_thread_are_of_this_post_only() -> None:
    links = "".join(
        f"<a href='{HOME}2009/01/{name}/comments/page/{n}/'>{n}</a>" for name, n in (("ebb", 4), ("flow", 9))
    )
    found = TypePad().discover(page(links), Target(url=URL, kind=TargetKind.POST), SITE).targets
    assert [target.url for target in found] == [f"{HOME}2009/01/ebb/comments/page/{n}/" for n in (2, 3, 4)]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("<meta name='generator' content='http://www.typepad.com/'>", "typepad"),
        ("<meta name='generator' content='Movable Type 6.1'>", "movabletype"),
        ("<script src='/mt/mt-site.js'></script>", "movabletype"),
        # WordPress that was Movable Type, and kept its form and addresses.
        (
            (
                "<meta name='generator' content='WordPress 6.4'><link rel='https://api.w.org/' href='/wp-json/'>"
                "<script src='/wp-includes/a.js'></script><script src='/mt-site.js'></script>"
            ),
            "wordpress",
        ),
    ],
)
def test_who_knows_a_page(head: str, expected: str) -> None:
    found = for_page(Page("https://quay.example/", f"<html><head>{head}</head><body></body></html>".encode()))
    assert found is not None
    assert found[0].name == expected


def test_a_body_of_a_picture_alone() -> None:
    source = "<meta name='generator' content='http://www.typepad.com/'>"
    body = "<h3 class='entry-header'>Ebb</h3><div class='entry-body'><img src='/e.png'></div>"
    entry = f"<div class='entry' id='entry-6a00d8341'>{body}</div>"
    shown = Page(URL, f"<html><head>{source}<title>Ebb</title></head><body>{entry}</body></html>".encode())
    (found,) = TypePad().extract(shown, Target(url=URL, kind=TargetKind.POST), SITE).posts
    assert found.content is not None
    assert [item.url for item in found.content.media] == ["https://quay.example/e.png"]
