-- A visitor counts in a week or month from its first day there on: when all its days there are new, as
-- those of a visitor are that never came before. Converges because a union does.
INSERT INTO gold.period_users AS kept (site, period, first_day, users)
SELECT site, period, first_day, count(*)
FROM (
  SELECT site, period, date_trunc(period, day::timestamp)::date AS first_day, visitor, known_since,
    count(*) AS added
  FROM changed_daily_users CROSS JOIN (VALUES ('week'), ('month')) AS periods (period)
  GROUP BY 1, 2, 3, 4, 5
) AS came
WHERE known_since IS NULL
  OR added = (
    SELECT count(*)
    FROM gold.daily_users
    WHERE daily_users.site = came.site
      AND daily_users.visitor = came.visitor
      AND daily_users.day >= came.first_day
      AND daily_users.day < came.first_day + ('1 ' || came.period)::interval)
GROUP BY site, period, first_day
ORDER BY site, period, first_day
ON CONFLICT (site, period, first_day) DO UPDATE SET users = kept.users + excluded.users
