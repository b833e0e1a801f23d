-- The days as they are now.
UPDATE gold.identity_days AS kept SET
  half_hours = new.half_hours,
  event_time = new.event_time,
  event_id = new.event_id
FROM observed_identities AS new
WHERE new.known
  AND kept.site = new.site
  AND kept.id = new.id
  AND kept.kind = new.kind
  AND kept.seen_with_kind = new.seen_with_kind
  AND kept.seen_with = new.seen_with
  AND kept.day = new.day;

INSERT INTO gold.identity_days (
  site, id, kind, seen_with_kind, seen_with, day, half_hours, event_time, event_id)
SELECT site, id, kind, seen_with_kind, seen_with, day, half_hours, event_time, event_id
FROM observed_identities
WHERE NOT known
ORDER BY id, site, kind
