-- Orders and revenue of an hour by category, which producers send as a property
SELECT
  date_trunc('hour', event_time) AS hour,
  get_json_object(properties, '$.category') AS category,  -- (none) where an order names none
  count(*) AS orders,
  sum(coalesce(price, 0) * coalesce(quantity, 1)) AS revenue
FROM silver
WHERE event_type = 'purchase'
GROUP BY ALL
