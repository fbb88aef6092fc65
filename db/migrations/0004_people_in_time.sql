-- What one person wrote, in the order of time: of somebody with tens of thousands of comments, the newest hundred are
-- found without reading all the others.
DROP INDEX comments_author;
CREATE INDEX comments_author ON comments (author_id, published_at);
