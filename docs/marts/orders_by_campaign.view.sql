-- Orders of a day by the last touch of that day that was not direct
SELECT site, day, coalesce(last_touch, '(direct)') AS campaign, sum(orders) AS orders, sum(revenue) AS revenue
FROM visitor_days
WHERE orders > 0
GROUP BY 1, 2, 3
