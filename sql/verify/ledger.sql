-- How far gold is, what it has counted and from when on it keeps it; no row before the first merge.
SELECT silver_table, silver_version, silver_rows, bots, late_dropped,
  (extract(epoch FROM ledger.newest_event) * 1000000)::bigint AS newest_event,
  (extract(epoch FROM retained_from) * 1000000)::bigint AS retained_from,
  (extract(epoch FROM user_sets_retained_from) * 1000000)::bigint AS user_sets_retained_from,
  beyond_retention
FROM gold.ledger CROSS JOIN (SELECT beyond_retention FROM gold.freshness) AS left_out
