-- Durations, bounces and order values of the sessions that began on a day (UTC).
-- A day's percentiles take a sort of its sessions, day by day: a range of days costs what it holds.
CREATE OR REPLACE VIEW gold.session_durations_by_day AS
SELECT day, sessions, average, percentiles[1] AS median, percentiles[2] AS p95
FROM (
  SELECT
    (hour AT TIME ZONE 'UTC')::date AS day,
    sum(sessions)::bigint AS sessions,
    sum(total_duration) / sum(sessions)::double precision AS average
  FROM gold.session_hours
  GROUP BY 1
) AS days
CROSS JOIN LATERAL (
  SELECT percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY duration) AS percentiles
  FROM gold.sessions
  WHERE session_start >= day::timestamp AT TIME ZONE 'UTC'
    AND session_start < (day + 1)::timestamp AT TIME ZONE 'UTC'
) AS sorted;
COMMENT ON VIEW gold.session_durations_by_day IS 'How long the sessions begun on the day (UTC) lasted';

CREATE OR REPLACE VIEW gold.bounce_rate_by_day AS
SELECT
  (hour AT TIME ZONE 'UTC')::date AS day,
  sum(sessions)::bigint AS sessions,
  sum(bounced)::bigint AS bounced,
  round(sum(bounced) / sum(sessions), 6) AS bounce_rate
FROM gold.session_hours
GROUP BY 1;
COMMENT ON VIEW gold.bounce_rate_by_day IS 'Share of the sessions begun on the day (UTC) that have a single event';

CREATE OR REPLACE VIEW gold.order_value_by_day AS
SELECT
  (window_start AT TIME ZONE 'UTC')::date AS day,
  currency,
  sum(orders) AS orders,
  sum(revenue) AS revenue,
  round(sum(revenue) / nullif(sum(orders), 0), 6) AS average_order_value
FROM gold.revenue
GROUP BY 1, 2;
COMMENT ON VIEW gold.order_value_by_day IS 'Orders, revenue and the average order by day of event time (UTC) and currency'
