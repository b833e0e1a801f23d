-- Ids that may be somebody else's now: anonymous ids with another pair than the one that is known, or
-- an earlier event of it, and session ids that events have nothing better than. OFFSET 0 has each id looked
-- up by an index: as a join, of tables without statistics, it costs the product of both where Postgres
-- expects few rows of one.
INSERT INTO judged_again (site, kind, id)
SELECT DISTINCT site, kind, id
FROM observed_identities AS new
WHERE kind = 'anonymous' AND seen_with_kind <> ''
  AND NOT EXISTS (
    SELECT
    FROM gold.identities AS kept
    WHERE kept.site = new.site AND kept.id = new.id AND kept.kind = new.kind
      AND kept.seen_with = new.seen_with
      AND (kept.event_time, kept.event_id) <= (new.event_time, new.event_id)
    OFFSET 0)
UNION
SELECT site, kind, id
FROM (
  SELECT DISTINCT site, kind, id
  FROM staged_identities
  WHERE kind = 'session' AND seen_with_kind <> ''
) AS new
WHERE EXISTS (
  SELECT
  FROM gold.identity_days AS own
  WHERE own.site = new.site AND own.id = new.id AND own.kind = 'session' AND own.seen_with_kind = ''
  OFFSET 0)
UNION
SELECT DISTINCT site, kind, id
FROM observed_identities
WHERE kind = 'session';

-- With which they were seen so far, and with which now. Two of a kind are enough to know that an
-- anonymous id is nobody's, so that no more are kept.
INSERT INTO identity_pairs (site, kind, id, seen_with_kind, seen_with, event_time, event_id)
SELECT site, kind, id, seen_with_kind, seen_with, event_time, event_id
FROM observed_identities
JOIN judged_again USING (site, id, kind)
WHERE seen_with_kind <> ''
UNION ALL
SELECT site, kind, id, kept.seen_with_kind, seen.*
FROM judged_again
JOIN gold.identities AS kept USING (site, id, kind)
CROSS JOIN LATERAL (VALUES
  (kept.seen_with, kept.event_time, kept.event_id),
  (kept.second, kept.second_time, kept.second_event_id)
) AS seen (seen_with, event_time, event_id)
WHERE kind = 'anonymous' AND seen.seen_with IS NOT NULL
UNION ALL
SELECT site, kind, id, seen_with_kind, seen_with, event_time, event_id
FROM judged_again
JOIN gold.identity_days USING (site, id, kind)
WHERE kind = 'session' AND seen_with_kind <> ''
