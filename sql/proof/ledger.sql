-- How far gold is, and what it has counted; no row before the first merge.
SELECT silver_table, silver_version, silver_rows, bots, beyond_lateness,
  (extract(epoch FROM newest_event) * 1000000)::bigint AS newest_event
FROM gold.ledger
