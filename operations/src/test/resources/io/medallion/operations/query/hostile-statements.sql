-- Each line is one statement that `medallion query` does not run. ${lake} is the lake's folder, ${outside} one beside it that
-- holds a file `passwords` and a Delta table `table`. A line that begins with `?` does not even parse, or names no table.

-- Rows and tables changed
DELETE FROM silver
DELETE FROM silver WHERE offset < 10
DELETE FROM lake.silver
DELETE FROM delta.`${lake}/silver/enriched_events`
UPDATE silver SET page = 'x'
INSERT INTO silver SELECT * FROM silver
INSERT INTO silver TABLE silver
INSERT INTO silver VALUES (1)
INSERT OVERWRITE silver SELECT * FROM silver
INSERT OVERWRITE TABLE silver PARTITION (event_date = '2026-01-01') SELECT * FROM silver
INSERT INTO silver REPLACE WHERE true SELECT * FROM silver
INSERT INTO silver BY NAME SELECT * FROM silver
INSERT INTO delta.`${outside}/new` SELECT 1
INSERT INTO delta.`${outside}/table` SELECT 1
FROM silver INSERT INTO bronze SELECT *
FROM silver INSERT OVERWRITE TABLE bronze SELECT * INSERT INTO quarantine SELECT *
MERGE INTO silver t USING silver s ON t.event_id = s.event_id WHEN MATCHED THEN DELETE
MERGE INTO silver t USING bronze s ON false WHEN NOT MATCHED THEN INSERT *
TRUNCATE TABLE silver
DROP TABLE silver
DROP TABLE IF EXISTS silver PURGE
DROP VIEW silver
ALTER TABLE silver ADD COLUMNS (x int)
ALTER TABLE silver DROP COLUMN page
ALTER TABLE silver RENAME TO gone
ALTER TABLE silver SET TBLPROPERTIES ('delta.appendOnly' = 'true')
ALTER TABLE silver UNSET TBLPROPERTIES ('delta.appendOnly')
ALTER TABLE silver SET LOCATION '${outside}'
ALTER TABLE silver ALTER COLUMN page COMMENT 'x'
ALTER TABLE silver ADD CONSTRAINT c CHECK (false)
ALTER TABLE silver DROP CONSTRAINT c
ALTER TABLE silver CLUSTER BY (page)
ALTER TABLE silver DROP FEATURE deletionVectors
ALTER TABLE silver ADD PARTITION (event_date = '2026-01-01')
ALTER TABLE silver RECOVER PARTITIONS
ALTER TABLE delta.`${lake}/silver/enriched_events` SET TBLPROPERTIES ('a' = 'b')
COMMENT ON TABLE silver IS 'x'
COMMENT ON SCHEMA default IS 'x'

-- Delta's own
VACUUM silver
VACUUM silver RETAIN 0 HOURS
VACUUM silver RETAIN 0 HOURS DRY RUN
VACUUM '${lake}/silver/enriched_events' RETAIN 0 HOURS
VACUUM delta.`${lake}/silver/enriched_events`
OPTIMIZE silver
OPTIMIZE silver ZORDER BY (page)
OPTIMIZE delta.`${lake}/bronze/clickstream` FULL
OPTIMIZE '${lake}/bronze/clickstream'
REORG TABLE silver APPLY (PURGE)
REORG TABLE silver APPLY (UPGRADE UNIFORM (ICEBERG_COMPAT_VERSION = 2))
RESTORE TABLE silver TO VERSION AS OF 0
RESTORE silver TO VERSION AS OF 0
RESTORE TABLE delta.`${lake}/silver/enriched_events` TO TIMESTAMP AS OF '2026-01-01'
CREATE TABLE copied SHALLOW CLONE silver
CREATE OR REPLACE TABLE silver SHALLOW CLONE bronze
CREATE TABLE copied SHALLOW CLONE silver LOCATION '${outside}/clone'
CONVERT TO DELTA parquet.`${outside}`
CONVERT TO DELTA parquet.`${lake}/silver/enriched_events` NO STATISTICS
GENERATE symlink_format_manifest FOR TABLE silver
DESCRIBE HISTORY silver
DESCRIBE HISTORY delta.`${outside}/table`
DESCRIBE DETAIL silver
DESCRIBE DETAIL '${outside}'
? FSCK REPAIR TABLE silver
MSCK REPAIR TABLE silver
? SYNC IDENTITY
SELECT * FROM table_changes('silver', 0)
SELECT * FROM table_changes_by_path('${lake}/silver/enriched_events', 0)
SELECT * FROM table_changes_by_path('${outside}/table', 0)

