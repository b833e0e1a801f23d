-- What is older than gold keeps it.
DELETE FROM gold.revenue
WHERE window_start < current_setting('medallion.retained_from')::timestamptz
