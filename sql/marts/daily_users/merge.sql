-- Converges because a union does.
INSERT INTO changed_daily_users (day, visitor, known)
SELECT came.day, came.visitor, visitors.visitor IS NOT NULL
FROM (
  SELECT DISTINCT (day AT TIME ZONE 'UTC')::date AS day, visitor
  FROM staged_daily_users
) AS came
LEFT JOIN gold.visitors ON visitors.visitor = came.visitor
WHERE NOT EXISTS (
  SELECT
  FROM gold.daily_users AS kept
  WHERE kept.day = came.day AND kept.visitor = came.visitor);

INSERT INTO gold.daily_users (day, visitor)
SELECT day, visitor
FROM changed_daily_users
ORDER BY day, visitor
