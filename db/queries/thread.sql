-- title: Thread in reading order
-- description: The comments of one post as its page shows them, indented by their level in the column outline.
-- param: post | id or URL of the post | the most discussed post
WITH wanted AS (
  SELECT id FROM posts WHERE id = trim(:post)
  UNION
  SELECT id FROM posts WHERE trim(:post) <> '' AND url IN (trim(:post), trim(:post) || '/')
  UNION
  SELECT * FROM (
    SELECT post_id FROM comments WHERE trim(:post) = '' GROUP BY post_id ORDER BY count(*) DESC, post_id LIMIT 1
  )
)
SELECT t.position, t.depth, t.outline, t.author, t.in_reply_to, t.published_at, t.text, t.kind, t.gone_at, t.url, t.comment_id,
  t.post_id, t.post
FROM wanted JOIN threads t ON t.post_id = wanted.id
ORDER BY t.post_id, t.position
