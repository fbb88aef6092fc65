"""Crawls a real WordPress in every form that permalinks take, its API closed, and holds the archives against the truth.

\b
    python -m benchmarks.forms                          all forms, some 40 posts each
    python -m benchmarks.forms --only folder --only numbers

Wanted: no post and no visible comment missing or extra, addresses and parents right, and no URL asked for twice.
Exit code 1 when something is missed. Not wanted are what no page shows: the title of a page in front of the blog, the
parts of a post that a block theme does not link to, the page in whose place the list of posts stands.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from benchmarks.compare import compare
from benchmarks.crawling import SETTLED, crawl
from tests.wordpress.testbed import EMPTY, Site, Testbed, start

# What is odd about posts, and some ordinary ones, since a crawl is to take seconds. Addresses hold other scripts, too.
FEW = r"""
global $wpdb;
$odd = ['target', 'sticky', 'protected', 'paged', 'untitled', 'arabic', 'cjk', 'entities', 'more', 'aside', 'guest',
  'pings', 'none', 'one', 'deep', 'people', 'exactly51', 'numeric-slug', 'feedslug', 'pageslug', 'closed-with'];
$odd = array_merge($odd, array_map(fn($n) => "ordinary-$n", range(1, 12)));
$marks = implode(',', array_fill(0, count($odd), '%s'));
$kept = $wpdb->get_col($wpdb->prepare(
  "SELECT post_id FROM $wpdb->postmeta WHERE meta_key = '_tb_key' AND meta_value IN ($marks)", $odd));
