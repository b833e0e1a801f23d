-- The three roles, for an administrator to run once, connected to gold's database
-- by psql; by \getenv, so that no password is an argument of a process that others can see:
--   \getenv owner_password OWNER_PASSWORD      (the same for writer_password, reader_password)
--   \i roles.sql
-- medallion_owner migrates the schema, medallion_writer merges (no DDL), medallion_reader reads.
-- All of it or nothing; again is safe, and gives the roles these passwords.
\set ON_ERROR_STOP on
SELECT :{?owner_password} AND :{?writer_password} AND :{?reader_password} AS given \gset
\if :given
\else
DO $$ BEGIN
  RAISE EXCEPTION USING MESSAGE = 'roles.sql wants owner_password, writer_password and reader_password',
    HINT = 'Set them by \getenv before \i roles.sql, as the first lines of that file say. Nothing was changed.';
END $$;
\endif
BEGIN;
SELECT format('CREATE ROLE %I', role)
FROM unnest(ARRAY['medallion_owner', 'medallion_writer', 'medallion_reader']) AS role
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \gexec
ALTER ROLE medallion_owner LOGIN PASSWORD :'owner_password';
ALTER ROLE medallion_writer LOGIN PASSWORD :'writer_password';
ALTER ROLE medallion_reader LOGIN PASSWORD :'reader_password';
-- Otherwise everybody who may connect may fill the disk with temporary tables.
SELECT format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()) \gexec
SELECT format('GRANT CREATE, CONNECT ON DATABASE %I TO medallion_owner', current_database()) \gexec
SELECT format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO medallion_writer', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO medallion_reader', current_database()) \gexec
-- Views over a year sort days of sessions, which takes less than compiling their plans; a reader that
-- asks for ever is in everybody's way. These are defaults, which a role may change for itself:
-- docs/security.md says what to do about one that does.
-- Tables and views go by their names alone.
ALTER ROLE medallion_reader SET search_path = gold;
ALTER ROLE medallion_reader SET work_mem = '64MB';
ALTER ROLE medallion_reader SET jit = off;
ALTER ROLE medallion_reader SET statement_timeout = '60s';
\ir no_large_objects.sql
COMMIT;
