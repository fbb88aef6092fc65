"""A server that answers as Google documents the XML API of Cloud Storage: what our client asks of it, and no more.

It is not Google's service, and proves nothing about that beyond what is documented: objects with generations, the
condition `x-goog-if-generation-match` (0: there is none), lists with prefix, delimiter and pages, uploads in parts.
(Of the servers that registries have, only fake-gcs-server knows generations, and that takes no uploads by this API.)
https://cloud.google.com/storage/docs/xml-api/reference-headers and …/reference-methods
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import md5
from itertools import count
from typing import Any
from urllib.parse import parse_qs
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

PAGE = 1000
"""Names in one page of a list, at most."""
LEAST = 5 << 20
"""Bytes of a part that is not the last one, at least."""
Start = Callable[[str, list[tuple[str, str]]], object]
_SAID = {
    "AccessDenied": (403, "Access denied."),
    "EntityTooSmall": (400, "Your proposed upload is smaller than the minimum object size specified in your request."),
    "InvalidPart": (400, "One or more of the specified parts could not be found."),
    "NoSuchBucket": (404, "The specified bucket does not exist."),
    "NoSuchKey": (404, "The specified key does not exist."),
    "NoSuchUpload": (404, "The requested upload was not found."),
    "NotImplemented": (501, "This server knows nothing of that."),
    "PreconditionFailed": (412, "At least one of the pre-conditions you specified did not hold."),
}
_REASON = {200: "OK", 204: "No Content", 206: "Partial Content"}


class Refused(Exception):
    """What Google would answer instead. args: the code."""


@dataclass(frozen=True)
class Stored:
    """An object. generation: greater with each one that is written."""

    data: bytes
    generation: int
    at: datetime

    @property
    def tag(self) -> str:
        """As in ETag; with quotes."""
        return f'"{md5(self.data).hexdigest()}"'


@dataclass(frozen=True)
class Answer:
    """Status, body and headers."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Asked:
    """A request. name: of the object, empty for the bucket."""

    method: str
    bucket: str
    name: str
    query: dict[str, str]
    body: bytes
    match: str | None
    range: str | None


