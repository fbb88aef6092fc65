"""Crawls a site of the test bed with the real command and compares: what most tests here begin with."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType

from benchmarks import crawling
from benchmarks.compare import compare
from benchmarks.crawling import SETTLED, Crawl, environment
from benchmarks.report import Report
from tests.crawl import forked
from tests.crawl.running import ROOT
from tests.wordpress.testbed import Site, Testbed


def quickly(words: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command line of ours in a process that needs no imports."""
    _, option, module, *arguments = words
    assert option == "-m"
    return forked.run(module, *arguments, cwd=ROOT, env=environment())


crawl = partial(crawling.crawl, run=quickly)


@dataclass(frozen=True, slots=True)
class Crawled:
    """A finished crawl with its comparison. pages: whether pages were captured beside the data."""

    site: Site
    run: Crawl
    pages: bool
    report: Report

    def failures(self, excused: Mapping[str, tuple[str, ...]] = MappingProxyType({})) -> str:
        """What is not as wanted, with examples, as text for an assertion; empty when all is.

        excused: row -> words of examples that are allowed to be wrong. A row is excused when it has no others.
        """
        lines = []
        for name, row in self.report.rows():
            words = excused.get(name, ())
            examples = [example for example in row.examples if not any(word in example for word in words)]
            if not row.ok and (examples or not words):
                lines += [f"{name}: {row}", *(f"    {example}" for example in examples[:5])]
        return "\n".join(lines)


def crawl_and_compare(bed: Testbed, site: Site, directory: Path, *options: str) -> Crawled:
    """Crawl `site` into `directory`, which must end well, and hold it against the truth of that site."""
    truth = directory / "truth.db"
    directory.mkdir(parents=True, exist_ok=True)
    bed.truth(site, truth).close()
    run = crawl(directory / "archive", site.url, *options)
    assert run.exit_code in SETTLED, f"exit code {run.exit_code}\n{run.output[-3000:]}"
    spec = site.spec
    pages = "--no-pages" not in options
    report = compare(run.database, truth, site.url, api_open=spec.api_open, pages=pages, shows_byline=spec.shows_byline)
    return Crawled(site, run, pages, report)
