-- How many pages are looked at on which site.
SELECT site AS name, sum(views) AS count
FROM gold.page_views
WHERE window_start > (SELECT least(newest_event, newest_kafka) FROM gold.ledger) - interval '15 minutes'
  AND window_start <= (SELECT least(newest_event, newest_kafka) FROM gold.ledger)
GROUP BY site
ORDER BY 2 DESC, site
LIMIT 5
