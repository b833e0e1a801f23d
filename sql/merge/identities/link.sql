-- Whose they are from here on.
DELETE FROM gold.identities AS kept
USING judged_identities AS judged
WHERE judged.seen_with IS NULL AND kept.id = judged.id AND kept.kind = judged.kind;

INSERT INTO gold.identities AS kept (
  kind, id, person, seen_with_kind, seen_with, event_id, event_time, second, second_event_id,
  second_time)
SELECT kind, id, person, seen_with_kind, seen_with, event_id, event_time, second, second_event_id,
  second_time
FROM judged_identities
WHERE seen_with IS NOT NULL
ORDER BY id, kind
ON CONFLICT (id, kind) DO UPDATE SET
  person = excluded.person,
  seen_with_kind = excluded.seen_with_kind,
  seen_with = excluded.seen_with,
  event_id = excluded.event_id,
  event_time = excluded.event_time,
  second = excluded.second,
  second_event_id = excluded.second_event_id,
  second_time = excluded.second_time
WHERE (kept.person, kept.seen_with_kind, kept.seen_with, kept.event_id, kept.event_time, kept.second,
    kept.second_event_id, kept.second_time)
  IS DISTINCT FROM (excluded.person, excluded.seen_with_kind, excluded.seen_with, excluded.event_id,
    excluded.event_time, excluded.second, excluded.second_event_id, excluded.second_time)
