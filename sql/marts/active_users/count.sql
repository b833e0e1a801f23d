-- Work follows what is new: a visitor is counted in a window when its bit was not set before.
INSERT INTO gold.active_users AS kept (window_start, users)
SELECT hour + n * interval '1 minute', count(*)
FROM touched_active_users, generate_series(0, 59) AS n
WHERE (((after & ~before) >> n) & 1) = 1
GROUP BY hour, n
ORDER BY hour, n
ON CONFLICT (window_start) DO UPDATE SET users = kept.users + excluded.users
