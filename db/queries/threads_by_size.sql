-- title: Threads by size and depth
-- description: One line a thread: how many comments, how deep and how wide it is, how many people took part, how
-- often the post's author did, and over how many days it went on. The longest first; pings do not count.
-- param: number | how many threads to list | 200
WITH longest AS (
  -- Counted in indexes alone, so that only the threads that are listed are read.
  SELECT post_id, held - (
    SELECT count(*) FROM comments c
    WHERE c.post_id = s.post_id AND (c.kind <> 'comment' OR c.gone_at IS NOT NULL) AND c.kind <> 'comment'
  ) AS comments
  FROM (SELECT post_id, count(*) AS held FROM comments GROUP BY post_id) AS s
  ORDER BY comments DESC, post_id
  LIMIT coalesce(nullif(:number, ''), 200) + 0
)
SELECT p.id AS post_id, p.title, b.title AS blog, l.comments, max(c.depth) AS deepest,
  count(*) FILTER (WHERE c.depth = 1) AS roots, count(c.parent_id) AS replies,
  -- Comments on the post itself that nobody answered.
  count(*) FILTER (WHERE c.depth = 1 AND NOT EXISTS (SELECT 1 FROM comments r WHERE r.parent_id = c.id)) AS unanswered,
  count(DISTINCT c.author_id) AS people, count(*) FILTER (WHERE c.by_post_author = 1) AS by_author,
  p.published_at, min(c.published_at) AS first_at, max(c.published_at) AS last_at,
  round(julianday(max(c.published_at)) - julianday(min(c.published_at)), 1) AS days, p.url
FROM longest l
JOIN comments c ON c.post_id = l.post_id AND c.kind = 'comment'
JOIN posts p ON p.id = l.post_id
JOIN blogs b ON b.id = p.blog_id
GROUP BY l.post_id
ORDER BY l.comments DESC, deepest DESC, p.published_at DESC
