-- title: Authors of posts
-- description: Who wrote the posts, when, how much was said below them, and how often the author answered there.
SELECT a.name, b.title AS blog, count(*) AS posts, sum(l.comments) AS comments_received,
  (SELECT count(*) FROM comments c WHERE c.author_id = a.id) AS comments_written,
  min(l.published_at) AS first_at, max(l.published_at) AS last_at, a.id AS author_id
FROM post_authors pa
JOIN authors a ON a.id = pa.author_id
JOIN blogs b ON b.id = a.blog_id
JOIN post_list l ON l.id = pa.post_id
GROUP BY a.id
ORDER BY posts DESC, a.name
