-- Searches and clicks of each visit, which ends after thirty minutes without an event
SELECT
  site,
  visitor,
  session_window(event_time, '30 minutes').start AS visit_start,  -- The visit's first event
  count_if(event_type = 'search') AS searches,
  count_if(event_type = 'click') AS clicks
FROM silver
GROUP BY site, visitor, session_window(event_time, '30 minutes')
