-- The step that 95 of 100 views of an hour are within
SELECT hour, page, min(up_to_ms) AS p95_up_to_ms, max(of_all) AS views
FROM (
  SELECT
    hour,
    page,
    up_to_ms,
    sum(views) OVER (PARTITION BY hour, page ORDER BY up_to_ms) AS so_far,
    sum(views) OVER (PARTITION BY hour, page) AS of_all
  FROM load_times
) AS steps
WHERE so_far * 100 >= of_all * 95
GROUP BY hour, page
