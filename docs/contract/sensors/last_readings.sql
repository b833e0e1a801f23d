-- What each sensor showed last
SELECT
  sensor,
  max(event_time) AS read_at,  -- When
  max_by(reading, struct(event_time, event_id)) AS reading,
  max_by(unit, struct(event_time, event_id)) AS unit,
  count_if(array_contains(flags, 'known_unit')) AS of_unknown_units  -- Readings in units that the contract does not know
FROM silver
WHERE event_type = 'reading'
GROUP BY ALL
