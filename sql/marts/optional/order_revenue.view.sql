-- Orders and their revenue by minute and currency, each order once; repeated is how many purchases more named them.
SELECT
  site,
  date_trunc('minute', ordered_at, 'UTC') AS window_start,
  local_date,
  coalesce(currency, '(none)') AS currency,
  count(*) AS orders,
  sum(revenue) AS revenue,
  sum(purchases - 1)::bigint AS repeated
FROM distinct_orders
GROUP BY 1, 2, 3, 4
