-- What a view reads, through other views: tables and views of gold, and how each view does it.
WITH RECURSIVE used (oid) AS (
  SELECT ?::regclass::oid
  UNION
  SELECT reads.refobjid
  FROM used
  JOIN pg_rewrite AS rule ON rule.ev_class = used.oid
  JOIN pg_depend AS reads
    ON reads.classid = 'pg_rewrite'::regclass
    AND reads.objid = rule.oid
    AND reads.refclassid = 'pg_class'::regclass
)
SELECT c.relname, c.relkind = 'r' AS is_table,
  CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) ELSE coalesce((SELECT filled_at::text FROM gold.marts WHERE mart = c.relname), '') END AS made
FROM used
JOIN pg_class AS c USING (oid)
WHERE c.relnamespace = 'gold'::regnamespace AND c.relkind IN ('r', 'v') AND c.oid <> ?::regclass
ORDER BY 1
