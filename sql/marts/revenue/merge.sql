-- Converges because sums of decimals do, to the last digit.
INSERT INTO gold.revenue AS kept (window_start, currency, orders, revenue)
SELECT window_start, currency, sum(orders), sum(revenue)
FROM staged_revenue
GROUP BY window_start, currency
ORDER BY window_start, currency
ON CONFLICT (window_start, currency)
  DO UPDATE SET orders = kept.orders + excluded.orders, revenue = kept.revenue + excluded.revenue
