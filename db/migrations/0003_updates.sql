-- What `archiver update` knows of its own doing: what it asks first, and when each post is looked at again.
CREATE TABLE sensors (
  -- Something on a blog that tells at little cost what has changed: a list of the API, a feed, the front page.
  id TEXT PRIMARY KEY,  -- stable key: blog and name
  blog_id TEXT NOT NULL REFERENCES blogs (id),  -- blog that it tells of
  name TEXT NOT NULL,  -- front_page, posts_api, pages_api, comments_api, posts_feed, comments_feed, sitemap
  url TEXT NOT NULL,  -- where it is read
  kind TEXT NOT NULL,  -- what is expected there: api, feed, comment_feed, sitemap, home
  hint TEXT NOT NULL DEFAULT '{}',  -- what its finder knew of it (JSON)
  state TEXT NOT NULL CHECK (state IN ('open', 'closed', 'distrusted')),  -- closed: it refuses, or is not there; distrusted: its dates are of no use
  checked_at TEXT NOT NULL,  -- when it was asked last, whatever it answered
  due_at TEXT NOT NULL,  -- it is not asked again before
  news_at TEXT,  -- when it last told of something that was not known
  shown INTEGER,  -- entries of the latest whole answer
  total INTEGER,  -- how many the blog has, as that answer states it
  withheld INTEGER,  -- of these, how many its list never shows, such as comments on posts behind a password
  fetch_id TEXT REFERENCES fetches (id)  -- latest answer of which everything was followed up; its ETag and date make the next request conditional
) STRICT;
CREATE UNIQUE INDEX sensors_name ON sensors (blog_id, name);

CREATE TABLE revisits (
  -- When a post is looked at again for what no sensor shows: edited comments, silent deletions.
  post_id TEXT PRIMARY KEY REFERENCES posts (id) ON UPDATE CASCADE ON DELETE CASCADE,  -- the post
  checked_at TEXT NOT NULL,  -- when it was last verified, with its thread
  due_at TEXT NOT NULL,  -- when it is to be verified again
  listed_in TEXT REFERENCES crawls (id),  -- run in which the API listed its whole thread; what was not on that list has vanished
  unlisted_in TEXT REFERENCES crawls (id)  -- run in which the API, asked for it by its number, did not list it
) STRICT;