@dataclass
class CloudStorage:
    """All buckets. A WSGI application; one request at a time, so that a condition and what hangs on it are one."""

    buckets: dict[str, dict[str, Stored]] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    refuses: bool = False
    _generations: Iterator[int] = field(default_factory=lambda: count(1_700_000_000_000_000))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """As WSGI has it."""
        path = environ["PATH_INFO"].encode("latin-1").decode()
        bucket, _, name = path.removeprefix("/").partition("/")
        query = {key: values[0] for key, values in parse_qs(environ["QUERY_STRING"], keep_blank_values=True).items()}
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        match, part = environ.get("HTTP_X_GOOG_IF_GENERATION_MATCH"), environ.get("HTTP_RANGE")
        with self._lock:
            try:
                answer = self._answer(Asked(environ["REQUEST_METHOD"], bucket, name, query, body, match, part))
            except Refused as refused:
                status, words = _SAID[refused.args[0]]
                text = f"<Error><Code>{refused.args[0]}</Code><Message>{words}</Message></Error>"
                answer = Answer(status, text.encode())
        size = ("Content-Length", str(len(answer.body)))
        start(f"{answer.status} {_REASON.get(answer.status, 'No')}", [size, *answer.headers])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else answer.body]

    def _answer(self, asked: Asked) -> Answer:
        if (asked.method, asked.bucket) == ("POST", "control"):
            return self._control(asked.name)
        if self.refuses:
            raise Refused("AccessDenied")
        if (asked.method, asked.name) == ("PUT", ""):
            self.buckets[asked.bucket] = {}
            return Answer()
        if asked.bucket not in self.buckets:
            raise Refused("NoSuchBucket")
        there = self.buckets[asked.bucket]
        if not asked.name:
            return self._list(there, asked)
        if {"uploads", "uploadId"} & asked.query.keys():
            return self._in_parts(there, asked)
        self._check(there, asked)
        return self._object(there, asked)

    def _control(self, word: str) -> Answer:
        """For tests: begin anew, or refuse everything."""
        self.refuses = word == "refuse"
        if word == "reset":
            self.buckets.clear()
        return Answer()

    def _check(self, there: dict[str, Stored], asked: Asked) -> None:
        """The condition on the generation of the object as it is now; 0 means that there is none."""
        now = there[asked.name].generation if asked.name in there else 0
        if asked.match is not None and int(asked.match) != now:
            raise Refused("PreconditionFailed")

    def _object(self, there: dict[str, Stored], asked: Asked) -> Answer:
        if asked.method == "PUT":
            return self._put(there, asked.name, asked.body)
        if asked.name not in there:
            raise Refused("NoSuchKey")
        if asked.method == "DELETE":
            del there[asked.name]
            return Answer(204)
        if asked.method not in {"GET", "HEAD"}:
            raise Refused("NotImplemented")
        found = there[asked.name]
        headers = (*_told(found), ("Last-Modified", format_datetime(found.at, usegmt=True)))
        if not asked.range:
            return Answer(200, found.data, headers)
        first, _, last = asked.range.removeprefix("bytes=").partition("-")
        data = found.data[int(first) : int(last or len(found.data)) + 1]
        whole = f"bytes {first}-{int(first) + len(data) - 1}/{len(found.data)}"
        return Answer(206, data, (*headers, ("Content-Range", whole)))

    def _put(self, there: dict[str, Stored], name: str, data: bytes) -> Answer:
        there[name] = Stored(data, next(self._generations), datetime.now(UTC))
        return Answer(200, b"", _told(there[name]))

    def _in_parts(self, there: dict[str, Stored], asked: Asked) -> Answer:
        """An object that is there when its upload is completed, and not before."""
        if asked.method == "POST" and "uploads" in asked.query:
            number = f"upload-{next(self._generations)}"
            self.uploads[number] = {}
            return Answer(200, _xml("InitiateMultipartUploadResult", f"<UploadId>{number}</UploadId>"))
        parts = self.uploads.get(asked.query["uploadId"])
        if parts is None:
            raise Refused("NoSuchUpload")
        if asked.method == "PUT":
            parts[int(asked.query["partNumber"])] = asked.body
            return Answer(200, b"", (("ETag", f'"{md5(asked.body).hexdigest()}"'),))
        del self.uploads[asked.query["uploadId"]]
        if asked.method == "DELETE":
            return Answer(204)
        numbers = [int(one.text or "") for one in ET.fromstring(asked.body).iterfind(".//{*}PartNumber")]
        if not set(numbers) <= parts.keys():
            raise Refused("InvalidPart")
        if any(len(parts[number]) < LEAST for number in numbers[:-1]):
            raise Refused("EntityTooSmall")
        self._check(there, asked)
        put = self._put(there, asked.name, b"".join(parts[number] for number in numbers))
        return Answer(200, _xml("CompleteMultipartUploadResult", f"<ETag>{there[asked.name].tag}</ETag>"), put.headers)

    def _list(self, there: dict[str, Stored], asked: Asked) -> Answer:
        """Names behind the last one of the page before, what stands below a delimiter as one of them."""
        if asked.method != "GET" or asked.query.get("list-type") != "2":
            raise Refused("NotImplemented")
        prefix, delimiter = asked.query.get("prefix", ""), asked.query.get("delimiter", "")
        names: dict[str, bool] = {}
        for name in sorted(there):
            if name.startswith(prefix):
                head, cut, _ = name[len(prefix) :].partition(delimiter) if delimiter else (name, "", "")
                names[f"{prefix}{head}{cut}" if cut else name] = bool(cut)
        after, most = asked.query.get("continuation-token", ""), min(PAGE, int(asked.query.get("max-keys", PAGE)))
        left = [name for name in names if name > after]
        items = "".join(_folder(name) if names[name] else _item(name, there[name]) for name in left[:most])
        more = f"<NextContinuationToken>{escape(left[most - 1])}</NextContinuationToken>" if len(left) > most else ""
        cut_short = f"<IsTruncated>{str(bool(more)).lower()}</IsTruncated>"
        return Answer(200, _xml("ListBucketResult", cut_short + items + more))


def _told(one: Stored) -> tuple[tuple[str, str], ...]:
    return ("ETag", one.tag), ("x-goog-generation", str(one.generation))


def _xml(name: str, within: str) -> bytes:
    head = "<?xml version='1.0' encoding='UTF-8'?>"
    return f"{head}<{name} xmlns='http://doc.s3.amazonaws.com/2006-03-01'>{within}</{name}>".encode()


def _folder(name: str) -> str:
    return f"<CommonPrefixes><Prefix>{escape(name)}</Prefix></CommonPrefixes>"


def _item(name: str, one: Stored) -> str:
    said = {
        "Key": name,
        "Generation": one.generation,
        "LastModified": f"{one.at:%Y-%m-%dT%H:%M:%S.%fZ}",
        "ETag": one.tag,
        "Size": len(one.data),
    }
    return f"<Contents>{''.join(f'<{key}>{escape(str(value))}</{key}>' for key, value in said.items())}</Contents>"
