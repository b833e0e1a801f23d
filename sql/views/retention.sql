-- Who comes back. A cohort are the visitors who came for the first time in a day, week or month; its
-- share that came in the same and in each later one.

-- First days are looked for by an index, so that a range of cohorts costs what it holds.
CREATE OR REPLACE VIEW gold.visitor_returns WITH (security_invoker = true) AS
SELECT fresh.site, fresh.visitor, fresh.day AS first_day, later.day
FROM gold.daily_users AS fresh
JOIN gold.daily_users AS later ON later.site = fresh.site AND later.visitor = fresh.visitor AND later.day >= fresh.day
WHERE NOT EXISTS (
  SELECT
  FROM gold.daily_users AS earlier
  WHERE earlier.site = fresh.site AND earlier.visitor = fresh.visitor AND earlier.day < fresh.day);
COMMENT ON VIEW gold.visitor_returns IS 'Every day on which a visitor came, next to the first one';

CREATE OR REPLACE VIEW gold.retention_by_day WITH (security_invoker = true) AS
SELECT
  site,
  cohort,
  days_later,
  first_value(users) OVER earlier AS cohort_users,
  users,
  round(users::numeric / first_value(users) OVER earlier, 6) AS retention
FROM (
  SELECT
    site,
    first_day AS cohort,
    day - first_day AS days_later,
    count(*) AS users
  FROM gold.visitor_returns
  GROUP BY 1, 2, 3
) AS came
WINDOW earlier AS (PARTITION BY site, cohort ORDER BY days_later);
COMMENT ON VIEW gold.retention_by_day IS 'Of the visitors who came for the first time in the day, those who came in the same and in each later one';

CREATE OR REPLACE VIEW gold.retention_by_week WITH (security_invoker = true) AS
SELECT
  site,
  cohort,
  weeks_later,
  first_value(users) OVER earlier AS cohort_users,
  users,
  round(users::numeric / first_value(users) OVER earlier, 6) AS retention
FROM (
  SELECT
    site,
    date_trunc('week', first_day::timestamp)::date AS cohort,
    (date_trunc('week', day::timestamp)::date - date_trunc('week', first_day::timestamp)::date) / 7 AS weeks_later,
    count(DISTINCT visitor) AS users
  FROM gold.visitor_returns
  GROUP BY 1, 2, 3
) AS came
WINDOW earlier AS (PARTITION BY site, cohort ORDER BY weeks_later);
COMMENT ON VIEW gold.retention_by_week IS 'Of the visitors who came for the first time in the week, those who came in the same and in each later one';

CREATE OR REPLACE VIEW gold.retention_by_month WITH (security_invoker = true) AS
SELECT
  site,
  cohort,
  months_later,
  first_value(users) OVER earlier AS cohort_users,
  users,
  round(users::numeric / first_value(users) OVER earlier, 6) AS retention
FROM (
  SELECT
    site,
    date_trunc('month', first_day::timestamp)::date AS cohort,
    (extract(year FROM day) * 12 + extract(month FROM day)
      - extract(year FROM first_day) * 12 - extract(month FROM first_day))::int AS months_later,
    count(DISTINCT visitor) AS users
  FROM gold.visitor_returns
  GROUP BY 1, 2, 3
) AS came
WINDOW earlier AS (PARTITION BY site, cohort ORDER BY months_later);
COMMENT ON VIEW gold.retention_by_month IS 'Of the visitors who came for the first time in the month, those who came in the same and in each later one'
