"""`archiver new-engine`."""

from __future__ import annotations

import keyword
import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

import click

from archiver.errors import UsageError
from archiver.terminal import safe

_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
_NAMES = {
    "engine.py": "archiver_{name}.py",
    "test_golden.py": "tests/test_golden.py",
    "golden/front/page.html": "tests/golden/{name}/front/page.html",
    "golden/front/expected.json": "tests/golden/{name}/front/expected.json",
    "golden/post/page.html": "tests/golden/{name}/post/page.html",
    "golden/post/expected.json": "tests/golden/{name}/post/expected.json",
}
"""Where a template goes, if not under its own name."""


@click.command("new-engine", short_help="Begin an engine of your own, with its golden pages.")
@click.argument("name")
@click.option(
    "--into",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where it is written.  [default: blog-archiver-NAME]",
)
def new_engine(name: str, into: Path | None) -> None:
    """Write the skeleton of an engine: a distribution with the engine, its golden pages and their test.

    It works as it is, on the pages that come with it. NAME is of lower-case letters, digits and _.

    \b
    Examples:
      archiver new-engine harbour
      archiver new-engine --into ~/src/harbour harbour
    """
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise UsageError(f"new-engine {name}", "it is no name for an engine", "Use lower-case letters, digits and _")
    from archiver.engines import by_name  # late: it takes its time to import

    if by_name(name) is not None:
        raise UsageError(f"new-engine {name}", "there is such an engine", "Choose another name")
    folder = into or Path(f"blog-archiver-{name.replace('_', '-')}")
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(str(folder), "it is there, and not empty", "Name another one with --into")
    for path, text in skeleton(name).items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
        click.echo(f"  {safe(str(place))}")
    click.echo(f"Next: pip install -e {safe(str(folder))}, then archiver try URL. See docs/engines/tutorial.md.")


def skeleton(name: str) -> dict[str, str]:
    """The files of a new engine by path."""
    title = name.replace("_", " ").title()
    words = {
        "name": name,
        "dashed": name.replace("_", "-"),
        "title": title,
        "lower": title.lower(),
        "class_name": title.replace(" ", ""),
    }
    found = {}
    for path, text in _templates(files("archiver").joinpath("data/new_engine"), ""):
        found[_NAMES.get(path, path).format(name=name)] = Template(text).substitute(words)
    return found


def _templates(folder: Traversable, above: str) -> list[tuple[str, str]]:
    found = []
    for one in sorted(folder.iterdir(), key=lambda one: one.name):
        if one.is_dir():
            found += _templates(one, f"{above}{one.name}/")
        elif one.name.endswith(".txt"):
            found.append((above + one.name.removesuffix(".txt"), one.read_text("utf-8")))
    return found
