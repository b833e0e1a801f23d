-- The events that sessions account for: each counted event is in exactly one. Null where gold.retention
-- has removed some.
SELECT CASE WHEN retained_from IS NULL
  THEN (SELECT coalesce(sum(events), 0)::bigint FROM gold.sessions) END AS events
FROM gold.ledger
