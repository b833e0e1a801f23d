-- Converges because least and greatest do. Only what changes is written.
INSERT INTO gold.visitor_countries AS kept (visitor, hour, country, first_seen, last_seen)
SELECT visitor, hour, country, min(first_seen), max(last_seen)
FROM staged_visitor_countries
GROUP BY visitor, hour, country
ORDER BY visitor, hour, country
ON CONFLICT (visitor, hour, country) DO UPDATE SET
  first_seen = least(kept.first_seen, excluded.first_seen),
  last_seen = greatest(kept.last_seen, excluded.last_seen)
WHERE excluded.first_seen < kept.first_seen OR excluded.last_seen > kept.last_seen
