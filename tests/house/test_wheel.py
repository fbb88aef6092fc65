"""A wheel, built and installed apart from the checkout, is whole and runs."""

import json
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.house import PACKAGES, ROOT, run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    result = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, cwd=ROOT)
    assert result.returncode == 0, result.stdout
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin directory of a new venv that holds the wheel, its dependencies lent by this environment.

    The lent directory comes last in sys.path, and .pth files in it are not followed: so neither the
    editable installation nor the checkout can be imported.
    """
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, symlinks=True)
    python = home / "bin" / "python"
    pip = ["-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index"]
    result = run(sys.executable, *pip, wheel, cwd=home)
    assert result.returncode == 0, result.stdout
    site = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
    lent = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (site / "zz_lent.pth").write_text("".join(f"{path}\n" for path in sorted(lent)))
    return home / "bin"


def data_files() -> set[str]:
    """What the packages of the checkout hold beside Python files, as git knows it or would add it."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *PACKAGES]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return {name for name in listed if name and not name.endswith(".py") and (ROOT / name).is_file()}


def test_wheel_holds_every_data_file(wheel):
    expected = data_files()
    assert {f"{package}/py.typed" for package in PACKAGES} <= expected
    assert expected - set(zipfile.ZipFile(wheel).namelist()) == set()


def test_wheel_holds_nothing_else(wheel):
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_packages_come_from_the_wheel(installed, tmp_path):
    script = f"import json; print(json.dumps([__import__(name).__file__ for name in {PACKAGES!r}]))"
    result = run(installed / "python", "-c", script, cwd=tmp_path)
    assert result.returncode == 0, result.stdout
    places = [Path(place) for place in json.loads(result.stdout)]
    assert all(place.is_relative_to(installed.parent) for place in places), places


@pytest.mark.parametrize("verb", [[], ["crawl"], ["serve"]], ids=" ".join)
def test_command_runs(installed, tmp_path, verb):
    result = run(installed / "archiver", *verb, "--help", cwd=tmp_path)
    assert result.returncode == 0, result.stdout
    assert "Usage: archiver" in result.stdout


def test_demo_runs_from_the_wheel(installed, tmp_path):
    """The sample blog, its templates, the schema and the pages that show it are all aboard."""
    result = run(installed / "archiver", "demo", cwd=tmp_path, CI="true")
    assert result.returncode == 0, result.stdout
    assert (tmp_path / "demo-archive" / "archive.db").stat().st_size > 0


def test_no_other_distribution_provides_our_packages(installed, tmp_path):
    """`db` and `spiders` are common words: something else of that name would shadow, or be shadowed."""
    script = "import importlib.metadata as m, json; print(json.dumps(m.packages_distributions()))"
    result = run(installed / "python", "-c", script, cwd=tmp_path)
    providers = json.loads(result.stdout)
    assert {name: set(providers[name]) for name in PACKAGES} == {name: {"blog-archiver"} for name in PACKAGES}
    assert "scrapy" in providers


def test_checkout_is_out_of_sight(monkeypatch, tmp_path):
    """What the tests above rest on: `run` hands on no PYTHONPATH."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    result = run(sys.executable, "-c", "import os; print('PYTHONPATH' in os.environ)", cwd=tmp_path)
    assert result.stdout.strip() == "False"
