-- title: Links by host
-- description: Which sites posts and comments link to. The blogs' own hosts are left out.
-- param: number | how many hosts to list | 200
SELECT l.host, count(*) AS links, count(*) - count(l.comment_id) AS in_posts, count(l.comment_id) AS in_comments,
  count(DISTINCT l.post_id) AS threads
FROM links l
WHERE l.host NOT IN (
  SELECT substr(site_key, 1, CASE WHEN instr(site_key, '/') THEN instr(site_key, '/') - 1 ELSE length(site_key) END)
  FROM blogs
)
GROUP BY l.host
ORDER BY links DESC, l.host
LIMIT coalesce(nullif(:number, ''), 200) + 0
