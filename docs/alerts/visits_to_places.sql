-- Visits of a visitor to a place: its events there, each at most an hour after the one before
SELECT
  site,
  visitor,
  coalesce(CAST(latitude AS DECIMAL(7, 4)), 0.0000BD) AS latitude,  -- Of the place, in degrees, as the GeoIP database has it
  coalesce(CAST(longitude AS DECIMAL(7, 4)), 0.0000BD) AS longitude,
  session_window(event_time, '1 hour').start AS first_seen,  -- Time of the first event
  max(event_time) AS last_seen,  -- Time of the last event
  max_by(city, struct(event_time, event_id)) AS city  -- The place's name
FROM silver
WHERE latitude IS NOT NULL AND longitude IS NOT NULL
GROUP BY
  site,
  visitor,
  coalesce(CAST(latitude AS DECIMAL(7, 4)), 0.0000BD),
  coalesce(CAST(longitude AS DECIMAL(7, 4)), 0.0000BD),
  session_window(event_time, '1 hour')
