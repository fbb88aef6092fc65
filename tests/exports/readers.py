"""Programs that read exports in an environment of their own, `make readers`: they are heavy, and pandas would be loaded
by what is tested."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PLACE = Path(sys.prefix) / "readers"


def ask(program: str, *arguments: str | Path, home: Path) -> Any:
    """Run a program there; the last line that it prints is JSON. home: where it may keep settings."""
    python = PLACE / "bin" / "python"
    if not python.exists():
        pytest.skip(f"{PLACE} is not there (make readers)")
    done = subprocess.run(
        [python, "-I", "-c", program, *map(str, arguments)],
        capture_output=True, text=True, encoding="utf-8", timeout=300, check=False, cwd=home,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])
