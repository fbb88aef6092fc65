"""What web archives hold of a blog: how they are asked for a list of captures, and for one of them. Pure.

The Wayback Machine and pywb answer `cdx` with rows, and give a capture as it was served under `…/TIMEid_/URL`. Common
Crawl has an index for each of its crawls, and its WARC files as they lie, of which a range is asked for.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

from archiver.errors import ArchiveDamaged, PageError
from archiver.page import Page
from archiver.reread.foreign import READ, moment
from archiver.urls import canonical, host_key
from archiver.warc.reader import Record, responses

ROWS = 5000
"""Rows of a list that are asked for at once."""
MOST_LISTS = 2000
"""Lists that are asked for at most."""
KEPT = "x-archive-orig-"
"""What the headers of a capture are called, where the archive's own would stand in their place."""
_CODED = {"content-encoding", "transfer-encoding", "content-length", "connection"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A response that an archive holds. at: UTC, 14 digits. is_page: what readers see, as against feeds and data. file,
    offset, length: of its record, where that is told."""

    url: str
    at: str
    is_page: bool = True
    digest: str = ""
    file: str = ""
    offset: int = 0
    length: int = 0

    @property
    def date(self) -> str:
        """The time as WARC records have it."""
        return moment(self.at)[:19] + "Z"


Lists = Generator["str | list[Capture]", bytes | None, None]
"""Gives the URL of a list, and is sent what came (None: 404), or gives captures."""


class Holder(ABC):
    """A web archive. base: its address. asked: hosts that may be asked, nothing else."""

    name: ClassVar[str]

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that are asked."""
        return frozenset({host_key(self.base)})

    @abstractmethod
    def lists(self, home: str) -> Lists:
        """What it holds of a blog: the front page first, so that the blog is known by it, then everything below."""

    @abstractmethod
    def request(self, capture: Capture) -> tuple[str, dict[str, str]]:
        """What is asked for: a URL, and headers."""

    @abstractmethod
    def record(self, capture: Capture, page: Page, scratch: Path) -> Record:
        """The capture in an answer. scratch: a file that may be written. Raises PageError."""


class Wayback(Holder):
    """The Wayback Machine, or a collection of pywb at another address."""

    name = "wayback"
    default: ClassVar[str] = "https://web.archive.org"

    def __init__(self, base: str = default) -> None:
        super().__init__(base)
        is_public = self.base == self.default
        self._cdx = f"{self.base}/cdx/search/cdx" if is_public else f"{self.base}/cdx"
        self._replay = f"{self.base}/web" if is_public else self.base

    def lists(self, home: str) -> Lists:
        """Lists with a resumption key; pywb, which has none, gives everything at once."""
        for match in ("exact", "prefix"):
            query = {"url": home.partition("://")[2], "matchType": match, "output": "json", "limit": str(ROWS)}
            query |= {"showResumeKey": "true"}
            if match == "exact":
                query |= {"collapse": "digest"}
            for _ in range(MOST_LISTS):
                found, key = rows((yield f"{self._cdx}?{urlencode(query)}") or b"", self._cdx)
                if len(found) >= ROWS and not key and "limit" in query:
                    del query["limit"]
                    continue
                yield captures(found)
                if not key:
                    break
                query["resumeKey"] = key

    def request(self, capture: Capture) -> tuple[str, dict[str, str]]:
        """As it was served, without what replay adds."""
        return f"{self._replay}/{capture.at}id_/{capture.url}", {}

    def record(self, capture: Capture, page: Page, scratch: Path) -> Record:
        """The answer is the capture; of its time `Memento-Datetime` speaks, should another one have come."""
        del scratch
        if not page.ok:
            raise PageError(capture.url, f"the archive answers {page.status}", "It is left out")
        own = {name[len(KEPT) :]: value for name, value in page.headers.items() if name.startswith(KEPT)}
        kind = own.get("content-type") or page.headers.get("content-type", "text/html")
        fields = {name: value for name, value in own.items() if name not in _CODED} | {"content-type": kind}
        return Record(
            kind="response",
            url=canonical(capture.url),
            date=_memento(page.headers) or capture.date,
            record_id="",
            offset=0,
            length=0,
            status=200,
            headers=tuple(fields.items()),
            body=page.body,
        )


class CommonCrawl(Holder):
    """Common Crawl: the crawls that `collinfo.json` names, the latest first."""

    name = "commoncrawl"
    default: ClassVar[str] = "https://index.commoncrawl.org"
    data: ClassVar[str] = "https://data.commoncrawl.org"

    def __init__(self, base: str = default) -> None:
        super().__init__(base)
        self._data = self.data if self.base == self.default else self.base

    @property
    def hosts(self) -> frozenset[str]:
        """Of the index and of the files."""
        return frozenset({host_key(self.base), host_key(self._data)})

    def lists(self, home: str) -> Lists:
        """Each crawl's index, page by page."""
        places = self._indexes((yield f"{self.base}/collinfo.json") or b"")
        where = home.partition("://")[2]
        for match in ("exact", "prefix"):
            for place in places:
                query = urlencode({"url": where, "matchType": match, "output": "json"})
                told = yield f"{place}?{query}&showNumPages=true"
                for number in range(min(_pages(told), MOST_LISTS)):
                    body = yield f"{place}?{query}&page={number}"
                    yield captures(rows(body or b"", place)[0])

    def _indexes(self, body: bytes) -> list[str]:
        """The addresses of the indexes, those of our archive only."""
        try:
            said = json.loads(body)
            found = [str(one["cdx-api"]) for one in said]
        except (ValueError, TypeError, KeyError) as error:
            raise PageError(self.base, "its collinfo.json does not list crawls", "Check the address") from error
        return [url for url in found if host_key(url) in self.hosts]

    def request(self, capture: Capture) -> tuple[str, dict[str, str]]:
        """The record alone, out of a file of a gigabyte."""
        until = capture.offset + capture.length - 1
        return f"{self._data}/{capture.file}", {"Range": f"bytes={capture.offset}-{until}"}

    def record(self, capture: Capture, page: Page, scratch: Path) -> Record:
        """The WARC record that came. A server that gives no ranges has sent the whole file."""
        if not page.ok:
            raise PageError(capture.url, f"the archive answers {page.status}", "It is left out")
        body = page.body
        if page.status != 206:
            body = body[capture.offset : capture.offset + capture.length]
        scratch.write_bytes(body)
        try:
            found = next(iter(responses(scratch)), None)
        except ArchiveDamaged as error:
            raise PageError(capture.url, f"its record cannot be read ({error.why})", "It is left out") from error
        if found is None or canonical(found.url) != canonical(capture.url):
            raise PageError(capture.url, "another record lies where the index says", "It is left out")
        return found


HOLDERS: Mapping[str, type[Wayback | CommonCrawl]] = {one.name: one for one in (Wayback, CommonCrawl)}


def rows(body: bytes, where: str) -> tuple[list[dict[str, Any]], str]:
    """The rows of a list, in either form of JSON, and the key by which it goes on. Raises PageError."""
    text = body.strip()
    if not text:
        return [], ""
    try:
        if text.startswith(b"["):
            return _table(json.loads(text))
        found = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, TypeError, IndexError) as error:
        raise PageError(
            where, "a list of captures was expected and something else came", "Check the address"
        ) from error
    return [row for row in found if isinstance(row, dict) and "timestamp" in row], ""


