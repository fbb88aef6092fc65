"""A fetched page, whatever its source: a live response, a WARC record, a file in a test.

Engines see this type only. It is immutable; the parsed tree and JSON are made once, on demand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from copy import copy
from functools import cached_property, lru_cache
from typing import Any, TypeVar

import lxml.html
from lxml import etree
from w3lib.encoding import html_to_unicode, http_content_type_encoding, read_bom

from archiver.errors import PageError
from archiver.overload import MOST_ATTRIBUTES, is_overloaded
from archiver.text import clean, clean_tree, clean_utf8
from archiver.urls import at_host_of, host_key

T = TypeVar("T")

# One class for all elements; lxml.html asks Python for each of a page's thousands which of its own it shall have.
_CLASSES = etree.ElementDefaultClassLookup(element=lxml.html.HtmlElement, comment=lxml.html.HtmlComment)


# Themes in wide use print a comment's element without the space, and with it no class is read.
_GLUED = re.compile(rb"<(li|div)(?=class=)")

# The answers of a blog have two or three types.
_declared_encoding = lru_cache(maxsize=256)(http_content_type_encoding)


def _undeclared(body: bytes) -> str:
    """The encoding of a body that states none and is not UTF-8 throughout.

    It is what browsers take it for, unless it is UTF-8 with some damage.
    """
    text = body.decode("utf-8", "replace")
    other = sum(not character.isascii() for character in text)
    return "windows-1252" if 2 * text.count("\N{REPLACEMENT CHARACTER}") > other else "utf-8"


_SAID_BY_PHP = re.compile(r"\bon line (?:<b>)?\d+(?:</b>)?(?:\s*<br ?/?>)?\s*(?=[\[{])")
_BEFORE = 20_000
"""Characters in which messages are looked for."""


def _json_within(text: str) -> Any:
    """The JSON between a server's messages, or before a cache's comment; None where there is none.

    PHP prints its warnings before an answer where the blog's owner has not told it to be silent.
    """
    starts = [len(text) - len(text.lstrip()), *(said.end() for said in _SAID_BY_PHP.finditer(text, 0, _BEFORE))]
    for start in starts:
        if text[start : start + 1] not in {"[", "{"}:
            continue
        try:
            found, end = json.JSONDecoder().raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        if text[end:].lstrip()[:1] in {"", "<"}:
            return found
    return None


class Page:
    """url: where it came from after redirects; asked: the URL that was asked for.

    headers: names in lower case; body: decoded from its content coding, not from its charset.
    """

    def __init__(
        self,
        url: str,
        body: bytes,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        asked: str | None = None,
    ) -> None:
        self.url = url
        self.asked = asked or url
        self.status = status
        self.headers = {name.lower(): value for name, value in (headers or {}).items()}
        self.body = body
        self._home = url
        self._aliases: Collection[str] = ()

        self._made: dict[object, object] = {}

    def once(self, what: Callable[[Page], T]) -> T:
        """`what(page)`, made at the first call and kept: engines parse a page once for all their questions."""
        if what not in self._made:
            self._made[what] = what(self)
        return self._made[what]  # type: ignore[return-value]

    def apart(self) -> Page:
        """The same page without what was made of it: for what is made of it, so that neither keeps the other alive."""
        page = copy(self)
        page.__dict__["_made"] = {}
        return page

    def of_site(self, home: str, aliases: Collection[str]) -> Page:
        """The same page of a site whose host goes by other names, too: links to those lead to the site's own."""
        page = self.apart()
        page.__dict__ |= {"_home": home, "_aliases": aliases}
        return page

    def with_body(self, body: bytes) -> Page:
        """The same page with another body."""
        page = Page(self.url, body, status=self.status, headers=self.headers, asked=self.asked)
        return page.of_site(self._home, self._aliases)

    @property
    def has_aliases(self) -> bool:
        """Whether the site's host goes by other names."""
        return bool(self._aliases)

    def own(self, url: str) -> str:
        """A URL that the page leads to, at the site's own host where it names that by another name."""
        return at_host_of(url, self._home) if self._aliases and host_key(url) in self._aliases else url

    def __repr__(self) -> str:
        return f"<Page {self.status} {self.url} {len(self.body)} bytes>"

    @property
    def ok(self) -> bool:
        """Whether the status says success."""
        return 200 <= self.status < 300

    @property
    def media_type(self) -> str:
        """The declared type without parameters, lower case; empty when none is declared."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @cached_property
    def text(self) -> str:
        """The body as clean Unicode: BOM, then header decide, then that it is UTF-8, then meta or XML declaration."""
        if self._clean_utf8 is not None:
            return self._clean_utf8
        said = self.headers.get("content-type")
        _, text = html_to_unicode(
            "; charset=utf-8" if self._is_utf8 else said,
            self.body,
            default_encoding="utf-8",
            auto_detect_fun=_undeclared,
        )
        return clean(text)

    @cached_property
    def _is_utf8(self) -> bool:
        """Whether a body whose encoding no header states is UTF-8: pages are converted, and their meta forgotten.

        Text of another encoding hardly ever is valid UTF-8, unless it is ASCII throughout, as some Japanese ones are.
        """
        said = self.headers.get("content-type")
        if _declared_encoding(said) is not None or read_bom(self.body)[0] is not None or self.body.isascii():
            return False
        try:
            self.body.decode()
        except UnicodeDecodeError:
            return False
        return True

    @cached_property
    def _clean_utf8(self) -> str | None:
        """The text of a body that is its encoding as it stands: of nearly all pages, and made quickly."""
        said = _declared_encoding(self.headers.get("content-type"))
        return clean_utf8(self.body) if said == "utf-8" and read_bom(self.body)[0] is None else None

    @cached_property
    def root(self) -> lxml.html.HtmlElement:
        """The page as an HTML tree (libxml2 repairs what is broken). Raises PageError for a page made to choke it."""
        # Encoded again, so that lxml cannot be misled by a wrong <meta charset>.
        # A tenth of its time would go into a table of ids, which nobody asks for: `Dom` has its own.
        parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, collect_ids=False)
        parser.set_element_class_lookup(_CLASSES)
        if is_overloaded(self.text):
            raise self._unreadable(f"a tag in it has more than {MOST_ATTRIBUTES} attributes")
        data = self.body if self._clean_utf8 is not None else self.text.encode("utf-8")
        data = _GLUED.sub(rb"<\1 ", data)
        try:
            root = lxml.html.document_fromstring(data or b"<html></html>", parser=parser)
        except (etree.ParserError, etree.XMLSyntaxError) as error:
            raise self._unreadable(f"its HTML cannot be parsed ({error})") from error
        if parser.error_log.filter_types([etree.ErrorTypes.ERR_RESOURCE_LIMIT]):
            raise self._unreadable("its elements are nested so deep that the parser leaves out the rest")
        return root

    def _unreadable(self, why: str) -> PageError:
        return PageError(self.url, why, "The page is marked and left")

    @cached_property
    def json(self) -> Any:
        """The body as JSON, its strings cleaned. Raises PageError when it is something else."""
        try:
            return clean_tree(json.loads(self.body))
        except (ValueError, RecursionError) as error:
            found = _json_within(self.text)
            if found is not None:
                return clean_tree(found)
            kind = "HTML" if self.body.lstrip()[:1] == b"<" else "not whole JSON"
            raise PageError(
                self.url, f"JSON was expected and {kind} came ({error})", "The other ways in are tried"
            ) from error
