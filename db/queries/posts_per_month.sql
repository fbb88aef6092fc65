-- title: Posts a month
-- description: How many posts appeared in each month of the blog's own calendar, and how many comments they drew.
SELECT blog, month, count(*) AS posts, sum(comments) AS comments,
  round(1.0 * sum(comments) / count(*), 1) AS comments_per_post
FROM post_list
WHERE kind = 'post' AND month IS NOT NULL
GROUP BY blog_id, month
ORDER BY month DESC, blog
