-- The archive as people read it. Views hold no data: opening an archive for writing drops and makes
-- them anew whenever this file has changed, so it may be edited freely.
--
-- As in the tables, the comment after the opening line describes the view and the one behind a column
-- describes the column; Datasette and the codebook read them from the database.
--
-- They are meant to answer at once on a million comments, so:
-- * What is counted per post is looked up in an index for the rows that are shown, never gathered for
--   all of them first. The conditions are spelled as those of the partial indexes on comments.
-- * The order of a view is that of an index, so that its first page needs no sorting.
-- * Names come by a subquery on a key: counting the rows of the view, or filtering them, then skips it.

CREATE VIEW post_list (
  -- Posts as a reader would list them.
  published_at,  -- UTC; for day precision and coarser the blog's own calendar
  title,  -- title; empty for an untitled post, NULL when not read yet
  authors,  -- names of the byline, in order
  comments,  -- comments captured, without pings and without those that have vanished
  claimed_comments,  -- what the blog said last of how many there are; it may include pings
  terms,  -- categories and tags, by name
  word_count,  -- words of the body
  kind,  -- post, page, attachment or unknown
  month,  -- YYYY-MM by the blog's own calendar, as far as its clock is known
  blog,  -- name of the blog
  url,  -- permalink
  gone_at,  -- when it was found to have vanished
  id,  -- key of the post
  blog_id,  -- key of the blog
  docid  -- row number in the search index
) AS
SELECT
  p.published_at,
  p.title,
  (SELECT group_concat(byline.name, ', ') FROM (
    SELECT a.name FROM post_authors pa JOIN authors a ON a.id = pa.author_id
    WHERE pa.post_id = p.id ORDER BY pa.position
  ) AS byline),
  (SELECT count(*) FROM comments c WHERE c.post_id = p.id)
    - (SELECT count(*) FROM comments c WHERE c.post_id = p.id AND (c.kind <> 'comment' OR c.gone_at IS NOT NULL)),
  (SELECT k.number FROM claims k WHERE k.post_id = p.id AND k.measure = 'comments'
    ORDER BY k.said_at DESC, k.number DESC LIMIT 1),
  (SELECT group_concat(filed.name, ', ') FROM (
    SELECT t.name FROM post_terms pt JOIN terms t ON t.id = pt.term_id
    WHERE pt.post_id = p.id ORDER BY t.taxonomy, t.name
  ) AS filed),
  p.word_count,
  p.kind,
  CASE
    WHEN p.published_precision = 'year' THEN NULL
    WHEN p.published_precision IN ('day', 'month') THEN substr(p.published_at, 1, 7)
    ELSE strftime('%Y-%m', p.published_at, (
      SELECT coalesce(b.utc_offset, 0) || ' minutes' FROM blogs b WHERE b.id = p.blog_id))
  END,
  (SELECT b.title FROM blogs b WHERE b.id = p.blog_id),
  p.url, p.gone_at, p.id, p.blog_id, p.docid
FROM posts p;

CREATE VIEW comment_list (
  -- Comments with the names around them.
  published_at,  -- UTC; for day precision and coarser the blog's own calendar
  author,  -- who wrote it
  in_reply_to,  -- author of the comment that it answers
  text,  -- the comment as plain text
  post,  -- title of the post
  kind,  -- comment, pingback or trackback
  depth,  -- level in the thread, 1 for a root
  parent_source,  -- how its parent is known: api, feed, dom, inferred or unknown
  blog,  -- name of the blog
  url,  -- permalink
  gone_at,  -- when it was found to have vanished
  id,  -- key of the comment
  post_id,  -- key of the post
  parent_id,  -- key of the comment that it answers
  author_id,  -- key of the author
  blog_id,  -- key of the blog
  docid  -- row number in the search index
) AS
SELECT
  c.published_at,
  (SELECT a.name FROM authors a WHERE a.id = c.author_id),
  (SELECT a.name FROM comments parent JOIN authors a ON a.id = parent.author_id WHERE parent.id = c.parent_id),
  c.text,
  (SELECT p.title FROM posts p WHERE p.id = c.post_id),
  c.kind, c.depth, c.parent_source,
  (SELECT b.title FROM blogs b WHERE b.id = c.blog_id),
  c.url, c.gone_at, c.id, c.post_id, c.parent_id, c.author_id, c.blog_id, c.docid
