-- Takes from everybody in this database but superusers what PostgreSQL gives to all: large objects,
-- which any role that may connect could make and fill without bound. Nothing of ours uses them.
-- Needs a superuser, who alone may take away a right to a built-in function; a warning says so to
-- others. Again is safe.
DO $$
DECLARE
  function regprocedure;
BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    RAISE WARNING 'any role may still make large objects: only a superuser can forbid it';
    RETURN;
  END IF;
  FOR function IN
    SELECT oid FROM pg_proc
    WHERE pronamespace = 'pg_catalog'::regnamespace
      AND proname IN (
        'lo_creat', 'lo_create', 'lo_from_bytea', 'lo_open', 'lo_put', 'lo_truncate', 'lo_truncate64',
        'lowrite', 'lo_unlink', 'lo_import', 'lo_export', 'lo_get', 'loread', 'lo_lseek',
        'lo_lseek64', 'lo_tell', 'lo_tell64', 'lo_close')
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', function);
  END LOOP;
END $$;
