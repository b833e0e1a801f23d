-- What is looked at most.
SELECT page AS name, sum(views) AS count
FROM gold.page_views
WHERE window_start > (SELECT least(newest_event, newest_kafka) FROM gold.ledger) - interval '15 minutes'
  AND window_start <= (SELECT least(newest_event, newest_kafka) FROM gold.ledger)
GROUP BY page
ORDER BY 2 DESC, page
LIMIT 5
