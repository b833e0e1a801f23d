-- A role that sees some sites only. For a superuser to run, or the owner of gold's tables who may make
-- roles, connected to gold's database:
--   psql -d clickstream -c "SET medallion.role = 'shop_de_reader'" -c "SET medallion.sites = '{shop-de}'" \
--     -f sql/roles/site_reader.sql
-- The role may exist already. It sees the rows of these sites in every mart and every view of gold, and
-- nothing of tables that have no site but how far gold is. medallion_reader and medallion_writer see all,
-- as before; any other role that has been let read gold sees nothing any more of what has a site.
-- Again is safe, and gives the role these sites. A mart that is new, or whose columns have changed, the
-- role does not see until this has run once more.
DO $$
DECLARE
  role name := current_setting('medallion.role');
  sites text[] := current_setting('medallion.sites')::text[];
  policy name := 'sites_of_' || current_setting('medallion.role');
  everybody text := (
    SELECT string_agg(quote_ident(rolname), ', ')
    FROM pg_roles
    WHERE rolname IN ('medallion_reader', 'medallion_writer'));
  relation regclass;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
    EXECUTE format('CREATE ROLE %I LOGIN', role);
  END IF;
  EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA gold FROM %I', role);
  EXECUTE format('GRANT USAGE ON SCHEMA gold TO %I', role);
  FOR relation IN
    SELECT c.oid
    FROM pg_class AS c
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'site' AND NOT a.attisdropped
    WHERE c.relnamespace = 'gold'::regnamespace AND c.relkind = 'r'
  LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
    IF everybody IS NOT NULL THEN
      EXECUTE format('DROP POLICY IF EXISTS every_site ON %s', relation);
      EXECUTE format('CREATE POLICY every_site ON %s TO %s USING (true) WITH CHECK (true)', relation, everybody);
    END IF;
    EXECUTE format('DROP POLICY IF EXISTS %I ON %s', policy, relation);
    EXECUTE format('CREATE POLICY %I ON %s FOR SELECT TO %I USING (site = ANY (%L::text[]))',
      policy, relation, role, sites);
    EXECUTE format('GRANT SELECT ON %s TO %I', relation, role);
  END LOOP;
  -- Views ask with the rights of whoever asks them.
  FOR relation IN
    SELECT oid
    FROM pg_class
    WHERE relnamespace = 'gold'::regnamespace AND relkind = 'v'
      AND 'security_invoker=true' = ANY (reloptions)
  LOOP
    EXECUTE format('GRANT SELECT ON %s TO %I', relation, role);
  END LOOP;
  -- Which views ask: up to when the numbers are complete, and how sessions are cut.
  EXECUTE format('GRANT SELECT ON gold.ledger, gold.definitions, gold.silver_days TO %I', role);
END $$;
