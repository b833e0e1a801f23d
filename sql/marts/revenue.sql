-- Purchases and refunds by minute of event time and currency
SELECT
  site,  -- As events name it, else their topic
  window(event_time, '1 minute').start AS window_start,  -- Start of the minute, which ends before the next one starts
  local_date,  -- The day by the clocks of the site
  currency,  -- As the producer named it; (none) if it named none
  count_if(event_type = 'purchase') AS orders,  -- Events of type purchase, including those without a price
  sum(coalesce(price, 0) * coalesce(quantity, 1)) AS revenue  -- Sum of price x quantity (1 if absent), exact; refunds, which a contract names, lower it
FROM silver
WHERE event_type = 'purchase' OR (event_type = 'refund' AND price < 0)
GROUP BY ALL
