-- Each visitor's hours by themselves, next to other countries of the same and of the next hour.
SELECT a.site, a.visitor, a.hour, count(*) AS changes
FROM visitor_countries AS a
JOIN visitor_countries AS b
  ON b.site = a.site
  AND b.visitor = a.visitor
  AND b.hour BETWEEN a.hour AND a.hour + interval '1 hour'
  AND b.country <> a.country
GROUP BY 1, 2, 3
