-- How far gold is; no row before the first merge.
SELECT silver_version, silver_rows, bots, late_dropped, newest_kafka, merged_at
FROM gold.ledger
