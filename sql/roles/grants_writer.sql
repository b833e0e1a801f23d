-- The writer changes rows; it creates and alters nothing. Nothing to do where it owns the schema.
DO $$
DECLARE
  role name := current_setting('medallion.role');
BEGIN
  IF role = current_user OR NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT USAGE ON SCHEMA gold, gold_staging TO %I', role);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA gold, gold_staging TO %I', role);
  EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA gold TO %I', role);
  EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON gold.schema_versions FROM %I', role);
END $$
