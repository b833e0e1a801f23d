-- How far gold is, what it has counted and from when on it keeps it; no row before the first merge.
SELECT silver_table, silver_version, silver_rows, bots, beyond_lateness,
  (extract(epoch FROM ledger.newest_event) * 1000000)::bigint AS newest_event,
  (extract(epoch FROM kept_from) * 1000000)::bigint AS kept_from,
  (extract(epoch FROM sets_from) * 1000000)::bigint AS sets_from,
  beyond_retention
FROM gold.ledger CROSS JOIN (SELECT beyond_retention FROM gold.freshness) AS left_out
