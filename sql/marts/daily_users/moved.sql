-- Their days as those of who they are.
INSERT INTO staged_daily_users (day, visitor)
SELECT day::timestamp AT TIME ZONE 'UTC', to_visitor
FROM changed_daily_users JOIN moved_visitors ON visitor = from_visitor
WHERE to_visitor IS NOT NULL;

DELETE FROM changed_daily_users
