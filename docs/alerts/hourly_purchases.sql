-- Purchases of a site by hour
SELECT
  site,
  date_trunc('hour', event_time) AS hour,  -- Start of the hour, UTC
  count(*) AS purchases  -- Events of type purchase
FROM silver
WHERE event_type = 'purchase'
GROUP BY ALL
