"""Crawls the sites of the test bed with the real command and holds the archives against the truth.

\b
    python -m benchmarks.fidelity                       the four sites, 200 posts, 3,000 comments on one of them
    python -m benchmarks.fidelity --sites closed --examples 20 --keep out
    python -m benchmarks.fidelity --both-ways           each site again, its API closed or open: every theme both ways
    python -m benchmarks.fidelity --no-pages            the data alone, where the API is open

Wanted: no post and no visible comment missing or extra; nothing hidden leaked; fields 100 % through the API
and at least 99 % from pages alone. Exit code 1 when something is missed. What counts as what stands in
benchmarks/compare.py.
"""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import nullcontext
from dataclasses import fields
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmarks.compare import compare
from benchmarks.crawling import SETTLED, Crawl, crawl, sites_of
from benchmarks.report import Count, Report, Share
from tests.wordpress.testbed import FOUR, Site, Testbed, start

Result = tuple[Site, Crawl, Report | None]


def measure(site: Site, directory: Path, truth: Path, *, pages: bool) -> Result:
    """Crawl one site and compare. The report is None when the crawl failed."""
    done = crawl(directory, site.url, *([] if pages else ["--no-pages"]))
    if done.exit_code not in SETTLED:
        return site, done, None
    spec = site.spec
    report = compare(
        done.database, truth, site.url, api_open=spec.api_open, pages=pages, shows_byline=spec.shows_byline
    )
    return site, done, report


def other_way(bed: Testbed, site: Site) -> Site:
    """The same site with its API closed; open, where it is closed."""
    words = {field.name: getattr(site.spec, field.name) for field in fields(site.spec)}
    return bed.site(f"{site.name}, other way", **(words | {"rest": 401 if site.spec.api_open else None}))


def _cell(row: Count | Share | None) -> str:
    if row is None:
        return "-"
    return escape(str(row)) if row.ok else f"[bold red]{escape(str(row))}[/]"


def table(results: list[Result]) -> Table:
    """A column a site, a row a measure; what misses is red."""
    shown = Table(title="Fidelity: captured against the truth")
    shown.add_column("measure", no_wrap=True)
    for site, _, _ in results:
        shown.add_column(f"{site.name}\n{'API open' if site.spec.api_open else 'pages alone'}")
    columns = [dict(report.rows()) if report else {} for _, _, report in results]
    for name in dict.fromkeys(name for column in columns for name in column):
        shown.add_row(name, *(_cell(column.get(name)) for column in columns))
    shown.add_section()
    shown.add_row("exit code", *(str(done.exit_code) for _, done, _ in results))
    shown.add_row("seconds", *(f"{done.seconds:.1f}" for _, done, _ in results))
    return shown


def _tell(console: Console, results: list[Result], examples: int) -> bool:
    """Print what missed, with examples. Returns whether all is as wanted."""
    fine = True
    for site, done, report in results:
        if report is None:
            fine = False
            console.print(f"[bold red]{site.name}: the crawl ended with exit code {done.exit_code}[/]")
            console.print(done.output[-4000:], markup=False)
            continue
        for name, row in report.rows():
            if not row.ok:
                fine = False
                console.print(f"[bold red]{site.name} {name}[/]: {row}")
                for example in row.examples[:examples]:
                    console.print(f"    {example}", markup=False, highlight=False, soft_wrap=True)
    return fine


def _as_json(results: list[Result]) -> str:
    values = {
        site.name: {
            "url": site.url,
            "api_open": site.spec.api_open,
            "exit_code": done.exit_code,
            "seconds": round(done.seconds, 2),
            "ok": bool(report and report.ok),
            "rows": report.as_dict() if report else None,
        }
        for site, done, report in results
    }
    return json.dumps(values, indent=2, ensure_ascii=False)


@click.command(help=__doc__)
@click.option("--posts", default=200, help="Ordinary posts, beside some 76 odd ones.")
@click.option("--big", default=3000, help="Comments on the biggest thread.")
@click.option("--sites", default=",".join(FOUR), help="Which of the sites.")
@click.option("--both-ways", is_flag=True, help="Each site also with its API closed, or open where it is closed.")
@click.option("--no-pages", is_flag=True, help="Fetch the data alone; for sites whose API is open.")
@click.option("--keep", type=click.Path(path_type=Path), help="Keep archives and truth in this directory.")
@click.option("--url-base", help="A test bed that runs already: its first URL. Needs --truth.")
@click.option("--truth", type=click.Path(exists=True, path_type=Path), help="The truth of that one.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the results there.")
@click.option("--examples", default=3, help="How many examples of what is wrong.")
def main(
    posts: int,
    big: int,
    sites: str,
    both_ways: bool,
    no_pages: bool,
    keep: Path | None,
    url_base: str | None,
    truth: Path | None,
    json_file: Path | None,
    examples: int,
) -> None:
    """The command line; see the module."""
    if bool(url_base) != bool(truth):
        raise click.UsageError("--url-base and --truth belong together")
    console = Console(width=None if sys.stdout.isatty() else 160)
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
    with (
        start(posts=posts, big=big) if not url_base else nullcontext() as bed,
        nullcontext(str(keep)) if keep else tempfile.TemporaryDirectory() as scratch,
    ):
        results: list[Result] = []
        wanted = sites_of(bed, url_base, sites)
        if both_ways and bed:
            wanted = [one for site in wanted for one in (site, other_way(bed, site))]
        for site in wanted:
            if no_pages and not site.spec.api_open:
                continue
            if bed:
                truth = Path(scratch) / f"truth-{site.name}.db"
                bed.truth(site, truth).close()
            assert truth is not None
            results.append(measure(site, Path(scratch) / site.name, truth, pages=not no_pages))
        console.print(table(results))
        fine = _tell(console, results, examples)
        if json_file:
            json_file.write_text(_as_json(results), "utf-8")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
