-- title: Oddities
-- description: What was strange on the pages, by kind, with one example.
SELECT o.kind, count(*) AS number, count(DISTINCT o.fetch_id) AS pages, min(o.detail) AS example, max(f.url) AS url
FROM oddities o JOIN fetches f ON f.id = o.fetch_id
GROUP BY o.kind
ORDER BY number DESC, o.kind
