-- Converges because least and greatest do. Only what changes goes on from here.
INSERT INTO touched_visitor_countries (site, visitor, hour, country, first_seen, last_seen, known)
SELECT site, visitor, hour, country,
  least(kept.first_seen, new.first_seen),
  greatest(kept.last_seen, new.last_seen),
  kept.first_seen IS NOT NULL
FROM (
  SELECT site, visitor, hour, country, min(first_seen) AS first_seen, max(last_seen) AS last_seen
  FROM staged_visitor_countries
  GROUP BY site, visitor, hour, country
) AS new
LEFT JOIN gold.visitor_countries AS kept USING (site, visitor, hour, country)
WHERE kept.first_seen IS NULL
  OR new.first_seen < kept.first_seen
  OR new.last_seen > kept.last_seen
