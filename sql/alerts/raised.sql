-- By alert, what is raised and withdrawn, and up to when it is judged.
SELECT alert,
  count(*) FILTER (WHERE state = 'raised') AS raised,
  count(*) FILTER (WHERE state = 'withdrawn') AS withdrawn,
  max(changed_at) AS changed_at
FROM gold.alerts
GROUP BY alert
