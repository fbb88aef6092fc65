"""The docs cannot drift: links lead somewhere, commands are spelt as the command line knows them."""

import ast
import importlib
import re
import shlex
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import click
import pytest

from archiver import errors
from archiver.exports import registry
from tests.house import PACKAGES, ROOT, markdown, modules

PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES += sorted((ROOT / "docs").rglob("*.md"))

# Paths of somebody's machine and addresses of package registries; [.] and [/] keep this line from finding itself.
FORBIDDEN = re.compile(
    r"(?<![\w.])[/](?:work|root|home/\w+)/|[/]tmp/\w+_jobs|\bpypi[.](?:org|python)|pythonhosted[.]org"
    r"|(?:deb|security)[.]debian[.]org|registry[.]npmjs"
)


def page_id(path: Path) -> str:
    return str(path.relative_to(ROOT))


def repository_files() -> list[Path]:
    """What git knows or would add."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def forbidden_words(text: str) -> list[str]:
    return [match[0] for match in FORBIDDEN.finditer(text)]


@cache
def command_line() -> click.Group:
    """The real command tree."""
    from archiver.cli import main

    assert isinstance(main, click.Group)
    return main


def parse(command: click.Command, words: list[str]) -> None:
    """Read words as the command would: options known, with their values, down the verbs. Raises click.UsageError.

    Values are not checked, as they are placeholders in the docs.
    """
    context = click.Context(command, info_name=command.name)
    _, rest, _ = command.make_parser(context).parse_args(words)
    if isinstance(command, click.Group) and rest:
        verb = command.get_command(context, rest[0])
        if verb is None and rest[0].isupper():
            return  # VERB stands for any
        if verb is None:
            raise click.UsageError(f"no such command: {rest[0]}")
        parse(verb, rest[1:])


def words_of(line: str) -> list[str]:
    """The words behind the command's own name; the brackets of a synopsis are left out."""
    return shlex.split(re.sub(r"[\[\]]", "", line))[1:]


@pytest.mark.parametrize("path", PAGES, ids=page_id)
def test_links_resolve(path):
    assert markdown.broken_links(path) == []


@pytest.mark.parametrize("path", PAGES, ids=page_id)
def test_commands_exist(path):
    for line in markdown.command_lines(path.read_text(encoding="utf-8"), "archiver"):
        try:
            parse(command_line(), words_of(line))
        except click.UsageError as error:
            pytest.fail(f"{page_id(path)}: `{line}`: {error.format_message()}")


def test_commands_in_messages_exist():
    """An error that tells what to do names a command that is there."""
    seen = 0
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for line in re.findall(r"`(archiver [^`{]+)", node.value):
                    parse(command_line(), words_of(line))
                    seen += 1
    assert seen


def test_every_command_is_described():
    written = " ".join(path.read_text(encoding="utf-8") for path in PAGES if path.name != "CHANGELOG.md")
    described = {words_of(line)[0] for line in markdown.command_lines(written, "archiver") if words_of(line)}
    assert {name for name, verb in command_line().commands.items() if not verb.hidden} <= described


def test_every_option_is_described():
    text = "\n".join(path.read_text(encoding="utf-8") for path in PAGES if path.parent.name == "docs")
    words = {
        word for code in [*markdown.spans(text), *markdown.command_lines(text, "archiver")] for word in code.split()
    }
    for name, verb in command_line().commands.items():
        options = [option for option in verb.params if isinstance(option, click.Option) and not option.hidden]
        unknown = [option.name for option in options if not words & {*option.opts, *option.secondary_opts}]
        assert not unknown, name


def test_every_page_is_on_the_map():
    index = ROOT / "docs" / "index.md"
    linked = {link.partition("#")[0] for link in markdown.links(index.read_text(encoding="utf-8"))}
    assert {path.name for path in PAGES if path.parent == index.parent} - {"index.md"} <= linked


