-- Page views by minute of event time and page
SELECT
  site,  -- As events name it, else their topic
  window(event_time, '1 minute').start AS window_start,  -- Start of the minute, which ends before the next one starts
  page,  -- The path of the page; product:<id> for a product view without a page; (none) without either. Over 1,024 bytes: its beginning, # and its SHA-256
  count(*) AS views  -- Events of type page_view
FROM silver
WHERE event_type = 'page_view'
GROUP BY ALL
