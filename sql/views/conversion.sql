-- Of the sessions that began in an hour or a day of the site, how many have a purchase.
CREATE OR REPLACE VIEW gold.conversion_by_hour WITH (security_invoker = true) AS
SELECT
  site,
  hour,
  sum(sessions)::bigint AS sessions,
  sum(converted)::bigint AS converted,
  round(sum(converted) / sum(sessions), 6) AS conversion_rate
FROM gold.session_hours
GROUP BY 1, 2;
COMMENT ON VIEW gold.conversion_by_hour IS 'Share of the sessions begun in the hour that have a purchase';

CREATE OR REPLACE VIEW gold.conversion_by_day WITH (security_invoker = true) AS
SELECT
  site,
  local_date AS day,
  sum(sessions)::bigint AS sessions,
  sum(converted)::bigint AS converted,
  round(sum(converted) / sum(sessions), 6) AS conversion_rate
FROM gold.session_hours
GROUP BY 1, 2;
COMMENT ON VIEW gold.conversion_by_day IS 'Share of the sessions begun on the day of the site that have a purchase'
