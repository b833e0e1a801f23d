-- Converges because a union does.
WITH added AS (
  INSERT INTO gold.daily_users (day, visitor)
  SELECT DISTINCT (day AT TIME ZONE 'UTC')::date AS day, visitor
  FROM staged_daily_users
  ORDER BY day, visitor
  ON CONFLICT (day, visitor) DO NOTHING
  RETURNING day, visitor
)
INSERT INTO changed_daily_users (day, visitor)
SELECT day, visitor
FROM added
