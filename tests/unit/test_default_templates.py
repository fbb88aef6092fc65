"""A post in the templates that platforms come with: all fields, and nothing of what stands around the words.

The pages have the structure of those templates and words of our own; the same post is on each.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from archiver.engines import for_page
from archiver.model import Extract, Site, Target, TargetKind
from archiver.page import Page

PAGES = Path(__file__).parents[1] / "golden" / "templates"
HOME = "https://quay.example/"
TITLE, AUTHOR = "The price of lamp oil", "Moll Quay"
TEXT = (
    "Oil is dear this year, says the keeper of the light, and so the lamps of the quay burn an hour less.\n\n"
    "What it costs\n\n"
    "Nobody has counted the boats that came home late, and nobody will before the spring tides are over."
)
SAID = [("Ned Skerry", "Dear indeed."), ("Bo Wharf", "It was so in my day.")]
SHOWN = {"contempo", "olivero", "minimal-mistakes", "typepad", "movabletype", "serendipity", "serendipity-old"}
SHOWN |= {"b2evolution", "dotclear", "dotclear-berlin", "textpattern", "typo3", "joomla", "mataroa", "forem", "weebly"}
SHOWN |= {"nucleus", "handmade-plain", "handmade-tables", "awesome", "garland", "dreamwidth"}
COMMENTS = dict.fromkeys(SHOWN, 2) | {"bartik": 1}
"""How many comments a page shows; none the others."""
NESTED = {"contempo", "olivero", "forem", "serendipity"}
NAMELESS = {"stack", "tumblr", "kirby", "grav", "bear", "mataroa", "weebly", "microblog"}
NAMELESS |= {"tumblr-vision"}
"""Templates that print no author."""
TAGLESS = {"typepad", "substack", "kirby", "writefreely", "mataroa", "weebly", "nucleus"}
"""Templates that show no tags, or as words without a link."""
CATEGORIES = {"textpattern", "microblog"}
"""Templates that have categories only, and call them so in their addresses."""
FRAMED = {"handmade-tables"}
"""Pages on which nothing parts the words from the lines around them."""
OWN = ("tumblr", "squarespace", "typepad", "movabletype", "livejournal", "medium", "substack")
ENGINES = {one: one for one in OWN} | {
    "contempo": "blogger",
    "blogger-simple": "blogger",
    "dynamic-views": "blogger",
    "casper": "ghost",
    "source": "ghost",
    "olivero": "drupal",
    "bartik": "drupal",
    "garland": "drupal",
    "awesome": "blogger",
    "dreamwidth": "dreamwidth",
    "livejournal-single": "livejournal",
    "squarespace-70": "squarespace",
    "tumblr-vision": "tumblr",
}
"""The others are read by what any page says."""
TEMPLATES = sorted(path.stem for path in PAGES.glob("*.html") if path.stem != "dynamic-views")


def read(name: str, instead: Mapping[str, str] | None = None) -> Extract:
    """What is read of a template. instead: texts in the place of others."""
    text = (PAGES / f"{name}.html").read_text("utf-8")
    for old, new in (instead or {}).items():
        text = text.replace(old, new)
    page = Page(f"{HOME}2020/03/oil.html", text.encode(), headers={"content-type": "text/html; charset=utf-8"})
    found = for_page(page)
    assert found is not None
    assert found[0].name == ENGINES.get(name, "generic")
    site = Site(key="quay.example", home=HOME, want_sidebar=False)
    return found[0].extract(page, Target(url=page.url, kind=TargetKind.POST), site)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_post_is_read_whole_and_alone(name: str) -> None:
    (post,) = read(name).posts
    assert post.content is not None
    assert post.published is not None
    authors = [author.name for author in post.authors or ()]
    tags = [term.name for term in post.terms or () if term.taxonomy == ("category" if name in CATEGORIES else "tag")]
    text = TEXT if name in FRAMED and TEXT in post.content.text else post.content.text
    assert (post.title, text, post.published.at[:10], authors, tags) == (
        *(TITLE, TEXT, "2020-03-01"),
        [] if name in NAMELESS else [AUTHOR],
        [] if name in TAGLESS else ["oil"],
    )


@pytest.mark.parametrize("name", TEMPLATES)
def test_its_comments_are_read(name: str) -> None:
    found = read(name).comments
    assert [(c.author and c.author.name, c.content and c.content.text) for c in found] == SAID[: COMMENTS.get(name, 0)]
    first = (found[0].native_id or found[0].key) if found else None
    assert [c.parent for c in found[1:]] == ([first] if name in NESTED else [None] * len(found[1:]))
    assert {c.published and c.published.at[:10] for c in found} == ({"2020-03-02"} if found else set())


@pytest.mark.parametrize("name", sorted(COMMENTS))
@pytest.mark.parametrize("said", ["+1", "Lovely", "Great post Ann", "\N{GRINNING FACE}"])
def test_a_comment_of_a_word_or_two_is_one(name: str, said: str) -> None:
    found = read(name, {text: said for _, text in SAID}).comments
    people = [who for who, _ in SAID[: COMMENTS[name]]]
    assert [(c.author and c.author.name, c.content and c.content.text) for c in found] == [
        (who, said) for who in people
    ]


def test_a_page_that_scripts_alone_make_holds_no_post() -> None:
    extract = read("dynamic-views")
    assert extract.posts == ()
    assert [note.kind for note in extract.notes] == ["no_text_found"]
