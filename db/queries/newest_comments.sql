-- title: Newest comments
-- description: The comments written last, over all blogs.
-- param: number | how many comments to list | 100
SELECT published_at, author, in_reply_to, post, text, blog, url, id AS comment_id
FROM comment_list
ORDER BY published_at DESC
LIMIT coalesce(nullif(:number, ''), 100) + 0
