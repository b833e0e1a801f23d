-- Which page is viewed after which, in the sessions begun on the day of the site; null after the last one.
SELECT
  site,
  local_date AS day,
  page,
  next_page,
  count(*) AS steps
FROM session_paths
CROSS JOIN LATERAL (
  SELECT page, lead(page) OVER (ORDER BY place) AS next_page, place
  FROM unnest(pages) WITH ORDINALITY AS viewed (page, place)
) AS step
-- Behind the last page that is kept there may have been another one.
WHERE next_page IS NOT NULL OR place < 20
GROUP BY 1, 2, 3, 4
