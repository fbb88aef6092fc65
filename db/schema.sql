-- The tables, indexes and triggers of an archive. Made by `python -m db.schema`; change db/migrations instead.

CREATE TABLE blogs (
  -- One site that is archived.
  id TEXT PRIMARY KEY,  -- stable key of the blog
  site_key TEXT NOT NULL UNIQUE,  -- host without www., plus the path of a blog below one; all keys are made from it
  url TEXT NOT NULL,  -- home page
  title TEXT,  -- name of the blog
  tagline TEXT,  -- its subtitle
  language TEXT,  -- BCP 47 tag that its pages declare
  engine TEXT,  -- software that reads it here: wordpress, generic …
  engine_version TEXT,  -- version that the site states of its own software
  theme TEXT,  -- theme, where the pages tell
  timezone TEXT,  -- IANA name of the blog's clock, where known
  utc_offset INTEGER,  -- minutes east of UTC, where known
  api_url TEXT,  -- root of its open API; NULL when there is none or it is closed
  best_effort INTEGER NOT NULL DEFAULT 0 CHECK (best_effort IN (0, 1)),  -- 1: no engine knows this site, completeness is not promised
  first_seen_at TEXT NOT NULL,  -- first successful fetch
  last_seen_at TEXT NOT NULL,  -- latest successful fetch
  provenance TEXT NOT NULL DEFAULT '[]'  -- how the readings were merged (JSON)
) STRICT;

CREATE TABLE crawls (
  -- One run over one blog.
  id TEXT PRIMARY KEY,  -- start time and a random suffix
  blog_id TEXT NOT NULL REFERENCES blogs (id),  -- blog that was crawled
  command TEXT NOT NULL,  -- crawl or update, as it was called
  settings TEXT NOT NULL DEFAULT '{}',  -- what differed from the defaults (JSON)
  version TEXT NOT NULL,  -- version of blog-archiver
  started_at TEXT NOT NULL,  -- when the run began
  finished_at TEXT,  -- when it ended; NULL while it runs, or after it was killed
  outcome TEXT CHECK (outcome IN ('complete', 'incomplete', 'limit', 'interrupted', 'failed')),  -- how it ended
  reason TEXT,  -- why it ended so, in a line
  counts TEXT NOT NULL DEFAULT '{}'  -- requests, bytes, new posts and comments … (JSON)
) STRICT;
CREATE INDEX crawls_blog ON crawls (blog_id, started_at);

CREATE TABLE fetches (
  -- One HTTP exchange. What every other row was read from.
  id TEXT PRIMARY KEY,  -- stable key: crawl, URL and time
  blog_id TEXT NOT NULL REFERENCES blogs (id),  -- blog that it belongs to
  crawl_id TEXT NOT NULL REFERENCES crawls (id),  -- run that made it
  url TEXT NOT NULL,  -- URL as requested
  kind TEXT NOT NULL,  -- what was expected there: home, api, feed, sitemap, list, post, comment_page …
  fetched_at TEXT NOT NULL,  -- when the answer came, to the microsecond
  status INTEGER,  -- HTTP status; NULL when no answer came
  content_type TEXT,  -- media type as declared
  etag TEXT,  -- ETag header, for the next conditional request
  last_modified TEXT,  -- Last-Modified header, likewise
  location TEXT,  -- final URL, where it differs
  digest TEXT,  -- sha1: and base32 of the body, as in WARC
  size INTEGER,  -- bytes of the body
  elapsed REAL,  -- seconds from request to answer
  error TEXT,  -- what went wrong, in a line
  engine TEXT,  -- engine and version that read it, name/version
  warc_file TEXT,  -- WARC file that holds the response, relative to the archive
  warc_offset INTEGER,  -- byte offset of its record
  warc_length INTEGER  -- bytes of its record
) STRICT;
CREATE INDEX fetches_blog ON fetches (blog_id, fetched_at);
CREATE INDEX fetches_crawl ON fetches (crawl_id);
CREATE INDEX fetches_url ON fetches (url);