FROM comments c;

CREATE VIEW threads (
  -- Comments in reading order, post by post, with their place in the thread.
  post,  -- title of the post
  position,  -- place in the reading order, from 0
  outline,  -- author and first words, indented by the level
  published_at,  -- UTC
  text,  -- the comment as plain text
  depth,  -- level as shown, 1 for a root
  path,  -- positions of the comments above it and of its own; sorts in reading order
  author,  -- who wrote it
  in_reply_to,  -- author of the comment that it answers
  kind,  -- comment, pingback or trackback
  url,  -- permalink
  gone_at,  -- when it was found to have vanished
  post_id,  -- key of the post
  comment_id,  -- key of the comment
  parent_id,  -- key of the comment that it answers
  author_id,  -- key of the author
  blog_id  -- key of the blog
) AS
SELECT
  (SELECT p.title FROM posts p WHERE p.id = c.post_id),
  c.position,
  printf('%*s', 4 * (coalesce(c.depth, 1) - 1), '')
    || coalesce((SELECT a.name FROM authors a WHERE a.id = c.author_id), '?') || ': '
    || replace(substr(coalesce(c.text, ''), 1, 80), char(10), ' ')
    || CASE WHEN length(c.text) > 80 THEN '…' ELSE '' END,
  c.published_at, c.text, c.depth,
  (WITH RECURSIVE up (id, parent_id, position, steps) AS (
      SELECT c.id, c.parent_id, c.position, 0
      UNION ALL
      SELECT above.id, above.parent_id, above.position, up.steps + 1
      FROM up JOIN comments above ON above.id = up.parent_id
      WHERE up.steps < 1000  -- parents never form a ring; should they, this ends it
    )
    SELECT group_concat(step, '/') FROM (SELECT printf('%05d', position) AS step FROM up ORDER BY steps DESC)),
  (SELECT a.name FROM authors a WHERE a.id = c.author_id),
  (SELECT a.name FROM comments parent JOIN authors a ON a.id = parent.author_id WHERE parent.id = c.parent_id),
  c.kind, c.url, c.gone_at, c.post_id, c.id, c.parent_id, c.author_id, c.blog_id
-- The index is named for its order, which is the reading order. With an ORDER BY, counting the view would
-- have to sort all of it first.
FROM comments c INDEXED BY comments_post;

