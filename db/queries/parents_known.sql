-- title: How parents are known
-- description: On what evidence it is known which comment or post a comment answers. Certain for api and feed,
-- as shown for dom, a guess for inferred.
SELECT b.title AS blog, c.parent_source, count(*) AS comments, count(c.parent_id) AS answer_a_comment
FROM comments c JOIN blogs b ON b.id = c.blog_id
GROUP BY c.blog_id, c.parent_source
ORDER BY blog, comments DESC
