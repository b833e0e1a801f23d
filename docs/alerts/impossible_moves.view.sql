-- Two places at least 500 km apart, and less time between a visitor's visits to them than 1,000 km/h
-- take. Exact in that for any two events: of visits that overlap, one begins within the other, and
-- events of a visit are at most an hour apart, so that one is at most half an hour away, which 500 km
-- take at that speed. Somebody who is faster between any two events is so between two that follow each
-- other.
SELECT
  later.site,
  later.visitor,
  later.first_seen AS moved_at,
  earlier.city AS city_before,
  later.city AS city_after,
  earlier.latitude AS latitude_before,
  earlier.longitude AS longitude_before,
  later.latitude AS latitude_after,
  later.longitude AS longitude_after,
  greatest(later.first_seen - earlier.last_seen, interval '0') AS time_between,
  round(apart.kilometres) AS kilometres
FROM visits_to_places AS later
JOIN visits_to_places AS earlier
  ON earlier.visitor = later.visitor
  AND earlier.site = later.site
  AND (earlier.first_seen, earlier.latitude, earlier.longitude) < (later.first_seen, later.latitude, later.longitude)
  -- From one end of the Earth to the other.
  AND earlier.last_seen > later.first_seen - interval '21 hours'
CROSS JOIN LATERAL (
  SELECT gold.kilometres_between(
    earlier.latitude::float8, earlier.longitude::float8, later.latitude::float8, later.longitude::float8)::numeric
    AS kilometres
) AS apart
WHERE apart.kilometres >= 500
  AND apart.kilometres > 1000 * extract(epoch FROM greatest(later.first_seen - earlier.last_seen, interval '0')) / 3600