-- Tables, views, schemas and functions made
CREATE TABLE other (a int)
CREATE TABLE other AS SELECT * FROM silver
CREATE TABLE IF NOT EXISTS other USING delta LOCATION '${outside}/new' AS SELECT 1
CREATE TABLE other USING parquet AS SELECT 1
CREATE TABLE other USING csv OPTIONS (path '${outside}/passwords')
CREATE TABLE other USING text LOCATION '${outside}/passwords'
CREATE TABLE other LIKE silver
CREATE TABLE delta.`${outside}/new` (a int) USING delta
CREATE OR REPLACE TABLE silver AS SELECT 1
CREATE EXTERNAL TABLE other (a int) LOCATION '${outside}'
REPLACE TABLE silver USING delta AS SELECT 1
CREATE VIEW v AS SELECT * FROM silver
CREATE OR REPLACE TEMPORARY VIEW silver AS SELECT 1
CREATE TEMP VIEW v USING text OPTIONS (path '${outside}/passwords')
CREATE TEMPORARY VIEW v USING jdbc OPTIONS (url 'jdbc:postgresql://localhost/x', dbtable 'y')
CREATE GLOBAL TEMPORARY VIEW v AS SELECT 1
ALTER VIEW v AS SELECT 1
CREATE MATERIALIZED VIEW v AS SELECT 1
CREATE STREAMING TABLE v AS SELECT 1
CREATE SCHEMA s
CREATE DATABASE s LOCATION '${outside}/db'
DROP SCHEMA default CASCADE
ALTER SCHEMA default SET LOCATION '${outside}'
CREATE FUNCTION f AS 'org.apache.hadoop.hive.ql.udf.UDFRand'
CREATE TEMPORARY FUNCTION f AS 'java.lang.Runtime' USING JAR '${outside}/x.jar'
CREATE FUNCTION f(x int) RETURNS int RETURN x + 1
CREATE TEMPORARY FUNCTION f() RETURNS TABLE (a int) RETURN SELECT 1
DROP FUNCTION f
DROP TEMPORARY FUNCTION IF EXISTS abs
REFRESH FUNCTION f
CREATE INDEX i ON TABLE silver (page)
DROP INDEX i ON TABLE silver
DECLARE VARIABLE x int DEFAULT 1
DECLARE OR REPLACE x = 'text'
SET VAR x = 1
SET VARIABLE x = (SELECT max(offset) FROM silver)
DROP TEMPORARY VARIABLE x

-- Files written
INSERT OVERWRITE DIRECTORY '${outside}/out' USING csv SELECT * FROM silver
INSERT OVERWRITE DIRECTORY '${lake}/out' USING parquet SELECT 1
INSERT OVERWRITE DIRECTORY USING json OPTIONS (path '${outside}/out') SELECT 1
INSERT OVERWRITE LOCAL DIRECTORY '${outside}/out' USING text SELECT 'x'
INSERT OVERWRITE LOCAL DIRECTORY '${outside}/out' SELECT 'x'
INSERT OVERWRITE DIRECTORY '${outside}/out' STORED AS TEXTFILE SELECT 'x'
FROM silver INSERT OVERWRITE DIRECTORY '${outside}/out' USING csv SELECT *
WITH q AS (SELECT 1) INSERT OVERWRITE DIRECTORY '${outside}/out' USING csv SELECT * FROM q
WITH q AS (SELECT 1 AS a) INSERT INTO silver SELECT * FROM q
FROM (SELECT 1) INSERT OVERWRITE DIRECTORY '${outside}/a' USING csv SELECT * INSERT OVERWRITE DIRECTORY '${outside}/b' USING csv SELECT *
LOAD DATA INPATH '${outside}/passwords' INTO TABLE silver
LOAD DATA LOCAL INPATH '${outside}/passwords' OVERWRITE INTO TABLE silver
? EXPORT TABLE silver TO '${outside}/out'
? IMPORT TABLE silver FROM '${outside}/out'
? COPY INTO silver FROM '${outside}'
? COPY silver TO '${outside}/out'

