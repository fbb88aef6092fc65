-- title: Response times
-- description: Hours from a post to its first comment and from a comment to each of its replies, as the median
-- of each year. Only where both times are known to the minute.
WITH waits (blog_id, year, kind, hours) AS (
  SELECT p.blog_id, substr(p.published_at, 1, 4), 'first comment',
    24 * (julianday(min(c.published_at)) - julianday(p.published_at))
  FROM posts p JOIN comments c ON c.post_id = p.id
  WHERE c.kind = 'comment' AND p.published_precision IN ('second', 'minute')
    AND c.published_precision IN ('second', 'minute')
  GROUP BY p.id
  UNION ALL
  SELECT c.blog_id, substr(c.published_at, 1, 4), 'reply',
    24 * (julianday(c.published_at) - julianday(parent.published_at))
  FROM comments c JOIN comments parent ON parent.id = c.parent_id
  WHERE c.published_precision IN ('second', 'minute') AND parent.published_precision IN ('second', 'minute')
),
ranked AS (
  SELECT *, row_number() OVER line AS place, count(*) OVER (PARTITION BY blog_id, year, kind) AS number
  FROM waits WHERE hours >= 0
  WINDOW line AS (PARTITION BY blog_id, year, kind ORDER BY hours)
)
SELECT b.title AS blog, r.year, r.kind, r.number, round(avg(r.hours), 1) AS median_hours
FROM ranked r JOIN blogs b ON b.id = r.blog_id
WHERE r.place IN ((r.number + 1) / 2, (r.number + 2) / 2)
GROUP BY r.blog_id, r.year, r.kind
ORDER BY r.year DESC, blog, r.kind
