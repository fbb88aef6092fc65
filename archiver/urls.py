"""URLs: made absolute, told apart, and taken to pieces. Nothing here raises, whatever the text."""

from __future__ import annotations

import ipaddress
import re
import socket
import string
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple
from urllib.parse import unquote, unquote_plus, urljoin

import idna

from archiver.text import clean

_UNRESERVED = frozenset(string.ascii_letters + string.digits + "-._~")
_LONGEST_HOST = 1024  # DNS allows 253; Punycode takes quadratic time
_INNER = re.compile("[\x00-\x1f\x7f]")
_UNSAFE = re.compile(r"""[\s<>"]""")
_PARTS = re.compile(
    r"(?:(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*):)?(?://(?P<authority>[^/?#]*))?(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?"
)
# Absolute already, and nothing in it to repair: most links.
_PLAIN = re.compile(
    r"https?://[a-z0-9][a-z0-9.-]*(?::[1-9]\d{0,3}|:[1-5]\d{4})?(?:/[A-Za-z0-9\-._~!$&'()*+,;=:@/%?#]*)?", re.ASCII
)
_PLAIN_PATH = re.compile(r"/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@%?#][A-Za-z0-9\-._~!$&'()*+,;=:@/%?#]*)?", re.ASCII)
_AUTHORITY = re.compile(
    r"(?:.*@)?(?P<host>\[[0-9a-fA-F:.]*(?:%[^\]]*)?\]|[^\[\]@:]*)(?::(?P<port>0*[0-9]{0,5}))?", re.DOTALL
)
_NOT_IN_PATH = re.compile(r"%(?:[0-9a-fA-F]{2})?|[^A-Za-z0-9\-._~!$&'()*+,;=:@/]")
_NOT_IN_QUERY = re.compile(r"%(?:[0-9a-fA-F]{2})?|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?]")
_NOT_IN_HOST = re.compile(r"[\s\x00-\x1f\x7f/?#@:\[\]\\%<>|^]")
# The pages of a blog hold the same few hundred URLs again and again; a crawl spends much of its time on them.
_remembered = lru_cache(maxsize=4096)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PAGES = (".html", ".htm", ".shtml", ".xhtml")
_PRIVATE_ENDINGS = (".localhost", ".local", ".localdomain", ".internal", ".intranet", ".lan", ".home.arpa")


class _Parts(NamedTuple):
    """An http(s) URL in normal form, without user name, fragment and tracking parameters."""

    scheme: str
    host: str  # ASCII, lower case, no trailing dot; an IPv6 address in brackets
    port: int | None  # None for the scheme's default
    path: str  # begins with a slash
    query: str


def _read_tracking() -> tuple[frozenset[str], tuple[str, ...]]:
    lines = files("archiver").joinpath("data/tracking_parameters.txt").read_text("utf-8").split("\n")
    names = [line for line in lines if line and not line.startswith("#")]
    return frozenset(n for n in names if not n.endswith("*")), tuple(n[:-1] for n in names if n.endswith("*"))


_TRACKING, _TRACKING_PREFIXES = _read_tracking()


def absolute(url: str, base: str) -> str | None:
    """`url` as found on the page `base`, made absolute; None unless it is http(s) and has a host.

    The fragment stays. White space inside is percent-encoded, control characters go.
    """
    if url[:4] == "http" and _is_plain(url):
        return url
    if url[:1] == "/" and "/." not in url and _PLAIN_PATH.fullmatch(url):
        root = _joined("/", base)
        return root and root[:-1] + url
    return _joined(url, base)


@_remembered
def _is_plain(url: str) -> bool:
    return "/." not in url and _PLAIN.fullmatch(url) is not None


@lru_cache(maxsize=1024)
def _joined(url: str, base: str) -> str | None:
    url = _slashed(_tidy(url))
    try:
        joined = _tidy(urljoin(_tidy(base), url))  # "http://host #" has a space before its fragment
    except ValueError:  # "http://[::1", and hosts that NFKC would turn into a path
        return None
    parts = _parse(joined)
    if parts is None:
        return None
    return _UNSAFE.sub(_encoded, parts.scheme + joined[len(parts.scheme) :])