-- Statements within statements
EXECUTE IMMEDIATE 'SELECT 1'
EXECUTE IMMEDIATE 'DELETE FROM silver WHERE offset < 10'
EXECUTE IMMEDIATE 'VACUUM silver RETAIN 0 HOURS'
EXECUTE IMMEDIATE 'OPTIMIZE silver'
EXECUTE IMMEDIATE 'CREATE TABLE other AS SELECT 1'
EXECUTE IMMEDIATE 'INSERT OVERWRITE DIRECTORY ''${outside}/out'' USING csv SELECT 1'
EXECUTE IMMEDIATE 'EXECUTE IMMEDIATE ''DROP TABLE silver'''
EXECUTE IMMEDIATE 'DELETE FROM silver WHERE offset < ?' USING 10
EXECUTE IMMEDIATE 'DELETE FROM silver WHERE offset < :n' USING 10 AS n
EXECUTE IMMEDIATE concat('DELETE', ' FROM silver')
EXECUTE IMMEDIATE unbase64('REVMRVRFIEZST00gc2lsdmVy')
EXECUTE IMMEDIATE 'SELECT 1' INTO x
EXECUTE IMMEDIATE 'SELECT * FROM text.`${outside}/passwords`'
EXECUTE /* SELECT */ IMMEDIATE /* 1 */ 'DROP TABLE silver'
BEGIN SELECT 1; END
BEGIN DELETE FROM silver; END
BEGIN DECLARE x INT = 1; DELETE FROM silver WHERE offset = x; END
BEGIN DECLARE s STRING = 'DROP TABLE silver'; EXECUTE IMMEDIATE s; END
BEGIN IF true THEN DELETE FROM silver; END IF; END
BEGIN WHILE true DO DELETE FROM silver; END WHILE; END
BEGIN REPEAT DELETE FROM silver; UNTIL true END REPEAT; END
BEGIN FOR r AS SELECT * FROM silver DO DELETE FROM silver; END FOR; END
? BEGIN LOOP VACUUM silver; END LOOP; END
BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN DROP TABLE silver; END; SELECT 1/0; END
BEGIN BEGIN DROP TABLE silver; END; END
? SELECT 1; DELETE FROM silver
? SELECT 1; SELECT 2
? ; DELETE FROM silver
EXPLAIN DELETE FROM silver
EXPLAIN EXTENDED INSERT OVERWRITE DIRECTORY '${outside}/out' USING csv SELECT 1
EXPLAIN CODEGEN SELECT * FROM text.`${outside}/passwords`
? EXPLAIN ANALYZE DELETE FROM silver
EXPLAIN EXPLAIN SELECT 1
EXPLAIN FORMATTED EXECUTE IMMEDIATE 'DROP TABLE silver'
EXPLAIN COST CREATE TABLE other AS SELECT 1
DESCRIBE QUERY SELECT * FROM csv.`${outside}/passwords`
DESCRIBE QUERY SELECT reflect('java.lang.System', 'exit', 3)
DESCRIBE SELECT * FROM text.`${outside}/passwords`
? SELECT * FROM (DELETE FROM silver)
? SELECT (DELETE FROM silver)
? WITH q AS (DELETE FROM silver) SELECT * FROM q
? WITH q AS (INSERT INTO silver SELECT 1) SELECT * FROM q
? SELECT * FROM (EXECUTE IMMEDIATE 'DROP TABLE silver')
? SELECT 1 UNION ALL DROP TABLE silver
WITH q AS (SELECT 1 AS a) DELETE FROM silver
? PREPARE p FROM 'DELETE FROM silver'
CALL system.rollback('silver')
CALL silver.delete()

