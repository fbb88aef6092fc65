-- Headings that count more than a blog ever shows would be gaps for ever. That it is so, and not a thread that was cut
-- off, is told by reading it whole more than once: see db/surpluses.py.
CREATE TABLE surpluses (
  -- A thread whose heading counts more than all of its pages show, as the latest whole reading found it.
  post_id TEXT PRIMARY KEY REFERENCES posts (id) ON UPDATE CASCADE ON DELETE CASCADE,  -- the post
  crawl_id TEXT NOT NULL REFERENCES crawls (id),  -- run of that reading
  seen_at TEXT NOT NULL,  -- when the last of its comment pages was read
  shown INTEGER NOT NULL,  -- comments and pings on all of them
  claimed INTEGER NOT NULL,  -- comments that their heading claimed
  readings INTEGER NOT NULL  -- successive whole readings, each of another run, that found the same difference
) STRICT;
