-- Of the sessions begun on the day of the site, by device, those that took at least so many steps of the funnel.
SELECT
  site,
  local_date AS day,
  device_class,
  step,
  count(*) FILTER (WHERE steps >= step) AS sessions
FROM session_funnels
CROSS JOIN generate_series(1, 3) AS step
GROUP BY 1, 2, 3, 4