-- Settings, caches, jars, the session
SET
SET -v
SET spark.sql.ansi.enabled = false
SET fs.file.impl = org.apache.hadoop.fs.LocalFileSystem
SET `medallion.read-only.root` = /
SET spark.sql.runSQLOnFiles = true
SET spark.databricks.delta.retentionDurationCheck.enabled = false
SET TIME ZONE 'Europe/Berlin'
SET CATALOG spark_catalog
? SET ROLE admin
SET PATH = system.builtin
RESET
RESET spark.sql.ansi.enabled
USE default
? USE CATALOG spark_catalog
USE spark_catalog.default
CACHE TABLE silver
CACHE LAZY TABLE q OPTIONS ('storageLevel' 'DISK_ONLY') AS SELECT * FROM silver
UNCACHE TABLE silver
CLEAR CACHE
REFRESH TABLE silver
REFRESH '${lake}/silver/enriched_events'
ANALYZE TABLE silver COMPUTE STATISTICS
ANALYZE TABLE silver COMPUTE STATISTICS FOR ALL COLUMNS
ADD JAR '${outside}/x.jar'
ADD FILE '${outside}/passwords'
ADD ARCHIVE '${outside}/x.zip'
LIST FILES
LIST JARS
? DELETE JAR x
? GRANT SELECT ON silver TO you
? REVOKE ALL ON silver FROM you
? CREATE ROLE you
? SHOW GRANT
? LOCK TABLE silver EXCLUSIVE
? UNLOCK TABLE silver
? START TRANSACTION
? COMMIT
? ROLLBACK
? DFS -ls /
? !ls

-- Asked of the catalog, beyond our tables
SHOW TABLES IN spark_catalog.default
SHOW TABLES LIKE '*'
SHOW TABLE EXTENDED LIKE '*'
SHOW DATABASES
SHOW CATALOGS
SHOW FUNCTIONS
SHOW COLUMNS IN silver
SHOW CREATE TABLE silver
SHOW TBLPROPERTIES silver
SHOW PARTITIONS silver
SHOW VIEWS
SHOW CURRENT NAMESPACE
DESCRIBE EXTENDED silver
DESCRIBE FORMATTED silver
DESCRIBE TABLE EXTENDED silver AS JSON
DESCRIBE silver page
DESCRIBE silver PARTITION (event_date = '2026-01-01')
DESCRIBE text.`${outside}/passwords`
DESCRIBE delta.`${outside}/table`
DESCRIBE spark_catalog.default.silver
DESCRIBE DATABASE default
DESCRIBE CATALOG lake
DESCRIBE FUNCTION reflect
DESCRIBE FUNCTION EXTENDED abs

