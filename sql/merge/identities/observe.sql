-- What is new of the ids of a day, but for session ids beside better ones. Converges because the least
-- event and the union of half hours do.
INSERT INTO observed_identities (
  site, id, kind, seen_with_kind, seen_with, day, half_hours, event_time, event_id, known)
SELECT site, id, kind, seen_with_kind, seen_with, day,
  new.half_hours | coalesce(kept.half_hours, 0),
  least(new.event_time, kept.event_time),
  CASE WHEN kept.event_id IS NULL OR (new.event_time, new.event_id) < (kept.event_time, kept.event_id)
       THEN new.event_id ELSE kept.event_id END,
  kept.half_hours IS NOT NULL
FROM (
  SELECT DISTINCT ON (id, site, kind, seen_with_kind, seen_with, day)
    site, id, kind, seen_with_kind, seen_with, day, event_time, event_id,
    bit_or(half_hours) OVER (PARTITION BY id, site, kind, seen_with_kind, seen_with, day) AS half_hours
  FROM staged_identities
  WHERE half_hours IS NOT NULL
  ORDER BY id, site, kind, seen_with_kind, seen_with, day, event_time, event_id
) AS new
LEFT JOIN gold.identity_days AS kept USING (site, id, kind, seen_with_kind, seen_with, day)
WHERE kept.half_hours IS NULL
  OR new.half_hours & ~kept.half_hours <> 0
  OR (new.event_time, new.event_id) < (kept.event_time, kept.event_id);

-- Session ids beside better ones are many, and mostly of no use.
INSERT INTO gold.identity_days AS kept (
  site, id, kind, seen_with_kind, seen_with, day, half_hours, event_time, event_id)
SELECT DISTINCT ON (id, site, seen_with_kind, seen_with, day)
  site, id, kind, seen_with_kind, seen_with, day, 0, event_time, event_id
FROM staged_identities
WHERE day IS NOT NULL AND half_hours IS NULL
ORDER BY id, site, seen_with_kind, seen_with, day, event_time, event_id
ON CONFLICT (site, id, kind, seen_with_kind, seen_with, day) DO UPDATE SET
  event_time = excluded.event_time,
  event_id = excluded.event_id
WHERE (excluded.event_time, excluded.event_id) < (kept.event_time, kept.event_id)
