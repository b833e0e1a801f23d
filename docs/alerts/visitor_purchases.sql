-- Purchases of a visitor within ten minutes
SELECT
  site,
  visitor,
  window(event_time, '10 minutes', '1 minute').start AS window_start,  -- Start of the ten minutes, each a minute after the ones before
  count(*) AS purchases,  -- Events of type purchase
  sum(coalesce(price, 0) * coalesce(quantity, 1)) AS amount  -- Price x quantity (1 if absent), whatever the currency
FROM silver
WHERE event_type = 'purchase'
GROUP BY ALL
