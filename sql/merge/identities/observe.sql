-- What is new of the ids of a day. Converges because the least event and the union of half hours do.
INSERT INTO observed_identities (
  id, kind, seen_with_kind, seen_with, day, half_hours, event_time, event_id, known)
SELECT new.id, new.kind, '', '', new.day, new.half_hours | coalesce(kept.half_hours, 0), NULL, NULL,
  kept.id IS NOT NULL
FROM (
  SELECT id, kind, day, bit_or(half_hours) AS half_hours
  FROM staged_identities
  WHERE seen_with_kind = ''
  GROUP BY id, kind, day
) AS new
LEFT JOIN gold.identity_days AS kept
  ON kept.id = new.id AND kept.kind = new.kind AND kept.seen_with_kind = ''
    AND kept.seen_with = '' AND kept.day = new.day
WHERE kept.id IS NULL OR new.half_hours & ~kept.half_hours <> 0
UNION ALL
SELECT new.id, new.kind, new.seen_with_kind, new.seen_with, new.day, 0, new.event_time, new.event_id,
  kept.id IS NOT NULL
FROM (
  SELECT DISTINCT ON (id, kind, seen_with_kind, seen_with, day)
    id, kind, seen_with_kind, seen_with, day, event_time, event_id
  FROM staged_identities
  WHERE seen_with_kind <> ''
  ORDER BY id, kind, seen_with_kind, seen_with, day, event_time, event_id
) AS new
LEFT JOIN gold.identity_days AS kept USING (id, kind, seen_with_kind, seen_with, day)
WHERE kept.id IS NULL OR (new.event_time, new.event_id) < (kept.event_time, kept.event_id)
