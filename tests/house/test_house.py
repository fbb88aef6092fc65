"""Who may import whom, and that the checks of it really check."""

import ast
import re
import shutil
import sys
import tomllib
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.house import PACKAGES, ROOT, modules, run

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LAYERS, PURE, DATABASE, WEB, WARC, CRAWL = (contract["name"] for contract in CONTRACTS)

# The rooms that read pages: `urllib.parse` is theirs to use, the clients beside it are not, and import
# contracts cannot tell the parts of a foreign package from each other.
CLIENTS = {"urllib.request", "http.client", "ftplib", "smtplib"}


def imports(path: Path) -> set[str]:
    """Every module or `module.name` that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the three packages with the contracts, to be spoilt."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint_imports(house: Path) -> tuple[int, set[str]]:
    """Exit code, and the names of the contracts reported broken."""
    result = run(Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache", cwd=house, COLUMNS="200")
    broken = {line.partition(" BROKEN")[0] for line in result.stdout.splitlines() if " BROKEN" in line}
    assert "Contracts: " in result.stdout, result.stdout
    return result.returncode, broken


def test_house_keeps_its_contracts(house):
    assert lint_imports(house) == (0, set())


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("archiver/errors.py", "import archiver.model", LAYERS),
        ("archiver/model.py", "from archiver import page", LAYERS),
        ("archiver/page.py", "from archiver.engines import base", LAYERS),
        ("archiver/crawl/__init__.py", "import spiders", LAYERS),
        ("archiver/web/__init__.py", "from archiver.crawl import x", LAYERS),
        ("archiver/engines/base.py", "import scrapy", PURE),
        ("archiver/page.py", "def late():\n    import sqlite3", PURE),
        ("archiver/model.py", "from sqlite_utils import Database", PURE),
        ("db/__init__.py", "from archiver.engines.base import Engine", DATABASE),
        ("db/__init__.py", "from archiver import page", DATABASE),
        ("db/migrations/__init__.py", "import scrapy", DATABASE),
        ("archiver/web/__init__.py", "import db.writer", WEB),
        ("archiver/warc/reader.py", "from db import Reader", WARC),
        ("archiver/crawl/held.py", "from archiver.engines import wordpress_urls", CRAWL),
    ],
)
def test_violation_breaks_its_contract(house, file, line, contract):
    path = house / file
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    code, broken = lint_imports(house)
    assert code == 1
    assert contract in broken


def test_every_module_of_the_application_has_a_layer():
    layers = next(contract for contract in CONTRACTS if contract["name"] == LAYERS)["layers"]
    placed = {name.strip(" ()") for layer in layers for name in layer.split(":")}
    # `_name.py` is a part of a neighbour; contracts follow imports through it.
    rooms = {f"archiver.{path.stem}" for path in (ROOT / "archiver").glob("[!_]*.py")}
    rooms |= {f"archiver.{path.parent.name}" for path in (ROOT / "archiver").glob("*/__init__.py")}
    assert rooms <= placed
    assert "archiver.page" in rooms


def test_everything_below_the_database_is_pure():
    layers = next(contract for contract in CONTRACTS if contract["name"] == LAYERS)["layers"]
    below = {name.strip(" ()") for layer in layers[layers.index("db") + 1 :] for name in layer.split(":")}
    there = {name for name in below if find_spec(name)}
    assert there == set(next(contract for contract in CONTRACTS if contract["name"] == PURE)["source_modules"])


def pure_files() -> list[Path]:
    """The files of the modules under the contract of purity."""
    names = next(contract for contract in CONTRACTS if contract["name"] == PURE)["source_modules"]
    places = [ROOT.joinpath(*name.split(".")) for name in names]
    return sorted(
        file for place in places for file in [*place.rglob("*.py"), place.with_suffix(".py")] if file.exists()
    )


@pytest.mark.parametrize("path", pure_files(), ids=lambda path: path.name)
def test_reading_does_not_reach_the_network(path):
    assert not imports(path) & CLIENTS


def test_web_only_reads():
    """`from db import Writer` passes by the import contract, which sees modules and not names."""
    for path in modules("archiver/web"):
        assert not {
            name for name in imports(path) if name in {"db.Writer", "db.writer"} or name.startswith("db.writer.")
        }


def test_imports_are_seen_wherever_they_stand(tmp_path):
    path = tmp_path / "late.py"
    path.write_text("import a.b\ndef late():\n    from urllib import request\n    from db import Writer as W\n")
    assert imports(path) == {"a.b", "urllib", "urllib.request", "db", "db.Writer"}


def test_dependencies_are_those_imported():
    """Nothing is imported that only happens to come with something else, nothing is installed for nothing."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {re.match(r"[\w.-]+", line)[0].lower() for line in project["dependencies"]}
    optional = [line for lines in project["optional-dependencies"].values() for line in lines]
    extras = {re.match(r"[\w.-]+", line)[0].lower() for line in optional}
    tops = {name.partition(".")[0] for path in modules() for name in imports(path)}
    distributions = packages_distributions()
    providers = {top: distributions.get(top, [top]) for top in tops - sys.stdlib_module_names - {*PACKAGES}}
    assert {names[0].lower().replace("_", "-") for names in providers.values()} - extras == declared


def test_what_an_extra_brings_is_imported_late():
    """The command and its formats load without them; that is what makes them extras."""
    code = "import sys, archiver.cli; from archiver.exports import formats; formats(); print('pyarrow' in sys.modules)"
    assert run(sys.executable, "-c", code, cwd=ROOT).stdout == "False\n"


SKIPPING = """
import pytest

def test_passes():
    assert True

@pytest.mark.skip(reason="nobody home")
def test_skipped():
    assert False

@pytest.mark.xfail(strict=True)
def test_expected_to_fail():
    assert False
"""


@pytest.mark.parametrize(
    ("ci", "code", "summary"),
    [("true", 1, "1 passed, 1 xfailed, 1 error"), ("", 0, "1 passed, 1 skipped, 1 xfailed")],
)
def test_continuous_integration_allows_no_skips(tmp_path, ci, code, summary):
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_it.py").write_text(SKIPPING)
    result = run(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", tmp_path, cwd=tmp_path, CI=ci)
    assert result.returncode == code, result.stdout
    assert summary in result.stdout


def test_continuous_integration_allows_no_skipped_module(tmp_path):
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_it.py").write_text("import pytest\npytest.skip('nobody home', allow_module_level=True)\n")
    result = run(
        sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", tmp_path, cwd=tmp_path, CI="true"
    )
    assert result.returncode != 0
    assert "nobody home" in result.stdout
