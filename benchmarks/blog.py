"""A blog of fixed pages for measuring speed: shaped and sized like those of a WordPress blog with a classic theme.

Everything follows from the number of posts and the number of the post, so that pages can be rendered beforehand or
on the fly. There is no API, no feed and no sitemap: the pages carry everything. A post weighs some 60 to 110 KB, of
which, as in real life, half is style sheets and a sidebar that stand on every page.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from random import Random

PER_PAGE = 10
FIRST = datetime(2009, 5, 3, 8, tzinfo=UTC)
SPAN = timedelta(days=6000)
AUTHORS = ("Ada Quill", "Bo Lindgren", "Célia Duarte", "Prof M")
CATEGORIES = ("Research", "Clinic", "Trials", "Imaging", "Lifestyle", "Questions", "News", "Guest posts")
TAGS = (
    "sleep",
    "walking",
    "memory",
    "fatigue",
    "diet",
    "vision",
    "heat",
    "scans",
    "travel",
    "work",
    "bladder",
    "balance",
)
VISITORS = ("Anonymous", "tony", "Hildegard", "Zoë", "Pat O'Hara", "matt", "Łukasz", "wheel spinner", "Rachel", "Sid")
_TEXT = (
    "the a of and to in that it was with for as on at by from this have not but they which were there been one our "
    "trial study people years patients brain nerve scan doctor nurse clinic treatment placebo relapse lesion measure "
    "question answer paper journal author group centre walk sleep tired better worse early late often never many few "
    "reported found showed asked wrote replied thought believed compared followed started stopped changed improved"
)
WORDS = _TEXT.split()


@dataclass(frozen=True, slots=True)
class FixedComment:
    """One comment. parent: id of the comment that it answers, 0 for none. depth: 1 for a root."""

    id: int
    parent: int
    depth: int
    author: str
    when: datetime
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FixedPost:
    """One post; comments stand in reading order."""

    id: int
    path: str
    title: str
    author: str
    when: datetime
    paragraphs: tuple[str, ...]
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    comments: tuple[FixedComment, ...]


def _sentence(chance: Random) -> str:
    words = chance.choices(WORDS, k=chance.randint(7, 22))
    return " ".join(words).capitalize() + "."


def _paragraph(chance: Random, least: int, most: int) -> str:
    return " ".join(_sentence(chance) for _ in range(chance.randint(least, most)))


def slug(name: str) -> str:
    """Name of a term or person in its URL."""
    return re.sub(r"\W+", "-", name.lower(), flags=re.ASCII).strip("-")


class FixedBlog:
    """posts: how many. Post 1 is the oldest."""

    def __init__(self, posts: int) -> None:
        self.posts = posts

    def when(self, number: int) -> datetime:
        """Date of a post."""
        return FIRST + SPAN * number // self.posts

    def path(self, number: int) -> str:
        """Permalink of a post, without the host."""
        return f"/{self.when(number):%Y/%m}/post-number-{number}/"

    def title(self, number: int) -> str:
        """Title of a post."""
        return _sentence(Random(number)).rstrip(".")[:70] + f" ({number})"

    def post(self, number: int) -> FixedPost:
        """Everything of one post."""
        chance = Random(-number)
        paragraphs = [_paragraph(chance, 3, 7) for _ in range(chance.randint(4, 9))]
        paragraphs.append(
            f"J. Measured et al. Benchmarks {self.when(number):%Y};{number}. doi: 10.5555/bench.{number}."
        )
        return FixedPost(
            id=number,
            path=self.path(number),
            title=self.title(number),
            author=chance.choice(AUTHORS),
            when=self.when(number),
            paragraphs=tuple(paragraphs),
            categories=tuple(chance.sample(CATEGORIES, chance.randint(1, 3))),
            tags=tuple(chance.sample(TAGS, chance.randint(0, 4))),
            comments=tuple(self._thread(number, chance)),
        )

    def _thread(self, number: int, chance: Random) -> list[FixedComment]:
        """On average a dozen comments, four levels deep, in reading order."""
        thread: list[FixedComment] = []
        when = self.when(number)
        line: list[FixedComment] = []  # the comment above and its parents, root first
        for place in range(int(36 * chance.random() ** 2)):
            when += timedelta(minutes=chance.randint(3, 300))
            line = line[: chance.randint(0, min(3, len(line)))]
            paragraphs = tuple(_paragraph(chance, 1, 4) for _ in range(chance.randint(1, 3)))
            parent = line[-1].id if line else 0
            author = chance.choice(VISITORS)
            line.append(FixedComment(number * 100 + place, parent, len(line) + 1, author, when, paragraphs))
            thread.append(line[-1])
        return thread

    @cached_property
    def months(self) -> dict[str, list[int]]:
        """`2021/02` -> numbers of its posts, newest month and newest post first."""
        months: dict[str, list[int]] = {}
        for number in range(self.posts, 0, -1):
            months.setdefault(f"{self.when(number):%Y/%m}", []).append(number)
        return months

    @cached_property
    def filed(self) -> Counter[str]:
        """Category -> posts, counted among some only: a sidebar's numbers need not be right here."""
        return Counter(name for number in range(1, min(self.posts, 200) + 1) for name in self.post(number).categories)

    def number_of(self, path: str) -> int | None:
        """The post at a path, or None."""
        match = re.fullmatch(r"/\d{4}/\d\d/post-number-(\d+)/", path)
        number = int(match[1]) if match else 0
        return number if 0 < number <= self.posts and self.path(number) == path else None
