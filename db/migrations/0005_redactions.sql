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
