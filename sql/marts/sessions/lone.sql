-- Converges because it takes out only what islands would leave as it is. Mostly a new part is near no
-- other new part, and either begins after the one session that it touches has ended, or touches none.
-- The first is added to that session where that stands, at the cost of an update; the second is a
-- session as it is, and stored. What is left goes through islands. Kept sessions of a visitor lie more
-- than a gap apart: where the last that starts until a gap after a part starts before it, no other one
-- reaches it.
WITH setting AS MATERIALIZED (
  SELECT current_setting('medallion.session_gap')::interval AS gap
),
parts AS (
  SELECT *,
    max(session_end) OVER (
      in_order ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached,
    lead(session_start) OVER in_order AS next_start
  FROM staged_sessions
  WINDOW in_order AS (PARTITION BY visitor, site ORDER BY session_start)
),
judged AS MATERIALIZED (
  SELECT parts.*, kept.*,
    coalesce(kept_end + gap >= parts.session_start, false) AS follows,
    (next_start IS NULL OR next_start > parts.session_end + gap)
      AND (kept_start IS NULL OR kept_start < parts.session_start)
      AND CASE WHEN kept_end + gap >= parts.session_start
               THEN kept_end < parts.session_start
                 AND (reached IS NULL OR reached + gap < kept_start)
               ELSE reached IS NULL OR reached + gap < parts.session_start END AS lone
  FROM setting
  CROSS JOIN parts
  LEFT JOIN LATERAL (
    SELECT session_start AS kept_start, session_end AS kept_end
    FROM gold.sessions
    WHERE sessions.site = parts.site
      AND sessions.visitor = parts.visitor
      AND sessions.session_start <= parts.session_end + setting.gap
    ORDER BY sessions.session_start DESC
    LIMIT 1
  ) AS kept ON true
),
begun AS (
  INSERT INTO gold.sessions (
    site, visitor, session_start, session_end, local_date, events, page_views, entry_page, exit_page, products,
    cart_adds, purchases, revenue, currency, country, city,
    device_class, referrer_medium, referrer_domain, utm_source, utm_medium,
    utm_campaign, channel, late_events, entry_event_id,
    entry_page_time, entry_page_event_id, exit_page_time, exit_page_event_id, product_times)
  SELECT
    site, visitor, session_start, session_end, local_date, events, page_views, entry_page, exit_page, products,
    cart_adds, purchases, revenue, currency, country, city,
    device_class, referrer_medium, referrer_domain, utm_source, utm_medium,
    utm_campaign, channel, late_events, entry_event_id,
    entry_page_time, entry_page_event_id, exit_page_time, exit_page_event_id, product_times
  FROM judged
  WHERE lone AND NOT follows
),
joining AS (
  INSERT INTO joining_sessions (
    site, visitor, session_start, session_end, local_date, events, page_views, entry_page, exit_page, products,
    cart_adds, purchases, revenue, currency, country, city,
    device_class, referrer_medium, referrer_domain, utm_source, utm_medium,
    utm_campaign, channel, late_events, entry_event_id,
    entry_page_time, entry_page_event_id, exit_page_time, exit_page_event_id, product_times)
  SELECT
    site, visitor, session_start, session_end, local_date, events, page_views, entry_page, exit_page, products,
    cart_adds, purchases, revenue, currency, country, city,
    device_class, referrer_medium, referrer_domain, utm_source, utm_medium,
    utm_campaign, channel, late_events, entry_event_id,
    entry_page_time, entry_page_event_id, exit_page_time, exit_page_event_id, product_times
  FROM judged
  WHERE NOT lone
)
INSERT INTO appended_sessions (
  site, visitor, session_start, session_end, local_date, events, page_views, entry_page, exit_page, products,
  cart_adds, purchases, revenue, currency, late_events, entry_page_time, entry_page_event_id,
  exit_page_time, exit_page_event_id, product_times, kept_start
)
SELECT
  site, visitor, session_start, session_end, local_date, events, page_views, entry_page, exit_page, products,
  cart_adds, purchases, revenue, currency, late_events, entry_page_time, entry_page_event_id,
  exit_page_time, exit_page_event_id, product_times, kept_start
FROM judged
WHERE lone AND follows
