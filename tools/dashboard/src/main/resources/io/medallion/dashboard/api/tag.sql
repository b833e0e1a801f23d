-- Changes with every merge.
SELECT silver_version || '-' || extract(epoch FROM merged_at) FROM gold.ledger
