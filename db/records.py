"""Records into rows: which table, which key, which facets."""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass

from archiver.model import Author, BlogFacts, Claim, Comment, Extract, Moment, ParentSource, Post, PostKind, PostRef
from archiver.model import Precision, Rank, Term, ThreadPage
from archiver.text import normal_name, word_count
from archiver.urls import last_segment, url_key
from db.bodies import Bodies
from db.keys import digest, key
from db.merge import Reading, Row, Stamp
from db.sidebar import Sidebar
from db.store import Store, facet, one_line
from db.threads import arrange

PRECISIONS = {precision: rank for rank, precision in enumerate(reversed(Precision))}
BYLINE_RANKS = {"api": 1, "list": 2, "page": 3, "feed": 4}
"""What readers see is the byline: feed and page name guests and co-authors, the API only accounts."""
TERMS_RANKS = {"list": 1, "feed": 2, "page": 3, "api": 4}
PARENTS = {source: rank for rank, source in enumerate(ParentSource)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Where a reading comes from. sitewide: the kind of page, which decides what it may say of the blog."""

    site_key: str
    home: str
    blog_id: str
    fetch_id: str
    fetched_at: str
    extractor: int
    sitewide: str

    @property
    def seen_at(self) -> str:
        """The time of the reading, to the second."""
        return self.fetched_at[:19] + "Z"

    def facet(self, rank: int, values: Row) -> tuple[Stamp, Row]:
        """A facet stamped with this reading."""
        return facet(rank, self.fetched_at, self.extractor, self.fetch_id, values)

    def key(self, kind: str, *native: str) -> str:
        """A key within this site."""
        return key(kind, self.site_key, *native)


def _moment(name: str, moment: Moment) -> Row:
    return {f"{name}_at": moment.at, f"{name}_text": moment.printed, f"{name}_precision": moment.precision.value}


def _when_rank(moment: Moment, rank: Rank) -> int:
    """Of two dates the finer wins, then the better source."""
    return PRECISIONS[moment.precision] * 10 + rank


class RecordWriter:
    """Saves extracts. Runs inside the writer's transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._store = Store(connection)
        self._bodies = Bodies(self._store)
        self._sidebar = Sidebar(self._store)

    def save(self, extract: Extract, context: Context) -> Counter[str]:
        """Save everything a page holds. Returns counts named as the fields of `Saved`."""
        counts: Counter[str] = Counter()
        if extract.blog:
            self._blog(extract.blog, context)
        self._terms(extract.terms, context)
        for author in extract.authors:
            self._author(author, context, Rank.API)
        for post in extract.posts:
            counts += self._post(post, context)
        touched = self._comments(extract.comments, context, counts)
        for thread in extract.threads:
            self._thread_page(thread, context)
        for post_id in touched:
            self._arrange(post_id)
        self._sidebar.save(extract, context)
        for claim in extract.claims:
            self._claim(claim, context)
        self._store.replace_list(
            "oddities",
            {"fetch_id": context.fetch_id},
            [
                {"id": f"{context.fetch_id}-{number}", "fetch_id": context.fetch_id, "kind": note.kind, "detail": note.detail}
                for number, note in enumerate(extract.notes)
            ],
        )
        return counts

    def prune(self) -> None:
        """Drop what only stood in for a better reading: names and terms that nothing refers to any more."""
        self._connection.execute(
            "DELETE FROM authors WHERE native_id IS NULL AND NOT EXISTS (SELECT 1 FROM comments WHERE author_id = authors.id)"
            " AND NOT EXISTS (SELECT 1 FROM post_authors WHERE author_id = authors.id)"
        )
        self._connection.execute(
            "DELETE FROM terms WHERE url IS NULL AND NOT EXISTS (SELECT 1 FROM post_terms WHERE term_id = terms.id)"
        )

    # -- the blog, people, terms ------------------------------------------------------------------

    def _blog(self, facts: BlogFacts, context: Context) -> None:
        rank = Rank.API if context.sitewide == "api" else Rank.PAGE
        reading = Reading(context.blog_id, {}, context.seen_at)
        groups = {
            "named": ("title", "tagline"),
            "clock": ("timezone", "utc_offset"),
            "engine": ("engine", "engine_version", "theme", "language"),
            "api": ("api_url",),
        }
        for name, columns in groups.items():
            values = {column: getattr(facts, column) for column in columns}
            if any(value is not None for value in values.values()):
                reading.facets[name] = context.facet(rank, values)
        if facts.engine is not None:
            reading.facets["best_effort"] = context.facet(rank, {"best_effort": int(facts.engine == "generic")})
        self._store.merge("blogs", reading)

    def _author(self, author: Author, context: Context, rank: Rank) -> str:
        if author.member:
            id_ = context.key("author", "member", normal_name(author.name))
        else:
            site = url_key(author.url) if author.url else ""
            id_ = context.key("author", "visitor", normal_name(author.name), site)
        fixed: Row = {"blog_id": context.blog_id, "name": author.name, "member": int(author.member)}
        reading = Reading(id_, fixed, context.seen_at)
        account = {"name": author.name, "native_id": author.native_id, "slug": author.slug, "url": author.url}
        # The fuller account wins, then the better source: a byline without a link must not blank a profile.
        known = sum(value is not None for value in account.values())
        reading.facets["account"] = context.facet(known * 10 + rank, account)
        for name in ("website", "bio"):
            if getattr(author, name) is not None:
                reading.facets[name] = context.facet(rank, {name: getattr(author, name)})
        self._store.merge("authors", reading)
        return id_

    def _term_id(self, term: Term, context: Context) -> str:
        if term.url:
            return context.key("term", term.taxonomy, "url", url_key(term.url))
        # A feed names terms without saying which taxonomy they are of.
        row = self._connection.execute(
            "SELECT id FROM terms WHERE blog_id = ? AND name = ? ORDER BY taxonomy LIMIT 1", (context.blog_id, term.name)
        ).fetchone()
        return str(row["id"]) if row else context.key("term", term.taxonomy, "name", normal_name(term.name))

    def _terms(self, terms: tuple[Term, ...], context: Context) -> None:
        parents = {}
        for term in terms:
            id_ = self._term(term, context)
            if term.parent_url:
                parents[id_] = context.key("term", term.taxonomy, "url", url_key(term.parent_url))
            elif term.parent_native_id:
                row = self._connection.execute(
                    "SELECT id FROM terms WHERE blog_id = ? AND taxonomy = ? AND native_id = ?",
                    (context.blog_id, term.taxonomy, term.parent_native_id),
                ).fetchone()
                if row:
                    parents[id_] = row["id"]
        self._connection.executemany(
            "UPDATE terms SET parent_id = ? WHERE id = ? AND parent_id IS NOT ?"
            " AND EXISTS (SELECT 1 FROM terms AS broader WHERE broader.id = ?)",
            [(parent, id_, parent, parent) for id_, parent in parents.items() if parent != id_],
        )

    def _term(self, term: Term, context: Context) -> str:
        id_ = self._term_id(term, context)
        fixed: Row = {"blog_id": context.blog_id, "taxonomy": term.taxonomy, "name": term.name}
        reading = Reading(id_, fixed, context.seen_at)
        slug = term.slug or (last_segment(term.url) if term.url else None) or None
        known = (term.native_id is not None) * 2 + (term.url is not None)
        if term.url or term.native_id:
            reading.facets["core"] = context.facet(
                known, {"name": term.name, "slug": slug, "url": term.url, "native_id": term.native_id}
            )
        if term.description:
            reading.facets["description"] = context.facet(0, {"description": term.description})
        self._store.merge("terms", reading)
        return id_

    # -- posts ------------------------------------------------------------------------------------

    def _post_id(self, ref: PostRef, context: Context) -> str | None:
        """The id of a post, re-keyed when its native id has become known; None without id and URL."""
        by_url = context.key("post", "url", url_key(ref.url)) if ref.url else None
        if ref.native_id is None:
            if by_url is None or ref.url is None or self._exists(by_url):
                return by_url
            bare = ref.url.rstrip("/")
            row = self._connection.execute(
                "SELECT id FROM posts WHERE blog_id = ? AND url IN (?, ?)", (context.blog_id, bare, bare + "/")
            ).fetchone()
            return str(row["id"]) if row else by_url
        id_ = context.key("post", "native", ref.native_id)
        if by_url and self._exists(by_url):
            if self._exists(id_):
                self._absorb(by_url, id_)
            else:
                self._connection.execute(
                    "UPDATE posts SET id = ?, native_id = ? WHERE id = ?", (id_, ref.native_id, by_url)
                )
            self._connection.execute("UPDATE OR REPLACE claims SET subject = ? WHERE subject = ?", (id_, by_url))
        return id_

    def _absorb(self, stray: str, id_: str) -> None:
        """Hand over what hangs on a row that turned out to be another name of a post."""
        execute = self._connection.execute
        execute("UPDATE comments SET post_id = ? WHERE post_id = ?", (id_, stray))
        execute("UPDATE claims SET post_id = ? WHERE post_id = ?", (id_, stray))
        for table in ("post_parts", "post_authors", "post_terms", "thread_pages", "links", "media", "citations", "revisions"):
            execute(f"UPDATE OR IGNORE {table} SET post_id = ? WHERE post_id = ?", (id_, stray))  # noqa: S608
            execute(f"DELETE FROM {table} WHERE post_id = ?", (stray,))  # noqa: S608
        execute("DELETE FROM posts WHERE id = ?", (stray,))

    def _exists(self, post_id: str) -> bool:
        return self._connection.execute("SELECT 1 FROM posts WHERE id = ?", (post_id,)).fetchone() is not None

    def _ensure_post(self, ref: PostRef, context: Context) -> str | None:
        """The id of a post that a comment or claim speaks of; it gets a bare row when it is not known yet."""
        id_ = self._post_id(ref, context)
        if id_ is not None and not self._exists(id_):
            url = ref.url or f"{context.home}?p={ref.native_id}"
            fixed: Row = {"blog_id": context.blog_id, "native_id": ref.native_id, "kind": PostKind.UNKNOWN.value, "url": url}
            self._store.merge("posts", Reading(id_, fixed, context.seen_at, ""))
        return id_

    def _post(self, post: Post, context: Context) -> Counter[str]:
        counts: Counter[str] = Counter(posts=1)
        id_ = self._post_id(post.ref, context)
        assert id_ is not None  # a post has a URL
        fixed: Row = {"blog_id": context.blog_id, "native_id": post.native_id, "kind": post.kind.value, "url": post.url}
        reading = Reading(id_, fixed, context.seen_at, post.source)
        reading.facets["core"] = self._post_core(id_, post, context)
        if post.excerpt is not None:
            reading.facets["excerpt"] = context.facet(post.rank, {"excerpt": post.excerpt})
        if post.published:
            rank = _when_rank(post.published, post.rank)
            reading.facets["published"] = context.facet(rank, _moment("published", post.published))
        if post.modified:
            rank = _when_rank(post.modified, post.rank)
            reading.facets["modified"] = context.facet(rank, _moment("modified", post.modified))
        for name, value in {
            "language": post.language,
            "comments_open": None if post.comments_open is None else int(post.comments_open),
            "protected": None if post.protected is None else int(post.protected),
            "parts": post.parts,
        }.items():
            if value is not None:
                reading.facets[name] = context.facet(post.rank, {name: value})
        if post.authors:
            rank = 0 if "authors" in post.weak else BYLINE_RANKS[post.source]
            ids = [self._author(author, context, post.rank) for author in post.authors]
            reading.facets["byline"] = context.facet(rank, {"": " ".join(ids)})
        if post.terms is not None:
            rank = 0 if "terms" in post.weak else TERMS_RANKS[post.source]
            term_ids = sorted({self._term(term, context) for term in post.terms})
            reading.facets["terms"] = context.facet(rank, {"": " ".join(term_ids)})
        lists = {name: reading.facets[name][1].pop("") for name in ("byline", "terms") if name in reading.facets}
        merged, old = self._store.merge("posts", reading)
        if "byline" in merged.won:
            rows = [{"post_id": id_, "position": n, "author_id": who} for n, who in enumerate(lists["byline"].split())]
            self._store.replace_list("post_authors", {"post_id": id_}, rows)
        if "terms" in merged.won:
            rows = [{"post_id": id_, "term_id": term} for term in lists["terms"].split()]
            self._store.replace_list("post_terms", {"post_id": id_}, rows)
        known = old is not None and old["kind"] != PostKind.UNKNOWN.value
        counts["new_posts"] = int(not known)
        if "core" in merged.won and post.content:
            self._bodies.save(id_, None, post.content, old, part=post.part)
            counts["changed_posts"] = int(known and self._bodies.keep_revision(id_, None, merged, old))
        return counts

    def _post_core(self, id_: str, post: Post, context: Context) -> tuple[Stamp, Row]:
        html = post.content.html if post.content else None
        text = post.content.text if post.content else None
        rank, fetched_at = post.rank, context.fetched_at
        if post.part and post.content:
            # A page of a multi-page post: the body is joined from all pages read so far.
            if not self._exists(id_):
                self._ensure_post(post.ref, context)
            html, text, fetched_at, count = self._bodies.join_part(id_, post, context.fetched_at, context.fetch_id)
            rank = Rank.PARTS if count > 1 else rank
        values: Row = {
            "kind": post.kind.value,
            "url": post.url,
            "title": one_line(post.title),
            "slug": post.slug or last_segment(post.url) or None,
            "html": html,
            "text": text,
            "word_count": None if text is None else word_count(text),
            "digest": None if text is None else digest(one_line(post.title), text),
        }
        return facet(rank, fetched_at, context.extractor, context.fetch_id, values)

    # -- comments ---------------------------------------------------------------------------------

    def _comments(self, comments: tuple[Comment, ...], context: Context, counts: Counter[str]) -> set[str]:
        """Save comments. Returns the posts whose threads must be arranged anew."""
        posts: dict[PostRef, str | None] = {}
        touched = set()
        for comment in comments:
            if comment.post not in posts:
                posts[comment.post] = self._ensure_post(comment.post, context)
            post_id = posts[comment.post]
            if post_id is not None:
                counts.update(self._comment(comment, post_id, context))
                touched.add(post_id)
        return touched

    def _comment(self, comment: Comment, post_id: str, context: Context) -> Counter[str]:
        native = comment.native_id or comment.key
        assert native is not None, "an engine must give a comment its native id or a key"
        id_ = context.key("comment", "native" if comment.native_id else "key", native)
        fixed: Row = {"blog_id": context.blog_id, "post_id": post_id, "native_id": comment.native_id, "kind": comment.kind.value}
        reading = Reading(id_, fixed, context.seen_at, comment.source)
        if comment.content is not None:
            text = comment.content.text
            reading.facets["core"] = context.facet(
                comment.rank,
                {
                    "kind": comment.kind.value,
                    "url": comment.url,
                    "html": comment.content.html,
                    "text": text,
                    "word_count": word_count(text),
                    "digest": digest(text),
                },
            )
        if comment.author:
            author_id = self._author(comment.author, context, comment.rank)
            reading.facets["author"] = context.facet(comment.rank, {"author_id": author_id})
        if comment.published:
            rank = _when_rank(comment.published, comment.rank)
            reading.facets["published"] = context.facet(rank, _moment("published", comment.published))
        if comment.parent_source is not ParentSource.UNKNOWN:
            answers = context.key("comment", "native" if comment.native_id else "key", comment.parent) if comment.parent else None
            reading.facets["parent"] = context.facet(
                PARENTS[comment.parent_source], {"answers": answers, "parent_source": comment.parent_source.value}
            )
        if comment.position is not None:
            reading.facets["place"] = context.facet(
                0, {"page": comment.page, "place": comment.position, "shown_depth": comment.depth}
            )
        if comment.by_post_author is not None:
            reading.facets["by_post_author"] = context.facet(0, {"by_post_author": int(comment.by_post_author)})
        merged, old = self._store.merge("comments", reading)
        counts: Counter[str] = Counter(comments=1, new_comments=int(merged.new))
        if "core" in merged.won and comment.content:
            self._bodies.save(post_id, id_, comment.content, old)
            counts["changed_comments"] = int(self._bodies.keep_revision(post_id, id_, merged, old))
        return counts

    def _thread_page(self, thread: ThreadPage, context: Context) -> None:
        post_id = self._ensure_post(thread.post, context)
        self._connection.execute(
            "INSERT INTO thread_pages (post_id, page, pages, shown, seen_at, fetch_id) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (post_id, page) DO UPDATE SET pages = excluded.pages, shown = excluded.shown,"
            " seen_at = excluded.seen_at, fetch_id = excluded.fetch_id WHERE excluded.seen_at >= seen_at",
            (post_id, thread.page or 0, thread.pages, thread.shown, context.seen_at, context.fetch_id),
        )

    def _arrange(self, post_id: str) -> None:
        """Work out parents, depths and reading order of a thread, and write what changed."""
        rows = self._connection.execute(
            "SELECT id, native_id, answers, published_at, page, place, shown_depth, parent_id, depth, position"
            " FROM comments WHERE post_id = ?",
            (post_id,),
        ).fetchall()
        before = {row["id"]: (row["parent_id"], row["depth"], row["position"]) for row in rows}
        self._connection.executemany(
            "UPDATE comments SET parent_id = ?, depth = ?, position = ? WHERE id = ?",
            [
                (placed.parent_id, placed.depth, placed.position, placed.id)
                for placed in arrange(rows)
                if before[placed.id] != (placed.parent_id, placed.depth, placed.position)
            ],
        )
        # Where no page says who is the post's author, the byline does.
        self._connection.execute(
            "UPDATE comments SET by_post_author = author_id IN (SELECT author_id FROM post_authors WHERE post_id = ?1)"
            " WHERE post_id = ?1 AND author_id IS NOT NULL AND instr(provenance, '\"by_post_author\"') = 0"
            " AND by_post_author IS NOT (author_id IN (SELECT author_id FROM post_authors WHERE post_id = ?1))",
            (post_id,),
        )

    # -- claims -----------------------------------------------------------------------------------

    def _claim(self, claim: Claim, context: Context) -> None:
        subject, post_id, term_id = claim.subject, None, None
        if claim.subject_kind == "post":
            native = subject[1:] if subject.startswith("#") else None
            ref = PostRef(native_id=native, url=None if native else subject)
            post_id = self._post_id(ref, context)
            if post_id is None or not self._exists(post_id):
                return
            subject = post_id
        elif claim.subject_kind in {"category", "tag"}:
            term_id = context.key("term", claim.subject_kind, "url", url_key(subject))
            if self._connection.execute("SELECT 1 FROM terms WHERE id = ?", (term_id,)).fetchone() is None:
                return
            subject = term_id
        self._connection.execute(
            "INSERT INTO claims (id, blog_id, subject_kind, subject, post_id, term_id, measure, number, source, said_at,"
            " fetch_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET number = excluded.number,"
            " said_at = excluded.said_at, fetch_id = excluded.fetch_id WHERE excluded.said_at >= said_at",
            (
                context.key("claim", claim.subject_kind, subject, claim.measure, claim.where),
                context.blog_id,
                claim.subject_kind,
                subject,
                post_id,
                term_id,
                claim.measure,
                claim.number,
                claim.where,
                context.seen_at,
                context.fetch_id,
            ),
        )
