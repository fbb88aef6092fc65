"""Which sensors of a blog are asked in a run, by what is kept of them from run to run. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from archiver.crawl.jobs import stamp
from archiver.crawl.known import Known
from archiver.model import Target, TargetKind
from db.revisits import SensorState

ASK_AGAIN = timedelta(hours=23)
"""After so long a sensor that was closed, or is of little use, is asked once more."""
FRONT = "front_page"
_KINDS = {"posts_api": "post", "pages_api": "page"}
_ORDER = ("posts_api", "pages_api", "comments_api", "posts_feed", "comments_feed", "sitemap")


@dataclass(slots=True)
class Turns:
    """states: the sensors as kept from run to run, by name."""

    known: Known
    states: dict[str, SensorState]
    now: datetime

    def due(self, found: Iterable[Target]) -> list[Target]:
        """The sensors that are asked in this run. found: those that the front page leads to."""
        chosen = [target for target in found if self._is_due(target)]
        return sorted(chosen, key=lambda target: _ORDER.index(target.hint["sensor"]))

    def worthwhile(self, found: Iterable[Target]) -> list[Target]:
        """Those of the other sensors that are asked once the first one has answered: an API is closed as a whole."""
        chosen = []
        for target in found:
            name, first = target.hint["sensor"], self.states.get("posts_api")
            if name in {"pages_api", "comments_api"} and first and first.state == "closed":
                self.checked(name, "closed").due_at = first.due_at
            else:
                chosen.append(target)
        return chosen

    def stored(self) -> list[Target]:
        """The sensors that were found earlier, for a front page that has not changed."""
        return [
            Target(url=one.url, kind=TargetKind(one.kind), hint=json.loads(one.hint))
            for one in self.states.values()
            if one.name != FRONT
        ]

    def was_open(self, name: str) -> bool:
        """Whether a part of the API has answered the last time."""
        state, kind = self.states.get(name), _KINDS.get(name)
        if state is not None and state.checked_at:
            return state.state == "open"
        if kind is None:
            return any(one.listed for one in self.known.comments.values())
        return any(post.by_api and post.kind == kind for post in self.known.posts.values())

    def checked(self, name: str, state: str) -> SensorState:
        """A sensor was asked now, and found to be open or closed."""
        one = self.states[name]
        one.state = state
        one.checked_at = one.due_at = stamp(self.now)
        return one

    def later(self, name: str) -> None:
        """A sensor is of no use for now."""
        self.states[name].due_at = stamp(self.now + ASK_AGAIN)

    def _is_due(self, target: Target) -> bool:
        name, now = target.hint["sensor"], stamp(self.now)
        state = self.states.get(name)
        if state is None or state.url != target.url:
            hint = json.dumps(target.hint, sort_keys=True)
            opened = state is not None and state.state == "open"
            checked = state.checked_at if state and opened else ""
            self.states[name] = SensorState(
                name=name, url=target.url, kind=target.kind.value, hint=hint, checked_at=checked
            )
        elif state.checked_at <= now < state.due_at:
            return False
        # The dates of a sitemap are those that the API gives.
        return name != "sitemap" or not self.was_open("posts_api")
