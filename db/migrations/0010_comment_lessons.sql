-- Where an unknown blog has its comments is learned as well. SQLite cannot widen a check, so the table is made anew.
CREATE TEMP TABLE lessons_before AS SELECT post_id, field, path, seen_at FROM lessons;
DROP TABLE lessons;
CREATE TABLE lessons (
  -- Where the page of a post says what the blog's feed says of it, and where its comments stand.
  post_id TEXT NOT NULL REFERENCES posts (id) ON UPDATE CASCADE ON DELETE CASCADE,  -- the post
  field TEXT NOT NULL CHECK (field IN ('title', 'author', 'published', 'body', 'comments')),  -- what was found there
  path TEXT NOT NULL,  -- tags with ids or classes, outermost first: div#main > h2.headline
  seen_at TEXT NOT NULL,  -- when the page was read
  PRIMARY KEY (post_id, field)
) STRICT;
INSERT INTO lessons (post_id, field, path, seen_at) SELECT post_id, field, path, seen_at FROM lessons_before;
DROP TABLE lessons_before;
