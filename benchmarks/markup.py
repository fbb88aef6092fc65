"""The pages of the fixed blog: HTML as a classic theme of WordPress writes it."""

from __future__ import annotations

import re
from functools import cached_property, partial
from html import escape

from benchmarks.blog import CATEGORIES, PER_PAGE, TAGS, FixedBlog, FixedComment, FixedPost, slug

_SELECTORS = ("entry-title", "site-header", "widget", "comment-body", "nav-links", "wp-block-image", "button", "footer")
# Half of a real page is what WordPress and its themes put into every head.
STYLE = "\n".join(
    f".{name}-{number}{{color:#{number * 977 % 4096:03x};margin:{number % 7}px {number % 5}em;"
    f"padding:calc(1.{number % 9}rem + var(--space-{number % 12}));font-size:{10 + number % 14}px}}"
    for number in range(56)
    for name in _SELECTORS
)


class Markup:
    """Renders the pages of a blog. base: scheme and host, without a slash."""

    def __init__(self, blog: FixedBlog, base: str) -> None:
        self.blog, self.base = blog, base

    def paths(self) -> list[str]:
        """Every page worth reading: front page, lists, posts."""
        lists = [f"/page/{number}/" for number in range(2, self.list_pages + 1)]
        return ["/", *lists, *(self.blog.path(number) for number in range(1, self.blog.posts + 1))]

    @cached_property
    def list_pages(self) -> int:
        """Pages of the list of posts."""
        return max(1, -(-self.blog.posts // PER_PAGE))

    def render(self, path: str) -> bytes | None:
        """The page at a path, None where there is none."""
        number = self.blog.number_of(path)
        if number:
            return self._post(self.blog.post(number)).encode()
        if path == "/":
            return self._list(1).encode()
        page = re.fullmatch(r"/page/(\d+)/", path)
        if page and 1 < int(page[1]) <= self.list_pages:
            return self._list(int(page[1])).encode()
        month = re.fullmatch(r"/(\d{4}/\d\d)/(?:page/(\d+)/)?", path)
        if month and month[1] in self.blog.months:
            return self._month(month[1], int(month[2] or 1))
        return None

    def _month(self, month: str, page: int) -> bytes | None:
        numbers = self.blog.months[month]
        shown = numbers[PER_PAGE * (page - 1) : PER_PAGE * page]
        pages = -(-len(numbers) // PER_PAGE)
        return self._listed(shown, f"/{month}/", page, pages, "archive date").encode() if shown else None

    def _list(self, page: int) -> str:
        newest = self.blog.posts - PER_PAGE * (page - 1)
        numbers = list(range(newest, max(0, newest - PER_PAGE), -1))
        return self._listed(numbers, "/", page, self.list_pages, "home blog")

    def _listed(self, numbers: list[int], top: str, page: int, pages: int, classes: str) -> str:
        entries = "\n".join(self._entry(self.blog.post(number), whole=False) for number in numbers)
        older = (
            f'<a class="next page-numbers" href="{self.base}{top}page/{page + 1}/">Older posts</a>'
            if page < pages
            else ""
        )
        newer = f'<a class="prev page-numbers" href="{self.base}{top}">Newer posts</a>' if page > 1 else ""
        navigation = f'<nav class="navigation pagination"><div class="nav-links">{newer}{older}</div></nav>'
        return self._page("A Blog for Measuring", classes, entries + navigation)

    def _post(self, post: FixedPost) -> str:
        main = self._entry(post, whole=True) + self._comments(post)
        return self._page(escape(post.title), f"post-template-default single single-post postid-{post.id}", main)

    def _page(self, title: str, classes: str, main: str) -> str:
        head = (
            f'<meta charset="UTF-8" />\n<title>{title}</title>\n<meta name="generator" content="WordPress 6.1.9" />\n'
            f'<style id="global-styles-inline-css">\n{STYLE}\n</style>\n'
            '<link rel="stylesheet" id="theme-style-css" href="/wp-content/themes/measure/style.css" media="all" />'
        )
        return (
            f'<!doctype html>\n<html lang="en-GB">\n<head>\n{head}\n</head>\n<body class="{classes}">\n'
            f'<div id="page" class="site">\n<header id="masthead" class="site-header"><p class="site-title">'
            f'<a href="{self.base}/" rel="home">A Blog for Measuring</a></p>'
            '<p class="site-description">Nothing but numbers</p></header>\n'
            f'<main id="main" class="site-main">\n{main}\n</main>\n{self._sidebar}\n</div>\n</body>\n</html>\n'
        )

    def _entry(self, post: FixedPost, *, whole: bool) -> str:
        link = self.base + post.path
        title = escape(post.title)
        heading = f'<h1 class="entry-title">{title}</h1>'
        if not whole:
            heading = f'<h2 class="entry-title"><a href="{link}" rel="bookmark">{title}</a></h2>'
        paragraphs = post.paragraphs if whole else post.paragraphs[:1]
        body = "\n".join(self._paragraph(post, place, text) for place, text in enumerate(paragraphs))
        terms = [self._term("category", name, "category tag") for name in post.categories]
        tags = [self._term("tag", name, "tag") for name in post.tags]
        return (
            f'<article id="post-{post.id}" class="post-{post.id} post type-post status-publish hentry">\n'
            f'<header class="entry-header">{heading}</header>\n<div class="entry-content">\n{body}\n</div>\n'
            f'<footer class="entry-footer"><span class="posted-on">Published <time class="entry-date published" '
            f'datetime="{post.when.isoformat()}">{post.when:%B %d, %Y}</time></span> <span class="byline">By '
            f'<a href="{self.base}/author/{slug(post.author)}/" rel="author">{escape(post.author)}</a></span> '
            f'<span class="cat-links">Categorized as {", ".join(terms)}</span> '
            f'<span class="tags-links">Tagged {", ".join(tags)}</span></footer>\n</article>\n'
        )

    def _paragraph(self, post: FixedPost, place: int, text: str) -> str:
        """Mostly paragraphs; here and there a list, a quotation, a picture, a link."""
        words = escape(text)
        match place % 5:
            case 1:
                items = "".join(f"<li>{item}.</li>" for item in words.rstrip(".").split(". "))
                return f"<ul>{items}</ul>"
            case 2:
                return f"<blockquote><p>{words}</p></blockquote>"
            case 3:
                picture = f'<img src="/uploads/{post.id}-{place}.png" alt="Figure {place}" width="640" height="480" />'
                return f"<figure>{picture}<figcaption>Figure {place}</figcaption></figure><p>{words}</p>"
            case 4:
                return f'<p>{words} <a href="https://example.org/{post.id}/{place}">More</a>, <em>much</em> more.</p>'
            case _:
                return f"<p>{words}</p>"

    def _term(self, taxonomy: str, name: str, rel: str) -> str:
        return f'<a href="{self.base}/{taxonomy}/{slug(name)}/" rel="{rel}">{escape(name)}</a>'

    def _comments(self, post: FixedPost) -> str:
        if not post.comments:
            return '<div id="comments" class="comments-area"></div>'
        many = "1 comment" if len(post.comments) == 1 else f"{len(post.comments)} comments"
        parts, depth = [], 0
        for comment in post.comments:
            if comment.depth > depth:
                parts.append('<ol class="children">' if depth else "")
            else:
                parts.append("</li></ol>" * (depth - comment.depth) + "</li>")
            depth = comment.depth
            parts.append(self._comment(post, comment))
        thread = "\n".join(parts) + "</li></ol>" * (depth - 1) + "</li>"
        return (
            f'<div id="comments" class="comments-area"><h2 class="comments-title">{many}</h2>\n'
            f'<ol class="comment-list">\n{thread}\n</ol></div>'
        )

    def _comment(self, post: FixedPost, comment: FixedComment) -> str:
        text = "".join(f"<p>{escape(words)}</p>" for words in comment.paragraphs)
        where = f"{self.base}{post.path}#comment-{comment.id}"
        return (
            f'<li id="comment-{comment.id}" class="comment depth-{comment.depth}">'
            f'<article id="div-comment-{comment.id}" class="comment-body"><footer class="comment-meta">'
            f'<div class="comment-author vcard"><b class="fn">{escape(comment.author)}</b> <span class="says">'
            f'says:</span></div><div class="comment-metadata"><a href="{where}">'
            f'<time datetime="{comment.when.isoformat()}">'
            f"{comment.when:%B %d, %Y at %H:%M}</time></a></div></footer>"
            f'<div class="comment-content">{text}</div><div class="reply"><a rel="nofollow" class="comment-reply-link" '
            f'href="{self.base}{post.path}?replytocom={comment.id}#respond">Reply</a></div></article>'
        )

    @cached_property
    def _sidebar(self) -> str:
        newest = range(self.blog.posts, max(0, self.blog.posts - PER_PAGE), -1)
        item = partial('<li><a href="{}">{}</a>{}</li>'.format)
        recent = [item(self.base + self.blog.path(number), escape(self.blog.title(number)), "") for number in newest]
        months = [
            item(f"{self.base}/{month}/", f"{self.blog.when(numbers[0]):%B %Y}", f"&nbsp;({len(numbers)})")
            for month, numbers in self.blog.months.items()
        ]
        categories = [
            item(f"{self.base}/category/{slug(name)}/", name, f" ({self.blog.filed[name]})") for name in CATEGORIES
        ]
        cloud = " ".join(f'<a href="{self.base}/tag/{slug(name)}/" class="tag-cloud-link">{name}</a>' for name in TAGS)
        return (
            '<aside class="widget-area">'
            f'<section class="widget widget_recent_entries"><h2>Recent Posts</h2><ul>{"".join(recent)}</ul></section>\n'
            f'<section class="widget widget_archive"><h2>Archives</h2><ul>{"".join(months)}</ul></section>\n'
            f'<section class="widget widget_categories"><h2>Categories</h2><ul>{"".join(categories)}</ul></section>\n'
            f'<section class="widget widget_tag_cloud"><h2>Tags</h2><div class="tagcloud">{cloud}</div></section>'
            "</aside>"
        )
