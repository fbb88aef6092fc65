-- title: Runs
-- description: Every crawl and update, with how it ended and how many pages it asked for.
SELECT c.started_at, c.finished_at, b.title AS blog, c.command, c.outcome, c.reason,
  (SELECT count(*) FROM fetches f WHERE f.crawl_id = c.id) AS requests, c.version, c.id AS crawl_id
FROM crawls c JOIN blogs b ON b.id = c.blog_id
ORDER BY c.started_at DESC
