"""What a verb that runs does when it has ended: tells those whom archiver.toml names."""

from __future__ import annotations

from typing import Any

import click

from archiver.config_runs import RunSettings


def notify(runs: RunSettings, report: dict[str, Any]) -> None:
    """Tell those whom archiver.toml names that a run has ended. What goes wrong with it is said, and no more."""
    from archiver.notify import deliver, is_wanted  # late: most archives name nobody
    from archiver.reports.run_report import has_changes

    if is_wanted(runs.notify, report["exit_code"], changes=has_changes(report)):
        for trouble in deliver(runs.notify, report):
            click.echo(f"archiver: warning: {trouble}", err=True)
