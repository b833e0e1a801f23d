-- Each visitor counts once in a week, which begins on Monday, and once in a month.
SELECT site, period, date_trunc(period, day::timestamp)::date AS first_day, count(DISTINCT visitor) AS users
FROM daily_users CROSS JOIN (VALUES ('week'), ('month')) AS periods (period)
GROUP BY 1, 2, 3
