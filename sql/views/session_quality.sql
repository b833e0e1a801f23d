-- Durations, bounces and order values of the sessions that began on a day of the site.
-- A day's percentiles take a sort of its sessions, day by day: a range of days costs what it holds.
CREATE OR REPLACE VIEW gold.session_durations_by_day WITH (security_invoker = true) AS
SELECT site, day, sessions, average, percentiles[1] AS median, percentiles[2] AS p95
FROM (
  SELECT
    site,
    local_date AS day,
    sum(sessions)::bigint AS sessions,
    sum(total_duration) / sum(sessions)::double precision AS average
  FROM gold.session_hours
  GROUP BY 1, 2
) AS days
CROSS JOIN LATERAL (
  SELECT percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY duration) AS percentiles
  FROM gold.sessions
  WHERE sessions.site = days.site AND sessions.local_date = days.day
) AS sorted;
COMMENT ON VIEW gold.session_durations_by_day IS 'How long the sessions begun on the day of the site lasted';

CREATE OR REPLACE VIEW gold.bounce_rate_by_day WITH (security_invoker = true) AS
SELECT
  site,
  local_date AS day,
  sum(sessions)::bigint AS sessions,
  sum(bounced)::bigint AS bounced,
  round(sum(bounced) / sum(sessions), 6) AS bounce_rate
FROM gold.session_hours
GROUP BY 1, 2;
COMMENT ON VIEW gold.bounce_rate_by_day IS 'Share of the sessions begun on the day of the site that have a single event';

CREATE OR REPLACE VIEW gold.order_value_by_day WITH (security_invoker = true) AS
SELECT
  site,
  local_date AS day,
  currency,
  sum(orders) AS orders,
  sum(revenue) AS revenue,
  round(sum(revenue) / nullif(sum(orders), 0), 6) AS average_order_value
FROM gold.revenue
GROUP BY 1, 2, 3;
COMMENT ON VIEW gold.order_value_by_day IS 'Orders, revenue and the average order by day of event time of the site and currency'
