-- The ids that may be events of some visitors.
SELECT site, visitor, kind, id
FROM unnest(?::text[], ?::text[]) AS visitors (site, visitor)
CROSS JOIN LATERAL (
  SELECT kind, visitor AS id
  FROM unnest(ARRAY['user', 'anonymous', 'session']) AS kinds (kind)
  WHERE NOT EXISTS (
    SELECT
    FROM gold.identities AS kept
    WHERE kept.site = visitors.site AND kept.id = visitor AND kept.kind = kinds.kind
      AND kept.person <> visitor)
  UNION
  SELECT kept.kind, kept.id
  FROM gold.identities AS kept
  WHERE kept.site = visitors.site AND kept.person = visitor
) AS ids
