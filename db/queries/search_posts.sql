-- title: Search the posts
-- description: The posts that hold all of the words in title or text, the most relevant first; a word in the
-- title weighs as much as five in the text.
-- param: words | words to look for
WITH best AS (
  SELECT rowid AS docid, bm25(posts_fts, 5.0, 1.0) AS score FROM posts_fts
  WHERE posts_fts MATCH printf('"%s"', replace(replace(:words, '"', ' '), ' ', '" "'))
  ORDER BY score LIMIT 100
)
SELECT p.id AS post_id, p.title, snippet(posts_fts, 1, '[', ']', '…', 40) AS snippet, p.authors, p.published_at,
  p.comments, p.blog, p.url
FROM best
CROSS JOIN posts_fts ON posts_fts.rowid = best.docid
CROSS JOIN post_list p ON p.docid = best.docid
WHERE posts_fts MATCH printf('"%s"', replace(replace(:words, '"', ' '), ' ', '" "'))
ORDER BY best.score
