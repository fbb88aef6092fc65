"""How fast pages are read again from WARC, against trafilatura and lxml on the same pages.

\b
    python -m benchmarks.extraction                     300 posts, 5 rounds
    python -m benchmarks.extraction --posts 1000 --rounds 9

\b
What is timed, in CPU seconds of one process and by turns, for the pages of posts in the archive of a real crawl:
- reading      page -> every record (post, byline, dates, terms, thread, sidebar) and every link worth following
- generic      the same by the engine of unknown blogs, which is told nothing of the platform
- trafilatura  the same HTML -> its text, comments and metadata, as JSON
- lxml         lxml.html.document_fromstring of the same bytes
And once, in CPU seconds of all its processes: the whole command `archiver extract`, which writes the tables as well.
Ratios are medians of the rounds, so that what slows the machine down falls on both of a round.
Wanted: at least 3 times as many pages a second as trafilatura; of `generic` twice as many, which is half the time for
a page. Exit code 1 when either is missed.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import click
import lxml.html
import trafilatura
from rich.console import Console

from archiver.crawl.collecting import prepare_reading
from archiver.crawl.reading import Question, read
from archiver.model import TargetKind
from archiver.page import Page
from archiver.reread.replay import question_of
from archiver.reread.sources import Sources
from benchmarks.crawling import SETTLED, crawl, environment
from benchmarks.speed import fixed_blog

LEAST = {"reading": 3.0, "generic": 2.0}
"""Times trafilatura's pages a second."""


def questions(archive: Path) -> list[Question]:
    """What the crawl asked of the pages of posts, from its WARC files."""
    sources = list(Sources(archive))
    asked = [question_of(source.asked, source.answer) for source in sources if source.asked.job]
    return [question for question in asked if question and question.target.kind is TargetKind.POST]


def measure(asked: Sequence[Question], rounds: int) -> dict[str, list[float]]:
    """Pages a second of each, in each round."""
    texts = [question.page.text for question in asked]
    bodies = [question.page.body for question in asked]
    runs: dict[str, Callable[[], object]] = {
        "reading": lambda: [_read(question) for question in asked],
        "generic": lambda: [_read(question, "generic") for question in asked],
        "trafilatura": lambda: [_trafilatura(text) for text in texts],
        "lxml": lambda: [lxml.html.document_fromstring(body) for body in bodies],
    }
    times: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run()  # what is made at the first use is made now
    for _ in range(rounds):
        for name, run in runs.items():
            began = time.process_time()
            run()
            times[name].append(time.process_time() - began)
    return {name: [len(asked) / taken for taken in spent] for name, spent in times.items()}


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return median(one / other for one, other in zip(ours, theirs, strict=True))


def _read(question: Question, engine: str | None = None) -> None:
    page = question.page
    fresh = Page(page.url, page.body, status=page.status, headers=page.headers)  # nothing of it parsed already
    reading = read(Question(page=fresh, target=question.target, site=question.site, engine=engine or question.engine))
    if not reading.extract.posts:
        raise RuntimeError(f"nothing was read of {page.url}: {reading.error}")


def _trafilatura(text: str) -> None:
    found = trafilatura.extract(text, include_comments=True, with_metadata=True, output_format="json")
    if not found:
        raise RuntimeError("trafilatura found nothing on a page")


def whole(archive: Path, pages: int) -> float:
    """Pages a second of CPU of `archiver extract`, all its processes and its start included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [sys.executable, "-m", "archiver", "extract", "-a", str(archive), "--quiet"]
    subprocess.run(words, check=True, env=environment())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return pages / (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


@click.command(help=__doc__)
@click.option("--posts", default=300, help="Posts of the blog.")
@click.option("--rounds", default=5, help="Rounds.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the results there.")
def main(posts: int, rounds: int, json_file: Path | None) -> None:
    """The command line; see the module."""
    console = Console(width=None if sys.stdout.isatty() else 200)
    prepare_reading()
    with tempfile.TemporaryDirectory() as scratch:
        archive = Path(scratch) / "archive"
        with fixed_blog(posts) as base:
            done = crawl(archive, f"{base}/", "--quiet")
        if done.exit_code not in SETTLED:
            raise RuntimeError(f"the crawl ended with exit code {done.exit_code}:\n{done.output[-2000:]}")
        asked = questions(archive)
        speeds = measure(asked, rounds) | {"extract": [whole(archive, len(asked))] * rounds}
    ratios = {name: _ratio(rates, speeds["trafilatura"]) for name, rates in speeds.items()}
    for name in ("reading", "extract", "generic", "trafilatura", "lxml"):
        rate = f"{median(speeds[name]):7.0f} pages a second of CPU"
        console.print(f"{name:<12} {rate}, {ratios[name]:.2f} x trafilatura", highlight=False)
    missed = [name for name, least in LEAST.items() if ratios[name] < least]
    wanted = ", ".join(f"{name} {LEAST[name]} x trafilatura" for name in missed)
    console.print(f"[bold red]missed[/] (wanted: {wanted})" if missed else "[green]ok[/]")
    if json_file:
        json_file.write_text(
            json.dumps({"pages": len(asked), "rates": speeds, "ratios": ratios, "wanted": LEAST}, indent=2), "utf-8"
        )
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