CREATE TABLE authors (
  -- One person as the blog shows them: a byline or a commenter. The only table that holds names.
  id TEXT PRIMARY KEY,  -- stable key: members by name, visitors by name and URL
  blog_id TEXT NOT NULL REFERENCES blogs (id),  -- blog where the name appears
  name TEXT NOT NULL,  -- name as displayed
  member INTEGER NOT NULL CHECK (member IN (0, 1)),  -- 1: byline or registered account, 0: a visitor who typed the name
  native_id TEXT,  -- the platform's own id of the account
  slug TEXT,  -- name in the URL of the member's page
  url TEXT,  -- member's page on the blog, or the site that a visitor gave
  website TEXT,  -- a member's own site
  bio TEXT,  -- "About the author" as plain text
  first_seen_at TEXT NOT NULL,  -- first reading
  last_seen_at TEXT NOT NULL,  -- latest reading
  fetch_id TEXT REFERENCES fetches (id),  -- where the profile was read
  provenance TEXT NOT NULL DEFAULT '[]'  -- how the readings were merged (JSON)
) STRICT;
CREATE INDEX authors_blog ON authors (blog_id, name);

CREATE TABLE posts (
  -- One post or page of a blog.
  id TEXT PRIMARY KEY,  -- stable key: from the platform's id where there is one, else from the URL
  docid INTEGER NOT NULL UNIQUE,  -- row number in the search index; local to this file
  blog_id TEXT NOT NULL REFERENCES blogs (id),  -- blog it appeared on
  native_id TEXT,  -- the platform's own id, as text
  kind TEXT NOT NULL CHECK (kind IN ('post', 'page', 'attachment', 'unknown')),  -- unknown: only seen through its comments
  url TEXT NOT NULL,  -- permalink
  title TEXT,  -- title as plain text; empty for an untitled post, NULL when not read yet
  slug TEXT,  -- last part of the permalink
  published_at TEXT,  -- UTC; for day precision and coarser the blog's own calendar
  published_text TEXT,  -- date as it was printed or sent
  published_precision TEXT CHECK (published_precision IN ('second', 'minute', 'hour', 'day', 'month', 'year')),  -- finest unit stated
  modified_at TEXT,  -- latest change that the blog states, UTC
  modified_text TEXT,  -- that date as printed or sent
  modified_precision TEXT CHECK (modified_precision IN ('second', 'minute', 'hour', 'day', 'month', 'year')),  -- finest unit stated
  html TEXT,  -- body as published; sanitised only when shown
  text TEXT,  -- body as readable plain text; what search looks through
  excerpt TEXT,  -- the blog's own summary, plain text
  word_count INTEGER,  -- words of text
  language TEXT,  -- BCP 47 tag, where the page declares one
  comments_open INTEGER CHECK (comments_open IN (0, 1)),  -- whether comments could be added
  protected INTEGER CHECK (protected IN (0, 1)),  -- 1: behind a password, body not public
  parts INTEGER,  -- pages of a multi-page post
  sources TEXT NOT NULL DEFAULT '',  -- kinds of reading merged here: api feed list page
  first_seen_at TEXT NOT NULL,  -- first reading
  last_seen_at TEXT NOT NULL,  -- latest reading
  gone_at TEXT,  -- when it was found to have vanished
  digest TEXT,  -- of title and text, to tell changes
  fetch_id TEXT REFERENCES fetches (id),  -- where the body was read
  provenance TEXT NOT NULL DEFAULT '[]'  -- how the readings were merged (JSON)
) STRICT;
CREATE INDEX posts_blog_published ON posts (blog_id, published_at);
CREATE INDEX posts_blog_url ON posts (blog_id, url);
CREATE INDEX posts_published ON posts (published_at);

CREATE TABLE post_urls (
  -- An address under which a post was seen: its permalink now, an earlier one, a short link.
  id TEXT PRIMARY KEY,  -- stable key of the address
  post_id TEXT NOT NULL REFERENCES posts (id) DEFERRABLE INITIALLY DEFERRED,  -- the post
  address TEXT NOT NULL  -- URL without scheme, www. and last slash
) STRICT;
CREATE INDEX post_urls_post ON post_urls (post_id);

