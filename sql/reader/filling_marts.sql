-- The marts that gold is filling from silver's history, by the tables that it has made for them: the
-- catalog tells everybody. Who is who is no mart of its own there.
SELECT relname::text
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE nspname = 'gold_filling' AND relkind = 'r' AND relname NOT LIKE '%\_\_%'
  AND relname NOT IN ('ledger', 'definitions', 'marts', 'identities', 'identity_days')
ORDER BY 1
