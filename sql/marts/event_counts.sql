-- Events by minute of event time, type and country
SELECT
  site,  -- As events name it, else their topic
  window(event_time, '1 minute').start AS window_start,  -- Start of the minute, which ends before the next one starts
  event_type,  -- Canonical type (view is page_view, cart is add_to_cart); any other type unchanged
  country,  -- Country of the IP address; (none) if it was not located
  count(*) AS events  -- Events
FROM silver
GROUP BY ALL
