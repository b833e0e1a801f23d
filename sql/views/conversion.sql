-- Of the sessions that began in an hour or a day (UTC), how many have a purchase.
CREATE OR REPLACE VIEW gold.conversion_by_hour AS
SELECT
  hour,
  sessions,
  converted,
  round(converted::numeric / sessions, 6) AS conversion_rate
FROM gold.session_hours;
COMMENT ON VIEW gold.conversion_by_hour IS 'Share of the sessions begun in the hour that have a purchase';

CREATE OR REPLACE VIEW gold.conversion_by_day AS
SELECT
  (hour AT TIME ZONE 'UTC')::date AS day,
  sum(sessions)::bigint AS sessions,
  sum(converted)::bigint AS converted,
  round(sum(converted) / sum(sessions), 6) AS conversion_rate
FROM gold.session_hours
GROUP BY 1;
COMMENT ON VIEW gold.conversion_by_day IS 'Share of the sessions begun on the day (UTC) that have a purchase'
