"""What other distributions add by entry points: engines, comment systems, exports."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar

from archiver.errors import ArchiverError

T = TypeVar("T")


def points(group: str, ours: Collection[str] = ()) -> list[EntryPoint]:
    """The entry points of a group by name, but for names that are our own."""
    return sorted((point for point in entry_points(group=group) if point.name not in ours), key=lambda one: one.name)


def made(group: str, kind: type[T], ours: Collection[str] = ()) -> Iterator[T]:
    """An object of each class that a group names. Raises ArchiverError for one that is broken."""
    for point in points(group, ours):
        found: Any = loaded(point, group)
        try:
            one = found()
        except Exception as error:
            raise _broken(point, group, f"it cannot be made ({error})") from error
        if not isinstance(one, kind):
            raise _broken(point, group, f"it is no {kind.__module__}.{kind.__name__}")
        yield one


def loaded(point: EntryPoint, group: str) -> Any:
    """What an entry point names. Raises ArchiverError when it cannot be loaded."""
    try:
        return point.load()
    except Exception as error:
        raise _broken(point, group, f"it cannot be loaded ({error})") from error


def _broken(point: EntryPoint, group: str, why: str) -> ArchiverError:
    of = point.dist.name if point.dist else point.value
    return ArchiverError(f"{group} {point.name}, {point.value}", why, f"Update or uninstall {of}")
