-- The ids that were seen with another now, and session ids that events have nothing better than.
INSERT INTO judged_again (kind, id)
SELECT DISTINCT kind, id
FROM observed_identities AS new
WHERE CASE kind
  WHEN 'anonymous' THEN seen_with_kind <> ''
  WHEN 'session' THEN
    EXISTS (
      SELECT
      FROM gold.identity_days AS own
      WHERE own.id = new.id AND own.kind = new.kind AND own.seen_with_kind = '')
  END
ON CONFLICT DO NOTHING
