-- Of the sessions that began in an hour or a day (UTC), how many have a purchase.
CREATE OR REPLACE VIEW gold.conversion_by_hour AS
SELECT
  date_trunc('hour', session_start, 'UTC') AS hour,
  count(*) AS sessions,
  count(*) FILTER (WHERE converted) AS converted,
  round(count(*) FILTER (WHERE converted)::numeric / count(*), 6) AS conversion_rate
FROM gold.sessions
GROUP BY 1;
COMMENT ON VIEW gold.conversion_by_hour IS 'Share of the sessions begun in the hour that have a purchase';

CREATE OR REPLACE VIEW gold.conversion_by_day AS
SELECT
  (session_start AT TIME ZONE 'UTC')::date AS day,
  count(*) AS sessions,
  count(*) FILTER (WHERE converted) AS converted,
  round(count(*) FILTER (WHERE converted)::numeric / count(*), 6) AS conversion_rate
FROM gold.sessions
GROUP BY 1;
COMMENT ON VIEW gold.conversion_by_day IS 'Share of the sessions begun on the day (UTC) that have a purchase'
