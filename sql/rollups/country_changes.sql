-- Each visitor's hours by themselves, next to other countries of the same and of the next hour: all rows of
-- both hours, less those from the same country. Not by a join of rows with rows, which costs their square
-- where Postgres expects few.
SELECT site, visitor, hour, sum(beside - same) AS changes
FROM (
  SELECT site, visitor, hour,
    count(*) OVER (
      PARTITION BY visitor, site ORDER BY hour RANGE BETWEEN CURRENT ROW AND interval '1 hour' FOLLOWING) AS beside,
    count(*) OVER (
      PARTITION BY visitor, site, country ORDER BY hour RANGE BETWEEN CURRENT ROW AND interval '1 hour' FOLLOWING) AS same
  FROM visitor_countries
) AS counted
GROUP BY 1, 2, 3
HAVING sum(beside - same) > 0