CREATE VIEW coverage (
  -- The ledger of comments: what each post claims to have, beside what was captured.
  published_at,  -- UTC
  title,  -- title of the post
  state,  -- complete, missing, explained (fewer than claimed, and no crawl can change that), more (than
          -- claimed), unclaimed (nothing says how many), or unread
  claimed,  -- what the blog said last of how many comments there are
  captured,  -- what was captured of that: comments, and pings where the claim can only be met with them
  missing,  -- how many are lacking, at least, that a crawl might bring
  out_of_reach,  -- how many are lacking that no crawl can bring, for the reason given
  reason,  -- why the numbers differ, where that is known
  detail,  -- more on the reason: the error of the page, or of the server of comments, that failed
  comments,  -- comments captured that have not vanished
  pings,  -- pingbacks and trackbacks captured that have not vanished
  gone,  -- comments and pings captured that have vanished since
  orphans,  -- comments captured that answer one that is not public
  claimed_heading,  -- count above the thread on the post's own page; most themes count pings too
  claimed_feed,  -- count in the feed; it includes pings
  claimed_api,  -- count given by the API
  said_at,  -- when the latest claim was read
  thread,  -- whole or part: how much of the thread was read from pages; NULL: nothing
  url,  -- permalink of the post
  post_id,  -- key of the post
  blog_id  -- key of the blog
) AS
WITH counted AS (
  SELECT
    p.id, p.blog_id, p.title, p.url, p.published_at, p.gone_at, p.protected,
    -- A page without words has been read, too, as in month_coverage.
    p.html IS NOT NULL OR instr(p.sources, 'page') > 0 AS was_read,
    (SELECT count(*) FROM comments c WHERE c.post_id = p.id) AS held,
    (SELECT count(*) FROM comments c
      WHERE c.post_id = p.id AND (c.kind <> 'comment' OR c.gone_at IS NOT NULL)) AS aside,
    (SELECT count(*) FROM comments c
      WHERE c.post_id = p.id AND (c.kind <> 'comment' OR c.gone_at IS NOT NULL) AND c.gone_at IS NULL) AS pings,
    (SELECT count(*) FROM comments c
      WHERE c.post_id = p.id AND c.parent_id IS NULL AND c.answers IS NOT NULL) AS orphans,
    -- Answers to what has vanished: blogs do not show them any more, and go on counting them.
    (SELECT count(*) FROM comments c JOIN comments parent ON parent.id = c.parent_id
      WHERE c.post_id = p.id AND (c.kind <> 'comment' OR c.gone_at IS NOT NULL) AND c.gone_at IS NOT NULL
        AND parent.gone_at IS NOT NULL) AS hidden,
    -- The latest claim, and of several at one time the greatest.
    CAST(substr(max(k.said_at || printf('%012d', k.number)), -12) AS INTEGER) AS claimed,
    max(k.number) FILTER (WHERE k.source = 'heading') AS claimed_heading,
    max(k.number) FILTER (WHERE k.source = 'feed') AS claimed_feed,
    max(k.number) FILTER (WHERE k.source = 'api') AS claimed_api,
    max(k.said_at) AS said_at,
    (SELECT CASE
        WHEN max(coalesce(t.pages, 1)) <= 1 OR count(*) FILTER (WHERE t.page > 0) >= max(t.pages) THEN 'whole'
        ELSE 'part'
      END
      FROM thread_pages t WHERE t.post_id = p.id HAVING count(*) > 0) AS thread
  FROM posts p LEFT JOIN claims k ON k.post_id = p.id AND k.measure = 'comments'
  -- Both columns, so that SQLite looks at one post or blog alone where one is asked for. And grouped, so
  -- that it does not copy each of these expressions into every place below that uses it.
  GROUP BY p.id, p.blog_id
),
compared AS (
  SELECT *, held - aside AS comments, aside - pings AS gone,
    -- A heading that counts pings is met by comments and pings, any other by comments alone. A claim
    -- between the two fits the second only.
    CASE
      WHEN claimed >= held - aside + pings THEN held - aside + pings
      ELSE held - aside
    END AS captured
  FROM counted
),
troubled (post_id, state, error, elsewhere) AS (
  -- Posts whose page, or one of whose comment pages, could not be had, or whose thread at another server.
  SELECT post_id, max(state), error, elsewhere  -- the error of a failed page rather than of one left out
  FROM (
    SELECT p.id AS post_id, f.state, f.last_error AS error, 0 AS elsewhere
    FROM blogs b
    CROSS JOIN frontier f ON f.blog_id = b.id AND f.state IN ('given_up', 'excluded')
      AND f.kind IN ('post', 'post_part', 'comment_page')
    CROSS JOIN posts p ON p.blog_id = b.id AND p.url = CASE
      WHEN instr(f.url, '/comment-page-') THEN substr(f.url, 1, instr(f.url, '/comment-page-'))
      WHEN instr(f.url, 'cpage=') THEN substr(f.url, 1, instr(f.url, 'cpage=') - 2)
      ELSE f.url
    END
    UNION ALL
    SELECT p.id, f.state, f.last_error, 1
    FROM blogs b
    CROSS JOIN frontier f ON f.blog_id = b.id AND f.state IN ('given_up', 'excluded')
      AND f.kind = 'api' AND json_extract(f.hint, '$.comments') IS NOT NULL
    CROSS JOIN posts p ON p.blog_id = b.id AND p.url = json_extract(f.hint, '$.post_url')
  )
  GROUP BY post_id
),
listed (blog_id) AS (
  -- Blogs whose API has given its whole list of comments in the latest pass: all that they show but pings.
  SELECT f.blog_id
  FROM (SELECT blog_id, max(round) AS round FROM frontier GROUP BY blog_id) AS latest
  JOIN frontier f ON f.blog_id = latest.blog_id AND f.round = latest.round AND f.kind = 'api'
    AND json_extract(f.hint, '$.route') = 'comments'
  LEFT JOIN fetches x ON x.id = f.done_in
  GROUP BY f.blog_id
  HAVING count(*) = count(*) FILTER (WHERE f.state = 'done' AND x.status = 200)
),
explained AS (
  -- fate: why no crawl can bring what is lacking. reason: why it has not come yet.
  SELECT c.*, t.error, max(coalesce(c.claimed - c.captured, 0), 0) AS lacking,
    CASE
      WHEN c.gone_at IS NOT NULL THEN 'the post has vanished'
      WHEN c.protected = 1 THEN 'protected by a password'
      WHEN c.claimed <= c.captured OR NOT c.was_read OR t.state IS NOT NULL OR c.thread = 'part' THEN NULL
      WHEN c.claimed - c.captured <= c.hidden THEN 'replies to hidden comments'
      -- Not joined, so that the list is only made where it is asked for.
      WHEN c.pings = 0 AND c.blog_id IN (SELECT blog_id FROM listed) THEN 'pings counted'
      WHEN s.readings > 1 AND c.claimed - c.captured <= s.claimed - s.shown AND c.comments + c.pings = s.shown
        -- No part of it was read after that.
        AND s.seen_at = (SELECT max(t.seen_at) FROM thread_pages t WHERE t.post_id = c.id)
        THEN 'counted, and not shown in two whole readings'
      -- The page has said why its comments are elsewhere, and cannot be had there.
      WHEN c.claimed > c.captured AND c.captured = 0 AND EXISTS (
        SELECT 1 FROM fetches f JOIN oddities o ON o.fetch_id = f.id
        WHERE f.url = c.url AND o.kind GLOB 'comments_at_*' AND instr(o.detail, ': ') > 0
      ) THEN 'at a comment system that cannot be read'
    END AS fate,
    CASE
      WHEN t.state = 'given_up' AND t.elsewhere THEN 'comment server failed'
      WHEN t.state = 'given_up' THEN 'page failed'
      WHEN t.error = 'robots.txt disallows it' THEN 'disallowed by robots.txt'
      WHEN t.state = 'excluded' THEN 'left out'
      WHEN c.thread = 'part' THEN 'comment pages not read'
      WHEN c.orphans > 0 THEN 'replies to hidden comments'
      WHEN c.thread = 'whole' THEN 'counted but not shown'
      WHEN NOT c.was_read THEN 'not read yet'
      WHEN c.pings = 0 AND c.claimed_heading IS NULL THEN 'pings may be counted'
    END AS reason
  FROM compared c
  LEFT JOIN troubled t ON t.post_id = c.id
  LEFT JOIN surpluses s ON s.post_id = c.id
)
SELECT
  published_at, title,
  CASE
    WHEN lacking > 0 AND fate IS NULL THEN 'missing'
    WHEN lacking > 0 THEN 'explained'
    WHEN NOT was_read AND protected IS NOT 1 THEN 'unread'
    WHEN claimed IS NULL THEN 'unclaimed'
    WHEN claimed < captured THEN 'more'
    ELSE 'complete'
  END,
  claimed, captured, iif(fate IS NULL, lacking, 0), iif(fate IS NULL, 0, lacking),
  CASE
    WHEN lacking > 0 OR (NOT was_read AND protected IS NOT 1) THEN coalesce(fate, reason)
    WHEN captured > comments THEN 'pings counted'
    WHEN claimed < captured AND orphans > 0 THEN 'replies to hidden comments'
  END,
  CASE WHEN (lacking > 0 AND fate IS NULL) OR NOT was_read THEN error END,
  comments, pings, gone, orphans, claimed_heading, claimed_feed, claimed_api, said_at, thread,
  url, id, blog_id
