-- title: Replies, one by one
-- description: Who answered whom, on which post, when, and after how many hours, the latest first. Inferred as
-- evidence is a guess; hours are given where both times are known to the minute.
-- param: number | how many replies to list | 1000
-- param: person | only replies by or to the person of this name | everybody
SELECT c.published_at, a.name AS author, parent_author.name AS answered, p.title AS post, c.depth,
  CASE WHEN c.published_precision IN ('second', 'minute') AND parent.published_precision IN ('second', 'minute')
    THEN round(24 * (julianday(c.published_at) - julianday(parent.published_at)), 1) END AS hours,
  c.parent_source AS evidence, c.url, c.id AS comment_id, c.parent_id, c.author_id, parent.author_id AS answered_id
FROM comments c
JOIN comments parent ON parent.id = c.parent_id
JOIN posts p ON p.id = c.post_id
LEFT JOIN authors a ON a.id = c.author_id
LEFT JOIN authors parent_author ON parent_author.id = parent.author_id
WHERE trim(:person) = '' OR trim(:person) IN (a.name, parent_author.name)
ORDER BY c.published_at DESC
LIMIT coalesce(nullif(:number, ''), 1000) + 0
