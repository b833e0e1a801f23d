-- What others than the owner may do with views of gold, and with tables that others are about to take
-- the place of, as statements that give the same again. Of a table whose columns change nothing: rows
-- that a role may see are told by columns. Parameter: the names of the tables.
WITH columns AS (
  SELECT attrelid, array_agg(attname ORDER BY attnum) AS names
  FROM pg_attribute
  WHERE attnum > 0 AND NOT attisdropped
  GROUP BY attrelid
),
kept AS (
  SELECT c.relname, c.relacl, c.relowner, c.relrowsecurity, format('gold.%I', c.relname) AS name
  FROM pg_class AS c
  WHERE c.relnamespace = 'gold'::regnamespace AND c.relkind = 'v'
  UNION ALL
  SELECT c.relname, c.relacl, c.relowner, c.relrowsecurity, format('gold.%I', c.relname)
  FROM unnest(?::text[]) AS replaced (name)
  JOIN pg_class AS c ON c.relnamespace = 'gold'::regnamespace AND c.relname = replaced.name
  JOIN pg_class AS made ON made.relnamespace = 'gold_filling'::regnamespace AND made.relname = c.relname
  JOIN columns AS of_kept ON of_kept.attrelid = c.oid
  JOIN columns AS of_made ON of_made.attrelid = made.oid AND of_made.names = of_kept.names
)
SELECT name, statement
FROM (
  SELECT name, 1 AS place, format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name) AS statement
  FROM kept
  WHERE relrowsecurity
  UNION ALL
  SELECT name, 2,
    format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', policyname, name, permissive, cmd,
      (SELECT string_agg(CASE role WHEN 'public' THEN role ELSE quote_ident(role) END, ', ') FROM unnest(roles) AS role))
    || coalesce(' USING (' || qual || ')', '') || coalesce(' WITH CHECK (' || with_check || ')', '')
  FROM kept
  JOIN pg_policies ON schemaname = 'gold' AND tablename = relname
  UNION ALL
  SELECT name, 3,
    format('GRANT %s ON %s TO %s%s', privilege_type, name,
      CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END,
      CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
  FROM kept
  CROSS JOIN aclexplode(relacl)
  WHERE grantee <> relowner
) AS statements
ORDER BY name, place, statement
