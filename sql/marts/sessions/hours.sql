-- Takes what the touched sessions were out of their hours, and puts in what they became. Converges
-- because each hour is a sum over the sessions there are.
INSERT INTO gold.session_hours AS kept (
  site, local_date, hour, sessions, converted, bounced, viewed, carted, purchased, total_duration)
SELECT site, local_date, hour, sum(n), sum(n * converted), sum(n * bounced), sum(n * viewed),
  sum(n * viewed * carted), sum(n * viewed * carted * converted), sum(n * duration)
FROM (
  SELECT n, site, local_date, date_bin('1 hour', session_start, timestamptz 'epoch') AS hour,
    (purchases > 0)::int AS converted,
    (events = 1)::int AS bounced,
    (page_views > 0)::int AS viewed,
    (cart_adds > 0)::int AS carted,
    session_end - session_start AS duration
  FROM (
    SELECT 1 AS n, site, local_date, session_start, session_end, events, page_views, cart_adds, purchases
    FROM merged_sessions
    UNION ALL
    SELECT 1, site, local_date, session_start, session_end, events, page_views, cart_adds, purchases
    FROM begun_sessions
    UNION ALL
    SELECT -1, site, local_date, session_start, session_end, events, page_views, cart_adds, purchases
    FROM touched_sessions
    UNION ALL
    SELECT 1, site, kept_local_date, kept_start, session_end, kept_events + events, kept_page_views + page_views,
      kept_cart_adds + cart_adds, kept_purchases + purchases
    FROM appended_sessions
    UNION ALL
    SELECT -1, site, kept_local_date, kept_start, kept_end, kept_events, kept_page_views, kept_cart_adds, kept_purchases
    FROM appended_sessions
  ) AS changes
  WHERE session_start >= current_setting('medallion.retained_from')::timestamptz
) AS steps
GROUP BY site, local_date, hour
ORDER BY site, local_date, hour
ON CONFLICT (site, local_date, hour) DO UPDATE SET
  sessions = kept.sessions + excluded.sessions,
  converted = kept.converted + excluded.converted,
  bounced = kept.bounced + excluded.bounced,
  viewed = kept.viewed + excluded.viewed,
  carted = kept.carted + excluded.carted,
  purchased = kept.purchased + excluded.purchased,
  total_duration = kept.total_duration + excluded.total_duration;

DELETE FROM gold.session_hours
WHERE sessions = 0
  AND (site, local_date, hour) IN (
    SELECT site, local_date, date_bin('1 hour', session_start, timestamptz 'epoch')
    FROM touched_sessions)
