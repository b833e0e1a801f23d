-- The days of visitors that become somebody else, or are read again.
WITH removed AS (
  DELETE FROM gold.daily_users AS kept
  USING moved_visitors
  WHERE kept.visitor = from_visitor
  RETURNING kept.day, kept.visitor
)
INSERT INTO changed_daily_users (day, visitor)
SELECT day, visitor
FROM removed
