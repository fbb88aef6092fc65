-- Comment systems and platforms give threads apart from pages. What such a thread does not hold any more has vanished,
-- provided that all its parts were read, up to the last, and none of them holds anything back.
CREATE TABLE thread_answers (
  -- A part of a post's thread as a comment system or the platform's own data gave it.
  post_id TEXT NOT NULL REFERENCES posts (id) ON UPDATE CASCADE ON DELETE CASCADE,  -- the post
  source TEXT NOT NULL,  -- the system, as it stands before its comments' ids; api for the blog's own
  part INTEGER NOT NULL,  -- which part, from 1
  last INTEGER NOT NULL CHECK (last IN (0, 1)),  -- 1 where nothing followed and nothing was held back
  seen_at TEXT NOT NULL,  -- when it was read
  fetch_id TEXT REFERENCES fetches (id),  -- where it was read
  PRIMARY KEY (post_id, source, part)
) STRICT;
