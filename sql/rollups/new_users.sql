-- Each visitor counts on the first of its days.
SELECT site, day, count(*) AS users
FROM (SELECT site, visitor, min(day) AS day FROM daily_users GROUP BY site, visitor) AS first
GROUP BY 1, 2
