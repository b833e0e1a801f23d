-- What is older than gold keeps it.
DELETE FROM gold.user_events
WHERE event_timestamp < current_setting('medallion.retained_from')::timestamptz
