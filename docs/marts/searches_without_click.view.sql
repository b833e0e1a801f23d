-- Visits of a day in which somebody searched, and those of them in which nobody clicked
SELECT
  site,
  (visit_start AT TIME ZONE 'UTC')::date AS day,
  count(*) AS visits,
  count(*) FILTER (WHERE clicks = 0) AS without_click
FROM visit_searches
WHERE searches > 0
GROUP BY 1, 2
