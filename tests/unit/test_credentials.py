"""A token is told to GitHub's API alone, and stands in nothing that is kept or shown."""

from __future__ import annotations

import pytest

from archiver.config import BlogConfig, ConfigFile, blog_configs
from archiver.crawl.credentials import headers_for
from archiver.warc.heads import joined, without_secrets

TOKEN = "ghp_0123456789"
CONFIG = BlogConfig(url="https://quay.example/", github_token=TOKEN)


def test_the_token_goes_to_github() -> None:
    headers = headers_for("https://api.github.com/search/issues?q=x", CONFIG)
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert "Authorization" not in headers_for("https://api.github.com/x", BlogConfig(url="https://quay.example/"))


@pytest.mark.parametrize(
    "url",
    [
        "http://api.github.com/x",
        "https://github.com/x",
        "https://api.github.com.quay.example/x",
        "https://quay.example/?https://api.github.com/",
        "https://api.github.com@quay.example/",
    ],
)
def test_the_token_goes_nowhere_else(url: str) -> None:
    assert headers_for(url, CONFIG) == {}


def test_the_token_comes_from_the_environment_and_is_not_shown() -> None:
    (blog,) = blog_configs(["quay.example"], ConfigFile(), environ={"ARCHIVER_GITHUB_TOKEN": TOKEN})
    assert blog.github_token == TOKEN
    assert TOKEN not in repr(blog)


def test_a_head_is_kept_without_its_token() -> None:
    fields = [(b"Host", b"api.github.com"), (b"Authorization", f"Bearer {TOKEN}".encode()), (b"Accept", b"*/*")]
    head = joined("GET /x HTTP/1.1", fields)
    assert without_secrets(head) == joined("GET /x HTTP/1.1", [fields[0], fields[2]])
    plain = joined("GET /authorization HTTP/1.1", fields[:1])
    assert without_secrets(plain) == plain
