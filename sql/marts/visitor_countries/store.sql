-- The cells as they are now.
UPDATE gold.visitor_countries AS kept SET
  first_seen = touched.first_seen,
  last_seen = touched.last_seen
FROM touched_visitor_countries AS touched
WHERE touched.known
  AND kept.site = touched.site
  AND kept.visitor = touched.visitor
  AND kept.hour = touched.hour
  AND kept.country = touched.country;

INSERT INTO gold.visitor_countries (site, visitor, hour, country, first_seen, last_seen)
SELECT site, visitor, hour, country, first_seen, last_seen
FROM touched_visitor_countries
WHERE NOT known
ORDER BY visitor, site, hour, country
