"""Run by Mezzanine's own Python in the folder of a new site: fills it, and writes its answers into `out`."""

import json
import os
from datetime import datetime
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "quay.settings"

import django

django.setup()

import markdown
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sites.models import Site
from django.test import Client
from mezzanine.blog.models import BlogPost
from mezzanine.generic.models import AssignedKeyword, Keyword, ThreadedComment


def fill(given: dict) -> None:
    """Posts as they were written, and comments below the first."""
    Site.objects.update(domain="quay.example")
    for row in given["posts"]:
        first, last = row["author"].split()
        names = {"first_name": first, "last_name": last}
        user, _ = get_user_model().objects.get_or_create(username=first.lower(), defaults=names)
        post = BlogPost.objects.create(
            title=row["title"],
            slug=row["slug"],
            user=user,
            content=markdown.markdown(row["body"]),
            publish_date=datetime.fromisoformat(row["at"]),
        )
        for tag in row["tags"]:
            keyword, _ = Keyword.objects.get_or_create(title=tag)
            post.keywords.add(AssignedKeyword(keyword=keyword), bulk=False)
    said: dict = {}
    for name, url, text, at, answered in given["comments"]:
        comment = ThreadedComment(
            content_object=BlogPost.objects.get(slug=given["posts"][0]["slug"]),
            site=Site.objects.get_current(),
            user_name=name,
            user_url=url or "",
            comment=text,
            replied_to=said.get(answered),
        )
        comment.save()
        ThreadedComment.objects.filter(pk=comment.pk).update(submit_date=datetime.fromisoformat(at))
        said[name] = comment


def write(given: dict, out: Path) -> None:
    """What the site answers, as files."""
    settings.ALLOWED_HOSTS = ["quay.example"]
    client = Client(HTTP_HOST="quay.example")
    paths = ["", "blog", "blog/feeds/rss", "blog/feeds/atom", *(f"blog/{row['slug']}" for row in given["posts"])]
    for path in paths:
        answer = client.get(f"/{path}/" if path else "/")
        assert answer.status_code == 200, (path, answer.status_code)
        (out / path).mkdir(parents=True, exist_ok=True)
        (out / path / "index.html").write_bytes(answer.content)


if __name__ == "__main__":
    content = json.loads(Path("posts.json").read_text("utf-8"))
    fill(content)
    write(content, Path("out"))
