-- title: What has vanished
-- description: Posts and comments that the blog showed once and shows no more, the latest finding first.
SELECT 'comment' AS kind, c.gone_at, a.name AS author, p.title AS post, c.published_at, c.text, c.url,
  c.post_id, c.id AS comment_id
FROM comments c
LEFT JOIN posts p ON p.id = c.post_id
LEFT JOIN authors a ON a.id = c.author_id
WHERE c.gone_at IS NOT NULL AND (c.kind <> 'comment' OR c.gone_at IS NOT NULL)
UNION ALL
SELECT 'post', p.gone_at, NULL, p.title, p.published_at, p.text, p.url, p.id, NULL
FROM posts p
WHERE p.gone_at IS NOT NULL
ORDER BY gone_at DESC
