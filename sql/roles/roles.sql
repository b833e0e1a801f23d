-- The three roles, for an administrator to run once, connected to gold's database
-- by psql; by \getenv, so that no password is an argument of a process that others can see:
--   \getenv owner_password OWNER_PASSWORD      (the same for writer_password, reader_password)
--   \i roles.sql
-- medallion_owner migrates the schema, medallion_writer merges (no DDL), medallion_reader reads.
CREATE ROLE medallion_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE medallion_writer LOGIN PASSWORD :'writer_password';
CREATE ROLE medallion_reader LOGIN PASSWORD :'reader_password';
SELECT format('GRANT CREATE, CONNECT ON DATABASE %I TO medallion_owner', current_database()) \gexec
SELECT format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO medallion_writer', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO medallion_reader', current_database()) \gexec
-- Views over a year sort days of sessions, which takes less than compiling their plans; a reader that
-- asks for ever is in everybody's way.
ALTER ROLE medallion_reader SET work_mem = '64MB';
ALTER ROLE medallion_reader SET jit = off;
ALTER ROLE medallion_reader SET statement_timeout = '60s';
