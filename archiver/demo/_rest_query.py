"""The query of a REST request: what may be asked, and the errors that WordPress answers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo


class RestError(Exception):
    """Becomes an error answer: code, message, status and further data."""

    def __init__(self, code: str, message: str, status: int, **data: Any) -> None:
        super().__init__(message)
        self.body = {"code": code, "message": message, "data": {"status": status, **data}}
        self.status = status


def invalid(name: str, why: str, code: str) -> RestError:
    return RestError(
        "rest_invalid_param",
        f"Invalid parameter(s): {name}",
        400,
        params={name: why},
        details={name: {"code": code, "message": why, "data": None}},
    )


class Query:
    """pairs: of the query string; `include=1,2`, `include[]=1&include[]=2` are the same."""

    def __init__(self, pairs: Iterable[tuple[str, str]], zone: ZoneInfo) -> None:
        self.pairs = list(pairs)
        self.zone = zone
        self.values: dict[str, str] = {}
        for name, value in self.pairs:
            plain = re.sub(r"\[\d*\]$", "", name)
            known = self.values.get(plain)
            self.values[plain] = f"{known},{value}" if known is not None and plain != name else value

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def number(self, name: str, default: int, most: int | None = None) -> int:
        """At least 1 and at most `most`; anything else is a 400."""
        text = self.values.get(name, str(default))
        if not re.fullmatch(r"-?\d+", text):
            raise invalid(name, f"{name} is not of type integer.", "rest_invalid_type")
        if most is not None and not 1 <= int(text) <= most:
            why = f"{name} must be between 1 (inclusive) and {most} (inclusive)"
            raise invalid(name, why, "rest_out_of_bounds")
        if int(text) < 1:
            raise invalid(name, f"{name} must be greater than or equal to 1", "rest_out_of_bounds")
        return int(text)

    def numbers(self, name: str) -> list[int]:
        """A list of ids; empty when the parameter is not given."""
        found = self.words(name)
        if not all(text.isdecimal() for text in found):
            raise invalid(name, f"{name}[0] is not of type integer.", "rest_invalid_type")
        return [int(text) for text in found]

    def words(self, name: str) -> list[str]:
        return [text.strip() for text in self.values.get(name, "").split(",") if text.strip()]

    def choice(self, name: str, default: str, allowed: Iterable[str]) -> str:
        value, known = self.values.get(name, default), list(allowed)
        if value not in known:
            why = f"{name} is not one of {', '.join(known[:-1])}, and {known[-1]}."
            raise invalid(name, why, "rest_not_in_enum")
        return value

    def date(self, name: str) -> datetime | None:
        """Aware; a date without an offset is on the blog's clock."""
        if name not in self:
            return None
        try:
            when = datetime.fromisoformat(self.values[name].replace(" ", "+"))
        except ValueError:
            raise invalid(name, "Invalid date.", "rest_invalid_date") from None
        return when if when.tzinfo else when.replace(tzinfo=self.zone)
