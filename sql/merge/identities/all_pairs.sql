-- Of ids that are judged again: with which they were seen on any day.
INSERT INTO identity_pairs (kind, id, seen_with_kind, seen_with, event_time, event_id)
SELECT kind, id, seen_with_kind, seen_with, event_time, event_id
FROM judged_again
JOIN gold.identity_days USING (id, kind)
WHERE seen_with_kind <> ''
