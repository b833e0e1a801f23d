-- The local days on which an event of the times that are made anew may lie. No clock is further than 18
-- hours from UTC.
WITH removed AS (
  DELETE FROM gold.daily_users AS kept
  USING (
    SELECT DISTINCT n::date AS day
    FROM remade
    CROSS JOIN LATERAL generate_series(
      date_trunc('day', (since - interval '18 hours') AT TIME ZONE 'UTC'),
      (until + interval '18 hours') AT TIME ZONE 'UTC' - interval '1 microsecond',
      interval '1 day') AS n
  ) AS days
  WHERE kept.day = days.day
  RETURNING kept.site, kept.day, kept.visitor
)
INSERT INTO changed_daily_users (site, day, visitor)
SELECT site, day, visitor
FROM removed