CREATE TABLE post_parts (
  -- One page of a multi-page post; the post's body is joined from these.
  post_id TEXT NOT NULL REFERENCES posts (id) ON UPDATE CASCADE,  -- the post
  part INTEGER NOT NULL CHECK (part >= 1),  -- number of the page
  html TEXT NOT NULL,  -- fragment as published
  text TEXT NOT NULL,  -- readable plain text
  extras TEXT NOT NULL DEFAULT '[[],[],[]]',  -- its links, media and citations (JSON)
  fetched_at TEXT NOT NULL,  -- when it was read
  extractor INTEGER NOT NULL DEFAULT 0,  -- version of the engine that read it
  fetch_id TEXT REFERENCES fetches (id),  -- where it was read
  PRIMARY KEY (post_id, part)
) STRICT;

CREATE TABLE post_authors (
  -- The byline of a post, in order.
  post_id TEXT NOT NULL REFERENCES posts (id) ON UPDATE CASCADE,  -- the post
  position INTEGER NOT NULL CHECK (position >= 0),  -- place in the byline, from 0
  author_id TEXT NOT NULL REFERENCES authors (id),  -- the person
  PRIMARY KEY (post_id, position)
) STRICT;
CREATE INDEX post_authors_author ON post_authors (author_id);

CREATE TABLE comments (
  -- One comment, pingback or trackback, with its place in the thread.
  id TEXT PRIMARY KEY,  -- stable key: from the platform's id where there is one
  docid INTEGER NOT NULL UNIQUE,  -- row number in the search index; local to this file
  blog_id TEXT NOT NULL REFERENCES blogs (id),  -- blog it appeared on
  post_id TEXT NOT NULL REFERENCES posts (id) ON UPDATE CASCADE,  -- post it stands under
  parent_id TEXT REFERENCES comments (id) DEFERRABLE INITIALLY DEFERRED,  -- comment it answers; NULL: the post, or not known
  parent_source TEXT NOT NULL DEFAULT 'unknown' CHECK (parent_source IN ('unknown', 'inferred', 'dom', 'feed', 'api')),  -- how the parent is known
  author_id TEXT REFERENCES authors (id),  -- who wrote it
  native_id TEXT,  -- the platform's own id, as text
  kind TEXT NOT NULL DEFAULT 'comment' CHECK (kind IN ('comment', 'pingback', 'trackback')),  -- a reader's comment, or another site's link
  url TEXT,  -- permalink
  published_at TEXT,  -- UTC; for day precision and coarser the blog's own calendar
  published_text TEXT,  -- date as it was printed or sent
  published_precision TEXT CHECK (published_precision IN ('second', 'minute', 'hour', 'day', 'month', 'year')),  -- finest unit stated
  position INTEGER,  -- place in the reading order of the whole thread, from 0
  depth INTEGER,  -- level as shown on the page, 1 for a root; counted through the parents where no page was read
  page INTEGER,  -- comment page that showed it; NULL for an unpaged thread or an API reading
  html TEXT,  -- body as published; sanitised only when shown
  text TEXT,  -- body as readable plain text; what search looks through
  word_count INTEGER,  -- words of text
  by_post_author INTEGER CHECK (by_post_author IN (0, 1)),  -- 1: written by an author of the post
  sources TEXT NOT NULL DEFAULT '',  -- kinds of reading merged here: api feed page
  first_seen_at TEXT NOT NULL,  -- first reading
  last_seen_at TEXT NOT NULL,  -- latest reading
  gone_at TEXT,  -- when a complete reading of its thread no longer showed it
  digest TEXT,  -- of the text, to tell changes
  answers TEXT,  -- key of the comment that it says it answers, whether that one is archived or not
  place INTEGER,  -- reading order on its comment page, from 0
  shown_depth INTEGER,  -- level as shown on the page; NULL when no page was read
  fetch_id TEXT REFERENCES fetches (id),  -- where the body was read
  provenance TEXT NOT NULL DEFAULT '[]'  -- how the readings were merged (JSON)
) STRICT;
CREATE INDEX comments_post ON comments (post_id, position);
CREATE INDEX comments_parent ON comments (parent_id);
CREATE INDEX comments_blog_published ON comments (blog_id, published_at);
CREATE INDEX comments_published ON comments (published_at);
CREATE INDEX comments_aside ON comments (post_id, kind, gone_at) WHERE kind <> 'comment' OR gone_at IS NOT NULL;
CREATE INDEX comments_unplaced ON comments (post_id) WHERE parent_id IS NULL AND answers IS NOT NULL;

