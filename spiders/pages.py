"""What the spiders share: Scrapy's responses as pages, and who we say we are."""

from __future__ import annotations

from scrapy.http import Response

from archiver.config import BlogConfig
from archiver.page import Page

REDIRECTS = frozenset({301, 302, 303, 307, 308})


def page_of(response: Response, asked: str) -> Page:
    """A response as engines see it."""
    headers = {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1") for name, values in response.headers.items()
    }
    return Page(response.url, response.body, status=response.status, headers=headers, asked=asked)


def user_agent(config: BlogConfig, default: str) -> str:
    """The User-Agent with the contact that the archivist gives."""
    return default.replace(")", f"; {config.contact})") if config.contact else default
