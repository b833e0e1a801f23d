-- Of ids that are judged again: with which they were seen on any day. A session id that no event has
-- for want of a better one is nobody's.
INSERT INTO identity_pairs (site, kind, id, seen_with_kind, seen_with, event_time, event_id)
SELECT site, kind, id, seen_with_kind, seen_with, event_time, event_id
FROM judged_again
JOIN gold.identity_days AS pair USING (site, id, kind)
WHERE seen_with_kind <> ''
  AND (kind = 'anonymous'
    OR EXISTS (
      SELECT
      FROM gold.identity_days AS own
      WHERE own.site = pair.site AND own.id = pair.id AND own.kind = pair.kind AND own.seen_with_kind = ''
      OFFSET 0))
