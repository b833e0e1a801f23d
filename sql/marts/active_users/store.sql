-- The sets as they are now.
UPDATE gold.active_user_sets AS kept SET windows = touched.after
FROM touched_active_users AS touched
WHERE touched.before <> 0
  AND kept.hour = touched.hour
  AND kept.visitor = touched.visitor;

INSERT INTO gold.active_user_sets (hour, visitor, windows)
SELECT hour, visitor, after
FROM touched_active_users
WHERE before = 0
ORDER BY hour, visitor
