-- Converges because sums do.
MERGE INTO gold.event_counts AS kept
USING (
  SELECT window_start, event_type, country, sum(events) AS events
  FROM staged_event_counts
  GROUP BY window_start, event_type, country
  ORDER BY window_start, event_type, country
) AS new
ON kept.window_start = new.window_start
  AND kept.event_type = new.event_type
  AND kept.country = new.country
WHEN MATCHED THEN
  UPDATE SET events = kept.events + new.events
WHEN NOT MATCHED THEN
  INSERT (window_start, event_type, country, events)
  VALUES (new.window_start, new.event_type, new.country, new.events)
