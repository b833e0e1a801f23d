-- Durations, bounces and order values of the sessions that began on a day (UTC).
CREATE OR REPLACE VIEW gold.session_durations_by_day AS
SELECT
  (session_start AT TIME ZONE 'UTC')::date AS day,
  count(*) AS sessions,
  avg(duration) AS average,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY duration) AS median,
  percentile_cont(0.95) WITHIN GROUP (ORDER BY duration) AS p95
FROM gold.sessions
GROUP BY 1;
COMMENT ON VIEW gold.session_durations_by_day IS 'How long the sessions begun on the day (UTC) lasted';

CREATE OR REPLACE VIEW gold.bounce_rate_by_day AS
SELECT
  (session_start AT TIME ZONE 'UTC')::date AS day,
  count(*) AS sessions,
  count(*) FILTER (WHERE events = 1) AS bounced,
  round(count(*) FILTER (WHERE events = 1)::numeric / count(*), 6) AS bounce_rate
FROM gold.sessions
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
