-- Readings of a sensor by minute
SELECT
  window(event_time, '1 minute').start AS minute,
  sensor,
  unit,
  count(*) AS readings,
  avg(reading) AS average,
  min(reading) AS least,
  max(reading) AS greatest
FROM silver
WHERE event_type = 'reading'
GROUP BY ALL
