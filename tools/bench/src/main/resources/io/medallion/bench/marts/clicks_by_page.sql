-- Clicks by minute and page
SELECT window(event_time, '1 minute').start AS window_start, page, count(*) AS clicks
FROM silver WHERE event_type = 'click' GROUP BY ALL
