"""Where reports are kept: two files a run in the archive's `reports/`, for programs and for people."""

from __future__ import annotations

import json
import logging
from datetime import datetime
from pathlib import Path

from archiver.reports.as_html import as_html
from archiver.reports.files import free_name, rotate, write_whole
from archiver.reports.run_report import Report

FOLDER = "reports"

logger = logging.getLogger(__name__)


def as_json(report: Report) -> str:
    """The report for programs."""
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


def keep_report(report: Report, archive: Path, began: datetime, keep: int) -> Path | None:
    """Write both files and leave those of `keep` runs. Returns the HTML file; None where nothing can be written."""
    folder = archive / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        path = free_name(folder, began, report["command"], ".json")
        page = path.with_suffix(".html")
        write_whole(path, as_json(report))
        write_whole(page, as_html(report))
    except OSError as error:
        # The run has ended as it has; the disk may be what ended it.
        logger.warning("%s: the report cannot be written (%s)", folder, error.strerror)
        return None
    rotate(folder, {".json", ".html"}, keep)
    return page
