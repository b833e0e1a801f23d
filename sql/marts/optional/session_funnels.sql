-- How far each session went from a page view to something put in the cart to a purchase, one after the other
SELECT
  visitor,  -- User id, else anonymous id, else session id of the producer
  session_window(event_time, '30 minutes').start AS session_start,  -- Time of the first event
  min_by(device_class, struct(event_time, event_id)) AS device_class,  -- Device class of the first event
  funnel(event_type = 'page_view', event_type = 'add_to_cart', event_type = 'purchase') AS steps  -- How many of the three, each by a later event than the one before
FROM silver
GROUP BY visitor, session_window(event_time, '30 minutes')
