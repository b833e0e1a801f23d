-- Readings of a sensor by minute
SELECT
  window(event_time, '1 minute').start AS minute,
  get_json_object(properties, '$.sensor') AS sensor,
  count(*) AS readings,
  avg(CAST(get_json_object(properties, '$.celsius') AS DECIMAL(9, 3))) AS average,
  min(CAST(get_json_object(properties, '$.celsius') AS DECIMAL(9, 3))) AS least,
  max(CAST(get_json_object(properties, '$.celsius') AS DECIMAL(9, 3))) AS greatest
FROM silver
WHERE event_type = 'reading'
GROUP BY ALL