CREATE TABLE thread_pages (
  -- One comment page of a post as it was read; says whether a thread was seen whole.
  post_id TEXT NOT NULL REFERENCES posts (id) ON UPDATE CASCADE,  -- the post
  page INTEGER NOT NULL,  -- number of the comment page, 0 for an unpaged thread
  pages INTEGER,  -- how many comment pages there were, as far as it told
  shown INTEGER NOT NULL,  -- comments and pings on it
  claimed INTEGER,  -- comments that its heading claims for the whole thread
  seen_at TEXT NOT NULL,  -- when it was read
  fetch_id TEXT REFERENCES fetches (id),  -- where it was read
  PRIMARY KEY (post_id, page)
) STRICT;

CREATE TABLE terms (
  -- A category or tag.
  id TEXT PRIMARY KEY,  -- stable key: taxonomy and URL
  blog_id TEXT NOT NULL REFERENCES blogs (id),  -- blog it belongs to
  taxonomy TEXT NOT NULL,  -- category, tag, or the platform's own name
  name TEXT NOT NULL,  -- name as displayed
  slug TEXT,  -- name in its URL
  url TEXT,  -- page that lists its posts
  native_id TEXT,  -- the platform's own id
  parent_id TEXT REFERENCES terms (id) DEFERRABLE INITIALLY DEFERRED,  -- broader category
  broader TEXT,  -- what it says is broader, archived or not: a term's key, or # and its native id
  description TEXT,  -- the blog's own words on it
  first_seen_at TEXT NOT NULL,  -- first reading
  last_seen_at TEXT NOT NULL,  -- latest reading
  fetch_id TEXT REFERENCES fetches (id),  -- where it was read
  provenance TEXT NOT NULL DEFAULT '[]'  -- how the readings were merged (JSON)
) STRICT;
CREATE INDEX terms_blog ON terms (blog_id, taxonomy, name);
CREATE INDEX terms_native ON terms (blog_id, native_id);

CREATE TABLE post_terms (
  -- Which post is filed under which term.
  post_id TEXT NOT NULL REFERENCES posts (id) ON UPDATE CASCADE,  -- the post
  term_id TEXT NOT NULL REFERENCES terms (id),  -- the category or tag
  PRIMARY KEY (post_id, term_id)
) STRICT;
CREATE INDEX post_terms_term ON post_terms (term_id);

CREATE TABLE archives (
  -- One period of the sidebar's Archives list, with the posts that it claims.
  id TEXT PRIMARY KEY,  -- stable key: the period
  blog_id TEXT NOT NULL REFERENCES blogs (id),  -- blog whose sidebar it is
  label TEXT NOT NULL,  -- words as displayed
  year INTEGER NOT NULL,  -- year
  month INTEGER CHECK (month BETWEEN 1 AND 12),  -- month; NULL for a yearly list
  url TEXT,  -- page that lists its posts
  claimed_posts INTEGER,  -- posts that the sidebar says it has
  first_seen_at TEXT NOT NULL,  -- first reading
  last_seen_at TEXT NOT NULL,  -- latest reading
  fetch_id TEXT REFERENCES fetches (id),  -- where the count was read
  provenance TEXT NOT NULL DEFAULT '[]'  -- how the readings were merged (JSON)
) STRICT;
CREATE UNIQUE INDEX archives_period ON archives (blog_id, year, month);

CREATE TABLE widgets (
  -- One list of the sidebar as seen.
  id TEXT PRIMARY KEY,  -- stable key: kind and title
  blog_id TEXT NOT NULL REFERENCES blogs (id),  -- blog whose sidebar it is
  kind TEXT NOT NULL,  -- recent_posts, recent_comments, blogroll, tag_cloud, categories, pages, text …
  title TEXT,  -- heading as displayed
  text TEXT,  -- words of a text widget
  seen_at TEXT NOT NULL,  -- latest reading
  fetch_id TEXT REFERENCES fetches (id)  -- where it was read
) STRICT;

