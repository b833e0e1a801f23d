-- The pages of each session in the order in which they were viewed, as far as its first twenty page views
SELECT
  site,  -- As events name it, else their topic
  visitor,  -- User id, else anonymous id, else session id of the producer
  session_window(event_time, '30 minutes').start AS session_start,  -- Time of the first event
  min_by(local_date, struct(event_time, event_id)) AS local_date,  -- The day of the first event by the clocks of the site
  first_values(CASE WHEN event_type = 'page_view' THEN page END, 20) AS pages  -- The pages, whole; one that is viewed again is there again
FROM silver
GROUP BY site, visitor, session_window(event_time, '30 minutes')
