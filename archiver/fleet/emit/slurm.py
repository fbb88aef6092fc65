"""A script for sbatch: an array job whose indices put themselves back into the queue while there is more to do."""

from __future__ import annotations

import shlex

from archiver.errors import UsageError
from archiver.fleet.emit import Plan, loop

LARGEST = 4 << 20
"""Bytes of a script that Slurm takes, unless it was set otherwise (max_script_size)."""
GRACE = 300
"""Seconds between the end of a slice and that of the job, for a unit to come to its own end."""


def script(plan: Plan, *, partition: str | None = None) -> str:
    """The script. Raises UsageError when it is larger than Slurm takes."""
    minutes = -(-(plan.slice + GRACE) // 60)
    asked = [
        "#SBATCH --job-name=archiver",
        f"#SBATCH --array=0-{len(plan.indices) - 1}%{plan.at_once}",
        "#SBATCH --ntasks=1",
        f"#SBATCH --time={minutes}",
        "#SBATCH --requeue",
        "#SBATCH --open-mode=append",
        "#SBATCH --output=archiver-%A_%a.log",
        *([f"#SBATCH --partition={shlex.quote(partition)}"] if partition else []),
    ]
    lines = [
        "#!/bin/sh",
        *asked,
        f"# {plan.blogs:,} blogs in {len(plan.indices):,} indices; made by archiver emit. Submit it with sbatch.",
        "# An index in which there is more to do is put back into the queue; so is one whose machine has failed.",
        "",
        *loop(plan, "$SLURM_ARRAY_TASK_ID"),
        "done <<'BLOGS'",
        *plan.lines,
        "BLOGS",
        'if [ "$code" = 5 ]; then',
        '  scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"',
        "  code=0",
        "fi",
        'exit "$code"',
    ]
    text = "\n".join(lines) + "\n"
    if len(text.encode()) > LARGEST:
        why = f"{plan.blogs:,} blogs make a script larger than the 4 MiB that Slurm takes"
        raise UsageError("emit slurm", why, "Divide the list, or use --executor parsl")
    return text
