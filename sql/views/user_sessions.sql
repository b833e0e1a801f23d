-- Sessions as people ask for them: without the columns that only merging needs.
CREATE OR REPLACE VIEW gold.user_sessions WITH (security_invoker = true) AS
SELECT
  site,
  visitor AS user_id,
  session_start,
  session_end,
  local_date,
  duration,
  extract(epoch FROM duration) AS duration_seconds,
  events AS event_count,
  page_views AS page_count,
  entry_page,
  exit_page,
  products,
  cart_adds,
  purchases,
  revenue,
  currency,
  converted,
  country,
  city,
  device_class,
  referrer_medium,
  referrer_domain,
  utm_source,
  utm_medium,
  utm_campaign,
  channel,
  late_events,
  now() - session_end < gap.gap AS open
FROM gold.sessions
CROSS JOIN (
  SELECT coalesce(
    (SELECT substring(definition FROM 'gap=(\d+)us')::bigint * interval '1 microsecond'
     FROM gold.definitions WHERE mart = 'sessions'),
    interval '30 minutes') AS gap
) AS gap;
COMMENT ON VIEW gold.user_sessions IS 'gold.sessions for people; open while the last event is less than the session gap ago, so that the session may still grow'
