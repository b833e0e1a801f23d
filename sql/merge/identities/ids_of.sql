-- The ids that may be events of some visitors.
SELECT visitor, kind, id
FROM unnest(?::text[]) AS visitors (visitor)
CROSS JOIN LATERAL (
  SELECT kind, visitor AS id
  FROM unnest(ARRAY['user', 'anonymous', 'session']) AS kinds (kind)
  WHERE NOT EXISTS (
    SELECT
    FROM gold.identities AS kept
    WHERE kept.id = visitor AND kept.kind = kinds.kind AND kept.person <> visitor)
  UNION
  SELECT kind, id
  FROM gold.identities
  WHERE person = visitor
) AS ids
