-- Distinct visitors by hour and country
SELECT date_trunc('hour', event_time) AS hour, site, country, count(DISTINCT visitor) AS visitors
FROM silver GROUP BY ALL
