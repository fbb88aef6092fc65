"""Objects in a bucket, or in a folder that stands for one: what is used of them here, and what goes wrong, in a line.

obstore speaks to the stores: it is one wheel, and its "put if there is none" is the store's own for all of them.
Credentials come from each store's own variables (AWS_*, GOOGLE_*) and are read by it alone.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from archiver.errors import ArchiveError, ArchiveMissing, DiskFull, StoreAway, UsageError

if TYPE_CHECKING:
    from obstore.store import ClientConfig, LocalStore, ObjectStore, RetryConfig

SCHEMES = ("s3", "gs", "file")
PIECE = 1 << 23
"""Bytes that are held of a file on its way."""
AT_ONCE = 4
"""Pieces of one file under way at a time."""
PATIENCE = timedelta(seconds=60)
"""How long the store is asked again when it does not answer, or says that it is busy."""
TRIES = 6
_CODE = re.compile(r"<Code>(\w+)</Code>")
_REFUSED = re.compile(r"\b(?:401|403) \w+|AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|NoCredentials")
_NO_BUCKET = re.compile(r"NoSuchBucket|bucket does not exist")
AGAIN = "Run the same command again to go on"
LOST = "Restore it from a copy, or delete that shard and crawl the blog again"


@dataclass(frozen=True, slots=True)
class Found:
    """An object in a list. size: in bytes; modified: by the store's clock; tag: changes whenever the object does."""

    key: str
    size: int
    modified: datetime
    tag: str


def is_elsewhere(name: str) -> bool:
    """Whether a name is that of a place behind a store, and not a path."""
    return name.partition("://")[0].lower() in SCHEMES and "://" in name


class Store:
    """The objects below a URL. Keys are relative to it, with `/`. Raises ArchiveError, naming the URL."""

    def __init__(self, url: str, inner: ObjectStore) -> None:
        self.url = url.rstrip("/")
        self._inner = inner

    def put(self, key: str, data: bytes) -> None:
        """Write an object, whether there is one or not."""
        import obstore

        with self._explained(key):
            obstore.put(self._inner, key, data, use_multipart=False)

    def create(self, key: str, data: bytes) -> bool:
        """Write an object if there is none of that name: of several who do so at a time one is told True."""
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        with self._explained(key):
            try:
                obstore.put(self._inner, key, data, mode="create", use_multipart=False)
            except (AlreadyExistsError, PreconditionError):
                return False
        return True

    def put_file(self, key: str, path: Path) -> None:
        """Write an object from a file, in pieces. It is there when it is whole."""
        import obstore

        with self._explained(key):
            obstore.put(self._inner, key, path, chunk_size=PIECE, max_concurrency=AT_ONCE)

    def get(self, key: str) -> bytes | None:
        """A small object; None where there is none."""
        import obstore

        with self._explained(key):
            try:
                return bytes(obstore.get(self._inner, key).bytes())
            except FileNotFoundError as error:
                if _NO_BUCKET.search(str(error)):
                    raise
                return None

    def head(self, key: str, most: int) -> tuple[int, bytes]:
        """The size of an object, and its first bytes. Raises ArchiveMissing."""
        import obstore

        with self._explained(key):
            size = obstore.head(self._inner, key)["size"]
            return size, bytes(obstore.get_range(self._inner, key, start=0, end=min(size, most))) if size else b""

    def get_file(self, key: str, path: Path) -> tuple[int, str]:
        """Put an object into a file, in pieces. Returns its size and SHA-256.

        Raises ArchiveMissing, DiskFull.
        """
        size, hashed = 0, hashlib.sha256()
        try:
            with path.open("wb") as file:
                for piece in self._pieces(key):
                    size += len(piece)
                    hashed.update(piece)
                    file.write(piece)
        except OSError as error:
            raise DiskFull(
                str(path), error.strerror or str(error), "Free some space, or name another --scratch"
            ) from error
        return size, hashed.hexdigest()

    def _pieces(self, key: str) -> Iterator[bytes]:
        import obstore

        with self._explained(key):
            stream = iter(obstore.get(self._inner, key).stream(min_chunk_size=PIECE))
        while True:
            with self._explained(key):
                piece = next(stream, None)
            if piece is None:
                return
            yield bytes(piece)

    def listed(self, prefix: str) -> list[Found]:
        """The objects in a folder, at any depth, by key."""
        import obstore

        with self._explained(prefix):
            found = [one for page in obstore.list(self._inner, prefix, chunk_size=1000) for one in page]
        return sorted(
            (Found(one["path"], one["size"], one["last_modified"], one["e_tag"] or "") for one in found),
            key=lambda one: one.key,
        )

    def folders(self) -> list[str]:
        """The folders right below, by name."""
        import obstore

        with self._explained():
            return sorted(obstore.list_with_delimiter(self._inner)["common_prefixes"])

    def delete(self, keys: Iterable[str]) -> None:
        """Remove objects, one by one: what is gone already is no error."""
        import obstore

        for key in keys:
            with self._explained(key), suppress(FileNotFoundError):
                obstore.delete(self._inner, key)

    @contextmanager
    def _explained(self, key: str = "") -> Iterator[None]:
        """What a store says, as an error that names the place, the cause and the next step; no word of credentials."""
        from obstore.exceptions import BaseError

        try:
            yield
        except (BaseError, OSError) as error:
            raise explained(f"{self.url}/{key}".rstrip("/"), error) from error


