-- title: Comments a post
-- description: How many posts drew how many comments, in steps that double; pings do not count.
WITH counted AS MATERIALIZED (
  SELECT (SELECT count(*) FROM comments c WHERE c.post_id = p.id)
    - (SELECT count(*) FROM comments c
      WHERE c.post_id = p.id AND (c.kind <> 'comment' OR c.gone_at IS NOT NULL) AND c.kind <> 'comment') AS comments
  FROM posts p WHERE p.kind IN ('post', 'unknown')
),
steps (least, most) AS (
  SELECT 0, 0
  UNION ALL SELECT 1, 1
  UNION ALL SELECT 2, 3
  UNION ALL SELECT 4, 7
  UNION ALL SELECT 8, 15
  UNION ALL SELECT 16, 31
  UNION ALL SELECT 32, 63
  UNION ALL SELECT 64, 127
  UNION ALL SELECT 128, 255
  UNION ALL SELECT 256, 511
  UNION ALL SELECT 512, 1023
  UNION ALL SELECT 1024, NULL
)
SELECT s.least, s.most, count(*) AS posts, sum(n.comments) AS comments
FROM counted n JOIN steps s ON n.comments >= s.least AND n.comments <= coalesce(s.most, n.comments)
GROUP BY s.least
ORDER BY s.least
