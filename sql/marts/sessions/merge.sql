-- Gaps and islands over new and touched sessions. Converges because the union of intervals does, and
-- because every column merges by a sum, a least or a greatest with ties broken by event id. A part
-- that nothing joins is a session as it is. Islands are numbered through all visitors: sorting by a
-- number costs half of what sorting by a visitor and a number does.
INSERT INTO merged_sessions (
  site, visitor, session_start, session_end, local_date, events, page_views, entry_page, exit_page, products,
  cart_adds, purchases, revenue, currency, country, city,
    device_class, referrer_medium, referrer_domain, utm_source, utm_medium,
    utm_campaign, channel, late_events, entry_event_id,
  entry_page_time, entry_page_event_id, exit_page_time, exit_page_event_id, product_times, kept
)
WITH setting AS MATERIALIZED (
  SELECT current_setting('medallion.session_gap')::interval AS gap
),
parts AS (
  SELECT *, false AS kept FROM joining_sessions
  UNION ALL
  SELECT *, true FROM touched_sessions
),
ordered AS (
  SELECT *,
    max(session_end) OVER earlier AS reached,
    lag(products) OVER earlier AS products_before,
    lag(product_times) OVER earlier AS product_times_before
  FROM parts
  WINDOW earlier AS (
    PARTITION BY visitor, site ORDER BY session_start
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
),
marked AS (
  SELECT *, reached IS NULL OR session_start > reached + (SELECT gap FROM setting) AS begins
  FROM ordered
),
numbered AS MATERIALIZED (
  SELECT *,
    count(*) FILTER (WHERE begins) OVER in_order AS island,
    lag(begins) OVER in_order AS begins_before,
    coalesce(lead(begins) OVER in_order, true) AS ends
  FROM marked
  WINDOW in_order AS (ORDER BY visitor, site, session_start ROWS UNBOUNDED PRECEDING)
),
-- Mostly an island is a session and what came after it, whose products stand in their order already.
pairs AS MATERIALIZED (
  SELECT island,
    (products_before || added.products)[1:10] AS products,
    (product_times_before || added.product_times)[1:10] AS product_times
  FROM numbered
  CROSS JOIN LATERAL (
    SELECT
      array_agg(product ORDER BY place) AS products,
      array_agg(seen ORDER BY place) AS product_times
    FROM unnest(numbered.products, numbered.product_times) WITH ORDINALITY
      AS viewed (product, seen, place)
    WHERE product <> ALL (products_before)
  ) AS added
  WHERE begins_before AND NOT begins AND ends AND session_start > reached
),
first_seen AS (
  SELECT island, product, min(seen) AS seen
  FROM numbered
  LEFT JOIN pairs USING (island)
  CROSS JOIN LATERAL
    unnest(numbered.products, numbered.product_times) AS viewed (product, seen)
  WHERE NOT (begins AND ends) AND pairs.island IS NULL
  GROUP BY island, product
),
first_products AS (
  SELECT island,
    (array_agg(product ORDER BY seen, product COLLATE "C"))[1:10] AS products,
    (array_agg(seen ORDER BY seen, product COLLATE "C"))[1:10] AS product_times
  FROM first_seen
  GROUP BY island
  UNION ALL
  SELECT island, products, product_times
  FROM pairs
),
islands AS (
  SELECT island,
    min(site) AS site,
    min(visitor) AS visitor,
    min(session_start) AS session_start,
    max(session_end) AS session_end,
    (array_agg(local_date ORDER BY session_start, entry_event_id))[1] AS local_date,
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
    (array_agg(device_class ORDER BY session_start, entry_event_id))[1] AS device_class,
    (array_agg(referrer_medium ORDER BY session_start, entry_event_id))[1] AS referrer_medium,
    (array_agg(referrer_domain ORDER BY session_start, entry_event_id))[1] AS referrer_domain,
    (array_agg(utm_source ORDER BY session_start, entry_event_id))[1] AS utm_source,
    (array_agg(utm_medium ORDER BY session_start, entry_event_id))[1] AS utm_medium,
    (array_agg(utm_campaign ORDER BY session_start, entry_event_id))[1] AS utm_campaign,
    (array_agg(channel ORDER BY session_start, entry_event_id))[1] AS channel,
    sum(late_events) AS late_events,
    (array_agg(entry_event_id ORDER BY session_start, entry_event_id))[1] AS entry_event_id,
    min(entry_page_time) AS entry_page_time,
    (array_agg(entry_page_event_id ORDER BY entry_page_time, entry_page_event_id))[1]
      AS entry_page_event_id,
    max(exit_page_time) AS exit_page_time,
    coalesce(min(session_start) FILTER (WHERE kept) = min(session_start), false) AS kept,
    (array_agg(exit_page_event_id
      ORDER BY exit_page_time DESC NULLS LAST, exit_page_event_id DESC))[1] AS exit_page_event_id
  FROM numbered
  WHERE NOT (begins AND ends)
  GROUP BY island
)
SELECT
  site, visitor, session_start, session_end, local_date, events, page_views, entry_page, exit_page,
  coalesce(first_products.products, '{}'), cart_adds, purchases, revenue, currency, country, city,
    device_class, referrer_medium, referrer_domain, utm_source, utm_medium,
    utm_campaign, channel, late_events, entry_event_id, entry_page_time, entry_page_event_id, exit_page_time,
  exit_page_event_id, coalesce(first_products.product_times, '{}'), kept
FROM islands
LEFT JOIN first_products USING (island)
UNION ALL
SELECT
  site, visitor, session_start, session_end, local_date, events, page_views, entry_page, exit_page, products,
  cart_adds, purchases, revenue, currency, country, city,
    device_class, referrer_medium, referrer_domain, utm_source, utm_medium,
    utm_campaign, channel, late_events, entry_event_id,
  entry_page_time, entry_page_event_id, exit_page_time, exit_page_event_id, product_times, kept
FROM numbered
WHERE begins AND ends
