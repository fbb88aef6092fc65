"""Pages a second and memory of the real command against the fixed blog, and pages a second of a bare spider."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import urlopen

from benchmarks.crawling import SETTLED, command, crawl, environment


@contextmanager
def fixed_blog(posts: int, *, fly: bool = False) -> Iterator[str]:
    """The URL of the fixed blog, served by a process of its own."""
    words = [sys.executable, "-m", "benchmarks.blog_server", "--posts", str(posts), *(["--fly"] if fly else [])]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin
        assert server.stdout
        yield server.stdout.readline().strip()
        server.stdin.close()


def _ask(base: str, what: str) -> Any:
    with urlopen(f"{base}/-/{what}") as answer:
        return json.loads(answer.read())


# ---- pages a second


@dataclass(slots=True)
class Speed:
    """Rates of each round, pages a second from the first request to the end of the process."""

    pages: int = 0
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """Median of ours as a share of the bare spider's."""
        return median(self.ours) / median(self.bare)


def measure_speed(posts: int, rounds: int) -> Speed:
    """Crawl the fixed blog and download the same pages, by turns."""
    speed = Speed()
    with fixed_blog(posts) as base, tempfile.TemporaryDirectory() as scratch:
        urls = Path(scratch) / "urls.txt"
        for number in range(rounds):
            _ask(base, "reset")
            done = crawl(Path(scratch) / str(number), f"{base}/", "--quiet")
            speed.ours.append(_rate(base))
            if done.exit_code not in SETTLED:
                raise RuntimeError(f"the crawl ended with exit code {done.exit_code}:\n{done.output[-2000:]}")
            paths = _ask(base, "stats")["paths"]
            speed.pages = len(paths)
            urls.write_text("\n".join(base + path for path in paths), "utf-8")
            _ask(base, "reset")
            subprocess.run([sys.executable, "-m", "benchmarks.bare_spider", str(urls)], check=True, env=environment())
            speed.bare.append(_rate(base))
            served = _ask(base, "stats")["pages"]
            if served != speed.pages:
                raise RuntimeError(f"the bare spider was served {served} pages, not the same {speed.pages}")
    return speed


def _rate(base: str) -> float:
    """Pages a second from the first request until now, when the process has just ended."""
    now = time.monotonic()
    stats = _ask(base, "stats")
    return float(stats["pages"] / (now - stats["first"]))


# ---- memory


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident set of the crawl with its children, in bytes, at a third, two thirds and the end; and its peak."""

    posts: int
    requests: int
    seconds: float
    third: int
    two_thirds: int
    end: int
    peak: int

    @property
    def growth(self) -> float:
        """How much more at the end than at a third, as a share."""
        return self.end / self.third - 1


def measure_memory(posts: int) -> Memory:
    """Crawl a blog of that many posts, rendered on the fly, and look at the process while it runs."""
    with fixed_blog(posts, fly=True) as base, tempfile.TemporaryDirectory() as scratch:
        began = time.monotonic()
        words = command(Path(scratch) / "archive", f"{base}/", "--quiet")
        log = Path(scratch) / "log"
        with log.open("w") as output:
            process = subprocess.Popen(words, stdout=output, stderr=subprocess.STDOUT, env=environment())
            samples = list(_samples(process, base))
        seconds = time.monotonic() - began
        if process.returncode not in SETTLED:
            raise RuntimeError(f"the crawl ended with exit code {process.returncode}:\n{log.read_text()[-2000:]}")
        requests = int(_ask(base, "stats")["requests"])
    # By requests, not by time: the end of a crawl is bookkeeping.
    third, two_thirds = (_at(samples, requests * part // 3) for part in (1, 2))
    end = _at(samples, samples[-1][0])  # the last page has been asked for; the reading process is still there
    return Memory(posts, requests, seconds, third, two_thirds, end, max(size for _, size in samples))


def _samples(process: subprocess.Popen[bytes], base: str) -> Iterator[tuple[int, int]]:
    """(requests so far, resident set) four times a second, until the process ends."""
    while process.poll() is None:
        size = resident(process.pid)
        if size:
            yield int(_ask(base, "count")), size
        time.sleep(0.25)


def _at(samples: list[tuple[int, int]], requests: int) -> int:
    return next(size for count, size in samples if count >= requests)


def resident(pid: int) -> int:
    """Resident set of a process and its descendants, in bytes; 0 when it is gone."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        parents.setdefault(_parent(int(entry.name)), []).append(int(entry.name))
    family, todo = 0, [pid]
    while todo:
        one = todo.pop()
        todo += parents.get(one, [])
        family += _own(one)
    return family


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0  # it ended meanwhile


def _own(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0
