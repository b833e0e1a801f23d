-- How many records silver has read in the time before the newest sample, and how many of them are in
-- quarantine, for a reason or any; null while the samples do not reach back so far.
SELECT
  newest.rows_read - oldest.rows_read AS read,
  CASE WHEN given.reason IS NULL THEN newest.quarantined - oldest.quarantined
    ELSE coalesce((newest.reasons ->> given.reason)::bigint, 0) - coalesce((oldest.reasons ->> given.reason)::bigint, 0)
  END AS quarantined
FROM (SELECT ?::text AS reason, ? * interval '1 microsecond' AS within) AS given
CROSS JOIN LATERAL (
  SELECT * FROM gold.quarantine_samples ORDER BY observed_at DESC LIMIT 1
) AS newest
CROSS JOIN LATERAL (
  SELECT *
  FROM gold.quarantine_samples
  WHERE observed_at <= newest.observed_at - given.within
  ORDER BY observed_at DESC
  LIMIT 1
) AS oldest
