-- What may go wrong in an archive. Before each statement: the rows of the comparison that must then fail.
-- In the truth, p10 is an ordinary post; the latest comment stands on an ordinary post, too.

-- posts
DELETE FROM posts WHERE id = 'p10';

-- posts
UPDATE posts SET gone_at = '2026-01-01T00:00:00Z' WHERE id = 'p10';

-- posts, pages
UPDATE posts SET kind = 'post' WHERE title = 'Glossary';

-- posts
INSERT INTO posts (id, docid, blog_id, kind, url, first_seen_at, last_seen_at)
VALUES ('x', 99999, 'blog', 'post', 'http://blog.example/?p=99999', '', '');

-- posts
INSERT INTO posts (id, docid, blog_id, kind, url, first_seen_at, last_seen_at)
SELECT 'x', 99999, 'blog', kind, url, '', '' FROM posts WHERE title = 'The trial in one table';

-- posts.url
UPDATE posts SET url = url || '2/' WHERE id = 'p10';

-- posts.title
UPDATE posts SET title = title || '!' WHERE id = 'p10';

-- posts.title
UPDATE posts SET title = NULL WHERE id = 'p10';

-- posts.body
UPDATE posts SET text = substr(text, 1, length(text) / 2) WHERE id = 'p10';

-- posts.body
UPDATE posts SET text = 'Comments' WHERE title = 'No body at all';

-- posts.body
UPDATE posts SET text = 'Enter the password' WHERE protected;

-- posts.published
UPDATE posts SET published_at = '2031-02-10T07:30:00Z' WHERE id = 'p10';

-- posts.published
UPDATE posts SET published_precision = 'day' WHERE id = 'p10';

-- posts.published
UPDATE posts SET published_at = NULL WHERE id = 'p10';

-- posts.modified
UPDATE posts SET modified_at = published_at WHERE title = 'Corrected years later';

-- posts.author
DELETE FROM post_authors WHERE position = 2;

-- posts.author
UPDATE post_authors SET position = 7
WHERE position = 0 AND post_id IN (SELECT post_id FROM post_authors WHERE position = 1);

-- authors, posts.author
UPDATE authors SET name = 'Prof. Q' WHERE name = 'Prof Q' AND member;

-- authors.bio
UPDATE authors SET bio = 'Hello' WHERE name = 'LabMouse' AND member;

-- authors
INSERT INTO authors (id, blog_id, name, member, first_seen_at, last_seen_at)
VALUES ('x', 'blog', 'Neuro Doc Gnanapavan', 1, '', '');

-- authors
INSERT INTO authors (id, blog_id, name, member, first_seen_at, last_seen_at)
VALUES ('x', 'blog', 'admin', 1, '', '');

-- categories, posts.categories
DELETE FROM terms WHERE name = 'Phase III';

-- posts.tags
DELETE FROM post_terms WHERE term_id = (SELECT id FROM terms WHERE name = 'NfL');

-- categories.name
UPDATE terms SET name = 'B cells' WHERE name LIKE 'B cells%';

-- tags
INSERT INTO terms (id, blog_id, taxonomy, name, url, first_seen_at, last_seen_at)
VALUES ('x', 'blog', 'tag', 'about', 'http://blog.example/about/', '', '');

-- identifiers
DELETE FROM citations WHERE work_id IN (SELECT id FROM works WHERE identifier = '10.5555/target.2021.1');

-- months
DELETE FROM archives WHERE year = 2020 AND month = 3;

-- months
UPDATE archives SET year = 1970 WHERE year = 2020 AND month = 3;

-- months.posts
UPDATE archives SET claimed_posts = claimed_posts + 1 WHERE year = 2020 AND month = 3;

-- comments
DELETE FROM comments WHERE id = (SELECT max(id) FROM comments WHERE id NOT IN (SELECT parent_id FROM comments WHERE parent_id IS NOT NULL));

-- comments
DELETE FROM comments WHERE kind = 'trackback';

-- comments
INSERT INTO comments (id, docid, blog_id, post_id, native_id, first_seen_at, last_seen_at)
VALUES ('x', 99999, 'blog', 'p10', '999999', '', '');

-- comments.post
UPDATE comments SET post_id = 'p11' WHERE id = (SELECT min(id) FROM comments WHERE post_id != 'p11');

-- comments.kind
UPDATE comments SET kind = 'pingback' WHERE id = (SELECT min(id) FROM comments WHERE kind = 'comment');

-- comments.author
UPDATE comments SET author_id = (SELECT id FROM authors WHERE name = 'LabMouse' AND NOT member)
WHERE id = (SELECT min(comments.id) FROM comments JOIN authors ON authors.id = author_id WHERE name = 'matt');

-- comments.author, commenters
UPDATE authors SET name = 'matt says:' WHERE name = 'matt';

-- comments.by post author
UPDATE comments SET by_post_author = 1 - by_post_author WHERE id = (SELECT min(id) FROM comments);

-- comments.published
UPDATE comments SET published_at = '2031-02-10T07:30:00Z' WHERE id = (SELECT min(id) FROM comments);

-- comments.text
UPDATE comments SET text = text || ' Reply to this' WHERE id = (SELECT min(id) FROM comments);

-- comments.parent
UPDATE comments SET parent_id = NULL WHERE id = (SELECT min(id) FROM comments WHERE parent_id IS NOT NULL);

-- comments.parent
UPDATE comments SET parent_id = (SELECT max(id) FROM comments)
WHERE id = (SELECT min(id) FROM comments WHERE parent_id IS NOT NULL);

-- comments.parent
UPDATE comments SET parent_id = NULL, parent_source = 'unknown'
WHERE id = (SELECT min(id) FROM comments WHERE parent_id IS NOT NULL);

-- comments.depth
UPDATE comments SET depth = depth + 1 WHERE id = (SELECT min(id) FROM comments);

-- comments.order
UPDATE comments SET position = 1 - position
WHERE position IN (0, 1) AND post_id = (SELECT id FROM posts WHERE title LIKE 'Smouldering MS: the%');

-- comments.order
UPDATE comments SET position = 0;

-- hidden words
UPDATE posts SET excerpt = 'x hidden-draft-body x' WHERE id = 'p10';

-- hidden words
INSERT INTO links (id, post_id, position, url, host, text) VALUES ('x', 'p10', 0, '', '', 'Hidden Moderated');
