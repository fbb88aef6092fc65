"""One HTTP answer, and the few forms of it that the demo blog gives."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

HTML = "text/html; charset=UTF-8"
XML = "application/xml; charset=UTF-8"
RSS = "application/rss+xml; charset=UTF-8"
JSON = "application/json; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Response:
    """status, body and headers (a name may stand twice, as WordPress's Link does)."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = field(default=())

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def plus(self, *headers: tuple[str, str]) -> Response:
        return replace(self, headers=self.headers + headers)


def answer(text: str, media_type: str = HTML, status: int = 200) -> Response:
    return Response(status, text.encode("utf-8"), (("Content-Type", media_type),))


def redirect(location: str, status: int = 301) -> Response:
    return Response(status, b"", (("Location", location), ("X-Redirect-By", "WordPress"), ("Content-Type", HTML)))


def conditional(response: Response, asked: Mapping[str, str], changed: datetime) -> Response:
    """Validators on a good answer, or 304 when the asker has it already (RFC 9110, 13.2.2).

    asked: request headers, names in lower case. changed: when anything on the blog last changed; every
    page shows the sidebar, so that is the age of every page.
    """
    if response.status != 200:
        return response
    etag = f'"{hashlib.blake2b(response.body, digest_size=16).hexdigest()}"'
    modified = format_datetime(changed.astimezone(UTC).replace(microsecond=0), usegmt=True)
    response = response.plus(("ETag", etag), ("Last-Modified", modified))
    if "if-none-match" in asked:
        tags = {tag.strip().removeprefix("W/") for tag in asked["if-none-match"].split(",")}
        fresh = etag in tags or "*" in tags
    else:
        fresh = not_since(asked.get("if-modified-since"), changed)
    return replace(response, status=304, body=b"") if fresh else response


def not_since(text: str | None, changed: datetime) -> bool:
    if not text:
        return False
    try:
        since = parsedate_to_datetime(text)
    except ValueError:
        return False
    return changed.replace(microsecond=0) <= (since if since.tzinfo else since.replace(tzinfo=UTC))
