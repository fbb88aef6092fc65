"""What another distribution might bring."""

from __future__ import annotations

from archiver.comments.base import Declared, System
from archiver.engines.dom import Dom
from archiver.engines.generic import GenericEngine
from archiver.model import PostRef


class Harbour(System):
    name = "harbour"
    sign = "harbour-thread"

    def declared(self, dom: Dom, post: PostRef) -> Declared | None:
        element = dom.by_id.get("harbour-thread")
        return (
            element is not None
            and Declared(where="harbour.example", url=f"https://harbour.example/threads/{element.get('data-of')}")
        ) or None


class HarbourEngine(GenericEngine):
    name = "harbour"


def broken() -> System:
    raise ValueError("not today")
