"""Pages as they look, kept where SCREENSHOTS says: continuous integration keeps that folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1100, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1100, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}


def taken(page: Any, name: str, otherwise: Path) -> Path:
    """A picture of what is seen first of a page. otherwise: the folder where nobody wants to keep it."""
    folder = Path(os.environ.get("SCREENSHOTS") or otherwise)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    page.screenshot(path=str(path))
    return path
