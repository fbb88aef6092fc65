-- title: Works cited
-- description: Publications, trials and books, those first that are cited in the most threads.
-- param: scheme | only this kind: doi, pmid, pmcid, arxiv, nct, isrctn or isbn | all kinds
SELECT work_id, scheme, identifier, threads, posts, comments, first_at, last_at, url
FROM cited_works
WHERE coalesce(nullif(:scheme, ''), scheme) = scheme
ORDER BY threads DESC, posts + comments DESC, identifier
