-- The columns of a table or view of gold.
SELECT a.attname
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'gold'::regnamespace AND c.relname = ? AND a.attname NOT LIKE '%\_\_%'
ORDER BY a.attnum
