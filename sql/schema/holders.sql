-- Who holds a lock in gold's schemas, or anything uncommitted in this database: the longest first.
SELECT format('process %s of %s', a.pid, coalesce(a.usename, '?'))
FROM pg_stat_activity AS a
WHERE a.datname = current_database()
  AND a.pid <> pg_backend_pid()
  AND EXISTS (
    SELECT FROM pg_locks AS l
    LEFT JOIN pg_class AS c ON l.locktype = 'relation' AND c.oid = l.relation
    WHERE l.pid = a.pid
      AND l.granted
      AND (l.locktype = 'transactionid'
        OR c.relnamespace IN (
          SELECT oid FROM pg_namespace WHERE nspname IN ('gold', 'gold_staging'))))
ORDER BY a.backend_start
LIMIT 5
