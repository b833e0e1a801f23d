-- What becomes of products by hour
SELECT date_trunc('hour', event_time) AS hour, product_id AS product,
  count_if(event_type = 'page_view') AS viewed,
  count_if(event_type = 'add_to_cart') AS carted,
  count_if(event_type = 'purchase') AS bought
FROM silver WHERE product_id IS NOT NULL GROUP BY ALL
