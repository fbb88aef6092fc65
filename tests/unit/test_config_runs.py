"""[keep] and [notify] of archiver.toml."""

from __future__ import annotations

import re

import pytest

from archiver.config import read_config
from archiver.config_runs import Keep, Notify, RunSettings
from archiver.errors import UsageError
from tests.house import ROOT, markdown


def runs(tmp_path, text: str) -> RunSettings:
    path = tmp_path / "archiver.toml"
    path.write_text(text, encoding="utf-8")
    return read_config(path).runs


def test_nothing_said(tmp_path):
    assert runs(tmp_path, "") == RunSettings() == read_config(None).runs


def test_all_said(tmp_path):
    found = runs(
        tmp_path,
        'delay = 2\n[keep]\nreports = 7\n[notify]\ncommand = ["tell", "-v"]\nwebhook = "https://hooks.example.org/a?b=c"\n'
        'when = "trouble"\n',
    )
    wanted = Notify(command=("tell", "-v"), webhook="https://hooks.example.org/a?b=c", when="trouble")
    assert found == RunSettings(keep=Keep(reports=7), notify=wanted)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/x", "http://[::1]/", "http://localhost/", "https://h.example/"])
def test_addresses_that_may_be_told(tmp_path, url):
    assert runs(tmp_path, f'[notify]\nwebhook = "{url}"').notify.webhook == url


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("keep = 3", r"\[keep\]: it is not a table\. Write \[keep\]"),
        ("[keep]\nreport = 3", r"\[keep\] report: there is no such setting\. Did you mean reports\?"),
        ("[keep]\nlogs = 0", r"\[keep\] logs: 0 is not a whole number between 1 and"),
        ("[keep]\nlogs = true", "True is not a whole number"),
        ('[notify]\ncommand = "tell me"', r"'tell me' is not a list of a program and its arguments"),
        ("[notify]\ncommand = []", "is not a list of a program"),
        ('[notify]\ncommand = [""]', "is not a list of a program"),
        ('[notify]\nwhen = "never"', "'never' is none of always, changes, trouble"),
        ('[notify]\nwebhook = "http://hooks.example.org/"', "neither an https:// address nor one on this machine"),
        ('[notify]\nwebhook = "https://ann:secret@hooks.example.org/"', "neither an https:// address"),
        ('[notify]\nwebhook = "file:///etc/passwd"', "neither an https:// address"),
        ('[notify]\nwebhook = "https://[::1/"', "neither an https:// address"),
        ('[notify]\nwebhook = "https://h.example:99999/"', "neither an https:// address"),
        ('[notify]\nwebhook = "https://h.example/a b"', "neither an https:// address"),
        ("[notify]\nwebhook = 1", "neither an https:// address"),
        ("[notify]\npost = 1", r"there is no such setting\. Known are command, webhook, when"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, said):
    with pytest.raises(UsageError, match=said):
        runs(tmp_path, text)


def test_the_examples_of_the_docs_are_valid(tmp_path):
    text = (ROOT / "docs" / "schedule.md").read_text(encoding="utf-8")
    examples = [block.code for block in markdown.blocks(text) if block.info[:1] == ("toml",)]
    assert any(runs(tmp_path, example).notify.command for example in examples)
    assert any(runs(tmp_path, example).keep != Keep() for example in examples)
    assert {"reports", "logs", "command", "webhook", "when"} <= set(
        re.findall(r"^(\w+) =", "\n".join(examples), re.MULTILINE)
    )
