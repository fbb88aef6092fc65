"""A real WordPress on loopback for tests and benchmarks: starts it, switches it, and knows the truth.

    bed = start(posts=30, seed=1, big=120)
    bed.sites[0].url                      # http://127.0.0.1:PORT/
    site = bed.site(feeds="off", options={"comment_order": "desc"})
    bed.truth(site)                       # sqlite3.Connection, see testbed/truth.php for its tables
    bed.stop()

The servers are the affair of `testbed/wp-testbed.sh`; this module chooses free ports, keeps a guard
process that ends everything when this process ends in whatever way, and reads the access logs.
"""

from __future__ import annotations

import os
import random
import re
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

SCRIPT = Path(__file__).parent / "testbed" / "wp-testbed.sh"
EMPTY = "EMPTY"  # how an option is switched to the empty string


class TestbedError(RuntimeError):
    """The test bed could not be built; says what failed and, for missing packages, the command to run."""

    __test__ = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What distinguishes one site from the others on the same database.

    rest: status that the API answers with, None when it is open. feeds: `off` (redirected to the
    page) or `403`. options: WordPress options, `page_comments`, `comment_order`, `permalink_structure` …
    date: a PHP date format, or `relative`. latency: milliseconds. faults: `SEED:PERCENT` of the URLs fail
    on their first two requests (429, 500, 503). comment_base: comment pages are called so, instead of
    `comment-page`; page_base: pages of lists, instead of `page`; author_base: pages of authors, instead of `author`;
    all three need a `permalink_structure` of their own. path: a folder that the blog stands in, as `/blog`.
    patched: False leaves WordPress 6.1's bug in, by which a block theme answers 500 for threads that hold a `%`
    below the deepest level. database: see `clone`.
    """

    theme: str = "twentytwentyone"
    rest: int | None = None
    feeds: str | None = None
    sitemap: bool = True
    options: Mapping[str, str] = field(default_factory=dict)
    date: str | None = None
    locale: str | None = None
    latency: int = 0
    faults: str | None = None
    comment_base: str | None = None
    page_base: str | None = None
    author_base: str | None = None
    path: str = ""
    patched: bool = True
    database: str | None = None

    @property
    def api_open(self) -> bool:
        return self.rest is None

    @property
    def shows_byline(self) -> bool:
        """Whether pages print guest and co-authors: block themes print the name of the account."""
        return self.theme == "twentytwentyone"

    def variables(self) -> list[str]:
        """The switches of testbed-mu.php as VAR=VALUE."""
        options = ";".join(f"{name}={value or EMPTY}" for name, value in self.options.items())
        values = {
            "WPTHEME": self.theme,
            "WPREST": str(self.rest or ""),
            "WPFEED": self.feeds or "",
            "WPSITEMAP": "" if self.sitemap else "off",
            "WPOPT": options,
            "WPDATE": self.date or "",
            "WPLOCALE": self.locale or "",
            "WPLATENCY": str(self.latency or ""),
            "WPFAULTS": self.faults or "",
            "WPCBASE": self.comment_base or "",
            "WPPAGEBASE": self.page_base or "",
            "WPAUTHORBASE": self.author_base or "",
            "WPPATH": self.path,
            "TBPATCH": "" if self.patched else "0",
            "WPSITE": self.database or "",
        }
        return [f"{name}={value}" for name, value in values.items() if value]


FOUR = {
    "classic": Spec(),
    "block": Spec(theme="twentytwentytwo"),
    "closed": Spec(theme="twentytwentythree", rest=401),
    "plain": Spec(options={"permalink_structure": EMPTY}),
}


@dataclass(frozen=True, slots=True)
class Site:
    """One server. url: its front page."""

    name: str
    url: str
    spec: Spec

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 80


@dataclass(frozen=True, slots=True)
class Request:
    """One line of the server's access log. uri: path and query as asked; took: milliseconds."""

    when: str
    status: int
    method: str
    uri: str
    took: int


