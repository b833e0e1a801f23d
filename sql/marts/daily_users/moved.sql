-- Their days as those of who they are.
INSERT INTO staged_daily_users (site, day, visitor)
SELECT changed.site, day, to_visitor
FROM changed_daily_users AS changed
JOIN moved_visitors AS moved ON moved.site = changed.site AND visitor = from_visitor
WHERE to_visitor IS NOT NULL;

DELETE FROM changed_daily_users
