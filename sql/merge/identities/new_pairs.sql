-- Of ids that were seen with another: with which so far, and with which now. Two of a kind are enough
-- to know that an id is nobody's, so that no more are kept.
INSERT INTO judged_again (kind, id)
SELECT DISTINCT kind, id
FROM observed_identities
WHERE seen_with_kind <> ''
ON CONFLICT DO NOTHING;

INSERT INTO identity_pairs (kind, id, seen_with_kind, seen_with, event_time, event_id)
SELECT kind, id, seen_with_kind, seen_with, event_time, event_id
FROM observed_identities
WHERE seen_with_kind <> ''
UNION ALL
SELECT kind, id, kept.seen_with_kind, seen.*
FROM judged_again
JOIN gold.identities AS kept USING (id, kind)
CROSS JOIN LATERAL (VALUES
  (kept.seen_with, kept.event_time, kept.event_id),
  (kept.second, kept.second_time, kept.second_event_id)
) AS seen (seen_with, event_time, event_id)
WHERE seen.seen_with IS NOT NULL
