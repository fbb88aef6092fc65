"""What is told to GitHub's API and to nobody else: the form that is wanted, and a person's token."""

from __future__ import annotations

from urllib.parse import urlsplit

from archiver.config import BlogConfig

HOST = "api.github.com"
FORM = "application/vnd.github.html+json"
"""With the words of comments as HTML, as a reader sees them."""


def headers_for(url: str, config: BlogConfig) -> dict[str, str]:
    """The headers of a request beyond those of any other. A token goes over https only."""
    parts = urlsplit(url)
    if parts.hostname != HOST or parts.scheme != "https":
        return {}
    token = {"Authorization": f"Bearer {config.github_token}"} if config.github_token else {}
    return {"Accept": FORM, **token}
