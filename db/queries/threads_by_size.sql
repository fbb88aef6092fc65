-- title: Threads by size and depth
-- description: One line a thread: how many comments, how deep and how wide it is, how many people took part, how
-- often the post's author did, and over how many days it went on. The longest first; pings do not count.
-- param: number | how many threads to list | 200
SELECT p.id AS post_id, p.title, b.title AS blog, t.comments, t.deepest, t.roots, t.replies, t.unanswered, t.people,
  t.by_author, p.published_at, t.first_at, t.last_at,
  round(julianday(t.last_at) - julianday(t.first_at), 1) AS days, p.url
FROM (
  SELECT c.post_id, count(*) AS comments, max(c.depth) AS deepest,
    count(*) FILTER (WHERE c.depth = 1) AS roots, count(c.parent_id) AS replies,
    -- Comments on the post itself that nobody answered.
    count(*) FILTER (WHERE c.depth = 1 AND NOT EXISTS (SELECT 1 FROM comments r WHERE r.parent_id = c.id))
      AS unanswered,
    count(DISTINCT c.author_id) AS people, count(*) FILTER (WHERE c.by_post_author = 1) AS by_author,
    min(c.published_at) AS first_at, max(c.published_at) AS last_at
  FROM comments c
  WHERE c.kind = 'comment'
  GROUP BY c.post_id
) AS t
JOIN posts p ON p.id = t.post_id
JOIN blogs b ON b.id = p.blog_id
ORDER BY t.comments DESC, t.deepest DESC, p.published_at DESC
LIMIT coalesce(nullif(:number, ''), 200) + 0
