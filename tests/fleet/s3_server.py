"""A server that speaks S3 (moto), in a process of its own on loopback; it can hold back what is put."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection

SERVES = """
import sys, threading
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

moto, free, holding = DomainDispatcherApplication(create_backend_app), threading.Event(), {"word": "", "held": 0}

def answer(start, status):
    start(status, [("Content-Length", "0")])
    return [b""]

def serve(environ, start):
    path = environ["PATH_INFO"]
    if path == "/hold/":
        free.clear()
        holding.update(word=environ["QUERY_STRING"], held=0)
        return answer(start, "200 OK")
    if path == "/held/":
        return answer(start, "200 OK" if holding["held"] else "204 No Content")
    if path == "/release/":
        holding["word"] = ""
        free.set()
        return answer(start, "200 OK")
    if environ["REQUEST_METHOD"] == "PUT" and holding["word"] and holding["word"] in path:
        holding["held"] += 1
        free.wait()
    return moto(environ, start)

server = make_server("127.0.0.1", 0, serve, threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.port, flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True)
class S3:
    """A server. port: at 127.0.0.1."""

    port: int

    @property
    def variables(self) -> dict[str, str]:
        """What a worker's environment has to say."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": "KEYOFTHETEST",
            "AWS_SECRET_ACCESS_KEY": "secretofthetest",
            "AWS_REGION": "us-east-1",
        }

    def make_bucket(self, name: str) -> None:
        """Make an empty bucket."""
        assert self.ask("PUT", f"/{name}") == 200

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
def s3_server() -> Iterator[S3]:
    """A server for as long as the block lasts. It ends with its standard input: also when the test is killed."""
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    command = [sys.executable, "-c", SERVES]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nowhere, text=True) as process:
        assert process.stdout is not None
        try:
            yield S3(int(process.stdout.readline()))
        finally:
            process.kill()
