"""Exports: one format a file, `as_NAME.py`, each with a `FORMAT`.

Another distribution adds a format by the entry point group `blog_archiver.exports`, whose value is a `Format`:

    [project.entry-points."blog_archiver.exports"]
    nexus = "my_package.nexus:FORMAT"
"""

from archiver.exports.base import Format, Progress
from archiver.exports.registry import find_format, formats
from archiver.exports.run import Exported, Wanted, export

__all__ = ["Exported", "Format", "Progress", "Wanted", "export", "find_format", "formats"]
