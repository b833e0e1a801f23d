-- The columns of every table of gold that a proof has to look at, one a row. Left out are what gold
-- keeps of itself and what the database makes itself.
SELECT c.relname::text, a.attname::text
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'gold'::regnamespace
  AND c.relkind IN ('r', 'p', 'm', 'f')
  -- How far gold is, what it was made with, and what layers said of themselves.
  AND c.relname NOT IN ('ledger', 'definitions', 'marts', 'mart_views', 'refused_marts', 'schema_versions', 'layer_status', 'observed_layer_status')
  -- What has been told of the marts; AlertsIT compares verdicts with their SELECTs.
  AND c.relname NOT IN ('alerts', 'alert_state', 'alert_messages', 'quarantine_samples')
  -- State for merging of declared marts; what shows of it is in other columns.
  AND (a.attname NOT LIKE '%\_\_%' OR c.relname NOT IN (SELECT mart FROM gold.marts))
  AND (c.relname, a.attname) NOT IN (
    ('user_events', 'id'),
    ('user_events', 'created_at'),
    -- As of when the rows were merged.
    ('silver_days', 'newest_kafka'))
ORDER BY 1, a.attnum
