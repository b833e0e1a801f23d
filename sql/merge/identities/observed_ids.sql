-- The ids that were seen with another now, and session ids that events have nothing better than.
INSERT INTO judged_again (site, kind, id)
SELECT DISTINCT site, kind, id
FROM staged_identities AS new
WHERE (kind = 'anonymous' AND seen_with_kind <> '')
  OR (kind = 'session'
    AND EXISTS (
      SELECT
      FROM gold.identity_days AS own
      WHERE own.site = new.site AND own.id = new.id AND own.kind = 'session' AND own.seen_with_kind = ''))
ON CONFLICT DO NOTHING
