"""A real browser before a real server, both on loopback."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.hostile import hostile
from tests.unit.archive_sample import filled

ROOT = Path(__file__).parents[2]
SERVE = """
import json, sys
from pathlib import Path
from archiver.web import serve
named = json.loads(sys.argv[1])
archives = {name: Path(path) for name, path in named.items()} if isinstance(named, dict) else Path(named)
serve.serve(archives, port=0, public=sys.argv[2] == "public", announce=lambda url: print(url, flush=True))
"""
BAD_NAME = "100% <b>bad</b>"  # as a folder may be called, and with it its archive
# The address bar has a popup that is a page of its own in each window, which costs more than the tab. Only the last
# such list counts, so what Playwright leaves out is named again.
LEFT_OUT = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
    *("AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync"),
    *("DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay"),
    *("MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch"),
    "ThirdPartyStoragePartitioning",
)
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"),
    f"--disable-features={','.join(LEFT_OUT)}",
]


def _plain(value: Path | Mapping[str, Path]) -> object:
    return str(value) if isinstance(value, Path) else dict(value)


@contextmanager
def served(archives: Path | Mapping[str, Path], mode: str = "") -> Iterator[str]:
    """The origin of a server that shows an archive, or several by their names."""
    command = [sys.executable, "-c", SERVE, json.dumps(archives, default=_plain), mode]
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
def shelf(tmp_path_factory) -> Generator[str, None, None]:
    """Two archives side by side, the second one of a hostile blog."""
    folder = tmp_path_factory.mktemp("shelf")
    filled(folder / "garden.db").close()
    hostile(folder / "bad.db")
    with served({"garden": folder / "garden.db", BAD_NAME: folder / "bad.db"}) as origin:
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
