"""The same few posts, made into a site by each of the static generators that are installed, with a theme of its own
where it has one. The files stand for https://quay.example/."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HOME = "https://quay.example/"
BLOG = "Harbour Lights"


@dataclass(frozen=True)
class Written:
    """A post as it was written. body: Markdown; text: its words, as a reader sees them."""

    slug: str
    title: str
    at: str
    author: str
    tags: tuple[str, ...]
    body: str
    text: str


POSTS = (
    Written(
        "ebb-flow",
        "Ebb & flow",
        "2023-03-02T07:30:00Z",
        "Moll Quay",
        ("mud", "stem cells"),
        "The tide went *out*, and with it all the boats of the harbour that were not tied up at night.\n\n"
        "See doi:10.5555/12345678.\n",
        "The tide went out, and with it all the boats of the harbour that were not tied up at night. "
        "See doi:10.5555/12345678.",
    ),
    Written(
        "oel",
        "Öl: 50 % teurer",
        "2023-02-14T10:00:00Z",
        "Bo Wharf",
        ("lamps",),
        "Oil is dear, says the keeper:\n\n* the lamps burn an hour less\n* the moths are glad\n\n> Dear indeed.\n\n"
        "## What follows\n\nNothing is done about it, as far as anybody on the quay has heard this week.\n",
        "Oil is dear, says the keeper: the lamps burn an hour less the moths are glad Dear indeed. What follows "
        "Nothing is done about it, as far as anybody on the quay has heard this week.",
    ),
    Written(
        "tables",
        "How to read a tide table",
        "2022-12-31T23:30:00Z",
        "Moll Quay",
        ("mud",),
        "Take the hour of the place and the day of the moon, and look them up in the first two columns:\n\n"
        "    hour = moon + 6\n\nThat is all there is to it, give or take a storm.\n",
        "Take the hour of the place and the day of the moon, and look them up in the first two columns: "
        "hour = moon + 6 That is all there is to it, give or take a storm.",
    ),
)


def run(*command: str, cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def front_matter(post: Written, **more: object) -> str:
    """YAML, of which JSON is a part."""
    stated: dict[str, object] = {
        "title": post.title,
        "date": post.at,
        "author": post.author,
        "tags": list(post.tags),
        **more,
    }
    return "---\n" + "".join(f"{name}: {json.dumps(value)}\n" for name, value in stated.items()) + "---\n\n"


def pelican(folder: Path) -> Path:
    """Pelican with its own theme, notmyidea."""
    content = folder / "content"
    content.mkdir()
    for post in POSTS:
        when = post.at[:16].replace("T", " ")
        head = f"Title: {post.title}\nDate: {when}\nAuthor: {post.author}\nSlug: {post.slug}\n"
        head += f"Tags: {', '.join(post.tags)}\n"
        (content / f"{post.slug}.md").write_text(f"{head}Category: Notes\n\n{post.body}", "utf-8")
    settings = {"SITENAME": BLOG, "SITEURL": HOME.rstrip("/"), "TIMEZONE": "UTC", "PATH": "content"}
    settings |= {"FEED_ALL_ATOM": "feeds/all.atom.xml", "DEFAULT_LANG": "en"}
    (folder / "conf.py").write_text("".join(f"{name} = {value!r}\n" for name, value in settings.items()), "utf-8")
    run("pelican", "-q", "-s", "conf.py", "-o", "out", "content", cwd=folder)
    return folder / "out"


def jekyll(folder: Path) -> Path:
    """Jekyll with its usual theme, minima, and the plugins for feeds and search engines that it comes with."""
    (folder / "_posts").mkdir()
    for post in POSTS:
        (folder / "_posts" / f"{post.at[:10]}-{post.slug}.md").write_text(
            front_matter(post, layout="post") + post.body, "utf-8"
        )
    (folder / "index.md").write_text("---\nlayout: home\n---\n", "utf-8")
    settings = {"title": BLOG, "url": HOME.rstrip("/"), "theme": "minima", "timezone": "UTC"}
    settings |= {"permalink": "/:title.html"}
    plugins = 'plugins: ["jekyll-feed", "jekyll-seo-tag"]\n'
    lines = "".join(f"{name}: {json.dumps(value)}\n" for name, value in settings.items())
    (folder / "_config.yml").write_text(lines + plugins, "utf-8")
    run("jekyll", "build", "--quiet", "--disable-disk-cache", "-d", "out", cwd=folder)
    return folder / "out"


_HUGO_BASE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<title>{{ .Title }} | {{ .Site.Title }}</title>{{ hugo.Generator }}
{{ range .AlternativeOutputFormats }}
<link rel="{{ .Rel }}" type="{{ .MediaType.Type }}" href="{{ .Permalink }}">{{ end }}
{{ template "_internal/opengraph.html" . }}{{ template "_internal/schema.html" . }}</head>
<body><header><nav><a href="{{ .Site.Home.Permalink }}">{{ .Site.Title }}</a></nav></header>
<main>{{ block "main" . }}{{ end }}</main><footer>Made with Hugo</footer></body></html>"""
_HUGO_LIST = """{{ define "main" }}<h1>{{ .Title }}</h1>
{{ range .Pages }}<article><h2><a href="{{ .Permalink }}">{{ .Title }}</a></h2>
<p>{{ .Summary }}</p></article>{{ end }}{{ end }}"""
_HUGO_HOME = _HUGO_LIST.replace(".Pages", ".Site.RegularPages")
_HUGO_POST = """{{ define "main" }}<article><header><h1>{{ .Title }}</h1>
<p class="byline">By <span class="author">{{ .Params.author }}</span>,
<time datetime="{{ .Date.Format "2006-01-02T15:04:05Z07:00" }}">{{ .Date.Format "2 January 2006" }}</time></p></header>
<div class="content">{{ .Content }}</div>
<footer><ul class="tags">{{ range .GetTerms "tags" }}
<li><a href="{{ .Permalink }}">{{ .LinkTitle }}</a></li>{{ end }}</ul></footer></article>{{ end }}"""


