-- Mostly a new part begins after the one session that it touches has ended, and is near no other new
-- part: it is added to that session where that stands, at no more than the cost of an update. Such
-- parts are taken out of what is staged, together with what the session was; what is left goes
-- through islands. Kept sessions of a visitor lie more than a gap apart, so that of those which
-- start before a part only the last may reach it.
WITH setting AS MATERIALIZED (
  SELECT current_setting('medallion.session_gap')::interval AS gap
),
parts AS (
  SELECT ctid AS place, visitor, session_start, session_end,
    max(session_end) OVER (
      in_order ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached,
    lead(session_start) OVER in_order AS next_start
  FROM staged_sessions
  WINDOW in_order AS (PARTITION BY visitor ORDER BY session_start)
),
appends AS (
  SELECT parts.place, kept.*
  FROM setting
  CROSS JOIN parts
  CROSS JOIN LATERAL (
    SELECT session_start AS kept_start, session_end AS kept_end, events AS kept_events,
      page_views AS kept_page_views, cart_adds AS kept_cart_adds, purchases AS kept_purchases
    FROM gold.sessions
    WHERE sessions.visitor = parts.visitor AND sessions.session_start < parts.session_start
    ORDER BY sessions.session_start DESC
    LIMIT 1
  ) AS kept
  WHERE kept_end < parts.session_start
    AND kept_end + gap >= parts.session_start
    AND (reached IS NULL OR reached + gap < kept_start)
    AND (next_start IS NULL OR next_start > parts.session_end + gap)
    AND NOT EXISTS (
      SELECT
      FROM gold.sessions
      WHERE sessions.visitor = parts.visitor
        AND sessions.session_start >= parts.session_start
        AND sessions.session_start <= parts.session_end + gap)
),
taken AS (
  DELETE FROM staged_sessions AS staged
  USING appends
  WHERE staged.ctid = appends.place
  RETURNING staged.*, appends.*
)
INSERT INTO appended_sessions (
  visitor, session_start, session_end, events, page_views, entry_page, exit_page, products,
  cart_adds, purchases, revenue, currency, late_events, entry_page_time, entry_page_event_id,
  exit_page_time, exit_page_event_id, product_times,
  kept_start, kept_end, kept_events, kept_page_views, kept_cart_adds, kept_purchases
)
SELECT
  visitor, session_start, session_end, events, page_views, entry_page, exit_page, products,
  cart_adds, purchases, revenue, currency, late_events, entry_page_time, entry_page_event_id,
  exit_page_time, exit_page_event_id, product_times,
  kept_start, kept_end, kept_events, kept_page_views, kept_cart_adds, kept_purchases
FROM taken
