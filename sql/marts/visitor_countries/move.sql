-- The hours of visitors that become somebody else, or are read again; which of them are worth a look
-- is found out again as they are merged.
WITH removed AS (
  DELETE FROM gold.visitor_countries AS kept
  USING moved_visitors AS moved
  WHERE kept.site = moved.site AND kept.visitor = from_visitor
  RETURNING kept.site, to_visitor, kept.hour, kept.country, kept.first_seen, kept.last_seen
)
INSERT INTO staged_visitor_countries (site, visitor, hour, country, first_seen, last_seen)
SELECT site, to_visitor, hour, country, first_seen, last_seen
FROM removed
WHERE to_visitor IS NOT NULL;

DELETE FROM gold.country_changes AS kept
USING moved_visitors AS moved
WHERE kept.site = moved.site AND kept.visitor = from_visitor
