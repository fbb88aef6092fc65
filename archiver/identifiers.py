"""References to scholarly works, found in running text and in links.

DOI (any text, any host that carries one in its URL), PMID, PMCID, arXiv, ClinicalTrials.gov, ISRCTN
and ISBN, each in the normal form that `archiver.model.Citation` names. A number alone is never one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote, unquote_plus, urlsplit

from archiver.model import Citation

# The angle brackets belong to the SICI of older journals: 17:15/16<1661::AID-SIM968>3.0.CO;2-2
_SICI_PAGES = r"<[A-Za-z]{0,2}\d+[A-Za-z]?:[\w:.;()\[\]\-]*>"
# Where a second reference begins without a space between.
_NEXT = r"[.,;:]{0,3}(?:https?:|doi:|pmc?id\s?:)|[,;]10\.\d{4,9}/"
_DOI = re.compile(
    r"(?:(?<![\w.$€£¥])|(?<=doi))(?P<prefix>10\.\d{4,9}(?:\.\d+)*)/"
    rf"(?P<suffix>(?:(?!{_NEXT})(?:[\w.;:,()\[\]/+\-=~$!@]|{_SICI_PAGES}))+)",
    re.ASCII | re.IGNORECASE,
)
_ESCAPED_DOI = re.compile(
    r"10\.\d{4,9}(?:\.\d+)*(?:%2f|/[^\s\"'&?#]{0,200}%[0-9a-f]{2})[^\s\"'&?#]*", re.ASCII | re.IGNORECASE
)
# What typographers of pages make of a hyphen between figures or within a word: 1097–0258 is 1097-0258 in a DOI.
_DASH = re.compile(r"(?<=\d)[\u2012\u2013](?=\d)|(?<=\w)[\u2010\u2011](?=\w)")
_TRAILING = ".,;:!/+=~$@-_(["
_PAIRS = {")": "(", "]": "[", ">": "<"}

# What publishers hang behind the DOI in the address of a page.
_VIEW = re.compile(
    r"(?:;jsessionid=.*"
    r"|/(?:abstract|summary|full|fulltext|full-text|pdf|epdf|pdfdirect|html|meta|epub|references|citedby|citations|metrics"
    r"|download|suppl|suppl_file|supplementary-material|asset|figures?(?:/\d+)?|tables?(?:/\d+)?)"
    r"|\.(?:pdf|full|full-text|abstract|short|long|extract|html?|xml|epub|supplementary-material)"
    r")/?$",
    re.IGNORECASE,
)
_PREPRINT_VERSION = re.compile(r"(10\.(?:1101|64898)/.*\d)v\d+", re.DOTALL)  # bioRxiv and medRxiv
_OUP_ARTICLE = re.compile(r"(10\.1093/[^/]+/[^/]+)/\d+")

_URL = re.compile(
    rf"(?:https?://|www\.|doi\.org/)(?:(?!{_NEXT})(?:[^\s\"“”«»<]|{_SICI_PAGES}))+",
    re.IGNORECASE,
)
_URL_HINTS = ("http", "www.", "doi.org/")
_ARXIV_ID = (
    r"(?P<arxiv>\d\d(?:0[1-9]|1[0-2])\.\d{4,5}"
    r"|[a-z]+(?:-[a-z]+)?(?:\.[a-z]{2})?/\d\d(?:0[1-9]|1[0-2])\d{3})(?:v\d+)?(?![\d/])"
)

# Scheme, the word that a match begins with, and the pattern. White space is bounded
# everywhere, so that no text takes quadratic time.
_IN_TEXT: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (scheme, hint, re.compile(pattern, re.ASCII | re.IGNORECASE))
    for scheme, hint, pattern in (
        ("pmid", "pmid", r"(?<![a-z0-9])pmid\s{0,3}[:#=]?\s{0,3}(\d{1,8})(?!\d)"),
        (
            "pmid",
            "pmids",
            r"(?<![a-z0-9])pmids\s{0,3}[:#=]?\s{0,3}(\d{1,8}(?:(?:\s{0,3}[,;]\s{0,3}|\sand\s)\d{1,8})*)(?!\d)",
        ),
        ("pmid", "pubmed", r"(?<![a-z0-9])pubmed(?:\s{1,3}(?:pm)?id\s{0,3}[:#=]?|\s{0,3}[:#=])\s{0,3}(\d{4,8})(?!\d)"),
        ("pmcid", "pmc", r"(?<![a-z0-9])pmc(\d{1,9})(?!\w)"),
        ("pmcid", "pmcid", r"(?<![a-z0-9])pmcid\s{0,3}[:#=]?\s{0,3}(\d{3,9})(?!\w)"),
        ("arxiv", "arxiv", r"(?<![a-z0-9])arxiv(?:\s{0,3}:\s{0,3}|\s{1,3}(?:id:?\s{0,3})?)" + _ARXIV_ID),
        ("nct", "nct", r"(?<![a-z0-9])nct\s?[:#-]?\s?(\d{8})(?!\w)"),
        ("isrctn", "isrctn", r"(?<![a-z0-9])isrctn\s?[:#-]?\s?(\d{8})(?!\w)"),
        (
            "isbn",
            "isbn",
            r"(?<![a-z])isbn(?:-1[03]|[\s-]?1[03](?=\s{0,3}:))?\s{0,3}[:=#/-]?\s{0,3}(\d[\d\s\-\u2010-\u2013]{8,20}[\dx]?)",
        ),
    )
)
_IN_URL: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (scheme, re.compile(pattern, re.ASCII | re.IGNORECASE))
    for scheme, pattern in (
        ("pmid", r"//pubmed\.ncbi\.nlm\.nih\.gov/(?:pubmed/)?(\d{1,8})(?![\w-])"),
        ("pmid", r"//(?:www\.|preview\.)?ncbi\.nlm\.nih\.gov/(?:m/)?pubmed/(?:[?&]term=)?(\d{1,8})(?![\w-])"),
        ("pmid", r"//(?:www\.)?ncbi\.nlm\.nih\.gov/(?:sites/)?entrez[^?]*\?.*\blist_uids=(\d{1,8})(?!\d)"),
        ("pmid", r"//(?:www\.)?europepmc\.org/(?:abstract|article)/med/(\d{1,8})(?!\d)"),
        ("pmcid", r"//(?:www\.)?ncbi\.nlm\.nih\.gov/(?:labs/)?pmc/(?:articles/)?pmc(\d{1,9})(?!\d)"),
        ("pmcid", r"//(?:www\.)?ncbi\.nlm\.nih\.gov/pmc/.*\bartid=(?:pmc)?(\d{1,9})(?!\d)"),
        ("pmcid", r"//pmc\.ncbi\.nlm\.nih\.gov/articles/pmc(\d{1,9})(?!\d)"),
        ("pmcid", r"//(?:www\.)?europepmc\.org/(?:articles?|backend)/(?:pmc/)?.*\bpmc(\d{1,9})(?!\d)"),
        ("arxiv", rf"//(?:[\w-]+\.)?arxiv\.org/(?:abs|pdf|html|ps|format|e-print)/{_ARXIV_ID}"),
        ("nct", r"(?<![a-z0-9])nct(\d{8})(?!\w)"),
        ("isrctn", r"(?<![a-z0-9])isrctn(\d{8})(?!\w)"),
        ("isbn", r"(?<![a-z])isbn[=:/-]{0,3}(\d[\d-]{8,16}[\dx])(?!\w)"),
        ("isbn", r"//(?:www\.|smile\.)?amazon\.[a-z.]+/(?:.*/)?(?:dp|gp/product|asin)/(\d{9}[\dx])(?!\w)"),
    )
)  # fmt: skip
_DIGITS = "0123456789"
_HINTS = ("10.", "http", *dict.fromkeys(hint for _, hint, _ in _IN_TEXT))


def find(text: str) -> list[Citation]:
    """All references in running text, each once, in the order in which they first occur.

    HTML entities may be left in `text`; addresses that it holds are read as `from_url` reads them.
    """
    for digit in _DIGITS:  # all of them have digits, most comments none
        if digit in text:
            break
    else:
        if text.isascii():
            return []
    lower = _lower(text)
    for hint in _HINTS:  # loops, since any() takes twice as long, and most comments cite nothing
        if hint in lower:
            break
    else:
        return []
    if "&" in text:
        text = unescape(text)
        lower = _lower(text)
    if "10." in text and not text.isascii():
        text, lower = _DASH.sub("-", text), _DASH.sub("-", lower)
    found: list[tuple[int, Citation]] = []
    for hint in _URL_HINTS:
        for match in _matches(_URL, hint, text, lower):
            citations = from_url(match[0])
            if citations:
                found.extend((match.start(), citation) for citation in citations)
                text = _blank(text, match)
                lower = _blank(lower, match)
    found.extend(_written(text, lower))
    found.sort(key=lambda pair: pair[0])
    return list(dict.fromkeys(citation for _, citation in found))


def from_url(url: str) -> list[Citation]:
    """The references that an address leads to: resolvers, databases, and publishers' pages with a DOI in them."""
    if "//" not in url:
        url = "//" + url
    found: list[Citation] = []
    doi = _doi_of_url(url)
    if doi:
        found.append(Citation("doi", doi))
    for scheme, pattern in _IN_URL:
        match = pattern.search(url)
        if match and not doi:
            found.extend(_normal(scheme, match))
    return list(dict.fromkeys(found))


