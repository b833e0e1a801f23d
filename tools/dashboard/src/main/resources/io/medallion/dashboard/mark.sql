-- What changes with every merge, and with every look of gold at the layers before it, and only then.
SELECT silver_version || ' ' || merged_at || ' '
  || coalesce((SELECT max(updated_at) FROM gold.flow_seen)::text, '')
FROM gold.ledger
