-- Converges because the least of days does.
INSERT INTO gold.visitors AS kept (visitor, first_day)
SELECT visitor, min((day AT TIME ZONE 'UTC')::date)
FROM staged_daily_users
GROUP BY visitor
ORDER BY visitor
ON CONFLICT (visitor) DO UPDATE SET first_day = excluded.first_day
WHERE excluded.first_day < kept.first_day
