-- A session that keeps its start is updated in place; every other one is new.
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
ORDER BY visitor, session_start
ON CONFLICT (visitor, session_start) DO UPDATE SET
  session_end = excluded.session_end,
  events = excluded.events,
  page_views = excluded.page_views,
  entry_page = excluded.entry_page,
  exit_page = excluded.exit_page,
  products = excluded.products,
  cart_adds = excluded.cart_adds,
  purchases = excluded.purchases,
  revenue = excluded.revenue,
  currency = excluded.currency,
  country = excluded.country,
  city = excluded.city,
  late_events = excluded.late_events,
  entry_event_id = excluded.entry_event_id,
  entry_page_time = excluded.entry_page_time,
  entry_page_event_id = excluded.entry_page_event_id,
  exit_page_time = excluded.exit_page_time,
  exit_page_event_id = excluded.exit_page_event_id,
  product_times = excluded.product_times