$kept = implode(',', $kept);
$wpdb->query("DELETE c FROM $wpdb->comments c JOIN $wpdb->posts p ON p.ID = c.comment_post_ID
  WHERE p.post_type = 'post' AND p.post_status = 'publish' AND p.ID NOT IN ($kept)");
$wpdb->query("DELETE FROM $wpdb->posts WHERE post_type = 'post' AND post_status = 'publish' AND ID NOT IN ($kept)");
foreach (['Новые исследования', '多発性硬化症の研究', 'المرض والعلاج', 'Übergröße: Straße & Café'] as $n => $title) {
  $id = $wpdb->get_var($wpdb->prepare("SELECT post_id FROM $wpdb->postmeta WHERE meta_key = '_tb_key'
    AND meta_value = %s", 'ordinary-' . (3 + $n)));
  wp_update_post(['ID' => $id, 'post_title' => $title, 'post_name' => sanitize_title($title)]);
}
foreach (['category', 'post_tag'] as $taxonomy)
  wp_update_term_count_now(get_terms(['taxonomy' => $taxonomy, 'hide_empty' => 0, 'fields' => 'tt_ids']), $taxonomy);
"""
# Numbers of posts that could be years: /archives/2015.
YEARS = r"""
global $wpdb;
$wpdb->query("UPDATE $wpdb->posts SET ID = ID + 1950 ORDER BY ID DESC");
$wpdb->query("UPDATE $wpdb->posts SET post_parent = post_parent + 1950 WHERE post_parent > 0");
$wpdb->query("UPDATE $wpdb->postmeta SET post_id = post_id + 1950");
$wpdb->query("UPDATE $wpdb->postmeta SET meta_value = meta_value + 1950
  WHERE meta_key IN ('_thumbnail_id', '_menu_item_object_id')");
$wpdb->query("UPDATE $wpdb->comments SET comment_post_ID = comment_post_ID + 1950");
$wpdb->query("UPDATE $wpdb->term_relationships SET object_id = object_id + 1950 ORDER BY object_id DESC");
update_option('sticky_posts', array_map(fn($id) => $id + 1950, get_option('sticky_posts')));
$wpdb->query($wpdb->prepare("UPDATE $wpdb->posts SET guid = CONCAT(%s, ID) WHERE post_type IN ('post', 'page')",
  get_option('testbed_base') . '/?p='));
"""


def _form(structure: str, *, options: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    own = {"permalink_structure": structure, "comments_per_page": "8", "posts_per_page": "7", **(options or {})}
    return {"rest": 401, "feeds": "off", "options": own, **spec}


FORMS: dict[str, dict[str, Any]] = {
    "plain": _form(EMPTY, sitemap=False),
    "numbers": _form("/archives/%post_id%", sitemap=False),
    "numbers like years": _form("/archives/%post_id%", database="years"),
    "numbers behind years": _form("/%year%/%post_id%/", database="years", sitemap=False),
    "index.php": _form("/index.php/%year%/%monthnum%/%postname%/"),
    "category": _form("/%category%/%postname%/"),
    "author": _form("/%author%/%postname%/", sitemap=False, feeds="403"),
    "html": _form("/%postname%.html"),
    "folder": _form("/%year%/%monthnum%/%day%/%postname%/", path="/blog"),
    "folder, feeds open": _form("/%postname%/", path="/blog/notes", feeds=None),
    "all bases renamed": _form(
        "/blog/%postname%/",
        sitemap=False,
        page_base="seite",
        author_base="autor",
        comment_base="kommentarseite",
        options={"category_base": "thema", "tag_base": "schlagwort"},
    ),
    "oldest first, no slash": _form(
        "/archives/%year%/%monthnum%/%day%/%postname%",
        sitemap=False,
        options={"default_comments_page": "oldest", "comment_order": "desc"},
    ),
    "block theme": _form("/index.php/archives/%post_id%", theme="twentytwentytwo", feeds="403", sitemap=False),
}
UNKNOWABLE = {"block theme": {"posts.body"}}


def prepare(bed: Testbed) -> str:
    """Make the databases that the forms are tried on. Returns the name of the one that most of them take."""
    few = bed.clone("few")
    bed.php(FEW, few)
    years = bed.clone("years", of=few)
    bed.php(YEARS, years)
    return few


def missed(bed: Testbed, name: str, directory: Path, database: str) -> Iterator[str]:
    """Crawl one form; a line for everything that is not as wanted, with examples."""
    site = bed.site(**{"database": database, **FORMS[name]})
    try:
        bed.truth(site, directory / "truth.db").close()
        done = crawl(directory / "archive", site.url)
        twice = asked_twice(bed, site)
    finally:
        bed.stop_site(site)
    if done.exit_code not in SETTLED:
        yield f"exit code {done.exit_code}: {done.output[-2000:]}"
        return
    report = compare(
        done.database, directory / "truth.db", site.url, api_open=False, shows_byline=site.spec.shows_byline
    )
    for row, found in report.rows():
        if not found.ok and row not in UNKNOWABLE.get(name, ()):
            yield f"{row}: {found}"
            yield from (f"    {example}" for example in found.examples[:5])
    yield from (f"asked for twice: {uri}" for uri in twice)


def asked_twice(bed: Testbed, site: Site) -> list[str]:
    """What the server answered more than once, errors and requests to wait apart."""
    answered = Counter(request.uri for request in bed.requests(site) if request.status < 500 and request.status != 429)
    return [uri for uri, times in answered.items() if times > 1]


@click.command(help=__doc__)
@click.option("--only", multiple=True, type=click.Choice(list(FORMS)), help="One of the forms; may be repeated.")
def main(only: tuple[str, ...]) -> None:
    """The command line; see the module."""
    fine = True
    with start(posts=14, seed=1, big=40) as bed, tempfile.TemporaryDirectory() as scratch:
        few = prepare(bed)
        for number, name in enumerate(only or FORMS):
            directory = Path(scratch) / str(number)
            directory.mkdir()
            lines = list(missed(bed, name, directory, few))
            fine = fine and not lines
            click.echo(f"{name}: {'missed' if lines else 'ok'}")
            for line in lines:
                click.echo(f"    {line}")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
