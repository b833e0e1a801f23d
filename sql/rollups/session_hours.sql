-- Each session counts by itself.
SELECT
  site,
  date_bin('1 hour', session_start, timestamptz 'epoch') AS hour,
  local_date,
  count(*) AS sessions,
  count(*) FILTER (WHERE purchases > 0) AS converted,
  count(*) FILTER (WHERE events = 1) AS bounced,
  count(*) FILTER (WHERE page_views > 0) AS viewed,
  count(*) FILTER (WHERE page_views > 0 AND cart_adds > 0) AS carted,
  count(*) FILTER (WHERE page_views > 0 AND cart_adds > 0 AND purchases > 0) AS purchased,
  sum(session_end - session_start) AS total_duration
FROM sessions
GROUP BY 1, 2, 3
