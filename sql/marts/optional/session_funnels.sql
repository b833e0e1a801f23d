-- How far each session went from a page view to something put in the cart to a purchase, one after the other
SELECT
  site,  -- As events name it, else their topic
  visitor,  -- User id, else anonymous id, else session id of the producer
  session_window(event_time, '30 minutes').start AS session_start,  -- Time of the first event
  min_by(local_date, struct(event_time, event_id)) AS local_date,  -- The day of the first event by the clocks of the site
  min_by(device_class, struct(event_time, event_id)) AS device_class,  -- Device class of the first event
  funnel(event_type = 'page_view', event_type = 'add_to_cart', event_type = 'purchase') AS steps  -- How many of the three, each by a later event than the one before
FROM silver
GROUP BY site, visitor, session_window(event_time, '30 minutes')
