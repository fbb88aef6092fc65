-- title: Categories and tags
-- description: How many posts are filed under each category and tag, and how many comments they drew.
-- param: taxonomy | only this kind: category, tag … | all kinds
SELECT t.taxonomy, t.name, b.title AS blog, count(*) AS posts, sum(l.comments) AS comments,
  min(l.published_at) AS first_at, max(l.published_at) AS last_at, t.id AS term_id
FROM terms t
JOIN blogs b ON b.id = t.blog_id
JOIN post_terms pt ON pt.term_id = t.id
JOIN post_list l ON l.id = pt.post_id
WHERE coalesce(nullif(:taxonomy, ''), t.taxonomy) = t.taxonomy
GROUP BY t.id
ORDER BY posts DESC, t.name
