-- title: Who discussed a work?
-- description: The posts and comments that cite a publication, trial or book, in the order of time.
-- param: identifier | DOI, PMID, NCT number, ISBN …, with or without the resolver's address | the most cited work
WITH wanted AS (
  SELECT replace(replace(replace(replace(replace(lower(trim(:identifier)),
    'https://', ''), 'http://', ''), 'dx.doi.org/', ''), 'doi.org/', ''), 'doi:', '') AS identifier
),
found AS (
  SELECT w.* FROM works w, wanted
  WHERE lower(w.identifier) = wanted.identifier OR w.url = trim(:identifier)
  UNION
  SELECT w.* FROM works w WHERE trim(:identifier) = '' AND w.id = (
    SELECT work_id FROM citations GROUP BY work_id ORDER BY count(*) DESC, work_id LIMIT 1
  )
)
SELECT
  CASE WHEN k.comment_id IS NULL THEN 'post' ELSE 'comment' END AS cited_in,
  CASE WHEN k.comment_id IS NULL THEN p.published_at ELSE c.published_at END AS published_at,
  CASE WHEN k.comment_id IS NULL THEN
    (SELECT group_concat(byline.name, ', ') FROM (
      SELECT a.name FROM post_authors pa JOIN authors a ON a.id = pa.author_id
      WHERE pa.post_id = p.id ORDER BY pa.position) AS byline)
    ELSE (SELECT a.name FROM authors a WHERE a.id = c.author_id) END AS author,
  p.title AS post, c.text, coalesce(c.url, p.url) AS url, found.scheme, found.identifier,
  k.post_id, k.comment_id
FROM found
JOIN citations k ON k.work_id = found.id
JOIN posts p ON p.id = k.post_id
LEFT JOIN comments c ON c.id = k.comment_id
ORDER BY published_at
