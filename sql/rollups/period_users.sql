-- Each visitor counts once in a week, which begins on Monday, and once in a month.
SELECT site, period, first_day, count(*) AS users
FROM (
  SELECT DISTINCT site, visitor, period, date_trunc(period, day::timestamp)::date AS first_day
  FROM daily_users CROSS JOIN (VALUES ('week'), ('month')) AS periods (period)
) AS came
GROUP BY 1, 2, 3
