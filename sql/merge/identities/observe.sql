-- What is new of the ids of a day. Converges because the least event and the union of half hours do.
INSERT INTO observed_identities (
  id, kind, seen_with_kind, seen_with, day, half_hours, event_time, event_id, known)
SELECT id, kind, seen_with_kind, seen_with, day,
  new.half_hours | coalesce(kept.half_hours, 0),
  CASE WHEN earlier THEN new.event_time ELSE kept.event_time END,
  CASE WHEN earlier THEN new.event_id ELSE kept.event_id END,
  kept.event_id IS NOT NULL
FROM (
  SELECT id, kind, seen_with_kind, seen_with, day, bit_or(half_hours) AS half_hours,
    min(event_time) AS event_time,
    (array_agg(event_id ORDER BY event_time, event_id))[1] AS event_id
  FROM staged_identities
  WHERE day IS NOT NULL
  GROUP BY id, kind, seen_with_kind, seen_with, day
) AS new
LEFT JOIN gold.identity_days AS kept USING (id, kind, seen_with_kind, seen_with, day)
CROSS JOIN LATERAL (
  SELECT kept.event_id IS NULL
    OR (new.event_time, new.event_id) < (kept.event_time, kept.event_id) AS earlier
) AS compared
WHERE earlier OR new.half_hours & ~kept.half_hours <> 0
