-- What a visitor puts into the cart within two minutes
SELECT
  site,
  visitor,
  window(event_time, '2 minutes', '1 minute').start AS window_start,  -- Start of the two minutes
  count(*) AS cart_adds  -- Events of type add_to_cart
FROM silver
WHERE event_type = 'add_to_cart'
GROUP BY ALL