@_remembered
def canonical(url: str) -> str:
    """The normal form of an http(s) URL; other texts come back as they are, stripped.

    Scheme and host in lower case (IDNA), no default port, no fragment, dot segments solved, escapes in
    upper case and only where needed, no tracking parameters; the other parameters keep their order.
    """
    parts = _parse(url)
    if parts is None:
        return _tidy(url)
    return f"{parts.scheme}://{_with_port(parts)}{parts.path}{_question(parts.query)}"


def without_fragment(url: str) -> str:
    """The URL up to its fragment."""
    return url.partition("#")[0]


@_remembered
def url_key(url: str) -> str:
    """Equal for two spellings of one resource: canonical without scheme, `www.` and last slash."""
    parts = _parse(url)
    if parts is None:
        return _tidy(url)
    return _without_www(_with_port(parts)) + parts.path.rstrip("/") + _question(parts.query)


@_remembered
def host_key(url: str) -> str:
    """`host` or `host:port` of a URL, lower case, IDNA, without `www.`; empty when there is no host."""
    parts = _parse(url)
    return _without_www(_with_port(parts)) if parts else ""


def site_key(home_url: str) -> str:
    """The key of a blog: host without `www.`, and the path where several blogs share a host."""
    url = _tidy(home_url)
    if not url.lower().startswith(("http://", "https://")):
        url = "https://" + url.removeprefix("//")
    parts = _parse(url)
    return _without_www(_with_port(parts)) + parts.path.rstrip("/") if parts else _tidy(home_url)


def same_host(url: str, other: str) -> bool:
    """Whether both URLs have one host and port; `www.` and the scheme do not count."""
    key = host_key(url)
    return key != "" and key == host_key(other)


def at_host_of(url: str, home: str) -> str:
    """An absolute URL as it is spelled at the host of another one: with its scheme, name and port."""
    tidy = _tidy(url)
    parts, other = _match(tidy), _match(_tidy(home))
    if not parts["authority"] or not other["authority"]:
        return url
    behind = tidy[parts.end("authority") :]
    return f"{other['scheme']}://{other['authority']}{'' if behind.startswith('/') else '/'}{behind}"


@_remembered
def within(url: str, home: str) -> bool:
    """Whether `url` is on the site whose front page is `home`: one host, and the path below home's.

    Where home is a file, such as `/blog.html`, what stands in its folder.
    """
    here, there = _parse(url), _parse(home)
    if here is None or there is None or _without_www(_with_port(here)) != _without_www(_with_port(there)):
        return False
    above = folder(there.path)
    return here.path.rstrip("/") == above or here.path.startswith(above + "/")


def folder(path: str) -> str:
    """A path or URL without its last slash, or without the file of pages that it names."""
    bare = path.rstrip("/")
    head, slash, name = bare.rpartition("/")
    return head if slash and name.lower().endswith(_PAGES) else bare


def without_index(url: str) -> str:
    """A URL without the name of the file that servers give for a folder: /post/index.html is /post/."""
    bare, query, rest = url.partition("?")
    return bare.removesuffix("index.html") + query + rest if bare.endswith("/index.html") else url


def last_segment(url: str) -> str:
    """The last segment of the path, percent-decoded: a post's slug. Empty for a front page."""
    parts = _parse(url)
    path = parts.path if parts else str(_match(_tidy(url))["path"])
    return clean(unquote(path.rstrip("/").rpartition("/")[2]))


@_remembered
def query_value(url: str, name: str) -> str | None:
    """The first value of a query parameter, decoded; None when it is not there."""
    for pair in (_match(_tidy(url))["query"] or "").split("&"):
        key, _, value = pair.partition("=")
        if unquote_plus(key) == name:
            return clean(unquote_plus(value))
    return None


def is_private_host(host: str) -> bool:
    """Whether a host (with or without port) is one that the public internet does not reach.

    Loopback, private, link-local and unique-local addresses in any notation that resolvers take
    (127.1, 0x7f000001, ::ffff:10.0.0.1), localhost, names for private use, and bare names.
    """
    host = _tidy(host)
    match = _AUTHORITY.fullmatch(host)  # not of an IPv6 address without brackets
    name = (match["host"] if match else host).strip("[]")
    name = name.partition("%")[0] if ":" in name else _ascii_host(name)
    address = _address(name)
    if address is not None:
        return any(not a.is_global or a.is_multicast for a in (address, *_embedded(address)))
    return "." not in name or name.endswith(_PRIVATE_ENDINGS)


