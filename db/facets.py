"""Which columns of a row are known together, and so are won or lost together by a reading."""

from __future__ import annotations

Facets = dict[str, tuple[str, ...]]

FACETS: dict[str, Facets] = {
    "blogs": {
        "named": ("title", "tagline"),
        "clock": ("timezone", "utc_offset"),
        "engine": ("engine", "engine_version", "theme", "language"),
        "api": ("api_url",),
        "best_effort": ("best_effort",),
    },
    "authors": {
        "account": ("name", "native_id", "slug", "url"),
        "website": ("website",),
        "bio": ("bio",),
    },
    "terms": {
        "core": ("name", "slug", "url", "native_id"),
        "description": ("description",),
        "parent": ("broader",),
    },
    "posts": {
        "core": ("kind", "url", "slug"),
        "title": ("title",),
        "body": ("html", "text", "word_count"),
        "excerpt": ("excerpt",),
        "published": ("published_at", "published_text", "published_precision"),
        "modified": ("modified_at", "modified_text", "modified_precision"),
        "language": ("language",),
        "open": ("comments_open",),
        "protected": ("protected",),
        "parts": ("parts",),
        "byline": (),  # the rows of post_authors
        "terms": (),  # the rows of post_terms
    },
    "comments": {
        "core": ("post_id", "kind", "url", "html", "text", "word_count", "digest"),
        "author": ("author_id",),
        "published": ("published_at", "published_text", "published_precision"),
        "parent": ("answers", "parent_source"),
        "place": ("page", "place", "shown_depth"),
        "own": ("by_post_author",),  # where a page says so; else it is worked out from the byline
    },
    "archives": {
        "label": ("label",),
        "url": ("url",),
        "count": ("claimed_posts",),
    },
}
"""Table -> facet -> columns."""

LEADS: dict[str, tuple[str, ...]] = {
    "blogs": (),  # what is said of a blog comes from several places
    "authors": ("account",),
    "terms": ("core",),
    "posts": ("body", "core"),
    "comments": ("core",),
    "archives": ("count", "label"),
}
"""The facets of each table whose fetch is the row's fetch_id: the first that is known."""
