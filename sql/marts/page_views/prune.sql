-- What is older than gold keeps it.
DELETE FROM gold.page_views
WHERE window_start < current_setting('medallion.retained_from')::timestamptz
