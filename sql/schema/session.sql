-- The settings of a connection that migrates: defaults, what the address (options=-c ...) or this
-- role sets goes before them. Whoever holds a lock is waited for so long, and then named.
SELECT set_config(name, value, true)
FROM (VALUES ('lock_timeout', '60s')) AS defaults (name, value)
JOIN pg_settings USING (name)
WHERE source NOT IN ('client', 'user', 'database user')
