-- A session that keeps its start is updated in place; every other one is new, which is known, so that
-- nothing has to look for a conflict first.
UPDATE gold.sessions AS stored SET
  session_end = merged.session_end,
  events = merged.events,
  page_views = merged.page_views,
  entry_page = merged.entry_page,
  exit_page = merged.exit_page,
  products = merged.products,
  cart_adds = merged.cart_adds,
  purchases = merged.purchases,
  revenue = merged.revenue,
  currency = merged.currency,
  country = merged.country,
  city = merged.city,
  late_events = merged.late_events,
  entry_event_id = merged.entry_event_id,
  entry_page_time = merged.entry_page_time,
  entry_page_event_id = merged.entry_page_event_id,
  exit_page_time = merged.exit_page_time,
  exit_page_event_id = merged.exit_page_event_id,
  product_times = merged.product_times
FROM merged_sessions AS merged
WHERE merged.kept
  AND stored.visitor = merged.visitor
  AND stored.session_start = merged.session_start;

INSERT INTO gold.sessions (
  visitor, session_start, session_end, events, page_views, entry_page, exit_page, products,
  cart_adds, purchases, revenue, currency, country, city, late_events, entry_event_id,
  entry_page_time, entry_page_event_id, exit_page_time, exit_page_event_id, product_times
)
SELECT
  visitor, session_start, session_end, events, page_views, entry_page, exit_page, products,
  cart_adds, purchases, revenue, currency, country, city, late_events, entry_event_id,
  entry_page_time, entry_page_event_id, exit_page_time, exit_page_event_id, product_times
FROM merged_sessions
WHERE NOT kept
ORDER BY visitor, session_start
