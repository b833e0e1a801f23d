-- Who comes back. A cohort are the visitors who came for the first time in a day, week or month; its
-- share that came in the same and in each later one.

-- First days are looked for by an index, so that a range of cohorts costs what it holds.
CREATE OR REPLACE VIEW gold.visitor_returns AS
SELECT fresh.visitor, fresh.day AS first_day, later.day
FROM gold.daily_users AS fresh
JOIN gold.daily_users AS later ON later.visitor = fresh.visitor AND later.day >= fresh.day
WHERE NOT EXISTS (
  SELECT
  FROM gold.daily_users AS earlier
  WHERE earlier.visitor = fresh.visitor AND earlier.day < fresh.day);
COMMENT ON VIEW gold.visitor_returns IS 'Every day on which a visitor came (UTC), next to the first one';

CREATE OR REPLACE VIEW gold.retention_by_day AS
SELECT
  cohort,
  days_later,
  first_value(users) OVER earlier AS cohort_users,
  users,
  round(users::numeric / first_value(users) OVER earlier, 6) AS retention
FROM (
  SELECT
    first_day AS cohort,
    day - first_day AS days_later,
    count(*) AS users
  FROM gold.visitor_returns
  GROUP BY 1, 2
) AS came
WINDOW earlier AS (PARTITION BY cohort ORDER BY days_later);
COMMENT ON VIEW gold.retention_by_day IS 'Of the visitors who came for the first time in the day (UTC), those who came in the same and in each later one';

CREATE OR REPLACE VIEW gold.retention_by_week AS
SELECT
  cohort,
  weeks_later,
  first_value(users) OVER earlier AS cohort_users,
  users,
  round(users::numeric / first_value(users) OVER earlier, 6) AS retention
FROM (
  SELECT
    date_trunc('week', first_day::timestamp)::date AS cohort,
    (date_trunc('week', day::timestamp)::date - date_trunc('week', first_day::timestamp)::date) / 7 AS weeks_later,
    count(DISTINCT visitor) AS users
  FROM gold.visitor_returns
  GROUP BY 1, 2
) AS came
WINDOW earlier AS (PARTITION BY cohort ORDER BY weeks_later);
COMMENT ON VIEW gold.retention_by_week IS 'Of the visitors who came for the first time in the week (UTC), those who came in the same and in each later one';

CREATE OR REPLACE VIEW gold.retention_by_month AS
SELECT
  cohort,
  months_later,
  first_value(users) OVER earlier AS cohort_users,
  users,
  round(users::numeric / first_value(users) OVER earlier, 6) AS retention
FROM (
  SELECT
    date_trunc('month', first_day::timestamp)::date AS cohort,
    (extract(year FROM day) * 12 + extract(month FROM day)
      - extract(year FROM first_day) * 12 - extract(month FROM first_day))::int AS months_later,
    count(DISTINCT visitor) AS users
  FROM gold.visitor_returns
  GROUP BY 1, 2
) AS came
WINDOW earlier AS (PARTITION BY cohort ORDER BY months_later);
COMMENT ON VIEW gold.retention_by_month IS 'Of the visitors who came for the first time in the month (UTC), those who came in the same and in each later one'