CREATE TABLE widget_links (
  -- One line of a sidebar list.
  widget_id TEXT NOT NULL REFERENCES widgets (id),  -- the list
  position INTEGER NOT NULL,  -- place in it, from 0
  url TEXT NOT NULL,  -- where it leads
  text TEXT NOT NULL,  -- words of the link
  detail TEXT,  -- what stands beside it: a date, a count, who commented
  PRIMARY KEY (widget_id, position)
) STRICT;

CREATE TABLE links (
  -- A link from the body of a post or comment.
  id TEXT PRIMARY KEY,  -- post or comment, and place in it
  post_id TEXT NOT NULL REFERENCES posts (id) ON UPDATE CASCADE,  -- post that holds it, or whose thread does
  comment_id TEXT REFERENCES comments (id),  -- comment that holds it; NULL for the post itself
  position INTEGER NOT NULL,  -- place in the body, from 0
  url TEXT NOT NULL,  -- where it leads
  host TEXT NOT NULL,  -- host of that URL
  text TEXT NOT NULL  -- words of the link
) STRICT;
CREATE INDEX links_post ON links (post_id);
CREATE INDEX links_comment ON links (comment_id);
CREATE INDEX links_host ON links (host);

CREATE TABLE media (
  -- An image or enclosure shown in the body of a post or comment.
  id TEXT PRIMARY KEY,  -- post or comment, and place in it
  post_id TEXT NOT NULL REFERENCES posts (id) ON UPDATE CASCADE,  -- post that holds it, or whose thread does
  comment_id TEXT REFERENCES comments (id),  -- comment that holds it; NULL for the post itself
  position INTEGER NOT NULL,  -- place in the body, from 0
  kind TEXT NOT NULL,  -- image, audio, video, embed or file
  url TEXT NOT NULL,  -- where it lies
  alt TEXT,  -- text alternative
  caption TEXT  -- words beneath it
) STRICT;
CREATE INDEX media_post ON media (post_id);
CREATE INDEX media_comment ON media (comment_id);

CREATE TABLE works (
  -- A publication, trial or book that is cited somewhere.
  id TEXT PRIMARY KEY,  -- stable key: scheme and identifier, the same for all blogs
  scheme TEXT NOT NULL CHECK (scheme IN ('doi', 'pmid', 'pmcid', 'arxiv', 'nct', 'isrctn', 'isbn')),  -- kind of identifier
  identifier TEXT NOT NULL,  -- in its normal form
  url TEXT NOT NULL  -- where it resolves
) STRICT;
CREATE UNIQUE INDEX works_identifier ON works (scheme, identifier);

CREATE TABLE citations (
  -- Where a work is cited: which patients discussed this paper?
  id TEXT PRIMARY KEY,  -- work, and post or comment
  work_id TEXT NOT NULL REFERENCES works (id),  -- what is cited
  post_id TEXT NOT NULL REFERENCES posts (id) ON UPDATE CASCADE,  -- post that cites it, or whose thread does
  comment_id TEXT REFERENCES comments (id)  -- comment that cites it; NULL for the post itself
) STRICT;
CREATE INDEX citations_work ON citations (work_id);
CREATE INDEX citations_post ON citations (post_id);
CREATE INDEX citations_comment ON citations (comment_id);

CREATE TABLE revisions (
  -- An earlier wording of a post or comment.
  id TEXT PRIMARY KEY,  -- post or comment, and digest of the wording
  post_id TEXT NOT NULL REFERENCES posts (id) ON UPDATE CASCADE,  -- the post, or the post of the comment
  comment_id TEXT REFERENCES comments (id),  -- the comment; NULL for the post itself
  digest TEXT NOT NULL,  -- of the wording
  title TEXT,  -- title then
  html TEXT,  -- body then, as published
  text TEXT,  -- body then, as plain text
  seen_from TEXT NOT NULL,  -- first reading of this wording
  seen_until TEXT NOT NULL,  -- latest reading of it
  replaced_at TEXT,  -- first reading of the wording that followed
  fetch_id TEXT REFERENCES fetches (id)  -- where it was read
) STRICT;
CREATE INDEX revisions_post ON revisions (post_id);
CREATE INDEX revisions_comment ON revisions (comment_id);

