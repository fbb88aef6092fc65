"""One worker at a shard behind a store: a lease, which its holder renews, in objects that only one can make.

    .locks/SLUG/00000007.json    who holds it, or held it last

Whoever finds the newest one given back, or its holder gone, makes the next number, if there is none: that is a
conditional put, of which one succeeds whoever else tries, and the only condition that all stores know (S3:
If-None-Match, Google: if-generation-match 0, a folder: a name that is taken). So the number of a lease is greater than
that of each earlier one. What its holder writes carries that number, and what a holder that was taken for dead still
writes counts for nothing.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from archiver.errors import ArchiveError, Locked
from archiver.storage.stores import Found, Store

LOCKS = ".locks"
BEAT = 20.0
"""Seconds between two renewals."""
LEASE = 90.0
"""Seconds without one after which a holder is gone, for one who has waited through them by a clock of its own."""
LONG_AGO = 600.0
"""Seconds after which nobody needs to wait. Clocks differ by less."""
STEP = 1.0
"""Seconds between two tries."""
TRIES = 20
"""Times that the store is asked again when others are quicker."""
_NUMBER = re.compile(r"/([0-9]{8})\.json$")


@dataclass(frozen=True, slots=True)
class Held:
    """What the newest lease says. holder: in words.

    gone: it was given back, or its process was on this machine and has ended.
    """

    generation: int
    token: str
    holder: str
    gone: bool
    found: Found


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease that is held. generation: its number; said: what stands in it."""

    store: Store
    slug: str
    generation: int
    said: dict[str, object]

    @property
    def key(self) -> str:
        """The object that says so."""
        return key_of(self.slug, self.generation)

    def check(self) -> None:
        """Raises Locked when another has taken over meanwhile."""
        held = newest(self.store, self.slug)
        if held is None or held.token != self.said["token"]:
            by = held.holder if held else "its object was removed"
            raise Locked(f"{self.store.url}/{self.slug}", f"it was taken over ({by})", "That run brings it to its end")

    def renew(self, *, released: bool = False) -> None:
        """Say that it is still held, or no more."""
        self.store.put(self.key, _text(self.said, released=released))


def key_of(slug: str, generation: int) -> str:
    """Where a lease stands."""
    return f"{LOCKS}/{slug}/{generation:08d}.json"


def newest(store: Store, slug: str) -> Held | None:
    """The newest lease of a shard; None when there never was one."""
    for _ in range(TRIES):
        found = [one for one in store.listed(f"{LOCKS}/{slug}") if _NUMBER.search(one.key)]
        if not found:
            return None
        text = store.get(found[-1].key)
        if text is not None:
            return _read(found[-1], text)
        # Removed since it was listed, so there is a newer one.
    raise ArchiveError(f"{store.url}/{LOCKS}/{slug}", "what it lists is not there", "Run the same command again")


def _read(found: Found, text: bytes) -> Held:
    number = _NUMBER.search(found.key)
    assert number
    try:
        said = json.loads(text)
        holder = f"{said['command']}, process {said['pid']} on {said['host']} since {said['since']}"
        gone = bool(said["released"]) or (said["machine"] == machine() and not _lives(int(said["pid"])))
        return Held(int(number[1]), str(said["token"]), holder, gone, found)
    except (ValueError, KeyError, TypeError):
        return Held(int(number[1]), "", "it does not say which", False, found)


@contextmanager
def leased(
    store: Store,
    slug: str,
    command: str,
    wait: float,
    told: Callable[[str], None],
    *,
    least: int = 0,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Lease]:
    """Hold a shard. wait: seconds to wait for another to end. told: who is waited for. least: a number that was used.

    Raises Locked when another holds it, and ArchiveError.
    """
    lease = _taken(store, slug, command, wait, told, least, clock)
    store.delete(one.key for one in store.listed(f"{LOCKS}/{slug}") if one.key < lease.key)
    ended = threading.Event()
    thread = threading.Thread(target=_beat, args=(lease, ended), daemon=True, name="lease")
    thread.start()
    try:
        yield lease
    finally:
        ended.set()
        thread.join()
        with suppress(ArchiveError):  # it runs out by itself
            lease.renew(released=True)


def _taken(
    store: Store,
    slug: str,
    command: str,
    wait: float,
    told: Callable[[str], None],
    least: int,
    clock: Callable[[], float],
) -> Lease:
    until, seen, since, tries = clock() + wait, "", clock(), 0
    while True:
        held = newest(store, slug)
        silent = held is not None and held.found.tag == seen and clock() - since >= LEASE
        if (held is None or held.gone or silent or _is_long_ago(held)) and tries < TRIES:
            tries += 1
            if lease := _made(store, slug, max(held.generation if held else 0, least) + 1, command):
                return lease
            continue  # another was quicker
        if clock() >= until:
            by, todo = held.holder if held else "others", "Wait for it to end (--wait), or leave it to that run"
            raise Locked(f"{store.url}/{slug}", f"another worker is at it ({by})", todo)
        if held and held.found.tag != seen:
            if not seen:
                told(f"waiting for another worker ({held.holder})")
            seen, since = held.found.tag, clock()
        time.sleep(STEP)


def _made(store: Store, slug: str, generation: int, command: str) -> Lease | None:
    """The lease of that number; None when it is another's, or of no worth: one far behind may be free again."""
    lease = Lease(store, slug, generation, _said(command))
    store.create(lease.key, _text(lease.said))  # False may be the answer to a second try, with the first one's lost
    with suppress(Locked):
        lease.check()
        return lease
    return None


def _is_long_ago(held: Held) -> bool:
    return datetime.now(UTC) - held.found.modified > timedelta(seconds=LONG_AGO)


def _beat(lease: Lease, ended: threading.Event) -> None:
    """Renew it for as long as it is held. Taken over, the run is asked to end: another is at the blog by now."""
    while not ended.wait(BEAT):
        try:
            lease.renew()
            lease.check()
        except Locked:
            os.kill(os.getpid(), signal.SIGTERM)
            return
        except ArchiveError:
            continue  # away for a moment: a lease that was lost by it is seen by the next check


def _said(command: str) -> dict[str, object]:
    return {
        "token": uuid4().hex,
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "machine": machine(),
        "command": command,
        "since": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }


def _text(said: dict[str, object], *, released: bool = False) -> bytes:
    expires = datetime.now(UTC) + timedelta(seconds=0 if released else LEASE)
    whole = {**said, "expires": f"{expires:%Y-%m-%dT%H:%M:%S.%fZ}", "released": released}
    return json.dumps(whole, ensure_ascii=False).encode()


def machine() -> str:
    """What tells the processes that can be seen from here: this boot of this machine, and the container in it."""
    parts = [socket.gethostname()]
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip())
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    return " ".join(parts)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
