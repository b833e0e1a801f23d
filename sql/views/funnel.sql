-- How far sessions go. Each step counts the sessions that took it, whatever else they did.
CREATE OR REPLACE VIEW gold.funnel_by_day AS
SELECT
  (session_start AT TIME ZONE 'UTC')::date AS day,
  count(*) AS sessions,
  count(*) FILTER (WHERE page_views > 0) AS viewed,
  count(*) FILTER (WHERE page_views > 0 AND cart_adds > 0) AS carted,
  count(*) FILTER (WHERE page_views > 0 AND cart_adds > 0 AND purchases > 0) AS purchased
FROM gold.sessions
GROUP BY 1;
COMMENT ON VIEW gold.funnel_by_day IS 'Sessions begun on the day (UTC) that viewed a page; of these, that put something in the cart; of these, that bought'
