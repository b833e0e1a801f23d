-- Converges because sums of decimals do, to the last digit.
MERGE INTO gold.revenue AS kept
USING (
  SELECT window_start, currency, sum(orders) AS orders, sum(revenue) AS revenue
  FROM staged_revenue
  GROUP BY window_start, currency
  ORDER BY window_start, currency
) AS new
ON kept.window_start = new.window_start AND kept.currency = new.currency
WHEN MATCHED THEN
  UPDATE SET orders = kept.orders + new.orders, revenue = kept.revenue + new.revenue
WHEN NOT MATCHED THEN
  INSERT (window_start, currency, orders, revenue)
  VALUES (new.window_start, new.currency, new.orders, new.revenue)
