-- The sets first: they are kept for less long.
DELETE FROM gold.active_user_sets
WHERE hour < current_setting('medallion.user_sets_retained_from')::timestamptz;

DELETE FROM gold.active_users
WHERE window_start < current_setting('medallion.retained_from')::timestamptz
