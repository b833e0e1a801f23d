-- Converges because the least of days does. A day that the visitor had before tells nothing new.
INSERT INTO gold.visitors (visitor, first_day)
SELECT visitor, min(day)
FROM changed_daily_users
WHERE NOT known
GROUP BY visitor
ORDER BY visitor;

UPDATE gold.visitors AS kept
SET first_day = came.first_day
FROM (
  SELECT visitor, min(day) AS first_day
  FROM changed_daily_users
  WHERE known
  GROUP BY visitor
) AS came
WHERE kept.visitor = came.visitor AND came.first_day < kept.first_day
