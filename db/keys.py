"""The keys of all rows: stable across rebuilt and merged archives.

A key is 20 characters of lower-case base32: 4 from the site, so that rows of one blog lie together
in every index (merging shards is then an append), and 16 (80 bits) from kind, site and native key.
Parts are length-prefixed, so `("a", "bc")` and `("ab", "c")` differ, and SCHEME is mixed in, so that
another scheme can never be mistaken for this one. Golden tests freeze it.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

SCHEME = "blog-archiver-1"
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"  # RFC 4648, in lower case
_PAIRS = [first + second for first in _LETTERS for second in _LETTERS]


def _prefixed(*parts: str) -> bytes:
    data = [part.encode("utf-8") for part in parts]
    return b"".join([len(part).to_bytes(8, "big") + part for part in data])


def _text(hashed: blake2b) -> str:
    """Base32 without padding, ten bits at a time: twice as fast as `base64`, for the dozens of keys of every page."""
    bits = hashed.digest_size * 8
    padding = -bits % 10
    number = int.from_bytes(hashed.digest(), "big") << padding
    text = "".join([_PAIRS[number >> shift & 1023] for shift in range(bits + padding - 10, -1, -10)])
    return text[:-1] if padding >= 5 else text  # the last letter holds nothing but padding


def _digest(size: int, *parts: str) -> str:
    return _text(blake2b(_prefixed(SCHEME, *parts), digest_size=size))


@lru_cache(maxsize=256)
def site_prefix(site_key: str) -> str:
    """The 4 characters that begin every key of a site."""
    return _digest(5, "site", site_key)[:4]


@lru_cache(maxsize=1024)
def _begun(kind: str, site_key: str) -> tuple[str, blake2b]:
    """What all keys of one kind and site have in common, hashed once."""
    return site_prefix(site_key), blake2b(_prefixed(SCHEME, kind, site_key), digest_size=10)


@lru_cache(maxsize=8192)
def key(kind: str, site_key: str, *native: str) -> str:
    """The key of one thing of a site: `native` is the platform's own id, or what stands in for it."""
    prefix, begun = _begun(kind, site_key)
    hashed = begun.copy()
    hashed.update(_prefixed(*native))
    return prefix + _text(hashed)


def blog_key(site_key: str) -> str:
    """The key of the blog itself."""
    return key("blog", site_key)


def work_key(scheme: str, identifier: str) -> str:
    """The key of a cited work: the same for all blogs, so that archives meet in it."""
    return "work" + _digest(10, "work", scheme, identifier)


def digest(*parts: str | None) -> str:
    """A short digest (26 characters) of wording, to tell changes; None differs from empty."""
    return _digest(16, *("-" if part is None else "+" + part for part in parts))


def fingerprint(*values: str | int | None) -> str:
    """A digest of 8 characters (32 bits): enough to tell two readings of one thing apart, not to name it."""
    parts = [
        f"{len(value)}:{value}" if type(value) is str else "-" if value is None else f"{len(text := str(value))}:{text}"
        for value in values
    ]
    return blake2b(";".join(parts).encode("utf-8"), digest_size=4).hexdigest()
