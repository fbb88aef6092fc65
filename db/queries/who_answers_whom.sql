-- title: Who answers whom
-- description: Pairs of people by the number of replies, with the dates of the first and the last one.
-- param: number | how many pairs to list | 200
SELECT n.author, n.answered, n.replies, n.inferred, n.first_at, n.last_at, b.title AS blog, n.author_id, n.answered_id
FROM reply_network n JOIN blogs b ON b.id = n.blog_id
ORDER BY n.replies DESC, n.author, n.answered
LIMIT coalesce(nullif(:number, ''), 200) + 0
