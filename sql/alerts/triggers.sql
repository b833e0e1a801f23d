-- The tables of gold whose changes are noted for alerts, and where the times of their rows are.
SELECT c.relname, coalesce(obj_description(t.oid, 'pg_trigger'), '') AS times
FROM pg_trigger AS t
JOIN pg_class AS c ON c.oid = t.tgrelid
WHERE c.relnamespace = 'gold'::regnamespace AND t.tgname = 'alerts_insert'
