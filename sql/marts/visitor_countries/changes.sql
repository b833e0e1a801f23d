-- Marks the hours where a look pays: only the hours beside the new cells are read, since what lies
-- beside known ones was marked when the later of the two came. Converges because a union does.
INSERT INTO gold.country_changes (visitor, hour)
SELECT DISTINCT new.visitor, least(new.hour, kept.hour) AS hour
FROM touched_visitor_countries AS new
JOIN gold.visitor_countries AS kept
  ON kept.visitor = new.visitor
  AND kept.hour BETWEEN new.hour - interval '1 hour' AND new.hour + interval '1 hour'
  AND kept.country <> new.country
WHERE NOT new.known
ORDER BY 1, 2
ON CONFLICT (visitor, hour) DO NOTHING
