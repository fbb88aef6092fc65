-- title: Comments a month
-- description: How many comments and pings were written in each month (UTC), months without any included.
WITH RECURSIVE months (blog_id, month, last) AS (
  SELECT b.id,
    (SELECT substr(min(published_at), 1, 7) FROM comments WHERE blog_id = b.id),
    (SELECT substr(max(published_at), 1, 7) FROM comments WHERE blog_id = b.id)
  FROM blogs b
  UNION ALL
  SELECT blog_id, strftime('%Y-%m', month || '-01', '+1 month'), last FROM months WHERE month < last
)
SELECT b.title AS blog, m.month,
  (SELECT count(*) FROM comments c
    WHERE c.blog_id = m.blog_id AND c.published_at >= m.month AND c.published_at < m.month || '~') AS comments
FROM months m JOIN blogs b ON b.id = m.blog_id
WHERE m.month IS NOT NULL
ORDER BY m.month DESC, blog
