-- The ids that were seen with another now.
INSERT INTO judged_again (kind, id)
SELECT DISTINCT kind, id
FROM observed_identities
WHERE seen_with_kind <> ''
ON CONFLICT DO NOTHING
