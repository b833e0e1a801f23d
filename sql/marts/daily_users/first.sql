-- Converges because the least of days does. A day that the visitor had before tells nothing new.
INSERT INTO gold.visitors AS kept (visitor, first_day)
SELECT visitor, min(day)
FROM changed_daily_users
GROUP BY visitor
ORDER BY visitor
ON CONFLICT (visitor) DO UPDATE SET first_day = excluded.first_day
WHERE excluded.first_day < kept.first_day
