-- Converges because sums do.
INSERT INTO gold.event_counts AS kept (window_start, event_type, country, events)
SELECT window_start, event_type, country, sum(events)
FROM staged_event_counts
GROUP BY window_start, event_type, country
ORDER BY window_start, event_type, country
ON CONFLICT (window_start, event_type, country)
  DO UPDATE SET events = kept.events + excluded.events
