-- Finds the sessions that the new events touch: per visitor, new parts at most a gap apart make an
-- island; a kept session is touched where the distance to an island is at most the gap. Kept sessions
-- of a visitor lie more than a gap apart, so at most one that starts before an island reaches it, and
-- both lookups below stay within a few index entries however long the visitor's history is.
INSERT INTO touched_sessions (
  visitor, session_start, session_end, events, page_views, entry_page, exit_page, products,
  cart_adds, purchases, revenue, currency, country, city, late_events, entry_event_id,
  entry_page_time, entry_page_event_id, exit_page_time, exit_page_event_id, product_times
)
WITH setting AS MATERIALIZED (
  SELECT current_setting('medallion.session_gap')::interval AS gap
),
ordered AS (
  SELECT visitor, session_start, session_end,
    max(session_end) OVER (
      PARTITION BY visitor ORDER BY session_start
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
  FROM staged_sessions
),
numbered AS (
  SELECT visitor, session_start, session_end, gap,
    count(*) FILTER (WHERE reached IS NULL OR session_start > reached + gap) OVER (
      PARTITION BY visitor ORDER BY session_start) AS island
  FROM ordered, setting
),
islands AS (
  SELECT visitor, island, gap,
    min(session_start) AS session_start, max(session_end) AS session_end
  FROM numbered
  GROUP BY visitor, island, gap
)
SELECT DISTINCT ON (kept.visitor, kept.session_start)
  kept.visitor, kept.session_start, kept.session_end, kept.events, kept.page_views,
  kept.entry_page, kept.exit_page, kept.products, kept.cart_adds, kept.purchases, kept.revenue,
  kept.currency, kept.country, kept.city, kept.late_events, kept.entry_event_id,
  kept.entry_page_time, kept.entry_page_event_id, kept.exit_page_time, kept.exit_page_event_id,
  kept.product_times
FROM islands
CROSS JOIN LATERAL (
  SELECT *
  FROM gold.sessions
  WHERE sessions.visitor = islands.visitor
    AND sessions.session_start <= islands.session_end + islands.gap
    AND sessions.session_start >= coalesce(
      (SELECT before.session_start
       FROM gold.sessions AS before
       WHERE before.visitor = islands.visitor AND before.session_start < islands.session_start
       ORDER BY before.session_start DESC
       LIMIT 1),
      islands.session_start)
    AND sessions.session_end >= islands.session_start - islands.gap
) AS kept
ORDER BY kept.visitor, kept.session_start
