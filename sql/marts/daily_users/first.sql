-- A visitor counts as new on the first of its days, and no more on the one that was the first before.
-- Converges because the least of days does.
INSERT INTO gold.new_users AS kept (site, day, users)
SELECT site, day, sum(n)
FROM (
  SELECT site, min(day) AS day, 1 AS n
  FROM changed_daily_users
  GROUP BY site, visitor, known_since
  HAVING known_since IS NULL OR min(day) < known_since
  UNION ALL
  SELECT site, known_since, -1
  FROM changed_daily_users
  WHERE known_since IS NOT NULL
  GROUP BY site, visitor, known_since
  HAVING min(day) < known_since
) AS steps
GROUP BY site, day
ORDER BY site, day
ON CONFLICT (site, day) DO UPDATE SET users = kept.users + excluded.users;

DELETE FROM gold.new_users
WHERE users = 0