def explained(where: str, error: Exception) -> ArchiveError:
    """An error of a store in a line. Of a long message only the code is told: the rest may be anything."""
    text = str(error)
    code = _CODE.search(text)
    if _NO_BUCKET.search(text):
        return StoreAway(where, "there is no such bucket", "Create it, or name another one")
    if isinstance(error, FileNotFoundError):
        return ArchiveMissing(where, "there is no such object", "Check its name")
    if type(error).__name__ in {"PermissionDeniedError", "UnauthenticatedError", "PermissionError"} or (
        _REFUSED.search(text)
    ):
        why = f"it refuses ({code[1]})" if code else "it refuses"
        todo = "Check the credentials in the environment (AWS_*, GOOGLE_*), and what they may do there"
        return StoreAway(where, why, todo)
    if code:
        return StoreAway(where, f"it answers {code[1]}", AGAIN)
    if "error sending request" in text or "onnect" in text:
        endpoint = " and AWS_ENDPOINT_URL" if where.startswith("s3:") else ""
        return StoreAway(where, "it cannot be reached", f"Check the network{endpoint}. {AGAIN}")
    said = " ".join(text.partition("Debug source")[0].split())[:200]
    return StoreAway(where, said or type(error).__name__, AGAIN)


def open_store(url: str, *, create: bool = False) -> Store:
    """The store behind a URL. create: whether a folder (`file://`) is made. Raises UsageError, ArchiveMissing."""
    try:
        from obstore.store import GCSStore, LocalStore, S3Store  # late: an extra
    except ImportError as error:
        todo = 'Run pip install "blog-archiver[storage]"'
        raise UsageError(url, "it needs obstore, which is not installed", todo) from error
    parts = urlsplit(url)
    if "@" in parts.netloc:
        shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        raise UsageError(shown, "a name and a password stand in it", "Put them into the variables of the store (AWS_*)")
    if parts.scheme == "file":
        if parts.netloc not in {"", "localhost"} or not parts.path.strip("/"):
            raise UsageError(url, "it names no folder", "Write file:///FOLDER, with three slashes")
        return Store(url, _folder(url, Path(unquote(parts.path)), LocalStore, create=create))
    if not parts.netloc:
        raise UsageError(url, "it names no bucket", f"Write {parts.scheme}://BUCKET/FOLDER")
    retry: RetryConfig = {"max_retries": TRIES, "retry_timeout": PATIENCE}
    prefix = parts.path.strip("/") or None
    if parts.scheme == "gs":
        return Store(url, GCSStore(parts.netloc, prefix=prefix, retry_config=retry))
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
    plain: ClientConfig = {"allow_http": True} if endpoint.startswith("http://") else {}  # asked for by name
    return Store(url, S3Store(parts.netloc, prefix=prefix, retry_config=retry, client_options=plain))


def _folder(url: str, path: Path, kind: type[LocalStore], *, create: bool) -> LocalStore:
    try:
        if create:
            path.mkdir(parents=True, exist_ok=True)
        elif not path.is_dir():
            raise ArchiveMissing(url, "there is no such folder", "Check the path")
        return kind(path)
    except OSError as error:
        raise DiskFull(url, error.strerror or str(error), "Check the path, and the rights there") from error
