-- Prices by day and currency
SELECT event_date AS day, currency, avg(price) AS average, min(price) AS least, max(price) AS greatest
FROM silver WHERE price IS NOT NULL GROUP BY ALL