FROM explained;

CREATE VIEW month_coverage (
  -- The ledger of posts: what the sidebar's Archives claim for each month, beside what was captured.
  period,  -- YYYY-MM, or YYYY where the sidebar lists years
  label,  -- words of the sidebar
  state,  -- complete, missing, more (than claimed) or unclaimed (nothing says how many)
  claimed,  -- posts that the blog says it has
  captured,  -- posts read that fall into it; one near the turn of a month may count for either
  missing,  -- how many are lacking, at least
  unread,  -- posts known to be of it of which neither body nor page has been read
  at_least,  -- posts read that fall into it by any clock
  at_most,  -- posts read that may fall into it, since the blog's clock is not known to the hour
  gone,  -- those of the captured that have vanished since the claim was made: it counts them
  blog,  -- name of the blog
  url,  -- page that lists its posts
  blog_id  -- key of the blog
) AS
WITH dated AS (
  -- A blog's month begins by its own clock. Where that is known only as an offset, summer time may shift
  -- it by an hour; where it is not known at all, it lies between UTC-12 and UTC+14. Dates without an
  -- hour are the blog's own.
  SELECT
    -- A page without words has been read, too; the crawl's report counts those.
    p.blog_id, p.gone_at, p.html IS NOT NULL OR p.protected IS 1 OR instr(p.sources, 'page') > 0 AS was_read,
    CASE
      WHEN p.published_precision IN ('day', 'month') THEN substr(p.published_at, 1, 7)
      ELSE strftime('%Y-%m', p.published_at, coalesce(b.utc_offset - 60, -720) || ' minutes')
    END AS earliest,
    CASE
      WHEN p.published_precision IN ('day', 'month') THEN substr(p.published_at, 1, 7)
      ELSE strftime('%Y-%m', p.published_at, coalesce(b.utc_offset, 0) || ' minutes')
    END AS likely,
    CASE
      WHEN p.published_precision IN ('day', 'month') THEN substr(p.published_at, 1, 7)
      ELSE strftime('%Y-%m', p.published_at, coalesce(b.utc_offset + 60, 840) || ' minutes')
    END AS latest
  FROM posts p JOIN blogs b ON b.id = p.blog_id
  WHERE p.kind = 'post' AND p.published_at IS NOT NULL AND p.published_precision IS NOT 'year'
),
placed (blog_id, gone_at, period, was_read, surely, likely) AS (
  SELECT blog_id, gone_at, earliest, was_read, earliest = latest, earliest = likely FROM dated
  UNION ALL
  SELECT blog_id, gone_at, latest, was_read, 0, latest = likely FROM dated WHERE latest <> earliest
  UNION ALL
  SELECT blog_id, gone_at, substr(earliest, 1, 4), was_read, substr(earliest, 1, 4) = substr(latest, 1, 4),
    substr(earliest, 1, 4) = substr(likely, 1, 4) FROM dated
  UNION ALL
  SELECT blog_id, gone_at, substr(latest, 1, 4), was_read, 0, substr(latest, 1, 4) = substr(likely, 1, 4)
  FROM dated WHERE substr(latest, 1, 4) <> substr(earliest, 1, 4)
  UNION ALL
  SELECT blog_id, gone_at, substr(published_at, 1, 4), html IS NOT NULL OR protected IS 1, 1, 1
  FROM posts WHERE kind = 'post' AND published_precision = 'year'
),
held AS (
  SELECT blog_id, period,
    count(*) FILTER (WHERE was_read AND surely) AS at_least,
    count(*) FILTER (WHERE was_read AND likely) AS likely,
    count(*) FILTER (WHERE was_read) AS at_most,
    count(*) FILTER (WHERE likely AND NOT was_read) AS unread
  FROM placed WHERE gone_at IS NULL GROUP BY blog_id, period
),
listed (blog_id, period, label, claimed, url, said_at) AS (
  SELECT blog_id, printf(CASE WHEN month IS NULL THEN '%04d' ELSE '%04d-%02d' END, year, month), label, claimed_posts,
    url, last_seen_at
  FROM archives
  UNION ALL
  -- Months that a list has counted which is not the sidebar's, or which has no line there any more.
  SELECT k.blog_id, k.subject, k.subject, max(k.number), NULL, max(k.said_at)
  FROM claims k
  WHERE k.subject_kind = 'month' AND k.measure = 'posts' AND k.source = 'archive_list' AND NOT EXISTS (
    SELECT 1 FROM archives a
    WHERE a.blog_id = k.blog_id AND a.year = CAST(substr(k.subject, 1, 4) AS INTEGER)
      AND a.month IS CAST(nullif(substr(k.subject, 6), '') AS INTEGER)
  )
  GROUP BY k.blog_id, k.subject
  UNION ALL
  -- Months with posts that no list speaks of.
  SELECT h.blog_id, h.period, NULL, NULL, NULL, NULL
  FROM held h
  WHERE length(h.period) = 7 AND h.likely + h.unread > 0 AND NOT EXISTS (
    SELECT 1 FROM archives a
    WHERE a.blog_id = h.blog_id AND a.year = CAST(substr(h.period, 1, 4) AS INTEGER)
      AND (a.month IS NULL OR a.month = CAST(substr(h.period, 6) AS INTEGER))
  ) AND NOT EXISTS (
    SELECT 1 FROM claims k WHERE k.blog_id = h.blog_id AND k.subject_kind = 'month' AND k.subject = h.period
      AND k.measure = 'posts' AND k.source = 'archive_list'
  )
),
compared AS (
  SELECT l.*, coalesce(h.at_least, 0) AS at_least, coalesce(h.at_most, 0) AS at_most, coalesce(h.unread, 0) AS unread,
    CASE
      WHEN l.claimed IS NULL THEN coalesce(h.likely, 0)
      ELSE min(max(l.claimed, coalesce(h.at_least, 0)), coalesce(h.at_most, 0))
    END AS there
  FROM listed l LEFT JOIN held h ON h.blog_id = l.blog_id AND h.period = l.period
),
-- A month that has lost its last post is no longer listed, and its claim is of the time before that.
filled AS (
  SELECT c.*, c.there + CASE
      WHEN c.claimed > c.there THEN min(c.claimed - c.there, (
        SELECT count(*) FROM placed g
        WHERE g.gone_at IS NOT NULL AND g.gone_at >= c.said_at AND g.was_read AND g.blog_id = c.blog_id AND g.period = c.period))
      ELSE 0
    END AS captured
  FROM compared c
)
SELECT
  c.period, coalesce(c.label, c.period),
  CASE
    WHEN c.claimed IS NULL THEN 'unclaimed'
    WHEN c.claimed > c.captured THEN 'missing'
    WHEN c.claimed < c.captured THEN 'more'
    ELSE 'complete'
  END,
  c.claimed, c.captured, max(coalesce(c.claimed - c.captured, 0), 0), c.unread, c.at_least, c.at_most,
  c.captured - c.there, b.title, c.url, c.blog_id
