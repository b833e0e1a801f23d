-- The weeks and months of those who had the days that are gone, and where they are new.
UPDATE gold.period_users AS kept
SET users = kept.users - gone.users
FROM (
  SELECT site, period, first_day, count(*) AS users
  FROM (
    SELECT DISTINCT site, period, date_trunc(period, day::timestamp)::date AS first_day, visitor
    FROM changed_daily_users CROSS JOIN (VALUES ('week'), ('month')) AS periods (period)
  ) AS had
  WHERE NOT EXISTS (
    SELECT
    FROM gold.daily_users
    WHERE daily_users.site = had.site
      AND daily_users.visitor = had.visitor
      AND daily_users.day >= had.first_day
      AND daily_users.day < had.first_day + ('1 ' || had.period)::interval)
  GROUP BY site, period, first_day
) AS gone
WHERE kept.site = gone.site AND kept.period = gone.period AND kept.first_day = gone.first_day;

DELETE FROM gold.period_users
WHERE users = 0;

-- Whose first day is gone is new on the next that it has.
INSERT INTO gold.new_users AS kept (site, day, users)
SELECT site, steps.day, sum(steps.n)
FROM (
  SELECT removed.site, min(removed.day) AS gone, (
    SELECT min(daily_users.day)
    FROM gold.daily_users
    WHERE daily_users.site = removed.site
      AND daily_users.visitor = removed.visitor) AS stays
  FROM changed_daily_users AS removed
  GROUP BY removed.site, removed.visitor
) AS first
CROSS JOIN LATERAL (VALUES (gone, -1), (stays, 1)) AS steps (day, n)
WHERE (stays IS NULL OR gone < stays) AND steps.day IS NOT NULL
GROUP BY site, steps.day
ORDER BY site, steps.day
ON CONFLICT (site, day) DO UPDATE SET users = kept.users + excluded.users;

DELETE FROM gold.new_users
WHERE users = 0
