"""A run over many units: planned, driven, and told of in a report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from archiver.config_runs import Keep
from archiver.crawl.outcome import worst_exit_code
from archiver.fleet.driver import Driver, Row, Unit, Watch, codes
from archiver.fleet.ended import Verb
from archiver.fleet.executors import Cluster, opened
from archiver.fleet.places import Place
from archiver.fleet.plan import Work
from archiver.fleet.rounds import begin


def drive(
    *,
    work: Work,
    units: Sequence[Unit],
    rows: Sequence[Row],
    cluster: Cluster,
    retries: int,
    per_group: int,
    watch: Watch,
) -> None:
    """Have done what is not whole yet; of an update, what had no turn in the round that is under way.

    Raises what `opened` and `Driver.run` raise, Locked for a second one, ArchiveDamaged for a torn mark, and
    ArchiveError for a store.
    """
    with work.place.alone(f"{work.verb} --executor {cluster.name}"):
        round_ = begin(work.place, work.options, again=work.again) if work.verb == "update" else None
        if round_:
            round_.pass_over(rows)
        left = [number for number, row in enumerate(rows) if row.exit_code is None]
        watch.begin(len(rows), len(rows) - len(left))
        if left:  # no cluster is asked for when there is nothing to do
            with opened(cluster) as way:
                driver = Driver(way, retries, per_group, watch)
                driver.run([units[number] for number in left], [rows[number] for number in left])
        if round_:
            round_.over()


def keep_report(place: Place, verb: Verb, began: datetime, rows: Sequence[Row], keep: Keep) -> str:
    """Write what came of each unit, for programs, and leave the reports of the newest runs. Returns where it is.

    Raises OSError, ArchiveError.
    """
    report: dict[str, Any] = {
        "report": "blog-archiver fleet",
        "command": verb,
        "began_at": f"{began:%Y-%m-%dT%H:%M:%SZ}",
        "ended_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "exit_code": worst_exit_code(codes(rows)),
        "blogs": [{**asdict(row), "state": row.state} for row in rows],
    }
    return place.keep_report(began, verb, json.dumps(report, ensure_ascii=False, indent=1) + "\n", keep.reports)
