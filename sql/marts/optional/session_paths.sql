-- The pages of each session in the order in which they were viewed, as far as its first twenty page views
SELECT
  visitor,  -- User id, else anonymous id, else session id of the producer
  session_window(event_time, '30 minutes').start AS session_start,  -- Time of the first event
  first_values(CASE WHEN event_type = 'page_view' THEN page END, 20) AS pages  -- The pages, whole; one that is viewed again is there again
FROM silver
GROUP BY visitor, session_window(event_time, '30 minutes')