-- Files as tables
SELECT * FROM text.`/etc/passwd`
SELECT * FROM text.`${outside}/passwords`
SELECT * FROM text.`file://${outside}/passwords`
SELECT * FROM text.`${lake}/../outside/passwords`
SELECT * FROM TEXT.`${outside}/*`
SELECT * FROM `text`.`${outside}/passwords`
? SELECT/**/*/**/FROM/**/text/**/./**/`${outside}/passwords`
SELECT * FROM text . `${outside}/passwords`
SELECT * FROM binaryFile.`${outside}/passwords`
SELECT * FROM csv.`${outside}/passwords`
SELECT * FROM json.`${outside}/passwords`
SELECT * FROM xml.`${outside}/passwords`
SELECT * FROM parquet.`${outside}/table`
SELECT * FROM parquet.`${lake}/silver/enriched_events`
SELECT * FROM orc.`${outside}/x`
SELECT * FROM avro.`${outside}/x`
SELECT * FROM delta.`${outside}/table`
SELECT * FROM delta.`${outside}/table` VERSION AS OF 0
SELECT * FROM delta.`${outside}/table@v0`
SELECT * FROM delta.`${lake}/silver/enriched_events`
SELECT * FROM org.apache.spark.sql.execution.datasources.text.TextFileFormat.`${outside}/passwords`
SELECT * FROM image.`${outside}/passwords`
SELECT * FROM jdbc.`jdbc:postgresql://localhost/x`
SELECT * FROM kafka.`x`
SELECT * FROM rate.`x`
SELECT * FROM socket.`localhost:22`
SELECT * FROM spark_catalog.default.silver
SELECT * FROM default.silver
SELECT * FROM lake.silver
SELECT * FROM global_temp.silver
SELECT * FROM silver.history
SELECT * FROM system.information_schema.tables
TABLE text.`${outside}/passwords`
FROM text.`${outside}/passwords`
FROM text.`${outside}/passwords` SELECT *
FROM text.`${outside}/passwords` |> WHERE value IS NOT NULL
FROM silver |> UNION ALL TABLE text.`${outside}/passwords`
FROM silver |> JOIN text.`${outside}/passwords` ON true
SELECT 'SELECT 1' AS a, p.value FROM silver JOIN text.`${outside}/passwords` p
SELECT (SELECT max(value) FROM text.`${outside}/passwords`)
SELECT 1 WHERE EXISTS (SELECT * FROM text.`${outside}/passwords`)
SELECT * FROM silver WHERE page IN (SELECT value FROM text.`${outside}/passwords`)
SELECT * FROM silver ORDER BY (SELECT max(value) FROM text.`${outside}/passwords`)
SELECT count(*) FROM silver GROUP BY page HAVING page > (SELECT max(value) FROM text.`${outside}/passwords`)
SELECT * FROM silver, LATERAL (SELECT * FROM text.`${outside}/passwords`)
SELECT * FROM silver JOIN silver s ON s.page = (SELECT max(value) FROM text.`${outside}/passwords`)
WITH q AS (SELECT * FROM text.`${outside}/passwords`) SELECT 1
WITH q AS (WITH r AS (SELECT * FROM text.`${outside}/passwords`) SELECT * FROM r) SELECT * FROM q
WITH text AS (SELECT 1) SELECT * FROM text.`${outside}/passwords`
WITH RECURSIVE q(a) AS (SELECT value FROM text.`${outside}/passwords` UNION ALL SELECT a FROM q) SELECT * FROM q
SELECT * FROM (SELECT * FROM (SELECT * FROM (TABLE text.`${outside}/passwords`)))
SELECT 1 UNION SELECT value FROM text.`${outside}/passwords`
SELECT 1 EXCEPT SELECT value FROM text.`${outside}/passwords`
SELECT 1 INTERSECT SELECT value FROM text.`${outside}/passwords`
VALUES ((SELECT max(value) FROM text.`${outside}/passwords`))
SELECT transform(array(1), x -> (SELECT max(value) FROM text.`${outside}/passwords`))
SELECT CASE WHEN true THEN (SELECT max(value) FROM text.`${outside}/passwords`) END
SELECT sum(1) OVER (PARTITION BY (SELECT max(value) FROM text.`${outside}/passwords`)) FROM silver
SELECT sum(1) OVER w FROM silver WINDOW w AS (ORDER BY (SELECT max(value) FROM text.`${outside}/passwords`))
SELECT count(*) FILTER (WHERE page = (SELECT max(value) FROM text.`${outside}/passwords`)) FROM silver
SELECT /*+ BROADCAST(p) */ * FROM text.`${outside}/passwords` p
SELECT * FROM text.`${outside}/passwords` TABLESAMPLE (100 PERCENT)
SELECT * FROM text.`${outside}/passwords` PIVOT (count(*) FOR value IN ('a'))
SELECT * FROM silver TIMESTAMP AS OF (SELECT max(value) FROM text.`${outside}/passwords`)
SELECT * FROM silver VERSION AS OF 0 JOIN text.`${outside}/passwords`
SELECT * FROM silver LIMIT (SELECT count(*) FROM text.`${outside}/passwords`)
SELECT * FROM silver LATERAL VIEW explode(array((SELECT max(value) FROM text.`${outside}/passwords`))) t AS x

