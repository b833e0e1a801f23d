-- The days that are made anew; the weeks and months, and the first day, of those who had them.
WITH removed AS (
  DELETE FROM gold.daily_users AS kept
  USING remade
  WHERE kept.day >= (remade.since AT TIME ZONE 'UTC')::date
    AND kept.day < (remade.until AT TIME ZONE 'UTC')::date
  RETURNING kept.day, kept.visitor
)
INSERT INTO changed_daily_users (day, visitor)
SELECT day, visitor
FROM removed;

UPDATE gold.period_users AS kept
SET users = kept.users - gone.users
FROM (
  SELECT period, first_day, count(*) AS users
  FROM (
    SELECT DISTINCT period, date_trunc(period, day::timestamp)::date AS first_day, visitor
    FROM changed_daily_users CROSS JOIN (VALUES ('week'), ('month')) AS periods (period)
  ) AS had
  WHERE NOT EXISTS (
    SELECT
    FROM gold.daily_users
    WHERE daily_users.visitor = had.visitor
      AND daily_users.day >= had.first_day
      AND daily_users.day < had.first_day + ('1 ' || had.period)::interval)
  GROUP BY period, first_day
) AS gone
WHERE kept.period = gone.period AND kept.first_day = gone.first_day;

DELETE FROM gold.period_users
WHERE users = 0;

UPDATE gold.visitors AS kept
SET first_day = (
  SELECT coalesce(min(day), date 'infinity')
  FROM gold.daily_users
  WHERE daily_users.visitor = kept.visitor)
FROM remade
WHERE kept.first_day >= (remade.since AT TIME ZONE 'UTC')::date
  AND kept.first_day < (remade.until AT TIME ZONE 'UTC')::date;

DELETE FROM gold.visitors
WHERE first_day = date 'infinity'
