-- The reader reads gold, never what is staged. Nothing to do where there is no such role.
DO $$
DECLARE
  role name := current_setting('medallion.role');
BEGIN
  IF role = current_user OR NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT USAGE ON SCHEMA gold TO %I', role);
  EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA gold TO %I', role);
END $$
