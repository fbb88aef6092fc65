-- What merged archives read of a comment that was taken down in one of them is erased at once. By marks of its latest
-- reading the words are found in their WARC files, whatever the order of merging.
CREATE TABLE last_readings (
  -- The latest reading of a comment that was taken down, as merges have met it: marks of its words, never the words.
  comment_id TEXT PRIMARY KEY REFERENCES comments (id),  -- the comment
  rank INTEGER NOT NULL,  -- how much its source is trusted; with the four that follow it tells the latest
  read_at TEXT NOT NULL,  -- when it was fetched
  extractor INTEGER NOT NULL,  -- version of what read it
  stamp TEXT NOT NULL,  -- digest of what was read
  exchange TEXT NOT NULL,  -- its key
  marks TEXT NOT NULL  -- digests of runs of its words, as in redactions (JSON)
) STRICT;
