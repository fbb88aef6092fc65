-- title: Comments claimed against captured
-- description: Posts whose captured comments differ from what the blog says, the widest gap first, with the
-- reason where it is known.
SELECT c.post_id, c.title, b.title AS blog, c.published_at, c.state, c.claimed, c.captured, c.missing,
  c.out_of_reach, c.reason,
  c.detail, c.url
FROM coverage c JOIN blogs b ON b.id = c.blog_id
WHERE c.state IN ('missing', 'explained', 'more', 'unread')
ORDER BY c.missing DESC, c.out_of_reach DESC, c.published_at DESC
