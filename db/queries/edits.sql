-- title: Edited posts and comments
-- description: Earlier wordings beside the present one, the latest change first.
SELECT CASE WHEN r.comment_id IS NULL THEN 'post' ELSE 'comment' END AS kind, r.seen_from, r.seen_until,
  coalesce(r.title, p.title) AS post, r.text AS earlier, CASE WHEN r.comment_id IS NULL THEN p.text ELSE c.text END AS now,
  coalesce(c.url, p.url) AS url, r.post_id, r.comment_id
FROM revisions r
LEFT JOIN posts p ON p.id = r.post_id
LEFT JOIN comments c ON c.id = r.comment_id
ORDER BY r.seen_until DESC
