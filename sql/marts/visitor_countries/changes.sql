-- Marks the hours where a look pays: only the hours beside the new cells are read, since what lies
-- beside known ones was marked when the later of the two came. Converges because a union does.
INSERT INTO gold.country_changes (site, visitor, hour)
SELECT DISTINCT new.site, new.visitor, least(new.hour, kept.hour) AS hour
FROM touched_visitor_countries AS new
JOIN gold.visitor_countries AS kept
  ON kept.site = new.site
  AND kept.visitor = new.visitor
  AND kept.hour BETWEEN new.hour - interval '1 hour' AND new.hour + interval '1 hour'
  AND kept.country <> new.country
WHERE NOT new.known
ORDER BY 1, 2, 3
ON CONFLICT (site, visitor, hour) DO NOTHING
