"""A PostgreSQL of one's own on a Unix socket, started as another user where we are root: it refuses to serve root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest


def binary(name: str) -> str:
    """Debian keeps the server's programs off the path."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = str(places[0]) if places else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed (Debian: postgresql)")
    return found


def somebody() -> pwd.struct_passwd | None:
    """Who serves, when we are root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


class Postgres:
    """A cluster in a directory that goes with it."""

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="pg"))  # a socket's path is short
        self.user = somebody()
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        self.data = self.folder / "data"
        try:
            self._run("initdb", "-D", self.data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
            options = f"-k {self.folder} -c listen_addresses='' -c fsync=off"
            self._run("pg_ctl", "-D", self.data, "-l", self.folder / "log", "-o", options, "-w", "start")
        except BaseException:
            shutil.rmtree(self.folder)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder)

    def create(self, name: str) -> Database:
        """A new, empty database."""
        Database(self.folder, "postgres").one(f"CREATE DATABASE {name}")
        return Database(self.folder, name)

    def _run(self, name: str, *arguments: str | Path) -> None:
        user = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}
        command = [binary(name), *map(str, arguments)]
        log = self.folder / "commands.log"
        with log.open("a") as file:  # a pipe would stay open with the server
            done = subprocess.run(command, stdout=file, stderr=file, cwd=self.folder, timeout=120, check=False, **user)
        assert done.returncode == 0, log.read_text()


@dataclass(frozen=True)
class Database:
    """One database, asked through psql."""

    socket: Path
    name: str

    def load(self, path: Path) -> None:
        """Run a script; the first error ends it."""
        done = self._psql("-q", "-f", str(path))
        assert done.returncode == 0, done.stderr[-2000:]

    def one(self, sql: str) -> str:
        """The answer to a query, as text."""
        done = self._psql("-Atc", sql)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def fails(self, sql: str) -> bool:
        """Whether a statement is refused."""
        return self._psql("-c", sql).returncode != 0

    def _psql(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [
            binary("psql"),
            "-X",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            str(self.socket),
            "-U",
            "tester",
            "-d",
            self.name,
        ]
        return subprocess.run(
            [*command, *arguments], capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
            env={"PATH": os.environ["PATH"], "PGCLIENTENCODING": "UTF8", "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
