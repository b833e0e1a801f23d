-- Orders and revenue by hour and campaign
SELECT date_trunc('hour', event_time) AS hour, utm_source AS source, utm_campaign AS campaign,
  count(*) AS orders, sum(price * coalesce(quantity, 1)) AS revenue
FROM silver WHERE event_type = 'purchase' GROUP BY ALL
