-- New on a day are visitors without an earlier day; the rest return.
CREATE OR REPLACE VIEW gold.users_by_day AS
SELECT
  today.day,
  count(*) AS active,
  count(*) FILTER (WHERE NOT EXISTS (
    SELECT FROM gold.daily_users AS earlier
    WHERE earlier.visitor = today.visitor AND earlier.day < today.day)) AS new,
  count(*) FILTER (WHERE EXISTS (
    SELECT FROM gold.daily_users AS earlier
    WHERE earlier.visitor = today.visitor AND earlier.day < today.day)) AS returning
FROM gold.daily_users AS today
GROUP BY today.day;
COMMENT ON VIEW gold.users_by_day IS 'Distinct visitors of the day (UTC): all, those never seen before, and the others';

CREATE OR REPLACE VIEW gold.users_by_week AS
SELECT date_trunc('week', day)::date AS week, count(DISTINCT visitor) AS active
FROM gold.daily_users
GROUP BY 1;
COMMENT ON VIEW gold.users_by_week IS 'Distinct visitors of the week (UTC, from Monday)';

CREATE OR REPLACE VIEW gold.users_by_month AS
SELECT date_trunc('month', day)::date AS month, count(DISTINCT visitor) AS active
FROM gold.daily_users
GROUP BY 1;
COMMENT ON VIEW gold.users_by_month IS 'Distinct visitors of the month (UTC)'
