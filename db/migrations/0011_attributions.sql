-- Archives that meet may name different people as the writer of a comment, and one of the names wins. When a person is
-- taken down in a third, the names that lost must still be known, or the order of merging would matter.
CREATE TABLE attributions (
  -- Who was said to have written a comment: where merged archives named two people, or it was taken down.
  comment_id TEXT NOT NULL REFERENCES comments (id),  -- the comment
  name TEXT NOT NULL,  -- key of the name, as in redactions; the name itself is not kept
  PRIMARY KEY (comment_id, name)
) STRICT;