-- Names that are computed
SELECT * FROM IDENTIFIER('text.`${outside}/passwords`')
SELECT * FROM IDENTIFIER('te' || 'xt.`${outside}/passwords`')
SELECT * FROM IDENTIFIER(concat('text.`', '${outside}/passwords`'))
SELECT * FROM IDENTIFIER(lower('SILVER'))
SELECT IDENTIFIER('ref' || 'lect')('java.lang.System', 'exit', 3)
SELECT IDENTIFIER('reflect')('java.lang.System', 'exit', 3)
SELECT IDENTIFIER('pa' || 'ge') FROM silver
SELECT * FROM IDENTIFIER('explode')(array(1))
SELECT * FROM IDENTIFIER('delta.`${outside}/table`') VERSION AS OF 0
DELETE FROM IDENTIFIER('silver')
DROP TABLE IDENTIFIER('silver')
TABLE IDENTIFIER('text.`${outside}/passwords`')
WITH q AS (SELECT * FROM IDENTIFIER('text' || '.`${outside}/passwords`')) SELECT * FROM q
SELECT :x
SELECT ? FROM silver
SELECT * FROM IDENTIFIER(:name)
SELECT * FROM silver LIMIT :n

-- Options and streams
SELECT * FROM silver WITH ('path' = '${outside}/table')
SELECT * FROM silver WITH ('readChangeFeed' = 'true', 'startingVersion' = '0')
SELECT * FROM silver WITH ('versionAsOf' = '0')
SELECT * FROM gold.page_views WITH ('sessionInitStatement' = 'DROP TABLE gold.page_views')
SELECT * FROM gold.page_views WITH ('url' = 'jdbc:postgresql://elsewhere/x', 'query' = 'SELECT 1')
SELECT * FROM STREAM silver
SELECT * FROM STREAM(silver)
SELECT * FROM STREAM text.`${outside}`
SELECT * FROM gold.page_views.x
SELECT * FROM gold.public.passwords
SELECT * FROM gold.pg_catalog.pg_authid

-- Java
SELECT reflect('java.lang.System', 'exit', 3)
SELECT java_method('java.lang.System', 'getProperty', 'user.home')
SELECT try_reflect('java.lang.System', 'getenv', 'HOME')
SELECT REFLECT('java.nio.file.Files', 'readString', '${outside}/passwords')
SELECT `reflect`('java.lang.System', 'exit', 3)
SELECT system.builtin.reflect('java.lang.System', 'exit', 3)
SELECT builtin.java_method('java.lang.System', 'exit', 3)
SELECT abs(length(java_method('java.util.UUID', 'randomUUID')))
SELECT filter(array(1), x -> reflect('java.lang.System', 'exit', x) IS NULL)
SELECT count(*) FILTER (WHERE reflect('java.lang.System', 'exit', 3) IS NULL) FROM silver
SELECT max(offset) OVER (ORDER BY reflect('java.lang.System', 'exit', 3)) FROM silver
SELECT * FROM silver WHERE page = (SELECT reflect('java.lang.System', 'exit', 3))
SELECT * FROM silver VERSION AS OF 0 WHERE reflect('java.lang.System', 'exit', 3) = 'x'
SELECT * FROM silver TIMESTAMP AS OF reflect('java.lang.System', 'exit', 3)
SELECT * FROM silver ORDER BY reflect('java.lang.System', 'exit', 3)
SELECT * FROM silver GROUP BY reflect('java.lang.System', 'exit', 3)
SELECT * FROM silver LIMIT length(reflect('java.lang.System', 'exit', 3))
SELECT * FROM range(length(reflect('java.lang.System', 'exit', 3)))
SELECT * FROM silver LATERAL VIEW explode(array(reflect('java.lang.System', 'exit', 3))) t AS x
SELECT * FROM silver LATERAL VIEW reflect('java.lang.System', 'exit', 3) t AS x
WITH q AS (SELECT reflect('java.lang.System', 'exit', 3)) SELECT 1
VALUES (reflect('java.lang.System', 'exit', 3))
FROM silver |> EXTEND reflect('java.lang.System', 'exit', 3) AS x
FROM silver |> SET page = java_method('java.lang.System', 'exit', 3)
SELECT /*+ REPARTITION(reflect('java.lang.System', 'exit', 3)) */ * FROM silver
SELECT * FROM silver DISTRIBUTE BY reflect('java.lang.System', 'exit', 3)
SELECT * FROM silver PIVOT (max(reflect('java.lang.System', 'exit', 3)) FOR page IN ('a'))
SELECT TRANSFORM (event_id) USING 'cat' AS (a) FROM silver
SELECT TRANSFORM (event_id) USING 'sh -c "touch ${outside}/touched"' FROM silver
FROM silver MAP event_id USING 'cat' AS a
FROM silver REDUCE event_id USING 'cat' AS a
SELECT * FROM (SELECT TRANSFORM (1) USING 'cat' AS (a))
WITH q AS (SELECT TRANSFORM (1) USING 'cat' AS (a)) SELECT * FROM q

