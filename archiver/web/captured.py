"""A stored response, found in the WARC files beside the database and made readable."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lxml.html

from archiver.coding import BadBody, decoded
from archiver.errors import ArchiverError
from archiver.page import Page
from archiver.warc import reader
from archiver.warc.reader import Record
from archiver.warc.records import digest

LARGEST = 16 << 20  # bytes of a decoded body


class NotThere(Exception):
    """The response cannot be shown; str() says why, as a sentence."""


@dataclass(frozen=True, slots=True)
class Captured:
    """A response. body: as it was sent, in its content coding; of a revisit, that of the record it refers to."""

    record: Record
    body: bytes

    @property
    def is_sound(self) -> bool:
        """Whether the body has the digest that was written beside it."""
        return self.record.digest == digest(self.body)

    @property
    def page(self) -> Page:
        """The response as engines see it. Raises NotThere where the body cannot be decoded."""
        headers = {name.lower(): value for name, value in self.record.headers}
        try:
            plain = decoded(self.body, headers.get("content-encoding", ""), LARGEST)
        except BadBody as error:
            raise NotThere(f"Its body {error}.") from error
        return Page(self.record.url, plain, status=self.record.status or 0, headers=headers)


def find(folder: Path, fetch: dict[str, Any], others: list[dict[str, Any]]) -> Captured:
    """The response of a fetch. folder: of the archive; others: where the same body lies too. Raises NotThere."""
    record = _read(folder, fetch)
    if not record.is_revisit:
        return Captured(record, record.body)
    for other in others:
        original = _read(folder, other)
        if not original.is_revisit and original.digest == record.digest:
            return Captured(record, original.body)
    raise NotThere("It was the same as an earlier one, and that one is not here.")


def markup_of(page: Page) -> str | None:
    """The body of an HTML page, as it was sent; None for anything else, and for HTML that cannot be parsed."""
    if "html" not in page.media_type:
        return None
    try:
        body = page.root.find("body")
    except ArchiverError:
        return None
    return None if body is None else lxml.html.tostring(body, encoding="unicode")


def _read(folder: Path, fetch: dict[str, Any]) -> Record:
    """The record of a fetch. What the database says is not believed: the file must lie in the archive's folder."""
    if not fetch["warc_file"]:
        raise NotThere("The response itself was not kept.")
    path = (folder / fetch["warc_file"]).resolve()
    if not path.is_relative_to((folder / "warc").resolve()) or not path.is_file():
        raise NotThere(f"The file {fetch['warc_file']} is not beside the database.")
    try:
        return reader.read_at(path, fetch["warc_offset"] or 0)
    except ArchiverError as error:
        raise NotThere(f"The record cannot be read: {error.why}.") from error
