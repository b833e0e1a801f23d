-- Visitors whose events do not look like one person's. Exact: events of one hour are less than an
-- hour apart, and between an hour and the next, last and first decide.
CREATE OR REPLACE VIEW gold.impossible_travel WITH (security_invoker = true) AS
SELECT
  a.site,
  a.visitor,
  a.country AS country_before,
  b.country AS country_after,
  a.last_seen AS seen_before,
  b.first_seen AS seen_after
FROM gold.country_changes
JOIN gold.visitor_countries AS a USING (site, visitor, hour)
JOIN gold.visitor_countries AS b
  ON b.site = a.site
  AND b.visitor = a.visitor
  AND b.country <> a.country
  AND (
    b.hour = a.hour AND (a.first_seen, a.country) < (b.first_seen, b.country)
    OR b.hour = a.hour + interval '1 hour' AND b.first_seen <= a.last_seen + interval '1 hour');
COMMENT ON VIEW gold.impossible_travel IS 'Visitors with events from two countries at most an hour apart: for each such pair of countries within an hour or from one hour to the next, when the earlier one was last and the later one first seen';

CREATE OR REPLACE VIEW gold.purchase_bursts WITH (security_invoker = true) AS
SELECT site, visitor, session_start, session_end, purchases, revenue, currency
FROM gold.sessions
WHERE purchases >= 5;
COMMENT ON VIEW gold.purchase_bursts IS 'Sessions with at least five purchases';

CREATE OR REPLACE VIEW gold.suspicious_visitors WITH (security_invoker = true) AS
SELECT site, visitor, 'impossible travel' AS reason, count(*) AS times, max(seen_after) AS last_time
FROM gold.impossible_travel
GROUP BY site, visitor
UNION ALL
SELECT site, visitor, 'burst of purchases', count(*), max(session_start)
FROM gold.purchase_bursts
GROUP BY site, visitor;
COMMENT ON VIEW gold.suspicious_visitors IS 'Visitors with events from two countries at most an hour apart, or with a session of at least five purchases: how often, and when last'
