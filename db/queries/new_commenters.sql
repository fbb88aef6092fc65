-- title: New commenters a month
-- description: In which month people wrote their first comment, and how many of them came back in a later month.
WITH people AS (
  SELECT blog_id, author_id, substr(min(published_at), 1, 7) AS month, substr(max(published_at), 1, 7) AS last_month
  FROM comments
  WHERE author_id IS NOT NULL AND published_at IS NOT NULL AND kind = 'comment'
  GROUP BY author_id
)
SELECT b.title AS blog, p.month, count(*) AS new_commenters,
  count(*) FILTER (WHERE p.last_month > p.month) AS came_back
FROM people p JOIN blogs b ON b.id = p.blog_id
GROUP BY p.blog_id, p.month
ORDER BY p.month DESC, blog
