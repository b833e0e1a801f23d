-- The marts and views that a reader may ask for, with their columns; gold's own tables and the sets behind
-- distinct counts are none. Parameter: the name of one, or null for all.
SELECT
  c.relname::text AS name,
  CASE WHEN c.relkind = 'v' THEN 'view' ELSE 'mart' END AS kind,
  obj_description(c.oid) AS description,
  a.attname::text AS column_name,
  format_type(a.atttypid, NULL) AS type,
  col_description(c.oid, a.attnum) AS column_description,
  coalesce(a.attnum = ANY (k.indkey), false) AS is_key,
  -- Gold writes what the steps of a funnel are, a line each, into the comment of the column that it merges by.
  (string_to_array(col_description(c.oid, s.attnum), E'\n'))[2:] AS steps
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attribute AS s ON s.attrelid = c.oid AND s.attname = a.attname || '__steps'
LEFT JOIN pg_index AS k ON k.indrelid = c.oid AND k.indisprimary
WHERE n.nspname = 'gold'
  AND c.relkind IN ('r', 'v')
  AND has_table_privilege(c.oid, 'SELECT')
  AND strpos(c.relname, '__') = 0
  AND strpos(a.attname, '__') = 0
  AND c.relname <> ALL (ARRAY['ledger', 'definitions', 'marts', 'mart_views', 'refused_marts',
    'schema_versions', 'layer_status', 'observed_layer_status', 'country_changes'])
  AND (CAST(? AS text) IS NULL OR c.relname = ?)
ORDER BY c.relname, a.attnum