def _lower(text: str) -> str:
    """`text` in lower case, character by character: only U+0130 would become two."""
    return text.replace("\u0130", "I").lower()


def _matches(pattern: re.Pattern[str], hint: str, text: str, lower: str) -> Iterator[re.Match[str]]:
    """The matches that begin with `hint`. Ten times as fast as `finditer`: few texts hold any."""
    at = lower.find(hint)
    while at >= 0:
        match = pattern.match(text, at)
        if match:
            yield match
        at = lower.find(hint, match.end() if match else at + 1)


def _blank(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]}{' ' * len(match[0])}{text[match.end() :]}"


def _written(text: str, lower: str) -> Iterator[tuple[int, Citation]]:
    """What stands in the text itself, with its place; addresses are taken out already."""
    if "%" in text and "10." in text:
        text = _ESCAPED_DOI.sub(lambda match: unquote(match[0]), text)
        lower = _lower(text)
    for match in _matches(_DOI, "10.", text, lower):
        doi = _trimmed(match)
        if doi:
            yield match.start(), Citation("doi", doi)
        text, lower = _blank(text, match), _blank(lower, match)
    for scheme, hint, pattern in _IN_TEXT:
        for match in _matches(pattern, hint, text, lower):
            for citation in _normal(scheme, match):
                yield match.start(), citation


