"""Which post is meant: by its native id, by its URL, or by both.

A post is keyed by its native id once any reading has told it, by its URL until then. `post_urls` keeps
every address under which a post was seen, so that a reading that knows the URL alone finds it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from archiver.model import PostRef
from archiver.urls import url_key
from db.context import Context
from db.joiner import Joiner
from db.store import Store


class Addresses:
    """Finds the ids of the posts of one visit, and has rows joined that turn out to be one post."""

    def __init__(self, store: Store, joiner: Joiner, context: Context) -> None:
        self._joiner, self._context = joiner, context
        self._execute = store.connection.execute

    def resolve(self, refs: Iterable[PostRef]) -> dict[PostRef, str]:
        """The ids of posts. A post without id and URL has none, and is left out."""
        known = list(dict.fromkeys(ref for ref in refs if ref.native_id or ref.url))
        keys = {ref: self._context.key("post", "url", url_key(ref.url)) for ref in known if ref.url}
        query = "SELECT id, post_id FROM post_urls WHERE id IN (SELECT value FROM json_each(?))"
        owners = dict(self._execute(query, (json.dumps(list(keys.values())),)).fetchall())
        ids: dict[PostRef, str] = {}
        # Those with a native id first: within a page too, they tell whose URL it is.
        for ref in sorted(known, key=lambda ref: ref.native_id is None):
            address = keys.get(ref)
            if ref.native_id:
                ids[ref] = self._context.key("post", "native", ref.native_id)
                if address and owners.get(address) != ids[ref]:
                    owners[address] = self._claim(address, owners.get(address), ids[ref], ref)
            elif address:
                if address not in owners:
                    owners[address] = self._claim(address, None, self._of_file(ref) or address, ref)
                ids[ref] = owners[address]
        return ids

    def _of_file(self, ref: PostRef) -> str | None:
        """The post that is known by the name of a folder's file, where an address is that of the folder.

        Archives of before hold posts as `/a-post/index.html` that are read as `/a-post/` now; they keep their keys.
        """
        if not (ref.url or "").endswith("/"):
            return None
        file = self._context.key("post", "url", f"{url_key(ref.url or '')}/index.html")
        row = self._execute("SELECT post_id FROM post_urls WHERE id = ?", (file,)).fetchone()
        return None if row is None else str(row[0])

    def _claim(self, address: str, owner: str | None, post_id: str, ref: PostRef) -> str:
        """Let an address be that of a post. Returns whose it is now: of two native posts the younger has it."""
        if owner == address != post_id:
            self._joiner.join(owner, post_id, ref.native_id)
        elif owner is not None:
            native = self._execute("SELECT native_id FROM posts WHERE id = ?", (owner,)).fetchone()
            if native and _age(native[0]) > _age(ref.native_id):
                return owner
        self._execute(
            "INSERT INTO post_urls (id, post_id, address) VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET post_id = excluded.post_id",
            (address, post_id, url_key(ref.url or "")),
        )
        return post_id


def _age(native_id: str | None) -> tuple[int, str]:
    """Orders native ids as numbers where they are numbers."""
    native_id = native_id or ""
    return len(native_id), native_id