-- Functions that open files, or that are none of the known ones
SELECT xpath('<!DOCTYPE a [<!ENTITY e SYSTEM "file://${outside}/passwords">]><a>&e;</a>', '/a/text()')
SELECT xpath_string('<!DOCTYPE a [<!ENTITY e SYSTEM "file://${outside}/passwords">]><a>&e;</a>', '/a')
SELECT xpath_boolean('<a/>', 'a')
SELECT xpath_int('<a>1</a>', 'a')
SELECT from_xml('<!DOCTYPE a [<!ENTITY e SYSTEM "file://${outside}/passwords">]><a><b>&e;</b></a>', 'b STRING')
SELECT schema_of_xml('<a/>')
SELECT to_xml(struct(1))
SELECT from_protobuf(value, 'X', '${outside}/passwords') FROM bronze
SELECT to_protobuf(struct(1), 'X', '${outside}/passwords')
SELECT from_avro(value, '{}', map('avroSchemaUrl', 'file://${outside}/passwords')) FROM bronze
SELECT to_avro(1)
SELECT schema_of_avro('{}')
SELECT input_file_name() FROM silver
SELECT input_file_block_start() FROM silver
SELECT * FROM read_files('${outside}/passwords')
SELECT * FROM read_csv('${outside}/passwords')
SELECT * FROM read_kafka(bootstrapServers => 'localhost:9092')
SELECT * FROM text('${outside}/passwords')
SELECT * FROM python_worker_logs()
SELECT * FROM sql_keywords()
SELECT * FROM collations()
SELECT * FROM reflect('java.lang.System', 'exit', 3)
SELECT * FROM silver, LATERAL reflect('java.lang.System', 'exit', 3)
SELECT * FROM explode(TABLE(silver))
SELECT * FROM f(TABLE(text.`${outside}/passwords`))
SELECT load_file('${outside}/passwords')
SELECT pg_read_file('${outside}/passwords')
SELECT http_get('http://localhost/')
SELECT ai_query('x')
SELECT nobody_knows_me(1)
SELECT default.abs(1)
SELECT spark_catalog.default.f(1)

-- Not there, or no SQL
? SELECT * FROM passwords
? SELECT * FROM `text.${outside}/passwords`
? SELECT * FROM `${outside}/passwords`
? SELECT * FROM `silver@v0`
? SELECT * FROM v
? DELETE silver
? SELECT * FROM '${outside}/passwords'
? SELECT * FROM ''
? SELEC 1
? --
? /* DELETE FROM silver */
? SELECT 1 INTO OUTFILE '${outside}/out'
? SELECT * INTO other FROM silver
