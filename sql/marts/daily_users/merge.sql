-- Converges because a union does.
INSERT INTO changed_daily_users (site, day, visitor, known_since)
SELECT site, day, visitor, (
  SELECT min(kept.day)
  FROM gold.daily_users AS kept
  WHERE kept.site = came.site AND kept.visitor = came.visitor)
FROM (
  SELECT DISTINCT site, day, visitor
  FROM staged_daily_users
) AS came
WHERE NOT EXISTS (
  SELECT
  FROM gold.daily_users AS kept
  WHERE kept.site = came.site AND kept.day = came.day AND kept.visitor = came.visitor);

INSERT INTO gold.daily_users (site, day, visitor)
SELECT site, day, visitor
FROM changed_daily_users
ORDER BY day, visitor, site
