"""Everything that can go wrong, drawn in one place.

    ArchiverError                     exit code
    ├── UsageError                        2   a wrong option, URL or configuration file
    ├── ArchiveError                      3   the archive on disk
    │   ├── ArchiveMissing                3   no archive there
    │   ├── ArchiveTooNew                 3   made by a newer version
    │   ├── ArchiveDamaged                3   not a database, or a torn one
    │   ├── DiskFull                      3   no room, or no right, to write
    │   └── StoreAway                     3   what keeps shards elsewhere refuses, or cannot be reached
    ├── Incomplete                        4   done, but the ledger shows gaps
    ├── LimitReached                      5   stopped by --limit, --max-requests or --max-time
    ├── Locked                            6   another run holds the lock
    ├── SiteError                         7   the site refused, or could not be reached
    │   ├── Unreachable                   7   DNS, connection, TLS, time-out
    │   ├── Refused                       7   401, 403, 429, robots.txt
    │   └── NotABlog                      7   it answered, but there is no blog there
    └── PageError                         -   one page could not be read; the crawl goes on

Every message names the thing, the cause and the next step, on one line.
"""

from __future__ import annotations


class ArchiverError(Exception):
    """Base of all errors that a user may see.

    `what` names the thing, `why` the cause, `todo` the next step; str() joins them on one line.
    """

    exit_code = 1

    def __init__(self, what: str, why: str = "", todo: str = "") -> None:
        self.what, self.why, self.todo = what, why, todo
        super().__init__(what, why, todo)

    def __str__(self) -> str:
        line = f"{self.what}: {self.why}" if self.why else self.what
        return f"{line}. {self.todo}" if self.todo else line


class UsageError(ArchiverError):
    exit_code = 2


class ArchiveError(ArchiverError):
    exit_code = 3


class ArchiveMissing(ArchiveError):
    pass


class ArchiveTooNew(ArchiveError):
    pass


class ArchiveDamaged(ArchiveError):
    pass


class DiskFull(ArchiveError):
    pass


class StoreAway(ArchiveError):
    pass


class Incomplete(ArchiverError):
    exit_code = 4


class LimitReached(ArchiverError):
    exit_code = 5


class Locked(ArchiverError):
    exit_code = 6


class SiteError(ArchiverError):
    exit_code = 7


class Unreachable(SiteError):
    pass


class Refused(SiteError):
    pass


class NotABlog(SiteError):
    pass


class PageError(ArchiverError):
    """One page could not be read: a body that is not what its type says, cut short, or too large."""
