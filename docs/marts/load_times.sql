-- Page views of an hour by page and by load time in steps of 50 ms
SELECT
  date_trunc('hour', event_time) AS hour,
  page,
  coalesce((CAST(get_json_object(properties, '$.load_ms') AS INT) + 49) DIV 50 * 50, 0) AS up_to_ms,  -- The step's upper end, which it includes
  count(*) AS views
FROM silver
WHERE event_type = 'page_view' AND CAST(get_json_object(properties, '$.load_ms') AS INT) BETWEEN 1 AND 600000
GROUP BY ALL
