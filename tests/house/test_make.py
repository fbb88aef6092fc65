"""The Makefile's own decisions, played out with scripted commands in a copy that holds nothing else."""

import shutil
from pathlib import Path

import pytest

from tests.house import ROOT, run

READERS = "tests/exports"
APT_GET = "apt-get install -y --no-install-recommends"


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    """A directory with the Makefile, and `bin` to be put first in PATH."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / READERS).mkdir(parents=True)
    for name in ("readers.txt", "convokit.txt"):
        shutil.copy(ROOT / READERS / name, tmp_path / READERS)
    (tmp_path / "bin").mkdir()
    return tmp_path


def command(place: Path, script: str) -> None:
    """Put an executable shell script in a place."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"#!/bin/sh\n{script}\n")
    place.chmod(0o755)


def make(bench: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    result = run("make", *arguments, cwd=bench, PATH=f"{bench / 'bin'}:/usr/bin:/bin", **environment)
    return result.returncode, result.stdout


def with_venv(bench: Path) -> None:
    """A finished .venv of scripted commands that say how they were called."""
    command(bench / ".venv/bin/python", 'test "$1" = -c || echo "python $*"')
    for name in ("archiver", "ruff", "mypy", "lint-imports"):
        command(bench / ".venv/bin" / name, f'echo "{name} $*"; for word in "$@"; do echo "<$word>"; done')
    command(bench / ".venv/bin/pip", f"# {bench}/.venv/bin/python")
    for place in (".venv", ".venv/readers", ".venv/pywb"):
        (bench / place).mkdir(exist_ok=True)
        (bench / place / ".complete").touch()


def test_missing_packages_are_named_and_nothing_goes_on(bench):
    command(bench / "bin/dpkg-query", 'for last; do :; done; test "$last" != wordpress && echo "install ok installed"')
    command(bench / "bin/id", "echo 1000")
    command(bench / "bin/apt-get", "echo called")
    code, output = make(bench, "test")
    assert code == 2
    assert f"sudo apt-get update && sudo {APT_GET} wordpress\n" in output
    assert "called" not in output
    assert "pytest" not in output


def test_root_installs_what_is_missing(bench):
    missing = 'case "$last" in chromium|php-gd) exit 1;; esac; echo "install ok installed"'
    command(bench / "bin/dpkg-query", f"for last; do :; done; {missing}")
    command(bench / "bin/id", "echo 0")
    command(bench / "bin/apt-get", 'echo "apt-get $*"')
    code, output = make(bench, "system")
    assert code == 0
    update, install = [line for line in output.splitlines() if line.startswith("apt-get ")]
    assert update == "apt-get -q update"
    assert install.startswith(APT_GET)
    assert install.endswith(" chromium php-gd")


@pytest.mark.parametrize("fails", [False, True])
def test_no_test_is_run_before_all_is_installed(bench, fails):
    with_venv(bench)
    command(bench / "bin/dpkg-query", "exit 1")
    command(bench / "bin/id", "echo 0")
    command(bench / "bin/apt-get", f'echo "apt-get $*"; exit {int(fails)}')
    code, output = make(bench, "test")
    called = [line for line in output.splitlines() if line.startswith(("apt-get ", "python -m pytest "))]
    assert code == (2 if fails else 0)
    called = [line.split(" -")[0] for line in called]
    assert called == (["apt-get"] if fails else ["apt-get", "apt-get install", "python"])


def test_what_tests_import_is_compiled_once(bench):
    with_venv(bench)
    command(bench / ".venv/bin/python", 'test "$1" = -c || echo "python $*" >>called')
    for _ in range(2):
        assert make(bench, "test", "SYSTEM=no")[0] == 0
    called = (bench / "called").read_text().splitlines()
    assert [line for line in called if "--collect-only" in line] == ["python -m pytest -q --collect-only"]
    assert sum("--dist" in line for line in called) == 2


@pytest.mark.parametrize("arguments", [["system"], ["system", "SYSTEM=no"]])
def test_nothing_to_install(bench, arguments):
    command(bench / "bin/dpkg-query", "echo 'install ok installed'" if len(arguments) == 1 else "exit 1")
    command(bench / "bin/apt-get", "echo called")
    code, output = make(bench, *arguments)
    assert code == 0
    assert "called" not in output


def test_demo_needs_no_packages(bench):
    with_venv(bench)
    command(bench / "bin/dpkg-query", "exit 1")
    assert make(bench, "demo") == (0, "archiver demo\n<demo>\n")


def test_demo_hands_the_blog_on_as_one_word(bench):
    with_venv(bench)
    _, output = make(bench, "demo", "BLOG=https://blog.example.org/?a=1&b=it's")
    assert output.splitlines()[1:] == ["<demo>", "<https://blog.example.org/?a=1&b=it's>"]


def test_pytest_has_the_last_word(bench):
    with_venv(bench)
    code, output = make(bench, "test", "SYSTEM=no")
    assert code == 0
    assert output.splitlines()[-1].startswith("python -m pytest ")
    called = [line.split()[0] for line in output.splitlines() if not line.startswith((".venv", "<"))]
    assert sorted(called) == ["lint-imports", "mypy", "python", "ruff", "ruff"]


@pytest.mark.parametrize("command_name", ["ruff", "mypy", "lint-imports"])
def test_no_test_is_run_where_the_lint_fails(bench, command_name):
    with_venv(bench)
    command(bench / ".venv/bin" / command_name, "exit 1")
    code, output = make(bench, "test", "SYSTEM=no")
    assert code == 2
    assert "pytest" not in output


def installations(output: str) -> list[str]:
    """What was installed, and by whom: `pip: -r readers.txt`."""
    found = []
    for line in output.splitlines():
        words = line.split(" ")
        if "install" in words and words[0] in {"python", "uv"}:
            *_, wanted = line.partition("install --quiet ")
            found.append(f"{'uv' if words[0] == 'uv' else 'pip'}: {wanted}")
    return found


def test_who_reads_exports_is_installed_once(bench):
    with_venv(bench)
    assert make(bench, "--question", "readers")[0] == 0
    (bench / ".venv/readers/.complete").unlink()
    command(bench / ".venv/bin/uv", 'echo "uv $*"')
    code, output = make(bench, "readers")
    assert code == 0
    assert "python -m venv --without-pip --clear .venv/readers" in output
    python = "--python .venv/readers/bin/python"
    wanted = [f"uv: {python} -r {READERS}/readers.txt", f"uv: {python} --no-deps -r {READERS}/convokit.txt"]
    assert installations(output) == wanted
    assert make(bench, "--question", "readers")[0] == 0


def test_pip_installs_where_uv_fails(bench):
    with_venv(bench)
    (bench / ".venv/pywb/.complete").unlink()
    command(bench / ".venv/bin/uv", "exit 2")
    code, output = make(bench, ".venv/pywb/.complete")
    assert code == 0
    assert installations(output) == ["pip: pip>=25.1", "pip: pywb>=2.8,<3"]


def test_pip_installs_where_it_knows_an_index_that_uv_does_not(bench):
    with_venv(bench)
    (bench / ".venv/.complete").unlink()
    command(bench / ".venv/bin/uv", 'echo "uv $*"')
    told = """global.index-url='https://pypi.example.org/simple'"""
    command(bench / ".venv/bin/python", f'case "$*" in *"config list") echo "{told}";; *) echo "python $*";; esac')
    code, output = make(bench, "venv")
    assert code == 0
    assert installations(output) == ["pip: pip>=25.1", "pip: --editable . --group dev"]


def test_an_unfit_python_is_not_taken(bench):
    command(bench / "bin/oldpython", "exit 1")
    code, output = make(bench, "venv", "PYTHON=oldpython")
    assert code == 2
    assert "No Python >= 3.11" in output
    assert not (bench / ".venv").exists()


def test_venv_is_made_anew_when_the_checkout_has_moved(bench):
    with_venv(bench)
    assert make(bench, "--question", "venv")[0] == 0
    command(bench / ".venv/bin/pip", "# /elsewhere/.venv/bin/python")
    command(bench / "fresh", 'echo "python $*"')
    command(bench / "bin/newpython", 'test "$1" = -c || { echo "made with $*"; cp fresh .venv/bin/python; }')
    code, output = make(bench, "venv", "PYTHON=newpython")
    assert code == 0
    assert "made with -m venv --clear .venv" in output
    assert installations(output) == ["pip: uv", "pip: pip>=25.1", "pip: --editable . --group dev"]


def test_every_target_is_explained(bench):
    targets = set((ROOT / "Makefile").read_text().partition(".PHONY: ")[2].partition("\n")[0].split())
    _, output = make(bench)
    explained = {line.split()[1] for line in output.splitlines() if line.startswith("make ")}
    assert explained == targets - {"help"}
    assert {"demo", "test", "lint"} <= explained
