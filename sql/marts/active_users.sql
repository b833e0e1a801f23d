-- Distinct visitors with any event in the five minutes from window_start; a window starts every minute
SELECT
  site,  -- As events name it, else their topic
  window(event_time, '5 minutes', '1 minute').start AS window_start,  -- Start of the window; it ends five minutes later, exclusive
  count(DISTINCT visitor) AS users  -- Distinct visitors, exact
FROM silver
GROUP BY ALL
