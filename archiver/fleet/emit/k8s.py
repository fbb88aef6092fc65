"""A Kubernetes Indexed Job, with the list of blogs as a ConfigMap. YAML, put together by hand: strings are JSON's."""

from __future__ import annotations

import json

from archiver.errors import UsageError
from archiver.fleet.emit import Plan, loop

LARGEST = 1_000_000
"""Bytes of a list that a ConfigMap holds, near enough."""


def manifest(plan: Plan, *, image: str, claim: str, name: str = "archiver") -> str:
    """Both documents. claim: the PersistentVolumeClaim that the folder of the shards is on; a URL needs none.

    Raises UsageError.
    """
    if sum(len(line.encode()) + 5 for line in plan.lines) > LARGEST:
        why = f"{plan.blogs:,} blogs are more than a ConfigMap holds"
        raise UsageError("emit k8s", why, "Divide the list, or use --executor parsl")
    body = [*loop(plan, "$JOB_COMPLETION_INDEX"), "done </etc/archiver/blogs.txt", 'exit "$code"']
    return "\n".join([*_list(plan, name), "---", *_job(plan, name, image, claim, body), ""])


def _list(plan: Plan, name: str) -> list[str]:
    return [
        f"# {plan.blogs:,} blogs in {len(plan.indices):,} indices; made by archiver emit. kubectl apply -f takes it.",
        "apiVersion: v1",
        "kind: ConfigMap",
        "metadata:",
        f"  name: {json.dumps(name)}",
        "data:",
        "  blogs.txt: |",
        *(f"    {line}" for line in plan.lines),
    ]


def _job(plan: Plan, name: str, image: str, claim: str, body: list[str]) -> list[str]:
    mounted = ["            - name: shards", f"              mountPath: {json.dumps(plan.shards)}"]
    volume = [
        "        - name: shards",
        "          persistentVolumeClaim:",
        f"            claimName: {json.dumps(claim)}",
    ]
    return [
        "apiVersion: batch/v1",
        "kind: Job",
        "metadata:",
        f"  name: {json.dumps(name)}",
        "spec:",
        "  completionMode: Indexed",
        f"  completions: {len(plan.indices)}",
        f"  parallelism: {min(plan.at_once, len(plan.indices))}",
        "  # An index ends with 5 while there is more to do; its pod is then started anew.",
        "  backoffLimitPerIndex: 1000",
        "  template:",
        "    spec:",
        "      restartPolicy: Never",
        "      terminationGracePeriodSeconds: 60",
        "      containers:",
        "        - name: archiver",
        f"          image: {json.dumps(image)}",
        '          command: ["/bin/sh", "-c"]',
        "          args:",
        "            - |",
        *(f"              {line}" for line in body),
        "          volumeMounts:",
        *([] if plan.is_elsewhere else mounted),
        "            - name: blogs",
        "              mountPath: /etc/archiver",
        "      volumes:",
        *([] if plan.is_elsewhere else volume),
        "        - name: blogs",
        "          configMap:",
        f"            name: {json.dumps(name)}",
    ]
