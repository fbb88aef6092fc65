-- title: Pages that could not be had
-- description: URLs that were given up or left out, with the cause.
SELECT b.title AS blog, f.state, f.kind, f.last_error, f.attempts, f.url
FROM blogs b JOIN frontier f ON f.blog_id = b.id AND f.state IN ('given_up', 'excluded')
ORDER BY f.state DESC, blog, f.kind, f.url
