-- The sets first: they are kept for less long.
DELETE FROM gold.active_user_sets
WHERE hour < current_setting('medallion.sets_from')::timestamptz;

DELETE FROM gold.active_users
WHERE window_start < current_setting('medallion.kept_from')::timestamptz
