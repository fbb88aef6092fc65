-- title: Most active commenters
-- description: Who wrote the most comments, on how many posts, and from when to when. A visitor who typed
-- different names counts as different people.
-- param: number | how many people to list | 50
WITH busiest AS (
  SELECT author_id, count(*) AS comments FROM comments
  WHERE author_id IS NOT NULL
  GROUP BY author_id ORDER BY comments DESC
  LIMIT coalesce(nullif(:number, ''), 50) + 0
)
SELECT busiest.author_id, a.name, b.title AS blog, busiest.comments,
  count(DISTINCT c.post_id) AS posts, min(c.published_at) AS first_at, max(c.published_at) AS last_at,
  CASE a.member WHEN 1 THEN 'yes' ELSE 'no' END AS member
FROM busiest
JOIN authors a ON a.id = busiest.author_id
JOIN blogs b ON b.id = a.blog_id
JOIN comments c ON c.author_id = busiest.author_id
GROUP BY busiest.author_id
ORDER BY busiest.comments DESC, a.name
