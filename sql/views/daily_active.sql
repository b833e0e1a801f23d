-- New on a day are visitors without an earlier day; the rest return.
CREATE OR REPLACE VIEW gold.users_by_day WITH (security_invoker = true) AS
SELECT
  today.site,
  today.day,
  today.active,
  coalesce(fresh.users, 0) AS new_users,
  today.active - coalesce(fresh.users, 0) AS returning_users
FROM (SELECT site, day, count(*) AS active FROM gold.daily_users GROUP BY site, day) AS today
LEFT JOIN gold.new_users AS fresh USING (site, day);
COMMENT ON VIEW gold.users_by_day IS 'Distinct visitors of the day: all, those never seen before, and the others';

CREATE OR REPLACE VIEW gold.users_by_week WITH (security_invoker = true) AS
SELECT site, first_day AS week, users AS active
FROM gold.period_users
WHERE period = 'week';
COMMENT ON VIEW gold.users_by_week IS 'Distinct visitors of the week (from Monday)';

CREATE OR REPLACE VIEW gold.users_by_month WITH (security_invoker = true) AS
SELECT site, first_day AS month, users AS active
FROM gold.period_users
WHERE period = 'month';
COMMENT ON VIEW gold.users_by_month IS 'Distinct visitors of the month'
