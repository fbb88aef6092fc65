-- title: Most discussed posts
-- description: The posts with the most comments.
-- param: number | how many posts to list | 50
SELECT id AS post_id, title, blog, authors, published_at, comments, claimed_comments, url
FROM post_list
ORDER BY comments DESC, published_at DESC
LIMIT coalesce(nullif(:number, ''), 50) + 0
