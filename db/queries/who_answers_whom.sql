-- title: Who answers whom
-- description: Pairs of people by the number of replies, with the dates of the first and the last one, in all threads or
-- in one.
-- param: number | how many pairs to list | 200
-- param: post | only in the thread of the post with this id | all posts
-- param: blog | only in the blog with this id | all blogs
WITH replies AS (
  SELECT c.blog_id, c.author_id, parent.author_id AS answered_id, c.parent_source, c.published_at
  FROM comments c JOIN comments parent ON parent.id = c.parent_id
  WHERE trim(:post) <> '' AND c.post_id = trim(:post)
  UNION ALL
  SELECT c.blog_id, c.author_id, parent.author_id, c.parent_source, c.published_at
  FROM comments c JOIN comments parent ON parent.id = c.parent_id
  WHERE trim(:post) = ''
),
pairs AS (
  SELECT blog_id, author_id, answered_id, count(*) AS replies, count(*) FILTER (WHERE parent_source = 'inferred') AS inferred,
    min(published_at) AS first_at, max(published_at) AS last_at
  FROM replies
  WHERE author_id IS NOT NULL AND answered_id IS NOT NULL AND trim(:blog) IN ('', blog_id)
  GROUP BY author_id, answered_id
  ORDER BY replies DESC, author_id, answered_id
  LIMIT coalesce(nullif(:number, ''), 200) + 0
)
SELECT a.name AS author, b.name AS answered, n.replies, n.inferred, n.first_at, n.last_at,
  (SELECT title FROM blogs WHERE id = n.blog_id) AS blog, n.author_id, n.answered_id
FROM pairs n
JOIN authors a ON a.id = n.author_id
JOIN authors b ON b.id = n.answered_id
ORDER BY n.replies DESC, author, answered
