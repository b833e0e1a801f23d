-- What changes with every merge, and with every look of gold at the layers before it, and only then.
SELECT silver_version || ' ' || merged_at || ' '
  || coalesce((SELECT max(observed_at) FROM gold.observed_layer_status)::text, '')
FROM gold.ledger
