"""What is shipped of other people's scripts: those that are pinned, unchanged, with their licences."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
STATIC, BUNDLE = ROOT / "archiver/web/static", ROOT / "bundle"


def test_the_bundle_is_the_one_that_was_made():
    digest, name = (BUNDLE / "plot.sha256").read_text().split()
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest


def test_the_bundle_holds_what_is_pinned_each_with_its_licence():
    head = (STATIC / "plot.min.js").read_text("utf-8").partition("\n")[0]
    licences = (STATIC / "plot.LICENSE.txt").read_text("utf-8")
    locked = json.loads((BUNDLE / "package-lock.json").read_text())["packages"]
    shipped = dict(re.findall(r"(\S+) (\d[\d.]+)", head))
    assert "@observablehq/plot" in shipped
    for name, version in shipped.items():
        assert locked[f"node_modules/{name}"]["version"] == version
        assert re.search(rf"^{re.escape(name)} {re.escape(version)} \((ISC|BSD-3-Clause)\)$", licences, re.MULTILINE)


def test_the_bundle_needs_no_looser_policy():
    code = (STATIC / "plot.min.js").read_text("utf-8")
    # What every drawing would begin with; those of legends, which are not drawn, have another one.
    assert "--plot-background: white" not in code
    assert code.count('append("style")') == 1
    assert not re.search(r"\bnew Function\b|\beval\(", code)
