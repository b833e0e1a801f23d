-- Every id that was seen with another.
INSERT INTO judged_again (kind, id)
SELECT DISTINCT kind, id
FROM gold.identity_days
WHERE seen_with_kind <> ''
ON CONFLICT DO NOTHING
