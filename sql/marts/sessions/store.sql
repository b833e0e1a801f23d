-- Converges as merge.sql does: of a part that follows a session all is later than all of that, so that
-- what the session began with stays.
UPDATE gold.sessions AS kept SET
  session_end = part.session_end,
  events = kept.events + part.events,
  page_views = kept.page_views + part.page_views,
  entry_page = CASE WHEN kept.entry_page_time IS NULL THEN part.entry_page
                    ELSE kept.entry_page END,
  exit_page = CASE WHEN part.exit_page_time IS NULL THEN kept.exit_page ELSE part.exit_page END,
  products = CASE WHEN kept.products && part.products THEN (
      SELECT (kept.products || array_agg(product ORDER BY place))[1:10]
      FROM unnest(part.products) WITH ORDINALITY AS viewed (product, place)
      WHERE product <> ALL (kept.products))
    ELSE (kept.products || part.products)[1:10] END,
  product_times = CASE WHEN kept.products && part.products THEN (
      SELECT (kept.product_times || array_agg(seen ORDER BY place))[1:10]
      FROM unnest(part.products, part.product_times) WITH ORDINALITY AS viewed (product, seen, place)
      WHERE product <> ALL (kept.products))
    ELSE (kept.product_times || part.product_times)[1:10] END,
  cart_adds = kept.cart_adds + part.cart_adds,
  purchases = kept.purchases + part.purchases,
  revenue = kept.revenue + part.revenue,
  currency = CASE WHEN kept.currency IS NULL THEN part.currency
                  WHEN kept.currency <> part.currency THEN '(mixed)'
                  ELSE kept.currency END,
  late_events = kept.late_events + part.late_events,
  entry_page_time = coalesce(kept.entry_page_time, part.entry_page_time),
  entry_page_event_id = CASE WHEN kept.entry_page_time IS NULL THEN part.entry_page_event_id
                             ELSE kept.entry_page_event_id END,
  exit_page_time = coalesce(part.exit_page_time, kept.exit_page_time),
  exit_page_event_id = CASE WHEN part.exit_page_time IS NULL THEN kept.exit_page_event_id
                            ELSE part.exit_page_event_id END
FROM appended_sessions AS part
WHERE kept.site = part.site
  AND kept.visitor = part.visitor
  AND kept.session_start = part.kept_start;

-- A session that keeps its start is updated in place; every other one is new, which is known, so that
-- nothing has to look for a conflict first.
UPDATE gold.sessions AS stored SET
  session_end = merged.session_end,
  local_date = merged.local_date,
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
  device_class = merged.device_class,
  referrer_medium = merged.referrer_medium,
  referrer_domain = merged.referrer_domain,
  utm_source = merged.utm_source,
  utm_medium = merged.utm_medium,
  utm_campaign = merged.utm_campaign,
  channel = merged.channel,
  late_events = merged.late_events,
  entry_event_id = merged.entry_event_id,
  entry_page_time = merged.entry_page_time,
  entry_page_event_id = merged.entry_page_event_id,
  exit_page_time = merged.exit_page_time,
  exit_page_event_id = merged.exit_page_event_id,
  product_times = merged.product_times
FROM merged_sessions AS merged
WHERE merged.kept
  AND stored.site = merged.site
  AND stored.visitor = merged.visitor
  AND stored.session_start = merged.session_start;

INSERT INTO gold.sessions (
  site, visitor, session_start, session_end, local_date, events, page_views, entry_page, exit_page, products,
  cart_adds, purchases, revenue, currency, country, city,
    device_class, referrer_medium, referrer_domain, utm_source, utm_medium,
    utm_campaign, channel, late_events, entry_event_id,
  entry_page_time, entry_page_event_id, exit_page_time, exit_page_event_id, product_times
)
SELECT
  site, visitor, session_start, session_end, local_date, events, page_views, entry_page, exit_page, products,
  cart_adds, purchases, revenue, currency, country, city,
    device_class, referrer_medium, referrer_domain, utm_source, utm_medium,
    utm_campaign, channel, late_events, entry_event_id,
  entry_page_time, entry_page_event_id, exit_page_time, exit_page_event_id, product_times
FROM merged_sessions
WHERE NOT kept
ORDER BY visitor, site, session_start
