-- Converges because a union does.
INSERT INTO changed_daily_users (day, visitor, known_since)
SELECT day, visitor, (
  SELECT min(kept.day)
  FROM gold.daily_users AS kept
  WHERE kept.visitor = came.visitor)
FROM (
  SELECT DISTINCT (day AT TIME ZONE 'UTC')::date AS day, visitor
  FROM staged_daily_users
) AS came
WHERE NOT EXISTS (
  SELECT
  FROM gold.daily_users AS kept
  WHERE kept.day = came.day AND kept.visitor = came.visitor);

INSERT INTO gold.daily_users (day, visitor)
SELECT day, visitor
FROM changed_daily_users
ORDER BY day, visitor
