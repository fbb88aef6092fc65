-- Search counts its hits by year and sorts them by date. Both look up a date for each of them: from here, without the row.
CREATE INDEX posts_dated ON posts (docid, published_at);
CREATE INDEX comments_dated ON comments (docid, published_at);
