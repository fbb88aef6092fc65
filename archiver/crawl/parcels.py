"""Questions and readings as bytes, on their way from one process to the other.

A record with slots is pickled with the names of its fields, and a page has hundreds of records. Here its values alone
are packed, which takes two thirds of the time.
"""

from __future__ import annotations

import copyreg
import pickle
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

from archiver import model
from archiver.crawl.reading import Reading

LENGTH = 8
"""Bytes of the length, big-endian, before each pickle in either direction."""

_Make = Callable[[type, tuple[Any, ...]], object]


def packed(value: object) -> bytes:
    """A value as a pickle with its length before it."""
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return len(data).to_bytes(LENGTH, "big") + data


def unpacked(data: bytes) -> Any:
    """The value of a pickle, without its length. Only for what our own other process has sent."""
    return pickle.loads(data)  # noqa: S301 (our own)


_RECORDS = [kind for kind in (*vars(model).values(), Reading) if isinstance(kind, type) and is_dataclass(kind)]
_NAMES: dict[type, list[str]] = {kind: [field.name for field in fields(kind)] for kind in _RECORDS}
# The slots themselves, since some classes refuse assignments.
_SETTERS = {kind: [getattr(kind, name).__set__ for name in names] for kind, names in _NAMES.items()}


def _reduced(record: object) -> tuple[_Make, tuple[type, tuple[Any, ...]]]:
    kind = type(record)
    return _made, (kind, tuple([getattr(record, name) for name in _NAMES[kind]]))


def _made(kind: type, values: tuple[Any, ...]) -> object:
    record: object = object.__new__(kind)
    for put, value in zip(_SETTERS[kind], values, strict=True):
        put(record, value)
    return record


for _kind in _RECORDS:
    copyreg.pickle(_kind, _reduced)  # type: ignore[arg-type]  # typeshed wants a function a class