CREATE TABLE claims (
  -- What the blog says of itself, to hold against what was captured.
  id TEXT PRIMARY KEY,  -- stable key: subject, measure and place
  blog_id TEXT NOT NULL REFERENCES blogs (id),  -- the blog
  subject_kind TEXT NOT NULL CHECK (subject_kind IN ('blog', 'post', 'month', 'category', 'tag', 'author')),  -- what is counted
  subject TEXT NOT NULL,  -- which one: post or term id, YYYY-MM, empty for the blog
  post_id TEXT REFERENCES posts (id) ON UPDATE CASCADE,  -- the post, where it is one
  term_id TEXT REFERENCES terms (id),  -- the term, where it is one
  measure TEXT NOT NULL,  -- posts, comments, pages …
  number INTEGER NOT NULL,  -- how many, as stated
  source TEXT NOT NULL,  -- where it says so: heading, feed, api, archive_list …
  said_at TEXT NOT NULL,  -- when that was read
  fetch_id TEXT REFERENCES fetches (id)  -- where that was read
) STRICT;
CREATE INDEX claims_post ON claims (post_id);
CREATE INDEX claims_subject ON claims (blog_id, subject_kind, subject);

CREATE TABLE oddities (
  -- Something strange on a page, worth counting: a comment shown twice, a body cut short …
  id TEXT PRIMARY KEY,  -- fetch and number
  fetch_id TEXT NOT NULL REFERENCES fetches (id),  -- where it was seen
  kind TEXT NOT NULL,  -- what kind of oddity
  detail TEXT NOT NULL  -- what it concerns
) STRICT;
CREATE INDEX oddities_fetch ON oddities (fetch_id);

CREATE TABLE frontier (
  -- One URL to fetch, and how that went.
  id TEXT PRIMARY KEY,  -- stable key of the URL
  blog_id TEXT NOT NULL REFERENCES blogs (id),  -- blog that it belongs to
  url TEXT NOT NULL,  -- URL to fetch
  kind TEXT NOT NULL,  -- what is expected there
  priority INTEGER NOT NULL,  -- smaller is earlier
  state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'in_flight', 'done', 'alias', 'given_up', 'excluded')),  -- alias: another name of a page that was read
  attempts INTEGER NOT NULL DEFAULT 0,  -- how often it was tried in this run
  not_before TEXT,  -- put off until then
  last_error TEXT,  -- why it failed, or was given up or left out
  hint TEXT NOT NULL DEFAULT '{}',  -- what its finder knew of it (JSON)
  round INTEGER NOT NULL DEFAULT 1,  -- pass over the blog that it was last wanted in
  found_in TEXT REFERENCES fetches (id),  -- page that named it
  done_in TEXT REFERENCES fetches (id)  -- fetch that settled it
) STRICT;
CREATE INDEX frontier_next ON frontier (blog_id, state, priority);

CREATE VIRTUAL TABLE posts_fts USING fts5 (
  title, text, content="posts", content_rowid="docid", tokenize="porter unicode61 remove_diacritics 2"
);
CREATE TRIGGER posts_fts_insert AFTER INSERT ON posts BEGIN
  INSERT INTO posts_fts (rowid, title, text) VALUES (new.docid, new.title, new.text);
END;
CREATE TRIGGER posts_fts_delete AFTER DELETE ON posts BEGIN
  INSERT INTO posts_fts (posts_fts, rowid, title, text) VALUES ('delete', old.docid, old.title, old.text);
END;
CREATE TRIGGER posts_fts_update AFTER UPDATE OF docid, title, text ON posts BEGIN
  INSERT INTO posts_fts (posts_fts, rowid, title, text) VALUES ('delete', old.docid, old.title, old.text);
  INSERT INTO posts_fts (rowid, title, text) VALUES (new.docid, new.title, new.text);
END;

CREATE VIRTUAL TABLE comments_fts USING fts5 (
  text, content="comments", content_rowid="docid", tokenize="porter unicode61 remove_diacritics 2"
);
CREATE TRIGGER comments_fts_insert AFTER INSERT ON comments BEGIN
  INSERT INTO comments_fts (rowid, text) VALUES (new.docid, new.text);
END;
CREATE TRIGGER comments_fts_delete AFTER DELETE ON comments BEGIN
  INSERT INTO comments_fts (comments_fts, rowid, text) VALUES ('delete', old.docid, old.text);
