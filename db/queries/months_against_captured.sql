-- title: Months claimed against captured
-- description: Months whose captured posts differ from the number in the sidebar's Archives.
SELECT blog, period, label, state, claimed, captured, missing, unread, url
FROM month_coverage
WHERE state IN ('missing', 'more')
ORDER BY missing DESC, period DESC