def _normal(scheme: str, match: re.Match[str]) -> list[Citation]:
    """The citations of one match in normal form; none when a number cannot be one."""
    value = match[match.lastgroup or 1]
    if scheme == "pmid":
        return [Citation(scheme, number.lstrip("0")) for number in re.findall(r"\d+", value) if int(number)]
    if scheme == "pmcid":
        return [Citation(scheme, f"PMC{value.lstrip('0')}")] if int(value) else []
    if scheme == "arxiv":
        return [Citation(scheme, re.sub(r"\.[a-z]{2}/", "/", value.lower()))]  # math.GT/… is also math/…
    if scheme == "isbn":
        isbn = _isbn13(value)
        return [Citation(scheme, isbn)] if isbn else []
    return [Citation(scheme, f"{scheme.upper()}{value}")]


def _doi_of_url(url: str) -> str | None:
    """The DOI in a URL's path, else in its query; what a publisher hangs behind it is taken off."""
    if "10." not in url:
        return None
    try:
        parts = urlsplit(url.replace("&amp;", "&"))
    except ValueError:
        return None
    resolver = parts.netloc.lower().endswith("doi.org")
    for place in (unquote(parts.path), unquote_plus(parts.query), unquote(parts.fragment)):
        match = _DOI.search(place)
        doi = _trimmed(match) if match else None
        if doi:
            return doi if resolver else _without_view(doi)
    return None


def _without_view(doi: str) -> str:
    before = ""
    while before != doi:
        before, doi = doi, _VIEW.sub("", doi)
    for pattern in (_PREPRINT_VERSION, _OUP_ARTICLE):
        match = pattern.fullmatch(doi)
        if match:
            doi = match[1]
    return doi


def _trimmed(match: re.Match[str]) -> str | None:
    """A DOI without the punctuation of the sentence around it, in lower case; None when nothing is left.

    A closing bracket belongs to the DOI only if its opening one does.
    """
    suffix = match["suffix"]
    opened = {"(": 0, "[": 0, "<": 0}
    for i, char in enumerate(suffix):
        if char in opened:
            opened[char] += 1
        elif char in _PAIRS:
            if not opened[_PAIRS[char]]:
                suffix = suffix[:i]
                break
            opened[_PAIRS[char]] -= 1
    suffix = suffix.rstrip(_TRAILING)
    return f"{match['prefix']}/{suffix}".lower() if re.search(r"[A-Za-z0-9]", suffix) else None


def _isbn13(written: str) -> str | None:
    """The ISBN-13 that a run of digits and hyphens begins with; None when no checksum holds."""
    digits = re.sub(r"[^\dXx]", "", written).upper()
    thirteen, ten = digits[:13], digits[:10]
    if re.fullmatch(r"97[89]\d{10}", thirteen) and _check13(thirteen[:12]) == thirteen[12]:
        return thirteen
    if re.fullmatch(r"\d{9}[\dX]", ten):
        total = sum((10 - i) * (10 if char == "X" else int(char)) for i, char in enumerate(ten))
        return f"978{ten[:9]}{_check13('978' + ten[:9])}" if total % 11 == 0 else None
    return None


def _check13(twelve: str) -> str:
    return str(-sum(int(char) * (3 if i % 2 else 1) for i, char in enumerate(twelve)) % 10)
