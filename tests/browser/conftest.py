"""A real browser before a real server, both on loopback."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.hostile import hostile
from tests.unit.archive_sample import filled

ROOT = Path(__file__).parents[2]
SERVE = """
import sys
from pathlib import Path
from archiver.web import serve
serve.serve(Path(sys.argv[1]), port=0, public=sys.argv[2] == "public", announce=lambda url: print(url, flush=True))
"""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]


@contextmanager
def served(archive: Path, mode: str = "") -> Iterator[str]:
    """The origin of a server that shows an archive."""
    command = [sys.executable, "-c", SERVE, str(archive), mode]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline().strip()
            assert line.startswith("http://127.0.0.1:"), line
            yield line.rstrip("/")
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def browser() -> Generator[object, None, None]:
    sync_api = pytest.importorskip("playwright.sync_api")
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("no Chromium")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def sample(tmp_path_factory) -> Generator[str, None, None]:
    path = tmp_path_factory.mktemp("sample") / "archive.db"
    filled(path).close()
    with served(path) as origin:
        yield origin


@pytest.fixture(scope="session")
def bad(tmp_path_factory) -> Generator[str, None, None]:
    path = tmp_path_factory.mktemp("bad") / "archive.db"
    hostile(path)
    with served(path) as origin:
        yield origin


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Generator[str, None, None]:
    """The demo blog, crawled."""
    folder = tmp_path_factory.mktemp("demo") / "demo-archive"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "archiver", "demo", "-a", str(folder), "--port", str(port)]
    subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=300)
    with served(folder / "archive.db") as origin:
        yield origin