class Testbed:
    """A running test bed. `sites` are those of FOUR; `site()` adds one. Ends with `stop()` or `with`."""

    __test__ = False

    def __init__(self, home: Path, port: int, guard: subprocess.Popen[bytes] | None = None) -> None:
        self.home, self.port, self._guard = home, port, guard
        self.sites = [
            Site(name, f"http://127.0.0.1:{port + number}/", spec) for number, (name, spec) in enumerate(FOUR.items())
        ]
        self._added = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __getitem__(self, name: str) -> Site:
        return next(site for site in self.sites if site.name == name)

    def site(self, name: str = "", **spec: Any) -> Site:
        """Start one more server on the same database; the words are those of Spec."""
        wanted = Spec(**spec)
        for attempt in range(5):
            port = free_ports(1)
            try:
                self._run("site", str(port), *wanted.variables())
                break
            except TestbedError:
                if attempt == 4:
                    raise
        self._added += 1
        return Site(name or f"site-{self._added}", f"http://127.0.0.1:{port}{wanted.path}/", wanted)

    def stop_site(self, site: Site) -> None:
        self._run("unsite", str(site.port))

    def truth(
        self, site: Site | None = None, path: Path | None = None, *, spec: Spec | None = None
    ) -> sqlite3.Connection:
        """What a visitor of the site (or of one with such a spec) may see, from WordPress's own database, right now."""
        path = path or self.home / f"truth-{site.name if site else 'main'}.db"
        wanted = site.spec if site else spec or Spec()
        self._run("truth", str(path), *wanted.variables())
        return sqlite3.connect(path)

    def populate(self, name: str, *, posts: int, seed: int, big: int) -> str:
        """Fill one more database, for `site(database=name)`."""
        self._run("populate", str(posts), str(seed), env={"SITE": name, "BIG": str(big)})
        return name

    def clone(self, name: str, of: str = "main") -> str:
        """Copy a database, for a test that edits: `site(database=bed.clone("edited"))`."""
        self._run("clone", name, env={"SITE": of})
        return name

    def php(self, code: str, database: str | None = None) -> str:
        """Run PHP inside WordPress; what it prints comes back."""
        return self._run("eval", *([f"WPSITE={database}"] if database else []), stdin=code)

    def requests(self, site: Site, since: int = 0) -> list[Request]:
        """What the server was asked, from the line `since` on."""
        log = self.home / "run" / f"access-{site.port}.log"
        lines = log.read_text("utf-8").splitlines()[since:] if log.exists() else []
        return [_request(line) for line in lines]

    def stop(self) -> None:
        """End all servers and delete the state. Safe to call twice."""
        if self._guard and self._guard.stdin:
            self._guard.stdin.close()
            self._guard.wait(60)
            self._guard = None

    def _run(self, *words: str, env: Mapping[str, str] | None = None, stdin: str = "") -> str:
        return _script(*words, env={"TB": str(self.home), "PORT": str(self.port), **(env or {})}, stdin=stdin)


def _request(line: str) -> Request:
    when, status, method, uri, took = line.split("\t")
    return Request(when, int(status), method, uri, int(took))


def start(posts: int = 30, seed: int = 1, big: int = 120) -> Testbed:
    """Build and serve a test bed: `posts` ordinary posts beside some 76 odd ones, `big` comments on the biggest thread.

    Takes about six seconds for the small size. Raises TestbedError when packages are missing and
    cannot be installed.
    """
    _packages()
    _script("sweep")
    for attempt in range(5):
        port = free_ports(len(FOUR))
        home = Path(tempfile.gettempdir()) / f"wp-testbed-{port}"
        if home.exists():
            continue
        env = {"TB": str(home), "PORT": str(port), "BIG": str(big)}
        guard = _guard(env)
        try:
            _script("up", str(posts), str(seed), env=env)
        except TestbedError as error:
            Testbed(home, port, guard).stop()
            if attempt == 4 or "no server on port" not in str(error):
                raise
            continue
        except BaseException:
            Testbed(home, port, guard).stop()
            raise
        return Testbed(home, port, guard)
    raise TestbedError("no free ports were found")


def _guard(env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """A process in a session of its own that resets the test bed when our end of its pipe closes."""
    return subprocess.Popen(
        [str(SCRIPT), "guard"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **env},
        start_new_session=True,  # out of reach of what ends our process group
    )


def _packages() -> None:
    missing = _script("missing").split()
    if missing and os.geteuid() != 0:
        command = f"sudo apt-get install -y --no-install-recommends {' '.join(missing)}"
        raise TestbedError(f"packages of the test bed are missing; run: {command}")


def free_ports(count: int) -> int:
    """The first of `count` consecutive ports that nobody listens on, below the range for outgoing connections."""
    chance = random.SystemRandom()
    for _ in range(200):
        first = chance.randrange(18400, 32000)
        if all(_is_free(port) for port in range(first, first + count)):
            return first
    raise TestbedError("no free ports were found")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _script(*words: str, env: Mapping[str, str] | None = None, stdin: str = "") -> str:
    # Unset, so that a test bed of one's own is not reached by accident.
    base = {
        name: value for name, value in os.environ.items() if not re.fullmatch(r"TB|PORT|BIG|SITE|TBPATCH|WP\w+", name)
    }
    done = subprocess.run(
        [str(SCRIPT), *words],
        input=stdin,
        capture_output=True,
        text=True,
        env={**base, **(env or {})},
        start_new_session=True,  # so that the guard can end a build with all its children
        timeout=900,
        check=False,
    )
    if done.returncode:
        raise TestbedError(f"{SCRIPT.name} {' '.join(words)}: {(done.stderr or done.stdout).strip()}")
    return done.stdout
