"""Generators that are too heavy to be set up for every run of the suite: Hexo with three themes, Eleventy, Mezzanine.

`make generators` installs them into a folder and names that to the tests. Mezzanine keeps posts and comments in a
database; what it answers is written down as files.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

from tests.generators.sites import BLOG, HOME, POSTS, front_matter, run

HERE = Path(__file__).parent
Said = tuple[str, str | None, str, str, str | None]
"""Of a comment: name, URL, text, time, the name of whom it answers."""

COMMENTS: dict[str, list[Said]] = {
    "mezzanine": [
        ("Ned Skerry", "https://skerry.example/", "Will it come back?", "2023-03-02T08:00:00+00:00", None),
        ("Moll Quay", None, "It will, at six.", "2023-03-02T09:00:00+00:00", "Ned Skerry"),
        ("Bo Wharf", None, "I wonder.", "2023-03-03T09:00:00+00:00", None),
    ]
}
"""Those of the first post, where a generator has comments."""

BLOGS_AUTHOR = "Moll Quay"
ONE_AUTHOR = frozenset({"hexo-landscape", "hexo-next", "hexo-butterfly"})
"""Themes that name the blog's author only, whoever wrote a post."""

IN_FEED_ONLY = frozenset({("mezzanine", "published")})
"""What pages do not say: Mezzanine's say how many years ago it was."""


def _hexo(theme: str, folder: Path, tools: Path) -> Path:
    """Hexo with its usual plugins and one of its themes."""
    (folder / "node_modules").symlink_to(tools / "node_modules")
    named = json.loads((HERE / "package.json").read_text("utf-8"))["dependencies"]
    plugins = {name: version for name, version in named.items() if name.startswith("hexo")}
    package = {"name": "quay", "version": "1.0.0", "private": True, "hexo": {"version": ""}, "dependencies": plugins}
    (folder / "package.json").write_text(json.dumps(package), "utf-8")
    posts = folder / "source" / "_posts"
    posts.mkdir(parents=True)
    for post in POSTS:
        (posts / f"{post.slug}.md").write_text(front_matter(post) + post.body, "utf-8")
    settings = {"title": BLOG, "author": BLOGS_AUTHOR, "url": HOME.rstrip("/"), "root": "/", "permalink": ":title/"}
    settings |= {"timezone": "UTC", "language": "en", "theme": theme}
    feed = {"type": "atom", "path": "atom.xml", "content": True}
    (folder / "_config.yml").write_text(json.dumps(settings | {"feed": feed}), "utf-8")  # JSON is YAML
    run("node_modules/.bin/hexo", "generate", "--silent", cwd=folder)
    return folder / "public"


_FEED = """import { feedPlugin } from "@11ty/eleventy-plugin-rss";
export default function (config) {
  config.addPlugin(feedPlugin, {
    type: "atom", outputPath: "/feed.xml", collection: { name: "posts", limit: 10 },
    metadata: { language: "en", title: "Harbour Lights", base: "https://quay.example/", author: { name: "Moll Quay" } },
  });
}
"""
_BASE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ title }} | Harbour Lights</title>
<meta name="generator" content="{{ eleventy.generator }}">
<link rel="alternate" href="/feed.xml" type="application/atom+xml"></head><body><header><a href="/">Harbour Lights</a>
<nav><a href="/">Home</a></nav></header><main>{{ content | safe }}</main><footer>Eleventy</footer></body></html>"""
_POST = """---
layout: base.njk
---
<h1>{{ title }}</h1>
<ul class="post-metadata"><li><time datetime="{{ page.date.toISOString() }}">{{ page.date.toDateString() }}</time></li>
<li>by <span class="author">{{ author }}</span></li>
{% for tag in tags %}{% if tag != "posts" %}<li><a href="/tags/{{ tag | slugify }}/" class="post-tag">{{ tag }}</a></li>
{% endif %}{% endfor %}</ul>
{{ content | safe }}
{% set before = collections.posts | getPreviousCollectionItem %}
{% set after = collections.posts | getNextCollectionItem %}
<ul class="links-nextprev">{% if before %}<li>Previous: <a href="{{ before.url }}">{{ before.data.title }}</a></li>
{% endif %}{% if after %}<li>Next: <a href="{{ after.url }}">{{ after.data.title }}</a></li>{% endif %}</ul>"""
_HOME = """---
layout: base.njk
title: Home
---
<h1>Latest</h1><ol reversed class="postlist">{% for post in collections.posts | reverse %}
<li><a href="{{ post.url }}">{{ post.data.title }}</a>
<time datetime="{{ post.date.toISOString() }}">{{ post.date.toDateString() }}</time></li>{% endfor %}</ol>"""


def _eleventy(folder: Path, tools: Path) -> Path:
    """Eleventy with its feed plugin; it comes without a theme, so with one that is laid out as its starter blog is."""
    (folder / "node_modules").symlink_to(tools / "node_modules")
    (folder / "posts").mkdir()
    (folder / "_includes").mkdir()
    texts = {"package.json": '{"type": "module"}', "eleventy.config.js": _FEED, "index.njk": _HOME}
    texts |= {"_includes/base.njk": _BASE, "_includes/post.njk": _POST}
    texts["posts/posts.json"] = json.dumps({"layout": "post.njk"})
    for post in POSTS:
        texts[f"posts/{post.slug}.md"] = front_matter(post, tags=["posts", *post.tags]) + post.body
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    run("node_modules/.bin/eleventy", "--quiet", cwd=folder)
    return folder / "_site"


def _mezzanine(folder: Path, tools: Path) -> Path:
    """Mezzanine with its usual theme; filled, asked and written down by its own Python."""
    python = str(tools / "mezzanine" / "bin" / "python")
    run(str(tools / "mezzanine" / "bin" / "mezzanine-project"), "quay", cwd=folder)
    site = folder / "quay"
    run(python, "manage.py", "createdb", "--noinput", "--nodata", cwd=site)
    posts = [asdict(post) for post in POSTS]
    (site / "posts.json").write_text(json.dumps({"posts": posts, "comments": COMMENTS["mezzanine"]}), "utf-8")
    shutil.copy(HERE / "mezzanine_site.py", site / "fill.py")
    run(python, "fill.py", cwd=site)
    return site / "out"


MORE: dict[str, Callable[[Path, Path], Path]] = {
    **{f"hexo-{theme}": partial(_hexo, theme) for theme in ("landscape", "next", "butterfly")},
    "eleventy": _eleventy,
    "mezzanine": _mezzanine,
}
"""folder: where the site is made. tools: where the generators are."""
