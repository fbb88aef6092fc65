"""Reading again what is on record: the archive's own WARC files, and those of others. No network."""