def test_exit_codes_are_as_documented():
    table = re.findall(r"^\| `?(\d+)`? \|", (ROOT / "docs" / "crawl.md").read_text(encoding="utf-8"), re.MULTILINE)
    kinds = {kind.exit_code for kind in vars(errors).values() if isinstance(kind, type)}
    assert {int(code) for code in table} == kinds | {0, 130, 143}


def test_every_table_and_view_is_described():
    described = set(markdown.spans((ROOT / "docs" / "data-model.md").read_text(encoding="utf-8")))
    ddl = [*(ROOT / "db" / "migrations").glob("*.sql"), ROOT / "db" / "views.sql"]
    created = re.compile(r"^CREATE (?:VIRTUAL )?(?:TABLE|VIEW) (\w+)", re.MULTILINE)
    names = {name for path in ddl for name in created.findall(path.read_text(encoding="utf-8"))}
    assert len(names) > 20
    assert names - described == set()


def test_example_configuration_is_valid(tmp_path):
    from archiver.config import blog_configs, read_config
    from archiver.config_checks import CHECKS

    text = (ROOT / "docs" / "crawl.md").read_text(encoding="utf-8")
    examples = [block.code for block in markdown.blocks(text) if block.info[:1] == ("toml",)]
    assert examples
    for example in examples:
        path = tmp_path / "archiver.toml"
        path.write_text(example, encoding="utf-8")
        assert blog_configs([], read_config(path), environ={})
    assert set(CHECKS) <= set(markdown.spans(text))


def test_every_room_is_described():
    described = {span.strip("/") for span in markdown.spans((ROOT / "docs" / "architecture.md").read_text("utf-8"))}
    # A room that holds nothing but its __init__.py is not furnished yet.
    rooms = {page_id(path) for path in (ROOT / "archiver").iterdir() if any(path.glob("[!_]*.py"))}
    rooms |= {page_id(path.with_suffix("")) for path in (ROOT / "archiver").glob("*.py") if path.stem[0] != "_"}
    assert rooms - described == set()


# The tutorial has its reader make files.
@pytest.mark.parametrize("path", [path for path in PAGES if path.name != "tutorial.md"], ids=page_id)
def test_places_named_exist(path):
    """Inline code such as `db/views.sql`, `tests/golden/` or `archiver/page` leads somewhere; NAME stands for any."""
    places = re.compile(rf"(?:{'|'.join(PACKAGES)}|tests|benchmarks|docs)/[\w/.]*")
    for span in filter(places.fullmatch, markdown.spans(path.read_text(encoding="utf-8"))):
        pattern = span.strip("/").replace("NAME", "*")
        assert [*ROOT.glob(pattern), *ROOT.glob(f"{pattern}.py")], f"{page_id(path)}: {span}"


@pytest.mark.parametrize("path", modules(), ids=page_id)
def test_module_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def unexplained_settings(source: str) -> list[str]:
    """Top-level ALL_CAPS assignments with no comment on the line before, nor behind them."""
    lines = source.splitlines()
    unexplained = []
    for node in ast.parse(source).body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        for name in (target.id for target in targets if isinstance(target, ast.Name) and target.id.isupper()):
            before = lines[node.lineno - 2] if node.lineno > 1 else ""
            if not before.lstrip().startswith("#") and "  # " not in lines[node.lineno - 1]:
                unexplained.append(name)
    return unexplained


def test_every_setting_has_its_reason():
    assert unexplained_settings((ROOT / "archiver" / "settings.py").read_text(encoding="utf-8")) == []


def test_every_setting_is_known_to_scrapy():
    from scrapy.settings import default_settings

    settings = importlib.import_module("archiver.settings")
    names = {name for name in vars(settings) if name.isupper() and not name.startswith(("_", "ARCHIVER_"))}
    assert names
    assert {name for name in names if not hasattr(default_settings, name)} == set()


def test_repository_speaks_of_the_project_alone():
    found = {}
    for path in repository_files():
        words = forbidden_words(path.read_text(encoding="utf-8", errors="ignore"))
        if words:
            found[page_id(path)] = words
    assert found == {}