def hugo(folder: Path) -> Path:
    """Hugo with its own feed and its own statements for machines; it comes without a theme, so with a plain one."""
    (folder / "content" / "posts").mkdir(parents=True)
    for post in POSTS:
        (folder / "content" / "posts" / f"{post.slug}.md").write_text(front_matter(post) + post.body, "utf-8")
    layouts = folder / "layouts" / "_default"
    layouts.mkdir(parents=True)
    for name, body in (("baseof", _HUGO_BASE), ("list", _HUGO_LIST), ("single", _HUGO_POST)):
        (layouts / f"{name}.html").write_text(body, "utf-8")
    (folder / "layouts" / "index.html").write_text(_HUGO_HOME, "utf-8")
    (folder / "config.json").write_text(json.dumps({"baseURL": HOME, "title": BLOG, "languageCode": "en"}), "utf-8")
    run("hugo", "--quiet", "-d", "out", cwd=folder)
    return folder / "out"


def nikola(folder: Path) -> Path:
    """Nikola with its usual theme, bootblog4."""
    (folder / "posts").mkdir()
    for post in POSTS:
        stated: dict[str, object] = {"title": post.title, "slug": post.slug, "date": post.at, "author": post.author}
        stated |= {"tags": ", ".join(post.tags)}
        head = "".join(f".. {name}: {value}\n" for name, value in stated.items())
        (folder / "posts" / f"{post.slug}.md").write_text(f"{head}\n{post.body}", "utf-8")
    settings: dict[str, object] = {"BLOG_TITLE": BLOG, "BLOG_AUTHOR": "Moll Quay", "SITE_URL": HOME, "TIMEZONE": "UTC"}
    settings |= {"BLOG_DESCRIPTION": "Notes", "DEFAULT_LANG": "en", "TRANSLATIONS": {"en": ""}, "PAGES": ()}
    settings |= {"POSTS": (("posts/*.md", "posts", "post.tmpl"),), "COMPILERS": {"markdown": (".md",)}}
    (folder / "conf.py").write_text("".join(f"{name} = {value!r}\n" for name, value in settings.items()), "utf-8")
    run(command("nikola"), "build", "-q", cwd=folder)
    return folder / "output"


BUILDERS: dict[str, Callable[[Path], Path]] = {"pelican": pelican, "jekyll": jekyll, "hugo": hugo, "nikola": nikola}


def command(name: str) -> str:
    """Where a generator is: beside this Python, or on the path."""
    beside = str(Path(sys.executable).parent)
    return shutil.which(name, path=beside) or shutil.which(name) or name


def missing(name: str) -> bool:
    """Whether a generator is not installed."""
    return shutil.which(command(name)) is None
