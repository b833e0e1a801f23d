-- The days of visitors that become somebody else, or are read again.
WITH removed AS (
  DELETE FROM gold.daily_users AS kept
  USING moved_visitors AS moved
  WHERE kept.site = moved.site AND kept.visitor = from_visitor
  RETURNING kept.site, kept.day, kept.visitor
)
INSERT INTO changed_daily_users (site, day, visitor)
SELECT site, day, visitor
FROM removed