END;
CREATE TRIGGER comments_fts_update AFTER UPDATE OF docid, text ON comments BEGIN
  INSERT INTO comments_fts (comments_fts, rowid, text) VALUES ('delete', old.docid, old.text);
  INSERT INTO comments_fts (rowid, text) VALUES (new.docid, new.text);
END;

CREATE TABLE whole_threads (
  -- The latest reading of a whole thread from pages that fitted to what was known of it.
  post_id TEXT PRIMARY KEY REFERENCES posts (id) ON UPDATE CASCADE ON DELETE CASCADE,  -- the post
  seen_at TEXT NOT NULL,  -- when the last of its comment pages was read
  shown INTEGER NOT NULL,  -- comments and pings on all of them
  claimed INTEGER  -- comments that their heading claimed
) STRICT;

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
CREATE INDEX comments_author ON comments (author_id, published_at);

CREATE TABLE redactions (
  -- What was taken down, and must not come in again. Nothing here tells what it said.
  id TEXT PRIMARY KEY,  -- number of the redaction: r1, r2 …
  blog_id TEXT NOT NULL REFERENCES blogs (id),  -- blog it was on
  kind TEXT NOT NULL CHECK (kind IN ('post', 'comment', 'author')),  -- what was taken down
  subject TEXT NOT NULL,  -- key of the post, comment or person
  part_of TEXT REFERENCES redactions (id),  -- redaction of the person who wrote it, which this one belongs to
  why TEXT NOT NULL,  -- reason, as given
  redacted_at TEXT NOT NULL,  -- when it was asked for; refused from then on
  done_at TEXT,  -- when nothing of it was left; NULL: begun, and gone on with at the next start
  swept_at TEXT,  -- WARC files older than that have been gone through
  undone_at TEXT,  -- when collecting was allowed again
  names TEXT NOT NULL DEFAULT '[]',  -- keys of its addresses, or of the person's names (JSON)
  marks TEXT NOT NULL DEFAULT '[]'  -- digests of runs of its words, by which responses that hold them are found (JSON)
) STRICT;
CREATE INDEX redactions_blog ON redactions (blog_id, undone_at);

CREATE TABLE withheld (
  -- An exchange whose response held something that was taken down: its WARC record is replaced.
  fetch_id TEXT PRIMARY KEY REFERENCES fetches (id)  -- the exchange
) STRICT;

CREATE TABLE surpluses (
  -- A thread whose heading counts more than all of its pages show, as the latest whole reading found it.
  post_id TEXT PRIMARY KEY REFERENCES posts (id) ON UPDATE CASCADE ON DELETE CASCADE,  -- the post
  crawl_id TEXT NOT NULL REFERENCES crawls (id),  -- run of that reading
  seen_at TEXT NOT NULL,  -- when the last of its comment pages was read
  shown INTEGER NOT NULL,  -- comments and pings on all of them
  claimed INTEGER NOT NULL,  -- comments that their heading claimed
  readings INTEGER NOT NULL  -- successive whole readings, each of another run, that found the same difference
) STRICT;

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
CREATE INDEX posts_dated ON posts (docid, published_at);
CREATE INDEX comments_dated ON comments (docid, published_at);

CREATE TABLE lessons (
  -- Where the page of a post says what the blog's feed says of it, and where its comments stand.
  post_id TEXT NOT NULL REFERENCES posts (id) ON UPDATE CASCADE ON DELETE CASCADE,  -- the post
  field TEXT NOT NULL CHECK (field IN ('title', 'author', 'published', 'body', 'comments')),  -- what was found there
  path TEXT NOT NULL,  -- tags with ids or classes, outermost first: div#main > h2.headline
  seen_at TEXT NOT NULL,  -- when the page was read
  PRIMARY KEY (post_id, field)
) STRICT;

CREATE TABLE attributions (
  -- Who was said to have written a comment: where merged archives named two people, or it was taken down.
  comment_id TEXT NOT NULL REFERENCES comments (id),  -- the comment
  name TEXT NOT NULL,  -- key of the name, as in redactions; the name itself is not kept
  PRIMARY KEY (comment_id, name)
) STRICT;

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