def _table(table: Sequence[Sequence[str]]) -> tuple[list[dict[str, Any]], str]:
    """Rows below a row of names; behind an empty one stands the key."""
    if not table:
        return [], ""
    names, *lines = table
    key = ""
    if len(lines) > 1 and not lines[-2] and len(lines[-1]) == 1:
        key = lines[-1][0]
        lines = lines[:-2]
    return [dict(zip(names, line, strict=False)) for line in lines if line], key


def captures(found: Sequence[Mapping[str, Any]]) -> list[Capture]:
    """What can be read of these rows: pages and data that were there. Of captures that are alike, one after the other,
    the first."""
    kept: list[Capture] = []
    for row in found:
        url = str(row.get("original") or row.get("url") or "")
        status, kind = (str(row.get(long) or row.get(short) or "") for long, short in _NAMES)
        at, digest = str(row.get("timestamp", "")), str(row.get("digest", ""))
        if status != "200" or not any(word in kind.lower() for word in READ) or not _is_time(at):
            continue
        if kept and digest and (kept[-1].digest, kept[-1].url) == (digest, url):
            continue
        if urlsplit(url).path.endswith("/robots.txt"):
            continue
        numbers = [int(value) if (value := str(row.get(name, ""))).isdecimal() else 0 for name in ("offset", "length")]
        file = str(row.get("filename", ""))
        page, (offset, length) = "html" in kind.lower(), numbers
        kept.append(Capture(url=url, at=at, digest=digest, is_page=page, file=file, offset=offset, length=length))
    return kept


_NAMES = (("statuscode", "status"), ("mimetype", "mime"))


def _is_time(text: str) -> bool:
    try:
        moment(text)
    except ValueError:
        return False
    return len(text) == 14 and text.isdecimal()


def _pages(body: bytes | None) -> int:
    """How many pages an index has for a query; one where it does not say."""
    try:
        said = json.loads(body or b"0")
    except ValueError:
        return 1
    number = said.get("pages", 1) if isinstance(said, dict) else said
    return number if isinstance(number, int) else 1


def _memento(headers: Mapping[str, str]) -> str | None:
    try:
        when = parsedate_to_datetime(headers.get("memento-datetime", ""))
    except ValueError:
        return None
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
