-- Events, visitors and orders of each site by its own days
SELECT
  site,  -- As events name it, else their topic
  local_date AS day,  -- The day by the site's clocks
  count(*) AS events,  -- Events of any type
  count(DISTINCT visitor) AS visitors,  -- Distinct visitors
  count_if(event_type = 'purchase') AS orders,  -- Purchases
  min(event_time) AS first_event,  -- Time of the first event (UTC)
  max(event_time) AS last_event  -- Time of the last one (UTC)
FROM silver
GROUP BY ALL