FROM filled c LEFT JOIN blogs b ON b.id = c.blog_id
ORDER BY c.blog_id, c.period DESC;

CREATE VIEW category_coverage (
  -- What the blog claims for each category and tag, beside the posts captured in it.
  taxonomy,  -- category, tag, or the platform's own name
  name,  -- its name
  state,  -- complete, missing, more (than claimed) or unclaimed (nothing says how many)
  claimed,  -- posts that the blog says are in it
  captured,  -- posts captured of that: with those of narrower categories where the claim includes them
  missing,  -- how many are lacking, at least
  own,  -- posts captured that are filed under it
  with_narrower,  -- posts captured that are filed under it or a narrower one
  gone,  -- those of the captured that have vanished since the claim was made: it counts them
  url,  -- page that lists its posts
  term_id,  -- key of the category or tag
  blog_id  -- key of the blog
) AS
WITH RECURSIVE family (term_id, member_id) AS (
  SELECT id, id FROM terms
  UNION
  SELECT f.term_id, t.id FROM family f JOIN terms t ON t.parent_id = f.member_id
),
filed AS (
  SELECT f.term_id, count(DISTINCT pt.post_id) FILTER (WHERE p.gone_at IS NULL) AS with_narrower,
    count(*) FILTER (WHERE f.member_id = f.term_id AND p.gone_at IS NULL) AS own,
    count(DISTINCT pt.post_id) FILTER (WHERE p.gone_at IS NOT NULL AND p.gone_at >= (
      SELECT max(k.said_at) FROM claims k
      WHERE k.blog_id = p.blog_id AND k.subject_kind IN ('category', 'tag') AND k.subject = f.term_id)) AS left_since
  FROM family f
  JOIN post_terms pt ON pt.term_id = f.member_id
  JOIN posts p ON p.id = pt.post_id
  GROUP BY f.term_id
),
compared AS (
  SELECT t.*, coalesce(f.own, 0) AS own, coalesce(f.with_narrower, 0) AS with_narrower, f.left_since,
    (SELECT k.number FROM claims k
      WHERE k.blog_id = t.blog_id AND k.subject_kind IN ('category', 'tag') AND k.subject = t.id AND k.measure = 'posts'
      ORDER BY k.said_at DESC, k.number DESC LIMIT 1) AS claimed
  FROM terms t LEFT JOIN filed f ON f.term_id = t.id
),
judged AS (
  SELECT *, CASE WHEN claimed > own THEN with_narrower ELSE own END AS there FROM compared
),
-- A category that has lost its last post is no longer listed, and its claim is of the time before that.
filled AS (
  SELECT *, there + CASE WHEN claimed > there THEN min(claimed - there, coalesce(left_since, 0)) ELSE 0 END AS captured
  FROM judged
)
SELECT
  taxonomy, name,
  CASE
    WHEN claimed IS NULL THEN 'unclaimed'
    WHEN claimed > captured THEN 'missing'
    WHEN claimed < own THEN 'more'
    ELSE 'complete'
  END,
  claimed, captured, max(coalesce(claimed - captured, 0), 0), own, with_narrower,
  captured - there, url, id, blog_id
