-- Who came on which day: one row for each visitor of a site and day with any event
SELECT
  site,  -- As events name it, else their topic
  local_date AS day,  -- The day by the clocks of the site
  visitor  -- User id, else anonymous id, else session id of the producer
FROM silver
GROUP BY ALL
