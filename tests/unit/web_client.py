"""Asking an archive in Datasette, without a server."""

from __future__ import annotations

import asyncio


def get(site, path, **params):
    return asyncio.run(site.client.get(path, params=params or None))


def rows(site, table, **params):
    answer = get(site, f"/archive/{table}.json", _shape="array", **params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def found(site, table, typed):
    return {row["id"].strip("0").removeprefix("c-").removeprefix("p-") for row in rows(site, table, _search=typed)}
