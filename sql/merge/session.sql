-- The settings of a connection that merges. A commit that is answered is on disk.
SET synchronous_commit = on;
-- The others are defaults: what the address (options=-c ...) or this role sets goes before them. What
-- a database sets for all is meant for its readers.
SELECT set_config(name, value, false)
FROM (VALUES
  -- Compiling plans just in time costs more than these short statements take.
  ('jit', 'off'),
  -- What a merge looks up is recent, and in memory: finding rows by their keys is to be preferred
  -- to reading a table through.
  ('random_page_cost', '1.1'),
  ('work_mem', '64MB'),
  -- Of temporary tables: taken as needed, where a backlog is merged.
  ('temp_buffers', '64MB'),
  ('lock_timeout', '60s'),
  -- A statement that hangs is given up and tried again; one of a rebuild takes minutes.
  ('statement_timeout', '30min')
) AS defaults (name, value)
JOIN pg_settings USING (name)
WHERE source NOT IN ('client', 'user', 'database user')
