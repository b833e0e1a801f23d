-- New on a day are visitors without an earlier day; the rest return.
CREATE OR REPLACE VIEW gold.users_by_day AS
SELECT
  today.day,
  today.active,
  coalesce(first.visitors, 0) AS new,
  today.active - coalesce(first.visitors, 0) AS returning
FROM (SELECT day, count(*) AS active FROM gold.daily_users GROUP BY day) AS today
LEFT JOIN (SELECT first_day, count(*) AS visitors FROM gold.visitors GROUP BY first_day) AS first
  ON first.first_day = today.day;
COMMENT ON VIEW gold.users_by_day IS 'Distinct visitors of the day (UTC): all, those never seen before, and the others';

-- Distinct pairs first, so that they are hashed and not sorted; weeks by whole numbers from a Monday.
CREATE OR REPLACE VIEW gold.users_by_week AS
SELECT week, count(*) AS active
FROM (
  SELECT DISTINCT day - ((day - date '2001-01-01') % 7 + 7) % 7 AS week, visitor
  FROM gold.daily_users) AS seen
GROUP BY week;
COMMENT ON VIEW gold.users_by_week IS 'Distinct visitors of the week (UTC, from Monday)';

CREATE OR REPLACE VIEW gold.users_by_month AS
SELECT month, count(*) AS active
FROM (
  SELECT DISTINCT date_trunc('month', day::timestamp)::date AS month, visitor
  FROM gold.daily_users) AS seen
GROUP BY month;
COMMENT ON VIEW gold.users_by_month IS 'Distinct visitors of the month (UTC)'
