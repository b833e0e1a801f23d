-- The writer fills marts that are not ready to be read. Nothing to do where it owns the schema.
DO $$
DECLARE
  role name := current_setting('medallion.role');
BEGIN
  IF role = current_user OR NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT USAGE ON SCHEMA gold_filling TO %I', role);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA gold_filling TO %I', role);
END $$
