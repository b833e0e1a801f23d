-- Whose they are from here on, and how many there are.
UPDATE gold.ledger AS ledger SET
  links = ledger.links + changes.links,
  links_several_users = ledger.links_several_users + changes.several_users,
  links_several_devices = ledger.links_several_devices + changes.several_devices
FROM (
  SELECT
    coalesce(sum(n) FILTER (WHERE person IS NOT NULL), 0) AS links,
    coalesce(sum(n) FILTER (WHERE second IS NOT NULL AND seen_with_kind = 'user'), 0)
      AS several_users,
    coalesce(sum(n) FILTER (WHERE second IS NOT NULL AND seen_with_kind = 'anonymous'), 0)
      AS several_devices
  FROM (
    SELECT 1 AS n, person, second, seen_with_kind
    FROM judged_identities
    UNION ALL
    SELECT -1, kept.person, kept.second, kept.seen_with_kind
    FROM judged_identities
    JOIN gold.identities AS kept USING (site, id, kind)
  ) AS steps
) AS changes
WHERE changes.links <> 0 OR changes.several_users <> 0 OR changes.several_devices <> 0;

DELETE FROM gold.identities AS kept
USING judged_identities AS judged
WHERE judged.seen_with IS NULL AND kept.site = judged.site AND kept.id = judged.id AND kept.kind = judged.kind;

INSERT INTO gold.identities AS kept (
  site, kind, id, person, seen_with_kind, seen_with, event_id, event_time, second, second_event_id,
  second_time)
SELECT site, kind, id, person, seen_with_kind, seen_with, event_id, event_time, second, second_event_id,
  second_time
FROM judged_identities
WHERE seen_with IS NOT NULL
ORDER BY id, site, kind
ON CONFLICT (site, id, kind) DO UPDATE SET
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
