-- Evidence for the judgement of what has vanished: some blogs count more comments than they ever show
-- (pings, answers to deleted comments). Only against what was so before can a missing comment be told from one
-- that was not read.
CREATE TABLE whole_threads (
  -- The latest reading of a whole thread from pages that fitted to what was known of it.
  post_id TEXT PRIMARY KEY REFERENCES posts (id) ON UPDATE CASCADE ON DELETE CASCADE,  -- the post
  seen_at TEXT NOT NULL,  -- when the last of its comment pages was read
  shown INTEGER NOT NULL,  -- comments and pings on all of them
  claimed INTEGER  -- comments that their heading claimed
) STRICT;
