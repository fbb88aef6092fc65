"""python -m archiver.demo: serve the demo blog until Ctrl-C."""

from __future__ import annotations

import argparse
from threading import Event

from archiver.demo import DemoBlog, serve


def main() -> None:
    """Read the options, serve, wait."""
    parser = argparse.ArgumentParser(
        prog="python -m archiver.demo", description="Serve a small fictional blog on loopback."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8765, help="port; 0 takes a free one (default: %(default)s)")
    parser.add_argument("--posts", type=int, help="number of posts (default: those written by hand)")
    parser.add_argument("--thread", type=int, default=72, help="comments of the longest thread (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of what is generated (default: %(default)s)")
    given = parser.parse_args()
    blog = DemoBlog(seed=given.seed, posts=given.posts, thread=given.thread)
    with serve(blog, host=given.host, port=given.port) as address:
        try:
            print(f"{blog.title}: {address}/  (Ctrl-C stops it)", flush=True)
            Event().wait()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
