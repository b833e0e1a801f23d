-- Each order once, by its purchase of the least event time, however often and in whatever order purchases of it came
SELECT
  site,  -- As events name it, else their topic
  order_id,  -- The column of this name in your contract
  min(event_time) AS ordered_at,  -- When the purchase that counts happened
  min_by(local_date, struct(event_time, event_id)) AS local_date,  -- Its day by the clocks of the site
  min_by(event_id, struct(event_time, event_id)) AS event_id,  -- Its id
  min_by(currency, struct(event_time, event_id)) AS currency,  -- As the producer named it
  min_by(coalesce(price, 0) * coalesce(quantity, 1), struct(event_time, event_id)) AS revenue,  -- Its price x quantity (1 if absent)
  count(*) AS purchases  -- How many purchases name the order: all but one are repeated
FROM silver
WHERE event_type = 'purchase' AND order_id IS NOT NULL
GROUP BY site, order_id
