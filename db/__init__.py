"""The archive database: opened, written in one place, read by name."""

from db.archive import Archive, open_archive
from db.reader import Reader
from db.writer import Saved, Writer

__all__ = ["Archive", "Reader", "Saved", "Writer", "open_archive"]
