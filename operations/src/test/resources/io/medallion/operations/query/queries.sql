-- Each line is one query that `medallion query` runs.
SELECT 1
SELECT 1;
SELECT * FROM silver
SELECT s.* EXCEPT (page) FROM silver s
TABLE silver
VALUES (1, 'a'), (2, 'b')
SELECT * FROM (VALUES (1, 2)) AS t(a, b)
SELECT event_type, count(*) FROM silver GROUP BY 1
SELECT count(DISTINCT visitor), sum(price), avg(price) / 2 - 1 % 3 * 2 FROM silver WHERE event_type = 'x' AND NOT (page IS NULL OR page <> 'y') GROUP BY ALL HAVING count(*) > 1 ORDER BY 1 DESC NULLS LAST LIMIT 5 OFFSET 2
WITH q AS (SELECT 1 AS a), r(b) AS (SELECT 2) SELECT * FROM q JOIN r ON q.a = r.b CROSS JOIN silver
WITH q AS (WITH r AS (SELECT 1) SELECT * FROM r) SELECT * FROM Q
WITH silver AS (SELECT 1) SELECT * FROM silver
WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT * FROM t
SELECT offset FROM bronze UNION SELECT offset FROM silver UNION ALL SELECT offset FROM quarantine EXCEPT SELECT 1 INTERSECT SELECT 2
SELECT * FROM silver WHERE page IN (SELECT url FROM silver) AND EXISTS (SELECT 1) AND commit_seq = (SELECT max(commit_seq) FROM bronze)
SELECT row_number() OVER (PARTITION BY page ORDER BY commit_seq DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM silver
SELECT sum(commit_seq) OVER w, lag(commit_seq) OVER (ORDER BY commit_seq), first(page) IGNORE NULLS OVER w FROM silver WINDOW w AS (PARTITION BY page)
SELECT CASE WHEN true THEN 1 ELSE 2 END, CASE 1 WHEN 1 THEN 2 END, CAST(1 AS STRING), 1::int, try_cast('b' AS int), DATE '2024-01-01', TIMESTAMP '2024-01-01 00:00:00', INTERVAL 1 DAY, now() + INTERVAL '1' DAY, X'ff'
SELECT array(1)[0], map('k', 1)['k'], struct(1, 2), named_struct('a', 1).a, (1, 2)
SELECT transform(array(1), x -> x + 1), aggregate(array(1), 0, (a, x) -> a + x), filter(array(1), x -> x > 0)
SELECT explode(array(1, 2)) AS e
SELECT posexplode(array(1)) AS (p, q)
SELECT q.offset, r.code FROM quarantine q LATERAL VIEW OUTER explode(reasons) t AS r
SELECT * FROM silver, LATERAL (SELECT 1)
SELECT * FROM bronze, LATERAL explode(array(1)) AS t(x)
SELECT * FROM range(10)
SELECT * FROM explode(array(1, 2)) t(x)
FROM silver |> WHERE commit_seq = 1 |> SELECT page |> ORDER BY page |> LIMIT 3
FROM silver |> AGGREGATE count(*) AS c GROUP BY page |> EXTEND c + 1 AS d |> SET d = 3 |> DROP c |> AS x
SELECT * FROM (SELECT page, event_type FROM silver) PIVOT (count(*) FOR event_type IN ('a', 'b'))
SELECT * FROM (SELECT 1 AS a, 2 AS b) UNPIVOT (v FOR n IN (a, b))
SELECT /*+ BROADCAST(s) */ count(*) FROM silver s JOIN bronze b ON s.offset = b.offset
SELECT * FROM silver TABLESAMPLE (10 PERCENT) REPEATABLE (5)
SELECT count(*) FILTER (WHERE commit_seq > 1), count_if(is_bot), max_by(page, commit_seq), min(struct(page, commit_seq)).page FROM silver
SELECT page LIKE '%x', page RLIKE 'y', page ILIKE 'z', page LIKE ANY ('a', 'b'), page NOT LIKE ALL ('c', 'd'), page ILIKE ANY ('x') FROM silver
SELECT 1 BETWEEN 1 AND 2, 1 IN (1, 2), 1 <=> 2, 1 IS DISTINCT FROM 2, ~1, -1, +1, 1 & 2, 1 | 2, 1 ^ 2, 'a' || 'b', true IS NOT FALSE, 1 << 1, 7 DIV 2, NOT true
SELECT trim(BOTH 'x' FROM 'xax'), trim(' a'), substring('abc' FROM 1 FOR 2), overlay('abc' PLACING 'x' FROM 2), position('a' IN 'b'), extract(YEAR FROM now()), current_date, current_timestamp
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY commit_seq), listagg(page, ',') WITHIN GROUP (ORDER BY page) FROM silver
SELECT page, grouping_id(), count(*) FROM silver GROUP BY GROUPING SETS ((page), ())
SELECT page, count(*) FROM silver GROUP BY ROLLUP (page, url)
SELECT DISTINCT page FROM silver SORT BY page
SELECT page FROM silver DISTRIBUTE BY page SORT BY url
SELECT count(*) FROM silver VERSION AS OF 0
SELECT count(*) FROM silver FOR SYSTEM_VERSION AS OF 0
SELECT timestampadd(HOUR, 1, event_time), date_diff(HOUR, event_time, ingested_at), date_trunc('hour', event_time) FROM silver
SELECT window(event_time, '1 minute').start AS window_start, page, count(*) AS views FROM silver WHERE event_type = 'page_view' GROUP BY ALL
SELECT visitor, session_window(event_time, '30 minutes').start, count(*) FROM silver GROUP BY ALL
SELECT parse_json('{"a":1}'):a::int, get_json_object('{"a":1}', '$.a'), from_json('{"a":1}', 'a INT').a, to_json(struct(1))
SELECT 'a' COLLATE UTF8_LCASE = 'A', if(true, 1, 2), coalesce(NULL, 1), nullif(1, 2), nvl2(1, 2, 3), decode(1, 1, 2)
SELECT md5('a'), sha2('a', 256), xxhash64('a'), hex(value), base64(value), CAST(value AS STRING), uuid(), rand() FROM bronze
SELECT page, row_number() OVER (PARTITION BY page ORDER BY commit_seq) AS n FROM silver QUALIFY n = 1
SELECT silver.page, lower(silver.page) FROM silver NATURAL JOIN (SELECT 1 AS one)
SELECT * FROM silver a LEFT SEMI JOIN bronze b USING (offset)
SELECT count(*) FROM IDENTIFIER('silver')
(SELECT 1) LIMIT 3
SHOW TABLES
DESCRIBE silver
DESC TABLE quarantine
DESCRIBE QUERY SELECT 1
EXPLAIN SELECT * FROM silver
EXPLAIN EXTENDED SELECT * FROM silver
EXPLAIN FORMATTED SELECT count(*) FROM silver VERSION AS OF 0
SELECT visitor, first_distinct(page, 3) AS pages, funnel(event_type = 'page_view', event_type = 'purchase') AS depth FROM silver GROUP BY visitor
