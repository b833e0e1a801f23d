-- Mostly an anonymous id that was never seen before comes with its one user: there is nothing to judge,
-- and no row to move. OFFSET 0: see new_pairs.
WITH linked AS (
  INSERT INTO gold.identities (
    site, kind, id, person, seen_with_kind, seen_with, event_id, event_time)
  SELECT site, kind, id, seen_with, seen_with_kind, seen_with, event_id, event_time
  FROM (
    SELECT DISTINCT ON (id, site) *, count(*) OVER (PARTITION BY id, site) AS n
    FROM observed_identities
    WHERE kind = 'anonymous' AND seen_with_kind <> '' AND NOT known
    ORDER BY id, site, event_time, event_id
  ) AS first
  WHERE n = 1
    AND NOT EXISTS (
      SELECT
      FROM gold.identity_days AS own
      WHERE own.site = first.site AND own.id = first.id AND own.kind = 'anonymous' AND own.seen_with_kind = ''
      OFFSET 0)
    AND NOT EXISTS (
      SELECT
      FROM gold.identities AS session
      WHERE session.site = first.site AND session.seen_with = first.id AND session.seen_with_kind = 'anonymous'
      OFFSET 0)
  ORDER BY id, site
  ON CONFLICT DO NOTHING
  RETURNING 1
)
UPDATE gold.ledger
SET links = links + fresh.n
FROM (SELECT count(*) AS n FROM linked) AS fresh
WHERE fresh.n > 0