FROM filled;

CREATE VIEW reply_network (
  -- Who answered whom: one line for each pair of people, with the dates.
  author,  -- who answered
  answered,  -- whose comments were answered
  replies,  -- how often
  inferred,  -- how many of these are inferred from an @-mention or the indentation only
  first_at,  -- earliest reply, UTC
  last_at,  -- latest reply, UTC
  author_id,  -- key of who answered
  answered_id,  -- key of who was answered
  blog_id  -- key of the blog
) AS
SELECT a.name, b.name, pair.replies, pair.inferred, pair.first_at, pair.last_at, pair.author_id, pair.answered_id,
  pair.blog_id
FROM (
  -- Windows in the place of GROUP BY: they go through one author after the other, so that the first
  -- page of the view does not wait for the last author.
  SELECT c.blog_id, c.author_id, parent.author_id AS answered_id,
    count(*) OVER pair AS replies,
    count(*) FILTER (WHERE c.parent_source = 'inferred') OVER pair AS inferred,
    min(c.published_at) OVER pair AS first_at,
    max(c.published_at) OVER pair AS last_at,
    row_number() OVER pair AS place
  FROM comments c JOIN comments parent ON parent.id = c.parent_id
  WHERE c.author_id IS NOT NULL AND parent.author_id IS NOT NULL
  WINDOW pair AS (PARTITION BY c.author_id, parent.author_id)
) AS pair
LEFT JOIN authors a ON a.id = pair.author_id
LEFT JOIN authors b ON b.id = pair.answered_id
WHERE pair.place = 1;

CREATE VIEW cited_works (
  -- Publications, trials and books that posts and comments cite.
  scheme,  -- doi, pmid, pmcid, arxiv, nct, isrctn or isbn
  identifier,  -- in its normal form
  posts,  -- posts that cite it
  comments,  -- comments that cite it
  threads,  -- posts that cite it themselves or below which a comment does
  first_at,  -- earliest of them, UTC
  last_at,  -- latest of them, UTC
  url,  -- where it resolves
  work_id  -- key of the work
) AS
SELECT
  w.scheme, w.identifier, count(k.id) - count(k.comment_id), count(k.comment_id), count(DISTINCT k.post_id),
  min(CASE WHEN k.comment_id IS NULL THEN p.published_at ELSE c.published_at END),
  max(CASE WHEN k.comment_id IS NULL THEN p.published_at ELSE c.published_at END),
  w.url, w.id
FROM works w
LEFT JOIN citations k ON k.work_id = w.id
LEFT JOIN posts p ON p.id = k.post_id
LEFT JOIN comments c ON c.id = k.comment_id
GROUP BY w.id;
