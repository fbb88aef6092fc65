-- title: Search the comments
-- description: The comments that hold all of the words, the most relevant first. Words are found in all their
-- forms (relapse, relapses, relapsing).
-- param: words | words to look for
WITH best AS (
  SELECT rowid AS docid, rank AS score FROM comments_fts
  WHERE comments_fts MATCH printf('"%s"', replace(replace(:words, '"', ' '), ' ', '" "'))
  ORDER BY rank LIMIT 100
)
SELECT snippet(comments_fts, 0, '[', ']', '…', 40) AS snippet, c.author, c.published_at, c.post, c.blog, c.url,
  c.id AS comment_id, c.post_id
FROM best
CROSS JOIN comments_fts ON comments_fts.rowid = best.docid
CROSS JOIN comment_list c ON c.docid = best.docid
WHERE comments_fts MATCH printf('"%s"', replace(replace(:words, '"', ' '), ' ', '" "'))
ORDER BY best.score
