"""The named queries: questions that researchers ask of an archive, one SQL file each.

A file of db/queries begins with what it is for; its name is the name of the query:

    -- title: Thread in reading order
    -- description: The comments of one post, as the page shows them.
    -- param: post | id or URL of the post | the most discussed post

The lines may go on over further comment lines. What follows is one SELECT. A parameter that is empty
stands for its default, so a query runs without any: the SQL says `nullif(:post, '')`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

_FIELD = re.compile(r"(title|description|param):\s*(.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """One `:name` of a query. default: in words, what an empty value stands for."""

    name: str
    description: str
    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedQuery:
    """One question. sql: a single SELECT, without the leading comment."""

    name: str
    title: str
    description: str
    sql: str
    params: tuple[Param, ...] = ()

    def bind(self, values: Mapping[str, str] | None = None) -> dict[str, str]:
        """Values for all parameters, empty where none is given. Raises ValueError for one it does not have."""
        given = dict(values or {})
        bound = {param.name: given.pop(param.name, "") for param in self.params}
        if given:
            known = ", ".join(bound) or "none"
            raise ValueError(f"{self.name} has no parameter {', '.join(given)} (it has {known})")
        return bound


def load() -> dict[str, NamedQuery]:
    """All queries by name, in the order of their titles."""
    found = [
        parse(file.name.removesuffix(".sql"), file.read_text(encoding="utf-8"))
        for file in files("db").joinpath("queries").iterdir()
        if file.name.endswith(".sql")
    ]
    return {query.name: query for query in sorted(found, key=lambda query: query.title)}


def parse(name: str, text: str) -> NamedQuery:
    """Read one file. Raises ValueError when it does not begin with a title and a description."""
    header, lines = [], text.splitlines()
    while lines and lines[0].startswith("--"):
        header.append(lines.pop(0).removeprefix("--").strip())
    fields: list[tuple[str, str]] = []
    for line in header:
        match = _FIELD.fullmatch(line)
        if match:
            fields.append((match[1], match[2].strip()))
        elif fields:
            key, value = fields[-1]
            fields[-1] = (key, f"{value} {line}".strip())
    single = dict(field for field in fields if field[0] != "param")
    if not single.get("title") or not single.get("description"):
        raise ValueError(f"{name}.sql must begin with `-- title:` and `-- description:`")
    return NamedQuery(
        name=name,
        title=single["title"],
        description=single["description"],
        sql="\n".join(lines).strip().removesuffix(";"),
        params=tuple(_param(name, value) for key, value in fields if key == "param"),
    )


def _param(query: str, value: str) -> Param:
    parts = [part.strip() for part in value.split("|")]
    if len(parts) not in {2, 3} or not parts[0].isidentifier():
        raise ValueError(f"{query}.sql: a parameter is `-- param: name | what it is | default`, not {value!r}")
    return Param(name=parts[0], description=parts[1], default=parts[2] if len(parts) == 3 else "")
