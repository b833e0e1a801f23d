-- From which countries a visitor came in an hour; without events that were not located
SELECT
  site,  -- As events name it, else their topic
  visitor,  -- User id, else anonymous id, else session id of the producer
  date_trunc('hour', event_time) AS hour,  -- The hour of event time
  country,  -- Country of the IP address
  min(event_time) AS first_seen,  -- Time of the hour's first event from there
  max(event_time) AS last_seen  -- Time of the hour's last event from there
FROM silver
WHERE country IS NOT NULL
GROUP BY ALL
