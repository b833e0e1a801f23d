-- Finds the sessions that the new events touch: those at most the gap away from a new part. Kept sessions
-- of a visitor lie more than a gap apart, so at most one that starts before a part reaches it, and both
-- lookups below stay within a few index entries however long the visitor's history is. A session that
-- lies between two parts which make an island is at most the gap away from the first of them.
INSERT INTO touched_sessions (
  site, visitor, session_start, session_end, local_date, events, page_views, entry_page, exit_page, products,
  cart_adds, purchases, revenue, currency, country, city,
    device_class, referrer_medium, referrer_domain, utm_source, utm_medium,
    utm_campaign, channel, late_events, entry_event_id,
  entry_page_time, entry_page_event_id, exit_page_time, exit_page_event_id, product_times
)
WITH setting AS MATERIALIZED (
  SELECT current_setting('medallion.session_gap')::interval AS gap
),
parts AS (
  SELECT site, visitor, session_start, session_end
  FROM joining_sessions
  ORDER BY visitor, site, session_start
)
SELECT DISTINCT ON (kept.visitor, kept.site, kept.session_start)
  kept.site, kept.visitor, kept.session_start, kept.session_end, kept.local_date, kept.events, kept.page_views,
  kept.entry_page, kept.exit_page, kept.products, kept.cart_adds, kept.purchases, kept.revenue,
  kept.currency, kept.country, kept.city, kept.device_class, kept.referrer_medium,
  kept.referrer_domain, kept.utm_source, kept.utm_medium, kept.utm_campaign, kept.channel, kept.late_events, kept.entry_event_id,
  kept.entry_page_time, kept.entry_page_event_id, kept.exit_page_time, kept.exit_page_event_id,
  kept.product_times
FROM setting
CROSS JOIN parts
CROSS JOIN LATERAL (
  SELECT *
  FROM gold.sessions
  WHERE sessions.site = parts.site
    AND sessions.visitor = parts.visitor
    AND sessions.session_start <= parts.session_end + setting.gap
    AND sessions.session_start >= coalesce(
      (SELECT before.session_start
       FROM gold.sessions AS before
       WHERE before.site = parts.site AND before.visitor = parts.visitor
         AND before.session_start < parts.session_start
       ORDER BY before.session_start DESC
       LIMIT 1),
      parts.session_start)
    AND sessions.session_end >= parts.session_start - setting.gap
) AS kept
ORDER BY kept.visitor, kept.site, kept.session_start