def _tidy(text: str) -> str:
    return _INNER.sub("", clean(text)).strip()


def _slashed(url: str) -> str:
    """Backslashes before the query as browsers read them."""
    if "\\" not in url:
        return url
    cut = min((i for i in (url.find("?"), url.find("#")) if i >= 0), default=len(url))
    return url[:cut].replace("\\", "/") + url[cut:]


def _match(url: str) -> re.Match[str]:
    match = _PARTS.match(url)
    assert match is not None, "every part of the pattern may be empty"
    return match


@_remembered
def _parse(url: str) -> _Parts | None:
    """The normal parts of an http(s) URL; None for anything else."""
    match = _match(_slashed(_tidy(url)))
    scheme = (match["scheme"] or "").lower()
    authority = _AUTHORITY.fullmatch(match["authority"] or "")
    if scheme not in _DEFAULT_PORTS or authority is None:
        return None
    host = _ascii_host(authority["host"])
    port = int(authority["port"] or _DEFAULT_PORTS[scheme])
    if not host or not 0 < port <= 65535:
        return None
    return _Parts(
        scheme,
        host,
        None if port == _DEFAULT_PORTS[scheme] else port,
        _without_dots(_NOT_IN_PATH.sub(_escape, match["path"])),
        _without_tracking(_NOT_IN_QUERY.sub(_escape, match["query"] or "")),
    )


def _escape(match: re.Match[str]) -> str:
    """One escape or one unsafe character in normal form.

    A stray percent sign becomes %25: left alone, `%%34%31` would turn into `%41` and then into `A`.
    """
    found = match[0]
    if len(found) == 3:
        byte = chr(int(found[1:], 16))
        return byte if byte in _UNRESERVED else found.upper()
    return _encoded(match)


def _encoded(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())


def _without_dots(path: str) -> str:
    """The path with `.` and `..` solved (RFC 3986, 5.2.4), at least a slash."""
    if "/." not in path:
        return path or "/"
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _without_tracking(query: str) -> str:
    return "&".join(pair for pair in query.split("&") if pair and not _is_tracking(pair))


def _is_tracking(pair: str) -> bool:
    name = pair.partition("=")[0].lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _ascii_host(host: str) -> str:
    """A host as DNS knows it: lower case, IDNA, no trailing dot; empty when it cannot be one."""
    if "%" in host and not host.startswith("["):
        host = unquote(host)
    if not host.isascii():
        host = unicodedata.normalize("NFKC", host).replace("\u3002", ".")
    host = host.lower().rstrip(".")
    if len(host) > _LONGEST_HOST or (not host.startswith("[") and _NOT_IN_HOST.search(host)):
        return ""
    return host if host.isascii() else ".".join(map(_ascii_label, host.split(".")))


def _ascii_label(label: str) -> str:
    if label.isascii():
        return label
    try:
        return idna.encode(label, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):  # emoji and the like, which some registries sell
        return "xn--" + label.encode("punycode", "ignore").decode("ascii").lower()


def _with_port(parts: _Parts) -> str:
    return parts.host if parts.port is None else f"{parts.host}:{parts.port}"


def _without_www(host: str) -> str:
    while host.startswith("www.") and "." in host[4:]:
        host = host[4:]
    return host


def _question(query: str) -> str:
    return f"?{query}" if query else ""


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        pass
    try:  # the C library's reading, which is what a connection would use: 127.1, 0177.0.0.1
        return ipaddress.IPv4Address(socket.inet_aton(name))
    except (OSError, ValueError):
        return None


def _embedded(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """The IPv4 addresses that an IPv6 address leads to: mapped, 6to4, NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found = [a for a in (address.ipv4_mapped, address.sixtofour) if a is not None]
    if address in ipaddress.IPv6Network("64:ff9b::/96"):
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return found
