-- What is older than gold keeps it.
DELETE FROM gold.event_counts
WHERE window_start < current_setting('medallion.retained_from')::timestamptz
