-- Events by minute, device and browser
SELECT window(event_time, '1 minute').start AS window_start, device_class, browser, count(*) AS events
FROM silver GROUP BY ALL
