-- Gaps and islands over new and touched sessions. Converges because the union of intervals does, and
-- because every column merges by a sum, a least or a greatest with ties broken by event id. A part
-- that nothing joins is a session as it is. Islands are numbered through all visitors: sorting by a
-- number costs half of what sorting by a visitor and a number does.
INSERT INTO merged_sessions (
  visitor, session_start, session_end, events, page_views, entry_page, exit_page, products,
  cart_adds, purchases, revenue, currency, country, city, late_events, entry_event_id,
  entry_page_time, entry_page_event_id, exit_page_time, exit_page_event_id, product_times
)
WITH setting AS MATERIALIZED (
  SELECT current_setting('medallion.session_gap')::interval AS gap
),
parts AS (
  SELECT * FROM staged_sessions
  UNION ALL
  SELECT * FROM touched_sessions
),
ordered AS (
  SELECT *,
    max(session_end) OVER (
      PARTITION BY visitor ORDER BY session_start
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached,
    lead(session_start) OVER (PARTITION BY visitor ORDER BY session_start) AS follows
  FROM parts
),
numbered AS MATERIALIZED (
  SELECT ordered.*,
    count(*) FILTER (WHERE reached IS NULL OR session_start > reached + gap) OVER (
      ORDER BY visitor, session_start ROWS UNBOUNDED PRECEDING) AS island,
    (reached IS NULL OR session_start > reached + gap)
      AND (follows IS NULL OR follows > session_end + gap) AS alone
  FROM ordered, setting
),
first_seen AS (
  SELECT island, product, min(seen) AS seen
  FROM numbered CROSS JOIN LATERAL unnest(products, product_times) AS viewed (product, seen)
  WHERE NOT alone
  GROUP BY island, product
),
first_products AS (
  SELECT island,
    (array_agg(product ORDER BY seen, product COLLATE "C"))[1:10] AS products,
    (array_agg(seen ORDER BY seen, product COLLATE "C"))[1:10] AS product_times
  FROM first_seen
  GROUP BY island
),
islands AS (
  SELECT island,
    min(visitor) AS visitor,
    min(session_start) AS session_start,
    max(session_end) AS session_end,
    sum(events) AS events,
    sum(page_views) AS page_views,
    (array_agg(entry_page ORDER BY entry_page_time, entry_page_event_id))[1] AS entry_page,
    (array_agg(exit_page ORDER BY exit_page_time DESC NULLS LAST, exit_page_event_id DESC))[1]
      AS exit_page,
    sum(cart_adds) AS cart_adds,
    sum(purchases) AS purchases,
    sum(revenue) AS revenue,
    CASE WHEN min(currency) = max(currency) THEN min(currency)
         WHEN min(currency) IS NOT NULL THEN '(mixed)' END AS currency,
    (array_agg(country ORDER BY session_start, entry_event_id))[1] AS country,
    (array_agg(city ORDER BY session_start, entry_event_id))[1] AS city,
    sum(late_events) AS late_events,
    (array_agg(entry_event_id ORDER BY session_start, entry_event_id))[1] AS entry_event_id,
    min(entry_page_time) AS entry_page_time,
    (array_agg(entry_page_event_id ORDER BY entry_page_time, entry_page_event_id))[1]
      AS entry_page_event_id,
    max(exit_page_time) AS exit_page_time,
    (array_agg(exit_page_event_id
      ORDER BY exit_page_time DESC NULLS LAST, exit_page_event_id DESC))[1] AS exit_page_event_id
  FROM numbered
  WHERE NOT alone
  GROUP BY island
)
SELECT
  visitor, session_start, session_end, events, page_views, entry_page, exit_page,
  coalesce(first_products.products, '{}'), cart_adds, purchases, revenue, currency, country, city,
  late_events, entry_event_id, entry_page_time, entry_page_event_id, exit_page_time,
  exit_page_event_id, coalesce(first_products.product_times, '{}')
FROM islands
LEFT JOIN first_products USING (island)
UNION ALL
SELECT
  visitor, session_start, session_end, events, page_views, entry_page, exit_page, products,
  cart_adds, purchases, revenue, currency, country, city, late_events, entry_event_id,
  entry_page_time, entry_page_event_id, exit_page_time, exit_page_event_id, product_times
FROM numbered
WHERE alone
