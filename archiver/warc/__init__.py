"""WARC files: written, repaired, read, indexed and packed. Knows nothing of Scrapy, nor of the database."""
