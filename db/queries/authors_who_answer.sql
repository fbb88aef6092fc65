-- title: Authors who answer their readers
-- description: For each author of posts, in how many of the threads below them readers wrote and the author took
-- part, how many readers got an answer, and the median of the hours that it took (where both times are known
-- to the minute).
WITH written AS (
  SELECT c.id, c.author_id, c.post_id,
    CASE WHEN parent.by_post_author IS NOT 1 THEN parent.id END AS reader_comment,
    CASE WHEN parent.by_post_author IS NOT 1 THEN parent.author_id END AS reader,
    CASE WHEN parent.by_post_author IS NOT 1 AND c.published_precision IN ('second', 'minute')
      AND parent.published_precision IN ('second', 'minute')
      THEN 24 * (julianday(c.published_at) - julianday(parent.published_at)) END AS hours
  FROM comments c LEFT JOIN comments parent ON parent.id = c.parent_id
  WHERE c.by_post_author = 1 AND c.kind = 'comment' AND c.author_id IS NOT NULL
),
median AS (
  SELECT author_id, round(avg(hours), 1) AS hours
  FROM (
    SELECT author_id, hours, row_number() OVER (PARTITION BY author_id ORDER BY hours) AS place,
      count(*) OVER (PARTITION BY author_id) AS number
    FROM written WHERE hours >= 0
  )
  WHERE place IN ((number + 1) / 2, (number + 2) / 2)
  GROUP BY author_id
),
bylines AS (
  SELECT pa.author_id, count(*) AS posts,
    count(*) FILTER (WHERE EXISTS (
      SELECT 1 FROM comments c WHERE c.post_id = pa.post_id AND c.kind = 'comment' AND c.by_post_author IS NOT 1
    )) AS discussed
  FROM post_authors pa GROUP BY pa.author_id
),
answers AS (
  SELECT author_id, count(*) AS comments, count(DISTINCT post_id) AS threads, count(reader_comment) AS replies,
    count(DISTINCT reader) AS readers
  FROM written GROUP BY author_id
)
SELECT a.name, b.title AS blog, y.posts, y.discussed AS discussed_posts, coalesce(w.threads, 0) AS took_part_in,
  coalesce(w.comments, 0) AS comments, coalesce(w.replies, 0) AS replies_to_readers,
  coalesce(w.readers, 0) AS readers_answered, m.hours AS median_hours, a.id AS author_id
FROM bylines y
JOIN authors a ON a.id = y.author_id
JOIN blogs b ON b.id = a.blog_id
LEFT JOIN answers w ON w.author_id = y.author_id
LEFT JOIN median m ON m.author_id = y.author_id
ORDER BY replies_to_readers DESC, took_part_in DESC, a.name
