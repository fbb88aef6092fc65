"""What the blog says of itself, which thread pages were read, and what was strange on them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from archiver.model import Claim, Lesson, Note, PostRef, ThreadAnswer, ThreadPage
from archiver.urls import url_key
from db.context import Context
from db.store import Store

# Of two readings the later one counts; of two in one second always the same one.
SAVE_CLAIM = """
INSERT INTO claims (id, blog_id, subject_kind, subject, post_id, term_id, measure, number, source, said_at, fetch_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET number = excluded.number, said_at = excluded.said_at, fetch_id = excluded.fetch_id
WHERE (excluded.said_at, excluded.fetch_id, excluded.number) > (said_at, fetch_id, number)
"""
SAVE_THREAD_PAGE = """
INSERT INTO thread_pages (post_id, page, pages, shown, claimed, seen_at, fetch_id) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (post_id, page) DO UPDATE SET pages = excluded.pages, shown = excluded.shown, claimed = excluded.claimed,
  seen_at = excluded.seen_at, fetch_id = excluded.fetch_id
WHERE (excluded.seen_at, excluded.fetch_id, excluded.shown) > (seen_at, fetch_id, shown)
"""
SAVE_ANSWER = """
INSERT INTO thread_answers (post_id, source, part, last, seen_at, fetch_id) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (post_id, source, part) DO UPDATE SET last = excluded.last, seen_at = excluded.seen_at,
  fetch_id = excluded.fetch_id WHERE (excluded.seen_at, excluded.fetch_id) > (seen_at, fetch_id)
"""
# Of two readings the later one counts; of two in one second always the same one.
SAVE_LESSON = """
INSERT INTO lessons (post_id, field, path, seen_at) VALUES (?, ?, ?, ?)
ON CONFLICT (post_id, field) DO UPDATE SET path = excluded.path, seen_at = excluded.seen_at
WHERE (excluded.seen_at, excluded.path) > (seen_at, path)
"""


def claimed_post(claim: Claim) -> PostRef | None:
    """The post that a claim is about, where it is about one."""
    if claim.subject_kind != "post":
        return None
    native = claim.subject[1:] if claim.subject.startswith("#") else None
    return PostRef(native_id=native, url=None if native else claim.subject)


class Ledger:
    """Writes claims, thread_pages and oddities of one visit."""

    def __init__(self, store: Store, context: Context) -> None:
        self._connection, self._context = store.connection, context

    def save_claims(self, claims: Iterable[Claim], ids: Mapping[PostRef, str]) -> None:
        """Save claims. One on a term that nothing has named is dropped: engines name it on the same page."""
        rows = []
        claims = list(claims)
        terms = self._terms(claims)
        for claim in claims:
            subject, post_id, term_id = claim.subject, None, None
            post = claimed_post(claim)
            if post is not None:
                if post not in ids:
                    continue
                subject = post_id = ids[post]
            elif claim.subject_kind in {"category", "tag"}:
                subject = term_id = self._term(claim)
                if term_id not in terms:
                    continue
            id_ = self._context.key("claim", claim.subject_kind, subject, claim.measure, claim.where)
            said = (claim.measure, claim.number, claim.where, self._context.seen_at, self._context.fetch_id)
            rows.append((id_, self._context.blog_id, claim.subject_kind, subject, post_id, term_id, *said))
        if rows:
            self._connection.executemany(SAVE_CLAIM, rows)

    def _term(self, claim: Claim) -> str:
        return self._context.key("term", claim.subject_kind, "url", url_key(claim.subject))

    def _terms(self, claims: Iterable[Claim]) -> set[str]:
        """The terms that claims are about, as far as they have rows."""
        wanted = [self._term(claim) for claim in claims if claim.subject_kind in {"category", "tag"}]
        if not wanted:
            return set()
        query = "SELECT id FROM terms WHERE id IN (SELECT value FROM json_each(?))"
        return {row[0] for row in self._connection.execute(query, (json.dumps(wanted),))}

    def save_lessons(self, lessons: Iterable[Lesson], ids: Mapping[PostRef, str]) -> None:
        """Save where pages say what the feed says of their posts."""
        seen_at = self._context.seen_at
        rows = [(ids[one.post], one.field, one.path, seen_at) for one in lessons if one.post in ids]
        self._connection.executemany(SAVE_LESSON, rows)

    def save_threads(self, threads: Iterable[ThreadPage], claims: Iterable[Claim], ids: Mapping[PostRef, str]) -> None:
        """Save which comment pages were seen, each with the number of comments that its heading claims."""
        headings = {
            ids.get(post): claim.number
            for claim in claims
            if claim.measure == "comments" and claim.where == "heading" and (post := claimed_post(claim))
        }
        seen = (self._context.seen_at, self._context.fetch_id)
        self._connection.executemany(
            SAVE_THREAD_PAGE,
            [
                (post_id, thread.page or 0, thread.pages, thread.shown, headings.get(post_id), *seen)
                for thread in threads
                if (post_id := ids.get(thread.post))
            ],
        )

    def save_answers(self, answers: Iterable[ThreadAnswer], ids: Mapping[PostRef, str]) -> None:
        """Save which parts of threads came apart from pages."""
        seen = (self._context.seen_at, self._context.fetch_id)
        rows = [(ids[one.post], one.source, one.part, one.last, *seen) for one in answers if one.post in ids]
        self._connection.executemany(SAVE_ANSWER, rows)

    def save_oddities(self, notes: Sequence[Note]) -> None:
        """Save what was strange, in the place of what an earlier reading of the same fetch found strange."""
        fetch_id = self._context.fetch_id
        self._connection.execute("DELETE FROM oddities WHERE fetch_id = ?", (fetch_id,))
        if not notes:
            return
        self._connection.executemany(
            "INSERT INTO oddities (id, fetch_id, kind, detail) VALUES (?, ?, ?, ?)",
            [(f"{fetch_id}-{number}", fetch_id, note.kind, note.detail) for number, note in enumerate(notes)],
        )
