-- The sets as they are now.
INSERT INTO gold.active_user_sets (hour, visitor, windows)
SELECT hour, visitor, after
FROM touched_active_users
ORDER BY hour, visitor
ON CONFLICT (hour, visitor) DO UPDATE SET windows = excluded.windows
