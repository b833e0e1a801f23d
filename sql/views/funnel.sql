-- How far sessions go. Each step counts the sessions that took it, whatever else they did.
CREATE OR REPLACE VIEW gold.funnel_by_day WITH (security_invoker = true) AS
SELECT
  site,
  local_date AS day,
  sum(sessions)::bigint AS sessions,
  sum(viewed)::bigint AS viewed,
  sum(carted)::bigint AS carted,
  sum(purchased)::bigint AS purchased
FROM gold.session_hours
GROUP BY 1, 2;
COMMENT ON VIEW gold.funnel_by_day IS 'Sessions begun on the day of the site that viewed a page; of these, that put something in the cart; of these, that bought'
