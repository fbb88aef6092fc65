-- title: Depth of threads
-- description: How many comments stand on each level of the threads; level 1 answers the post.
SELECT b.title AS blog, c.depth, count(*) AS comments,
  round(100.0 * count(*) / sum(count(*)) OVER (PARTITION BY c.blog_id), 1) AS percent
FROM comments c JOIN blogs b ON b.id = c.blog_id
GROUP BY c.blog_id, c.depth
ORDER BY blog, c.depth
