"""What a cluster needs to run the units without a driver: a script, a manifest, lines of a crontab. All of it is text.

Blogs that share a host, a provider or an address are in one index of an array, one after the other; so the cluster
may run all indices at the same time.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from archiver.errors import UsageError
from archiver.fleet.ended import Verb
from archiver.storage.stores import is_elsewhere

SHORTEST = 60
"""Seconds below which a blog is not begun in what is left of a slice of time."""

TRIES = 3
"""How often a unit is called that is killed, or ends by an error of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be run. indices: URL and slug of the blogs of each, in their order; slice: seconds of one call.

    python, shards: as the cluster's machines have them; shards may be the URL of a store. at_once: how many indices at
    a time.
    """

    verb: Verb
    python: str
    shards: str
    indices: Sequence[Sequence[tuple[str, str]]]
    slice: int
    at_once: int
    options: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not self.indices:
            raise UsageError("emit", "no URL is given", "Name blogs, or a file of them with -i")

    @property
    def blogs(self) -> int:
        """How many there are."""
        return sum(map(len, self.indices))

    @property
    def is_elsewhere(self) -> bool:
        """Whether the shards stand behind a store."""
        return is_elsewhere(self.shards)

    @property
    def lines(self) -> list[str]:
        """`INDEX SLUG URL` of each blog."""
        return [f"{number} {slug} {url}" for number, blogs in enumerate(self.indices) for url, slug in blogs]

    def words(self, target: str) -> list[str]:
        """The command of a unit but for --max-time."""
        own = ["run-one", target, "--shards", self.shards, "--verb", self.verb, "-q"]
        return [self.python, "-P", "-m", "archiver", *own, *self.options]


def loop(plan: Plan, index: str) -> list[str]:
    """Lines of sh that work off one index, its lines on standard input; afterwards $code says how it stands.

    index: the shell's word for its number. $code is 5 when a blog is to be continued, else 1 when one has failed. A
    unit that is killed, or has an error of its own, is called again. One that is whole costs a look at its mark (behind
    a store the start of a unit), so that an array may be called again and again.
    """
    command = " ".join(_quoted(word) for word in plan.words("$url"))
    skip = ['  [ -e "$shards/$slug/shard.json" ] && continue'] if plan.verb == "crawl" and not plan.is_elsewhere else []
    return [
        f"shards={_quoted(plan.shards)}",
        f"end=$(($(date +%s) + {plan.slice}))",
        "code=0",
        "while read -r number slug url; do",
        f'  [ "$number" = "{index}" ] || continue',
        *skip,
        f"  tries={TRIES}",
        '  while [ "$tries" -gt 0 ]; do',
        "    tries=$((tries - 1)) left=$((end - $(date +%s)))",
        f'    if [ "$left" -lt {SHORTEST} ]; then code=5; break 2; fi',
        f'    {command} --max-time "$left" </dev/null',
        "    case $? in",
        "      0 | 4) break ;;",
        "      5 | 6 | 130 | 143) code=5; break ;;",
        '      [237]) [ "$code" = 5 ] || code=1; break ;;',
        '      *) [ "$tries" -gt 0 ] || [ "$code" = 5 ] || code=1 ;;',
        "    esac",
        "  done",
    ]


def _quoted(word: str) -> str:
    """A word for sh; $url stays a variable."""
    return '"$url"' if word == "$url" else shlex.quote(word)
