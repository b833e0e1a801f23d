-- Distinct visitors of ten minutes by device, every five minutes
SELECT window(event_time, '10 minutes', '5 minutes').start AS window_start, site, device_class,
  count(DISTINCT visitor) AS visitors
FROM silver GROUP BY ALL
