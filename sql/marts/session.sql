-- The settings of a connection that merges. Compiling plans just in time costs more than these
-- short statements take; a commit that is answered is on disk.
SET synchronous_commit = on;
SET jit = off;
-- What a merge looks up is recent, and in memory: finding rows by their keys is to be preferred to
-- reading a table through.
SET random_page_cost = 1.1;
SET work_mem = '64MB';
-- Of temporary tables: taken as needed, where a backlog is merged.
SET temp_buffers = '64MB';
SET lock_timeout = '60s';
-- A statement that hangs is given up and tried again; one of a rebuild takes minutes.
SET statement_timeout = '30min'
