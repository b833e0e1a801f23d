-- Makes a table of gold that no file declares once more in gold_filling, to be filled there and to take
-- the place of the first one: with its comments, storage parameters and names of indexes as well.
DO $$
DECLARE
  name text := current_setting('medallion.table');
  kept regclass := format('gold.%I', name)::regclass;
  options text;
  index record;
BEGIN
  EXECUTE format('CREATE TABLE gold_filling.%1$I (LIKE gold.%1$I INCLUDING ALL)', name);
  EXECUTE format('COMMENT ON TABLE gold_filling.%I IS %L', name, obj_description(kept, 'pg_class'));
  SELECT array_to_string(reloptions, ', ') INTO options FROM pg_class WHERE oid = kept;
  IF options IS NOT NULL THEN
    EXECUTE format('ALTER TABLE gold_filling.%I SET (%s)', name, options);
  END IF;
  FOR index IN
    WITH indexes AS (
      SELECT indrelid AS of_table, relname,
        regexp_replace(pg_get_indexdef(indexrelid), ' INDEX \S+ ON \S+ ', ' ') AS definition
      FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    )
    SELECT made.relname AS made, first.relname AS name
    FROM indexes AS made JOIN indexes AS first USING (definition)
    WHERE made.of_table = format('gold_filling.%I', name)::regclass AND first.of_table = kept
      AND made.relname <> first.relname
  LOOP
    EXECUTE format('ALTER INDEX gold_filling.%I RENAME TO %I', index.made, index.name);
  END LOOP;
END $$
