-- Each session's way to a purchase
SELECT site, visitor, session_window(event_time, '30 minutes').start AS session_start, count(*) AS events,
  funnel(event_type = 'page_view', event_type = 'add_to_cart', event_type = 'purchase') AS steps
FROM silver GROUP BY site, visitor, session_window(event_time, '30 minutes')