def test_every_benchmark_is_described():
    """Each that can be run has a row in the table; but for the parts of others."""
    modules = {path.stem: path.read_text("utf-8") for path in (ROOT / "benchmarks").glob("*.py")}
    commands = {name for name, text in modules.items() if f" -m benchmarks.{name} " in text}
    page = (ROOT / "docs" / "benchmarks.md").read_text("utf-8")
    rows = set(re.findall(r"^\| `python -m benchmarks\.(\w+)` \|", page, re.MULTILINE))
    assert rows < commands
    assert {name for name in commands - rows if f"`benchmarks/{name}.py`" not in page} == set()


def test_the_formats_of_exports_are_counted_right():
    (more,) = re.findall(r"archiver export csv .*; (\d+) more formats", (ROOT / "README.md").read_text("utf-8"))
    assert int(more) == len(registry.names()) - 1


def test_version_is_the_same_everywhere():
    from archiver import __version__

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    newest = re.findall(r"^## \[?([\d.]+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)[0]
    assert __version__ == project["version"] == newest


# ---- the checks themselves


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("[a](other.md) [b](other.md#a-heading-of-code) ![c](#here)\n# Here", []),
        ("[a](missing.md)", ["missing.md"]),
        ("[a](other.md#nothing)", ["other.md#nothing"]),
        ("[a](#there)\n# Here", ["#there"]),
        ("[a](#twice-1) [b](#twice-2)\n# Twice\n# Twice", ["#twice-2"]),
        ("`[a](missing.md)` and\n```\n[b](missing.md)\n```\n", []),
        ("[a]\n\n[a]: missing.md", ["missing.md"]),
        ("[a](https://example.org/missing.md)", []),
        ('[a](other.md "title") [b](gone.md "title")', ["gone.md"]),
    ],
)
def test_links_are_checked(tmp_path, text, broken):
    (tmp_path / "other.md").write_text("# A *heading* of `code`!\n")
    (tmp_path / "page.md").write_text(text)
    assert markdown.broken_links(tmp_path / "page.md") == broken


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Call `archiver crawl URL` or `archiver`.", ["archiver crawl URL", "archiver"]),
        ("See `archiver.toml` and `archiver/cli.py`.", []),
        ("```console\n$ archiver status --json | jq .\narchived 3 posts\n```\n", ["archiver status --json"]),
        ("```sh\ncd x && archiver serve  # opens it\n```\n", ["archiver serve"]),
        ("```sh\narchiver crawl \\\n  --delay 2 URL\n```\n", ["archiver crawl    --delay 2 URL"]),
        ("```python\narchiver crawl\n```\n", []),
        ("```sh unchecked\narchiver fly\n```\n", []),
    ],
)
def test_command_lines_are_found(text, lines):
    assert list(markdown.command_lines(text, "archiver")) == lines


@pytest.mark.parametrize("line", ["tool fly", "tool walk --fast", "tool --up walk", "tool walk --steps"])
def test_commands_are_checked(line):
    walk = click.Command("walk", params=[click.Option(["--steps", "-n"]), click.Argument(["way"], nargs=-1)])
    tool = click.Group("tool", {"walk": walk}, params=[click.Option(["--down"], is_flag=True)])
    parse(tool, words_of("tool --down walk [-n N] [--steps=3] WAY…"))
    with pytest.raises(click.UsageError):
        parse(tool, words_of(line))


def test_reasons_of_settings_are_checked():
    source = "# Because.\nGOOD = 1\nBAD = 2\nALSO_GOOD: int = 3  # so that\n\nWORSE = {\n  # inside\n}\nlower = 4\n"
    assert unexplained_settings(source) == ["BAD", "WORSE"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("see /" + "work/main", 1),
        ("network/" + "work/main, https://blog.example.org/" + "work/", 0),
        ("from https://pypi" + ".org/simple and /" + "home/ann/.venv", 2),
        ("/usr/share/wordpress, https://www.debian.org", 0),
    ],
)
def test_words_are_checked(text, count):
    assert len(forbidden_words(text)) == count
