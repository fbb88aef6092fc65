"""Keyed pseudonyms: the same person has the same one in every export made with the same key, and nobody can tell
who it is without the key, not even by trying names.

A person is a name, compared without regard to case, accents and white space: what a reader of a thread goes by. Two
people of one name share a pseudonym, as they share the name; their rows stay
apart, by keys that are pseudonyms as well.
"""

from __future__ import annotations

import hmac
import os
import secrets
from base64 import b32encode
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from archiver.errors import DiskFull, UsageError
from archiver.privacy.names import folded
from archiver.urls import url_key

KEY_FILE = "pseudonym.key"
"""Stands beside the archive's database; whoever has it can tell whether a pseudonym is that of a given name."""
_BYTES = 32
_LEAST = 16


class Pseudonyms:
    """What stands for names, addresses and keys; nothing is remembered but the key."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.name = lru_cache(maxsize=65536)(self._name)

    def _name(self, name: str) -> str:
        """What stands for a person, one word to read and to count: `Person-k7m2q9x4ab`."""
        return f"Person-{self._code('person', folded(name), 10)}"

    def slug(self, name: str) -> str:
        """What stands for a name in URLs."""
        return self.name(name).lower()

    def url(self, url: str) -> str:
        """What stands for somebody's site or page. The host can never be one (RFC 2606)."""
        return f"https://person-{self._code('url', url_key(url), 10)}.invalid/"

    def key(self, kind: str, key: str) -> str:
        """What stands for a key or a digest, which can be found again by trying: as long as it was."""
        return key[:4] + self._code(kind, key, max(len(key) - 4, 16))

    def _code(self, kind: str, value: str, length: int) -> str:
        hashed = hmac.new(self._key, f"{kind}\0{value}".encode("utf-8", "surrogatepass"), sha256).digest()
        return b32encode(hashed).decode().lower()[:length]


def load(path: Path) -> Pseudonyms:
    """Pseudonyms by the key in a file, which is made when it is not there.

    Raises UsageError for a file that is no key, or that others may read; DiskFull.
    """
    with suppress(FileExistsError):
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except (PermissionError, FileNotFoundError) as error:
            raise DiskFull(str(path), error.strerror or "it cannot be made", "Name another --pseudonym-key") from error
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(_BYTES) + "\n")
                file.flush()
                os.fsync(handle)
        except OSError:  # an empty one would be in the way of the next run
            path.unlink()
            raise
    try:
        key = path.read_bytes().strip()
        mode = path.stat().st_mode
    except OSError as error:
        raise UsageError(str(path), error.strerror or "it cannot be read", "Name another --pseudonym-key") from error
    if mode & 0o077:
        raise UsageError(str(path), "others may read this key", f"Run chmod 600 {path}")
    if not key:
        raise UsageError(str(path), "it is empty", "Delete it, and a new key is made, or name another --pseudonym-key")
    if len(key) < _LEAST:
        raise UsageError(str(path), f"a key has {_LEAST} bytes or more", "Name another --pseudonym-key")
    return Pseudonyms(key)
