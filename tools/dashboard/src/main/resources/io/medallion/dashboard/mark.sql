-- What changes with every merge, and only then.
SELECT silver_version || ' ' || merged_at FROM gold.ledger
