-- The reader sees which marts are being filled and how far, not their rows. Nothing to do where there
-- is no such role.
DO $$
DECLARE
  role name := current_setting('medallion.role');
BEGIN
  IF role = current_user OR NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT USAGE ON SCHEMA gold_filling TO %I', role);
  EXECUTE format('GRANT SELECT ON gold_filling.ledger, gold_filling.marts TO %I', role);
END $$
