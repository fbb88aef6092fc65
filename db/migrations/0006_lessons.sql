-- A blog of unknown make is read better once it is known where its pages have their title, author, date and text.
-- Its own feed tells what these are for ten posts; several that agree make a rule for the rest.
CREATE TABLE lessons (
  -- Where the page of a post says what the blog's feed says of it.
  post_id TEXT NOT NULL REFERENCES posts (id) ON UPDATE CASCADE ON DELETE CASCADE,  -- the post
  field TEXT NOT NULL CHECK (field IN ('title', 'author', 'published', 'body')),  -- what was found there
  path TEXT NOT NULL,  -- tags with ids or classes, outermost first: div#main > h2.headline
  seen_at TEXT NOT NULL,  -- when the page was read
  PRIMARY KEY (post_id, field)
) STRICT;
