"""Servers of buckets on loopback, each in a process of its own, which can hold back what is put.

    s3    moto, which speaks Amazon's API
    gs    tests/fleet/gcs.py: what Google documents of its own, as far as our client asks for it

Neither is the service itself.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.fleet.gcs import CloudStorage, Start

ROOT = Path(__file__).parents[2]
KINDS = ("s3", "gs")


class Holding:
    """A server behind one that lets nothing that is put under some keys come to its end, for a while."""

    def __init__(self, inner: Any) -> None:
        self._inner, self._free, self._word, self._held = inner, threading.Event(), "", 0

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """As WSGI has it."""
        path = environ["PATH_INFO"]
        if path == "/hold/":
            self._free.clear()
            self._word, self._held = environ["QUERY_STRING"], 0
        elif path == "/release/":
            self._word = ""
            self._free.set()
        elif path != "/held/":
            if environ["REQUEST_METHOD"] == "PUT" and self._word and self._word in path:
                self._held += 1
                self._free.wait()
            return self._inner(environ, start)
        start("200 OK" if self._held or path != "/held/" else "204 No Content", [("Content-Length", "0")])
        return [b""]


def serve(kind: str) -> None:
    """Serve until standard input ends, which it does also when the test is killed; the port goes to standard output."""
    from werkzeug.serving import make_server

    if kind == "s3":
        from moto.server import DomainDispatcherApplication, create_backend_app

        inner: Any = DomainDispatcherApplication(create_backend_app)
    else:
        inner = CloudStorage()
    server = make_server("127.0.0.1", 0, Holding(inner), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.port, flush=True)
    sys.stdin.read()


@dataclass(frozen=True)
class Bucket:
    """A server with a bucket, `blogs`. port: at 127.0.0.1."""

    kind: str
    port: int

    @property
    def url(self) -> str:
        """The place of shards in it."""
        return f"{self.kind}://blogs/shards"

    @property
    def variables(self) -> dict[str, str]:
        """What a worker's environment has to say."""
        here = f"http://127.0.0.1:{self.port}"
        if self.kind == "gs":
            key = {
                "gcs_base_url": here,
                "disable_oauth": True,
                "client_email": "",
                "private_key": "",
                "private_key_id": "",
            }
            return {"GOOGLE_SERVICE_ACCOUNT_KEY": json.dumps(key), "GOOGLE_ALLOW_HTTP": "true"}
        return {
            "AWS_ENDPOINT_URL": here,
            "AWS_ACCESS_KEY_ID": "KEYOFTHETEST",
            "AWS_SECRET_ACCESS_KEY": "secretofthetest",
            "AWS_REGION": "us-east-1",
        }

    def empty(self) -> None:
        """Have the bucket, with nothing in it, and let everybody in."""
        self.ask("POST", "/moto-api/reset" if self.kind == "s3" else "/control/reset")
        assert self.ask("PUT", "/blogs") == 200

    def refuse(self) -> None:
        """Let nobody in, until it is emptied."""
        if self.kind == "s3":
            self.ask("POST", "/moto-api/reset-auth", "0")
        else:
            self.ask("POST", "/control/refuse")

    def admit(self) -> None:
        """Let everybody in again."""
        if self.kind == "s3":
            self.ask("POST", "/moto-api/reset-auth", "inf")
        else:
            self.ask("POST", "/control/admit")

    def hold(self, word: str) -> None:
        """Let nothing that is put under a key with this word in it come to its end."""
        self.ask("POST", f"/hold/?{word}")

    def until_held(self, process: subprocess.Popen[str]) -> None:
        """Wait until something is held back, or the process that is to put it has ended."""
        while self.ask("GET", "/held/") != 200 and process.poll() is None:
            time.sleep(0.02)

    def release(self) -> None:
        """Let all that is held back, and what comes, to its end."""
        self.ask("POST", "/release/")

    def ask(self, method: str, path: str, body: str = "") -> int:
        """Ask for anything; the status of the answer."""
        connection = HTTPConnection("127.0.0.1", self.port)
        try:
            connection.request(method, path, body)
            return connection.getresponse().status
        finally:
            connection.close()


@contextmanager
def bucket_server(kind: str) -> Iterator[Bucket]:
    """A server for as long as the block lasts."""
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    command = [sys.executable, "-m", "tests.fleet.bucket_server", kind]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nowhere, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            yield Bucket(kind, int(process.stdout.readline()))
        finally:
            process.kill()


if __name__ == "__main__":
    serve(sys.argv[1])
